import { bridgeId } from '../ids.ts'
import type { Language, Prompt } from '../ivr/flow.ts'
import type { Asked } from '../ivr/step.ts'
import { type Call, openLeg, ringsOn } from './call.ts'
import { ANSWERED_ELSEWHERE, CALL_REJECTED, NO_ANSWER, NORMAL_CLEARING, USER_BUSY } from './causes.ts'
import { dutyCommands, leaveDuty } from './duty.ts'
import type { Fact } from './facts.ts'
import { isBeforeTheTalk, isPromise } from './made.ts'
import { leaveOutside, meanwhile, outsideCommands } from './outside.ts'
import type { Clicked } from './ownCall.ts'
import { isParty } from './party.ts'
import { partyCommands } from './partyCommands.ts'
import { mix, moves } from './room.ts'
import { supervisionCommands } from './supervisionCommands.ts'

/** What is to be done in Asterisk. Each may be given twice without harm: all ids are made from the call's. */
export type Command =
  | { do: 'answer'; channel: string }
  | { do: 'say'; channel: string; say: string; prompts: Prompt[]; language: Language }
  | { do: 'stop-saying'; say: string }
  /** Takes as long as it takes: the answer comes as a happening. */
  | { do: 'look-up'; call: string; lookup: string; asked: Asked }
  /** Likewise, whether the PIN that was keyed in is right. */
  | { do: 'check-pin'; call: string }
  /** Ended by #, by so much silence, or after so long. */
  | { do: 'record'; channel: string; message: string; silenceMs: number; mostMs: number }
  | { do: 'end-message'; message: string }
  | { do: 'forget-message'; message: string }
  /** Until something else is played. `own`: the line's, in the caller's language; else the music of the house. */
  | { do: 'music'; channel: string; own?: { prompt: Prompt; language: Language } }
  | Ring
  /** Whoever was dialled is recorded from now on. Resolves when they are on their way: they come back by themselves. */
  | { do: 'tape'; channel: string; call: string }
  /** A number outside, as the trunk wants it; `shows`: the caller id. */
  | { do: 'dial'; leg: string; number: string; shows?: string; forMs: number }
  /** What an agent has dialled is no call of ours: the dialplan is to dial it. */
  | { do: 'let-dial'; channel: string; number: string }
  /** They hear it ring. */
  | { do: 'ringing'; channel: string }
  | { do: 'end-meanwhile'; channel: string; what: 'ringing' | 'music' }
  /** `areKeysOurs`: what they press is heard by us alone. */
  | { do: 'connect'; bridge: string; channels: string[]; areKeysOurs?: true }
  /** The ear hears that channel, in both directions. What is said into the ear is heard there alone, or by all who hear that channel. It comes to us by itself. */
  | { do: 'listen'; ear: string; channel: string; isForAll: boolean }
  /** Somebody silent is in it from now on. */
  | { do: 'mix'; bridge: string }
  /** Resolves when the channel is out of the bridge: what is played to it while it is on its way out is never heard. */
  | { do: 'take-out'; bridge: string; channel: string }
  | { do: 'disconnect'; bridge: string }
  /** Nobody hears them. */
  | { do: 'mute' | 'unmute'; channel: string }
  /** Tones to them. Who asks for them may mean them to be secret: they are in no fact. */
  | { do: 'send-digits'; channel: string; digits: string }
  /**
   * What is on its tape from now on is silent, or is not any more: what comes from it, and what it hears. `isAsked`: by somebody, who is
   * to hear where it cannot be; else it is only made sure of.
   */
  | { do: 'mute-tape'; channel: string; isMuted: boolean; isAsked?: true }
  | { do: 'hang-up'; channel: string; cause: number }
  | { do: 'lifeboat'; channel: string; queue: string }
  | { do: 'file-recording'; call: Call }

/**
 * `picksUp`: they have asked for it, so a phone that can is to answer by itself. `phone`: at which they sit, where it is not their own; who
 * asks for the ring need not know.
 */
export type Ring = {
  readonly do: 'ring'
  readonly leg: string
  readonly agent: string
  readonly phone?: string
  readonly caller: string
  readonly callerName: string
  readonly forMs: number
  readonly picksUp?: true
}

export const phoneRung = ({ agent, phone = agent }: Ring): string => phone

