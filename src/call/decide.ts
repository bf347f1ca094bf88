import { DUTY } from '../duty/duty.ts'
import { type Call, isClosed, isRefused } from './call.ts'
import { callback, opened } from './callback.ts'
import type { Fact, Happening } from './facts.ts'
import { recognised } from './inLine.ts'
import { aboard, callerGone, callerLeftUs, databaseAway, endWithoutCaller, lifeboatAnswered } from './leaving.ts'
import { moved } from './move.ts'
import { dialledIn, dialledOut, onDuty } from './onDuty.ts'
import { dialled, outbound } from './outbound.ts'
import { inPhase } from './phases.ts'
import { Story } from './story.ts'
import { endIdleSupervision, supervised } from './supervise.ts'
import type { View } from './view.ts'

/**
 * What a happening means for a call: the new facts, in order; none where it changes nothing (late, repeated, or of no
 * interest in this phase).
 */
export function decide(call: Call | null, happening: Happening, view: View): Fact[] {
  if (!call && happening.kind === 'Booked') return opened(happening, view)
  if (!call && happening.kind === 'AgentDials') return dialled(happening)
  if (!call && happening.kind === 'DutyDue') return [dialledOut(happening)]
  if (!call) return happening.kind === 'Arrived' ? [arrival(happening, view)] : []
  // The clock of a happening seen late (after a restart) must not run behind what is already written.
  const story = new Story(call, Math.max(happening.at, call.lastAt), view)
  if (call.phase === 'ended') ended(story, happening)
  else if (happening.kind === 'Moved') moved(story, happening)
  else if (!supervised(story, happening)) ofCall(story, happening)
  aboard(story, call.phase)
  endIdleSupervision(story)
  endWithoutCaller(story)
  return story.facts
}

function ofCall(story: Story, happening: Happening): void {
  const { call } = story
  if (happening.kind === 'DatabaseAway') databaseAway(story)
  else if (happening.kind === 'LifeboatAnswered') lifeboatAnswered(story, happening)
  else if (call.callback) callback(story, happening)
  else if (call.outbound) outbound(story, happening)
  else if (call.duty) onDuty(story, happening)
  else if (happening.kind === 'CallerGone') callerGone(story, happening)
  else if (happening.kind === 'CallerLeftUs') callerLeftUs(story, happening.at)
  else if (happening.kind === 'CallerKnown') callerKnown(story, happening)
  else if (!call.inLifeboat) inPhase(story, happening)
}

function arrival(arrived: Happening & { kind: 'Arrived' }, view: View): Fact {
  if (arrived.flow === DUTY) return dialledIn(arrived)
  const standing = view.standing(arrived.from, arrived.at)
  return { ...arrived, kind: 'CallArrived', ...(standing && { standing }) }
}

/** Where a number leads straight into a line, they may stand there already. */
function callerKnown(story: Story, known: Happening & { kind: 'CallerKnown' }): void {
  const { phase, known: before, surveyedAt, dismissed, inLifeboat } = story.call
  if (before || surveyedAt !== undefined || dismissed || inLifeboat || phase === 'surveying') return
  // All that still counts for who talks already is when they were last asked about a talk.
  const isLate = phase === 'talking'
  if (!isLate) story.add(known)
  else if (known.surveyedAt !== undefined) story.add({ ...known, isLate })
  if (phase === 'queued' || phase === 'ringing') recognised(story)
}

function ended(story: Story, happening: Happening): void {
  if (happening.kind !== 'Filed' || isClosed(story.call)) return
  const { recording, parties } = happening
  const isNews = !isRefused(story.call) || !recording.refused
  if (isNews) story.add({ kind: 'RecordingFiled', recording, ...(parties && { parties }) })
}
