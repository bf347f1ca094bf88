import { numberToShow } from '../dialling/dialling.ts'
import { bridgeId, outsideId } from '../ids.ts'
import type { Unreached } from '../ivr/outside.ts'
import type { Step } from '../ivr/step.ts'
import { unreached } from '../ivr/walk.ts'
import { openOutside } from './call.ts'
import { NO_ANSWER } from './causes.ts'
import type { Happening, OutsideResult } from './facts.ts'
import { backInLine, offer } from './inLine.ts'
import { unansweredBy } from './outside.ts'
import { ASKED } from './party.ts'
import { leadNowhere, type Story, saidAll } from './story.ts'

/** Callers are put through to a number outside. */

export function dialOut(story: Story, { place, number, ringMs, meanwhile, isSilent }: Step & { kind: 'dial' }): void {
  const { id, seq, queue, sentOn = [], to } = story.call
  // The line that has sent them on may have turned them away at its door.
  const line = story.view.queue(sentOn.at(-1)?.queue ?? queue ?? '')
  const shows = numberToShow(line?.shows, to)
  story.add({
    ...{ kind: 'OutsideDialled', outside: outsideId(id, seq + 1), number, place, meanwhile },
    ...(shows !== undefined && { shows }),
    ...(isSilent && { isSilent }),
    waits: { outside: story.at + ringMs },
  })
}

/** Where the flow goes on with whom nobody outside has answered, or let go: nothing where they wait on, talk, or the call is over. */
export function transferringOut(story: Story, happening: Happening): Step[] {
  const { call } = story
  const outside = openOutside(call)!
  if (call.saying && saidAll(happening, call.saying)) story.finish(call.saying, happening)
  if (happening.kind === 'WaitOver' && happening.wait === 'outside') return notReached(story, 'no-answer', NO_ANSWER)
  if (!('leg' in happening) || happening.leg !== outside.id) return []
  if (happening.kind === 'LegRang' && outside.rangAt === null) story.add({ kind: 'OutsideRang', outside: outside.id })
  if (happening.kind === 'LegAnswered' && outside.answeredAt === null)
    story.add({ kind: 'OutsideAnswered', outside: outside.id, bridge: bridgeId(call.id) })
  if (happening.kind !== 'LegEnded') return []
  const { cause } = happening
  if (outside.answeredAt === null) return notReached(story, unansweredBy(cause), cause)
  story.add({ kind: 'OutsideEnded', outside: outside.id, result: 'answered', cause })
  story.add({ kind: 'Dismissed', outcome: 'transferred-out', atOnce: true })
  return []
}

/** An agent has sent them there. */
export function dialOn(story: Story, { number, shows }: { number: string; shows?: string }): void {
  const { id, seq } = story.call
  const outside = outsideId(id, seq + 1)
  const waits = { outside: story.at + RINGS_MS }
  story.add({
    ...{ kind: 'OutsideDialled', outside, number, place: null, meanwhile: 'ringing', waits },
    ...(shows !== undefined && { shows }),
  })
}

/** And to one agent. Who does not answer leaves them to the line in which they were. */
export function ringOn(story: Story, agent: string): void {
  const queue = story.view.queue(story.call.queue ?? '')
  if (!queue) {
    leadNowhere(story)
    return
  }
  backInLine(story, queue, agent)
  offer(story, queue, { kind: 'AgentChosen', agent, why: ASKED, at: story.at })
}

/** Most networks end it sooner. */
const RINGS_MS = 45_000

function notReached(story: Story, result: OutsideResult, cause: number): Step[] {
  const { outside, place, queue } = story.call
  story.add({ kind: 'OutsideEnded', outside: outside!.id, result, cause })
  if (place) return unreached(story.around, place, LEADS[result])
  // Whom an agent has sent there waits for another.
  return queue === null ? [{ kind: 'hangup', outcome: undefined }] : [{ kind: 'queue', queue }]
}

const LEADS: Record<OutsideResult, Unreached> = {
  answered: 'refused',
  busy: 'busy',
  'no-answer': 'noAnswer',
  rejected: 'refused',
  unreachable: 'refused',
  withdrawn: 'refused',
}
