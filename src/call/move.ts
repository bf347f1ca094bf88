import { direct } from '../ivr/flow.ts'
import type { Queue } from '../queue/queue.ts'
import { type Call, openLegs, ringsOn } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import type { Happening } from './facts.ts'
import { headStartOf, offerEnded, stand } from './inLine.ts'
import type { Story } from './story.ts'

/** Whoever waits is moved by somebody: to another line, to another place, to one agent. */

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
  if (queue.id !== call.queue) toLine(story, queue, move)
  else inLine(story, queue, move)
}

/** A callback stays in the line that has promised it. */
function toLine(story: Story, queue: Queue, { headStartMs, agent, by }: Happening & { kind: 'Moved' }): void {
  const { call, view } = story
  if (call.callback) return
  stopRinging(story)
  story.add({ kind: 'Overflowed', queue: call.queue!, because: 'moved', flow: direct(queue.id).id, by })
  stand(story, queue, {
    headStartMs: headStartMs ?? headStartOf(story, queue),
    staff: view.staff(queue),
    ...(agent !== undefined && { first: agent, forMs: forOneMs(queue) }),
  })
}

function inLine(story: Story, queue: Queue, { headStartMs, agent, by }: Happening & { kind: 'Moved' }): void {
  if (agent !== undefined) stopRinging(story, agent)
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

/** But for this agent's phone, they go back to the line. */
function stopRinging(story: Story, but?: string): void {
  for (const leg of openLegs(story.call)) {
    if (leg.agent === but) continue
    if (story.call.callback)
      story.add({ kind: 'OfferEnded', leg: leg.id, agent: leg.agent, result: 'withdrawn', cause: NORMAL_CLEARING })
    else offerEnded(story, leg, 'withdrawn', NORMAL_CLEARING)
  }
}
