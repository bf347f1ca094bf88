import { legId } from '../ids.ts'
import { type Call, type Leg, openLegs, openOutside, ringsOn } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import { endParties } from './control.ts'
import type { EndedBy, Happening, Outcome } from './facts.ts'
import { leaveMessage } from './message.ts'
import type { Story } from './story.ts'

/** Asterisk needs a moment after the hang-up to write the last of the tape. */
export const FILING_AFTER_MS = 1_000

export function callerGone(story: Story, gone: Happening & { kind: 'CallerGone' }): void {
  leaveMessage(story, gone)
  endParties(story)
  const { call, at } = story
  const outcome =
    gone.by === 'asterisk' && !wasAnswered(call) && !wasPutThrough(call) ? 'failed' : outcomeOnLeaving(call)
  if (call.phase === 'ringing') for (const leg of openLegs(call)) withdraw(story, leg, gone.cause)
  const since = call.queuedAt ?? call.arrivedAt
  const short = outcome.startsWith('abandoned') && at - since < story.view.shortAbandonMs
  const by = leftFirst(call) ?? gone.by
  const waits = { filing: at + FILING_AFTER_MS }
  const late = gone.at < at && { goneAt: gone.at }
  story.add({ kind: 'CallEnded', outcome, short, by, cause: gone.cause, ...late, waits })
}

/** Before the caller did. */
function leftFirst(call: Call): EndedBy | undefined {
  if (call.phase === 'surveying') return 'agent'
  if (wasPutThrough(call) && !openOutside(call)) return 'outside'
  return call.dismissed ? 'hotline' : undefined
}

/** The caller does not go back to the line. */
function withdraw(story: Story, { id, agent }: Leg, cause: number): void {
  story.add({ kind: 'OfferEnded', leg: id, agent, result: 'withdrawn', cause })
}

export function callerLeftUs(story: Story, at: number): void {
  if (!story.call.inLifeboat) callerGone(story, { kind: 'CallerGone', cause: NORMAL_CLEARING, by: 'caller', at })
}

const wasPutThrough = (call: Call): boolean => call.outside?.answeredAt != null
const wasAnswered = ({ servedAt, leg }: Call): boolean => servedAt !== undefined || leg?.connectedAt != null

function outcomeOnLeaving(call: Call): Outcome {
  if (wasAnswered(call)) return 'answered'
  if (wasPutThrough(call)) return 'transferred-out'
  if (call.dismissed === 'failed') return 'failed'
  // Who waits again after that has not been served.
  const waits = call.phase === 'queued' || call.phase === 'ringing'
  if (call.messages && !waits) return 'voicemail'
  if (call.booked && !waits) return 'callback-booked'
  if (call.dismissed) return call.dismissed
  if (saidAll(call)) return 'self-served'
  if (call.phase === 'ringing') return 'abandoned-ringing'
  // Also in a flow to which the line has sent them on.
  return call.queuedAt !== null ? 'abandoned-in-queue' : 'abandoned-in-flow'
}

/** Asked for a comment without a talk, they have hung up when they had said it. */
const saidAll = ({ comments, place, queuedAt }: Call): boolean =>
  comments !== undefined && place?.stage === 'recording' && queuedAt === null

/** Whoever is not yet talking is better off in the dialplan's own queue than with us. A talk needs no database, nor does a message. */
export function databaseAway(story: Story): void {
  const { call } = story
  if (call.inLifeboat || call.dismissed || NEEDS_NO_DATABASE.includes(call.phase)) return
  if (call.phase === 'ringing') {
    if (!ringsOn(call)) return
    for (const leg of openLegs(call)) withdraw(story, leg, 0)
  }
  // Whom we have not yet heard to be answered is answered on the way: the tape begins there.
  if (call.answeredAt === null) story.add({ kind: 'CallAnswered' })
  story.add({ kind: 'HandedToLifeboat', queue: call.queue ?? 'lifeboat' })
}

const NEEDS_NO_DATABASE: readonly Call['phase'][] = ['talking', 'surveying', 'leaving-voicemail', 'transferring-out']

export function lifeboatAnswered(story: Story, { agent }: Happening & { kind: 'LifeboatAnswered' }): void {
  if (!story.call.inLifeboat || story.call.phase === 'talking') return
  const leg = legId(story.call.id, agent, story.call.seq + 1)
  story.add({ kind: 'LifeboatConnected', agent, leg })
}
