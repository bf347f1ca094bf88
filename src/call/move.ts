import { direct } from '../ivr/flow.ts'
import type { Queue } from '../queue/queue.ts'
import { type Call, type Leg, openLegs, ringsOn } from './call.ts'
import { ANSWERED_ELSEWHERE, NORMAL_CLEARING } from './causes.ts'
import type { Happening } from './facts.ts'
import { headStartOf, offerEnded, stand } from './inLine.ts'
import { isPromise } from './made.ts'
import type { Story } from './story.ts'

/**
 * Whoever waits is moved by somebody: to another line, to another place, to one agent. deflect-call is the same, done by the agent at whose
 * phone they ring, or for them: the caller keeps the place that they have, and the agent has missed nothing.
 */

/** So long they wait for that agent alone where their line has no such time of its own. */
const FOR_ONE_AGENT_MS = 60_000

export type NotMoved = 'in-lifeboat' | 'dismissed' | 'not-waiting' | 'answered'

/** Undefined: they wait, or hear a phone ring that nobody has answered. */
export function whyNotMoved(call: Call): NotMoved | undefined {
  if (call.inLifeboat) return 'in-lifeboat'
  if (call.dismissed) return 'dismissed'
  if (call.phase === 'ringing') return ringsOn(call) ? undefined : 'answered'
  return call.phase === 'queued' ? undefined : 'not-waiting'
}

/** Nothing happens where they stand so already. */
export function moved(story: Story, move: Happening & { kind: 'Moved' }): void {
  const { call, view } = story
  if (whyNotMoved(call)) return
  const queue = view.queue(move.queue ?? call.queue!)
  if (!queue) return
  if (move.from !== undefined && !ringsAt(call, move.from)) return
  if (queue.id !== call.queue) toLine(story, queue, move)
  else inLine(story, queue, move)
}

export const ringsAt = (call: Call, agent: string): boolean =>
  ringsOn(call) && openLegs(call).some(leg => leg.agent === agent)

/** A callback stays in the line that has promised it, until its customer is reached. */
function toLine(story: Story, queue: Queue, move: Happening & { kind: 'Moved' }): void {
  const { call, view } = story
  const { headStartMs, agent, by } = move
  if (isPromise(call)) return
  stopRinging(story, move, () => true)
  story.add({ kind: 'Overflowed', queue: call.queue!, because: 'moved', flow: direct(queue.id).id, by })
  stand(story, queue, {
    headStartMs: headStartMs ?? headStartOf(story, queue),
    staff: view.staff(queue),
    ...(agent !== undefined && { first: agent, forMs: forOneMs(queue) }),
  })
}

function inLine(story: Story, queue: Queue, move: Happening & { kind: 'Moved' }): void {
  const { headStartMs, agent, by, from } = move
  // Sent on to nobody in particular, they ring on at the others' phones.
  stopRinging(story, move, leg => (agent === undefined ? leg.agent === from : leg.agent !== agent))
  const { call, at } = story
  const { headStartMs: before = 0, first = null } = call
  const isSo = (headStartMs ?? before) === before && (agent ?? first) === first
  if (isSo) return
  // Whose phone rings for them already has as long as a phone rings.
  const isAwaited = agent !== undefined && agent !== first && call.phase === 'queued'
  story.add({
    ...{ kind: 'PlaceRaised', headStartMs: headStartMs ?? before, by },
    ...((agent ?? first) && { first: agent ?? first! }),
    ...(isAwaited && { waits: { 'first-agent': at + forOneMs(queue) } }),
  })
}

const forOneMs = ({ lastAgentMs }: Queue): number => lastAgentMs || FOR_ONE_AGENT_MS

/** Where none rings on, they go back to the line. */
function stopRinging(story: Story, { by, from }: Happening & { kind: 'Moved' }, isMeant: (leg: Leg) => boolean): void {
  for (const leg of openLegs(story.call).filter(isMeant)) {
    // A phone from which they are sent on shows no missed call.
    const isSentOn = leg.agent === from
    const cause = isSentOn ? ANSWERED_ELSEWHERE : NORMAL_CLEARING
    const ended = { kind: 'OfferEnded', leg: leg.id, agent: leg.agent, result: 'withdrawn', cause } as const
    if (isPromise(story.call)) story.add({ ...ended, ...(isSentOn && { by }) })
    else offerEnded(story, leg, 'withdrawn', cause, isSentOn ? by : undefined)
  }
}