/** What a fact asks for. `before` and `call`: the call without and with the fact. */
export const commandsFor = (before: Call | null, fact: Fact, call: Call): Command[] => [
  ...commandsInTalk(before, fact, call),
  ...supervisionCommands(before, fact, call),
]

function commandsInTalk(before: Call | null, fact: Fact, call: Call): Command[] {
  if (isParty(fact)) return partyCommands(before!, fact, call)
  switch (fact.kind) {
    case 'CallArrived':
      if (call.dismissed) return [dismissal(call)]
      return [{ do: 'answer', channel: call.channel }]
    case 'Prompted':
      return [...silence(before), say(call, fact.say, fact.prompts)]
    case 'KeysKept':
      return silence(before)
    case 'LookupBegun':
      return [...(fact.isSilent ? silence(before) : []), lookUp(call)]
    case 'MessageBegun':
      return [...silence(before), record(call)]
    case 'MessageEnded':
      // Or what is said next would stand behind it.
      return fact.spokenMs === undefined ? [{ do: 'end-message', message: fact.message }] : []
    case 'MessageDropped':
      return [{ do: 'forget-message', message: fact.message }]
    case 'AgentPrompted':
      return [
        ...(before?.sayingToAgent ? [stopSaying(before.sayingToAgent)] : []),
        { ...say(call, fact.say, fact.prompts), channel: call.leg!.id, language: fact.language ?? 'zh' },
      ]
    case 'PromptFinished':
      return afterPrompt(call)
    case 'AgentOffered':
      // Who is offered an agent hears no more of the line's messages.
      return [
        ring(call, fact.until! - fact.at),
        ...(fact.why.rule === 'asked' ? music(call) : []),
        ...(before?.saying && !call.saying ? [...silence(before), ...music(call)] : []),
      ]
    case 'LineChanged':
      return (before?.music ?? null) === call.music ? [] : music(call)
    case 'MusicBegun':
      return music(call)
    case 'OfferEnded':
      return [
        { do: 'hang-up', channel: fact.leg, cause: causeFor(fact) },
        // Only where the caller waits on: they may have left.
        ...(fact.waits ? music(call) : []),
      ]
    case 'OfferAccepted':
      return before?.sayingToAgent ? [stopSaying(before.sayingToAgent)] : []
    case 'AgentDialled':
      return fact.clicked ? [ringOwn(call, fact.clicked, fact.at)] : [{ do: 'answer', channel: fact.leg }]
    case 'CustomerDialled':
      return [dial(call, fact), { do: 'ringing', channel: call.leg!.id }]
    case 'CustomerReached':
      return [tape(call)]
    case 'NotReached':
      // Where the agent has not answered, nobody is dialled.
      if (before!.channel === '') return []
      return [
        { do: 'hang-up', channel: before!.channel, cause: NORMAL_CLEARING },
        { do: 'end-meanwhile', channel: call.leg!.id, what: 'ringing' },
      ]
    case 'TryEnded':
      return [
        { do: 'hang-up', channel: before!.channel, cause: NORMAL_CLEARING },
        { do: 'hang-up', channel: fact.leg, cause: fact.result === 'busy' ? USER_BUSY : NORMAL_CLEARING },
      ]
    case 'OutsideDialled':
    case 'OutsideRang':
    case 'OutsideAnswered':
    case 'OutsideEnded':
      return outsideCommands(before!, fact, call)
    case 'DutyBegan':
    case 'DutyReached':
    case 'PinGiven':
      return dutyCommands(before, fact, call)
    case 'Held':
    case 'Retrieved':
      return moves(before!, call)
    case 'Connected':
      return [...connect(call), ...(before!.servedAt === undefined ? [] : [mix(call)])]
    case 'SurveyPushed':
      return [{ do: 'hang-up', channel: fact.leg, cause: NORMAL_CLEARING }]
    case 'AgentLeft':
      return [
        ...separate(call),
        ...(fact.by === undefined ? [] : [{ do: 'hang-up', channel: fact.leg, cause: NORMAL_CLEARING } as const]),
      ]
    case 'Dismissed':
      return fact.atOnce ? [dismissal(call)] : []
    case 'HandedToLifeboat':
      return [{ do: 'lifeboat', channel: call.channel, queue: fact.queue }]
    case 'CallEnded':
      return afterEnd(before!)
    default:
      return []
  }
}

