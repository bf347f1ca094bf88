import type { Call } from '../call/call.ts'
import type { Fact } from '../call/facts.ts'
import { masked } from '../log.ts'

/** A fact in a few words for the live picture; undefined where it is of no interest there. */
export function told(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'CallArrived':
      return `${masked(fact.from)} calls ${fact.to}`
    case 'KeyPressed':
      return `presses ${fact.key}`
    case 'KeyMissed':
      return 'presses no key'
    case 'LanguageChosen':
      return `wants ${fact.language === 'en' ? 'English' : 'Chinese'}`
    case 'Queued':
      return `waits for ${fact.queue} (${fact.ahead} ahead)`
    case 'AgentOffered':
      return `${fact.agent} is rung`
    case 'OfferEnded':
      return `${fact.agent}: ${fact.result}`
    case 'AgentAnswered':
      return `${fact.agent} answers`
    case 'Connected':
      return `talks to ${fact.agent}`
    case 'AgentLeft':
      return `${fact.agent} hangs up`
    case 'SurveyPushed':
      return `${fact.agent} sends them to the survey`
    case 'SurveyAnswered':
      return `rates ${fact.rating}`
    case 'CallEnded':
      return `ends: ${fact.outcome}${fact.short ? ' (short)' : ''}`
    case 'RecordingFiled':
      return recordingTold(fact.recording)
    default:
      return undefined
  }
}

function recordingTold({ ms, faults }: Extract<Fact, { kind: 'RecordingFiled' }>['recording']): string | undefined {
  if (faults.length > 0) return `recording: ${faults.join(', ')}`
  return ms > 0 ? `recorded ${(ms / 1_000).toFixed(1)} s` : undefined
}

/** `#12 14:03:07 talks to 8001` */
export function line(call: Call, fact: Fact): string | undefined {
  const words = told(fact)
  return words && `#${call.id.split('.').at(-1)!.padEnd(4)} ${new Date(fact.at).toTimeString().slice(0, 8)}  ${words}`
}
