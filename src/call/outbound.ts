import { bridgeId, customerId, sayId } from '../ids.ts'
import type { Call } from './call.ts'
import { NO_ANSWER, NORMAL_CLEARING, resultOf } from './causes.ts'
import type { EndedBy, Fact, Happening } from './facts.ts'
import { callerGone, FILING_AFTER_MS } from './leaving.ts'
import { inPhase } from './phases.ts'
import type { TryResult } from './promises.ts'
import { PROMPT_AT_MOST_MS, type Story, saidAll } from './story.ts'

/**
 * An agent's own call: they have dialled a number on their phone, and the trunk is asked for it.
 *
 *   dialling → talking → ended
 *
 * The agent's phone is its leg, whose channel has given it its id; the customer's phone is its channel, as in a callback. `dialling`
 * lasts until the customer is on tape, or until the agent has heard why nobody is there. Where they have clicked on the number, it begins
 * with a ring of their own phone, and the customer is dialled once they have answered.
 * From the talk on the customer may be sent on like a caller. It ends as `answered` or `not-reached`.
 */
export function outbound(story: Story, happening: Happening): void {
  const meant = ofTheTwo(story.call, happening)
  if (story.call.phase === 'dialling') dialling(story, meant)
  else if (meant.kind === 'CallerGone') callerGone(story, meant)
  else if (!story.call.inLifeboat) inPhase(story, meant, letGo)
}

/** A person lets it ring for longer than a machine; most networks end it sooner. */
const RINGS_CUSTOMER_MS = 90_000

/** How it begins. */
export function dialled({ number, ...happening }: Happening & { kind: 'AgentDials' }): Fact[] {
  const { leg, to: shows, at } = happening
  if (happening.clicked) return [{ ...happening, kind: 'AgentDialled', waits: { ring: happening.clicked.until } }]
  const waits = { dial: at + RINGS_CUSTOMER_MS }
  return [
    { ...happening, kind: 'AgentDialled' },
    { kind: 'CustomerDialled', channel: customerId(leg, 2), number, shows, waits, at },
  ]
}

/** The agent's own channel is told of like a caller's, the customer's like a leg. */
function ofTheTwo({ id, channel, phase, inLifeboat }: Call, happening: Happening): Happening {
  const { at } = happening
  if (happening.kind === 'CallerLeftUs') return { kind: 'LegEnded', leg: id, cause: NORMAL_CLEARING, at }
  if (phase === 'dialling' || inLifeboat || !('leg' in happening) || happening.leg !== channel) return happening
  if (happening.kind === 'LegEnded') return { kind: 'CallerGone', cause: happening.cause, by: 'caller', at }
  return happening.kind === 'LegKey' ? { kind: 'KeyPressed', key: happening.key, at } : happening
}

/** Their own phone rings first. */
function ringing(story: Story, happening: Happening): void {
  const { id: leg, agent, rangAt } = story.call.leg!
  if (happening.kind === 'WaitOver' && happening.wait === 'ring') agentLeft(story, NO_ANSWER)
  if (!('leg' in happening) || happening.leg !== leg) return
  if (happening.kind === 'LegRang' && rangAt === null) story.add({ kind: 'AgentRang', leg })
  else if (happening.kind === 'LegEnded') agentLeft(story, happening.cause)
  else if (happening.kind === 'LegAnswered') {
    story.add({ kind: 'AgentAnswered', leg, agent })
    const { id, seq, to: shows, outbound } = story.call
    const waits = { dial: story.at + RINGS_CUSTOMER_MS }
    story.add({
      kind: 'CustomerDialled',
      channel: customerId(id, seq + 1),
      number: outbound!.clicked!.number,
      shows,
      waits,
    })
  }
}

function dialling(story: Story, happening: Happening): void {
  if (story.call.leg!.answeredAt === null) {
    ringing(story, happening)
    return
  }
  const { channel, leg, outbound } = story.call
  const { reachedAt, result } = outbound!
  const of = 'leg' in happening ? happening.leg : undefined
  if (happening.kind === 'LegEnded' && of === leg!.id) agentLeft(story, happening.cause)
  else if (result !== null) told(story, happening)
  else if (happening.kind === 'WaitOver' && happening.wait === 'dial') notReached(story, 'no-answer', NO_ANSWER)
  else if (of !== channel) return
  else if (happening.kind === 'LegAnswered' && reachedAt === null) story.add({ kind: 'CustomerReached' })
  else if (happening.kind === 'OnTape') connected(story)
  else if (happening.kind === 'LegEnded') notReached(story, failedBy(happening.cause, reachedAt), happening.cause)
}

/** Where nobody knows why, as when they stood in the dialplan while we died, it was not their doing. */
const failedBy = (cause: number, reachedAt: number | null): TryResult =>
  reachedAt === null || cause === 0 ? resultOf(cause) : 'hung-up'

function connected(story: Story): void {
  const { id, agent } = story.call.leg!
  if (story.call.outbound!.reachedAt === null) story.add({ kind: 'CustomerReached' })
  story.add({ kind: 'CallAnswered' })
  story.add({ kind: 'Connected', leg: id, agent, bridge: bridgeId(story.call.id) })
}

function notReached(story: Story, result: TryResult, cause: number): void {
  story.add({ kind: 'NotReached', result, cause })
  const { id, seq, language } = story.call
  const say = sayId(id, seq + 1, 'agent')
  const waits = { prompt: story.at + PROMPT_AT_MOST_MS }
  story.add({ kind: 'AgentPrompted', say, prompts: [HEARD[result] ?? 'dial/unreachable'], language, waits })
}

const HEARD: Partial<Record<TryResult, string>> = {
  busy: 'dial/busy',
  'no-answer': 'dial/no-answer',
  rejected: 'dial/rejected',
  'hung-up': 'dial/rejected',
  'wrong-number': 'dial/wrong-number',
}

/** The agent has heard why. */
function told(story: Story, happening: Happening): void {
  if (saidAll(happening, story.call.sayingToAgent!)) end(story, 'hotline', NORMAL_CLEARING)
}

function agentLeft(story: Story, cause: number): void {
  if (story.call.outbound!.result === null) story.add({ kind: 'NotReached', result: 'agent-left', cause })
  end(story, 'agent', cause)
}

/** What was taped of whom nobody has talked with is filed all the same. */
function end(story: Story, by: EndedBy, cause: number): void {
  const isTaped = story.call.outbound!.reachedAt !== null
  const waits = isTaped ? { filing: story.at + FILING_AFTER_MS } : {}
  story.add({ kind: 'CallEnded', outcome: 'not-reached', short: false, by, cause, waits })
}

/** Nobody is asked about a talk that they have not asked for: where the agent leaves, they are let go. */
const letGo = (story: Story): void => story.add({ kind: 'Dismissed', outcome: 'answered', atOnce: true })