function causeFor({ result, cause }: Fact & { kind: 'OfferEnded' }): number {
  if (result === 'no-answer') return NO_ANSWER
  return cause === ANSWERED_ELSEWHERE ? cause : NORMAL_CLEARING
}

/** A prompt that is still being said, because its end was ordered in vain, would keep the two apart: Asterisk connects after it. */
export const connect = (call: Call): Command[] => [
  ...(call.cutShort ?? []).map(stopSaying),
  ...(call.direction ? [{ do: 'end-meanwhile', channel: call.leg!.id, what: 'ringing' } as const] : []),
  { do: 'connect', bridge: bridgeId(call.id), channels: [call.channel, call.leg!.id] },
]

export const lookUp = ({ id, lookup }: Call): Command => ({
  do: 'look-up',
  call: id,
  lookup: lookup!.id,
  asked: lookup!.asked,
})

export function record({ channel, message }: Call): Command {
  const { id, silenceMs, mostMs } = message!
  return { do: 'record', channel, message: id, silenceMs, mostMs }
}

/** The caller is on their own again. */
export const separate = (call: Call): Command[] => [
  { do: 'take-out', bridge: bridgeId(call.id), channel: call.channel },
  { do: 'disconnect', bridge: bridgeId(call.id) },
]

const say = (call: Call, id: string, prompts: Prompt[]) =>
  ({ do: 'say', channel: call.channel, say: id, prompts, language: call.language }) as const

const silence = (before: Call | null): Command[] => (before?.saying ? [stopSaying(before.saying)] : [])

const stopSaying = (say: string): Command => ({ do: 'stop-saying', say })

/** The hotline hangs up: who is blocked is refused. */
export const dismissal = ({ channel, dismissed }: Call): Command => ({
  do: 'hang-up',
  channel,
  cause: dismissed === 'blocked' ? CALL_REJECTED : NORMAL_CLEARING,
})

/** In both languages. */
export const CALLBACK = '回电 Callback'

export const tape = ({ id, channel }: Call): Command => ({ do: 'tape', channel, call: id })

const dial = ({ channel }: Call, { number, shows, at, waits }: Fact & { kind: 'CustomerDialled' }): Command => ({
  ...{ do: 'dial', leg: channel, number, ...(shows !== '' && { shows }) },
  forMs: waits!.dial! - at,
})

/** In both languages. */
export const DIALLED = '外呼 Dialling'

/** What their phone shows: whom they call, or else the number of ours that these will see. */
const ringOwn = ({ from, to, leg }: Call, { until, hides }: Clicked, at: number): Command => ({
  ...{ do: 'ring', leg: leg!.id, agent: leg!.agent, forMs: until - at, picksUp: true },
  ...{ caller: hides ? to : from, callerName: DIALLED },
})

const ring = (call: Call, forMs: number): Command => ({
  do: 'ring',
  leg: call.leg!.id,
  agent: call.leg!.agent,
  caller: call.from,
  // What an agent's phone shows: whoever takes it hears first what it is about.
  callerName: isPromise(call) ? `${CALLBACK} ${call.name}`.trim() : call.name,
  forMs,
})

function afterPrompt(call: Call): Command[] {
  return call.dismissed ? [dismissal(call)] : [...music(call), ...meanwhile(call)]
}

/** For a caller who waits, for an agent or an answer, and is not being told anything. */
export function music(call: Call): Command[] {
  const { channel, phase, saying, lookup, music, language } = call
  if (saying || isBeforeTheTalk(call)) return []
  if (lookup?.hasMusic) return [{ do: 'music', channel }]
  const waitsInLine = phase === 'queued' || ringsOn(call)
  return waitsInLine ? [{ do: 'music', channel, ...(music && { own: { prompt: music, language } }) }] : []
}

function afterEnd(before: Call): Command[] {
  const leg = openLeg(before)
  const connected = leg && leg.connectedAt !== null
  return [
    ...leaveOutside(before),
    ...leaveDuty(before),
    ...(leg && !before.inLifeboat ? [{ do: 'hang-up', channel: leg.id, cause: NORMAL_CLEARING } as const] : []),
    ...(connected && !before.inLifeboat ? [{ do: 'disconnect', bridge: bridgeId(before.id) } as const] : []),
  ]
}
