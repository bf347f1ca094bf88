import { legId } from '../ids.ts'
import { type Call, type Leg, lineSince, openLeg, openLegs, openOutside, ringsOn } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import { endParties } from './control.ts'
import type { EndedBy, Happening, Outcome } from './facts.ts'
import { isBeforeTheTalk } from './made.ts'
import { leaveMessage } from './message.ts'
import { openParties, type Party, roleOf } from './party.ts'
import { endPause } from './pause.ts'
import type { Story } from './story.ts'
import { endSupervision } from './supervise.ts'

/** Asterisk needs a moment after the hang-up to write the last of the tape. */
export const FILING_AFTER_MS = 1_000

type Gone = Happening & { kind: 'CallerGone' }

export function callerGone(story: Story, gone: Gone): void {
  if (story.call.left) return
  if (isInConference(story.call)) goOnWithout(story, gone)
  else callOver(story, gone)
}

/** Somebody beside the agent is with the caller: whom the agent consults about them alone is not. */
const isInConference = (call: Call): boolean =>
  call.phase === 'talking' && !call.inLifeboat && hasCompany(call, party => roleOf(party) === 'conferee')

const hasCompany = (call: Call, isMeant: (party: Party) => boolean = () => true): boolean =>
  openParties(call).some(party => party.joinedAt !== null && isMeant(party))

/**
 * A caller who leaves a conference leaves the others in it: the call goes on as one without its caller, whose tape has ended, until
 * there are no longer one of our agents and somebody with them. It is answered, and nobody is asked about it.
 */
function goOnWithout(story: Story, { by, cause, at }: Gone): void {
  story.add({ kind: 'CallerLeft', by, cause, ...(at < story.at && { goneAt: at }) })
  const leg = openLeg(story.call)!
  if (leg.heldSince !== null) story.add({ kind: 'Retrieved', leg: leg.id })
  endPause(story)
}

/** Nobody of those whom the caller has left has anybody with them. */
export function endWithoutCaller(story: Story): void {
  const { call, at } = story
  if (!call.left || call.phase === 'ended') return
  if (call.phase === 'talking' && openLeg(call) && hasCompany(call)) return
  endParties(story)
  endSupervision(story)
  const { at: goneAt, by, cause } = call.left
  const waits = { filing: at + FILING_AFTER_MS }
  story.add({ kind: 'CallEnded', outcome: 'answered', short: false, by, cause, goneAt, waits })
}

function callOver(story: Story, gone: Gone): void {
  leaveMessage(story, gone)
  endParties(story)
  endSupervision(story)
  const { call, at } = story
  const outcome =
    gone.by === 'asterisk' && !wasAnswered(call) && !wasPutThrough(call) ? 'failed' : outcomeOnLeaving(call)
  if (call.phase === 'ringing') for (const leg of openLegs(call)) withdraw(story, leg, gone.cause)
  const since = call.queuedAt ?? call.arrivedAt
  const short = outcome.startsWith('abandoned') && at - since < story.view.shortAbandonMs
  const by = leftFirst(call) ?? gone.by
  const waits = { filing: at + FILING_AFTER_MS }
  const late = gone.at < at && { goneAt: gone.at }
  const inLine = waitedAgain(call) && { lineOutcome: outcomeOnLeaving(unserved(call)) }
  story.add({ kind: 'CallEnded', outcome, short, by, cause: gone.cause, ...late, ...inLine, waits })
}

/** An agent has sent them on to another line, and nobody has served them there. */
const waitedAgain = (call: Call): boolean =>
  call.servedUntil != null && call.servedUntil <= (lineSince(call) ?? Number.NEGATIVE_INFINITY)

const unserved = ({ servedAt: _, ...call }: Call): Call => ({
  ...call,
  leg: call.leg && { ...call.leg, connectedAt: null },
})

/** Before the caller did. */
function leftFirst(call: Call): EndedBy | undefined {
  if (call.isForceCleared) return 'supervisor'
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
  // Whose phone we would ring, or who is on duty, is no caller.
  if (call.duty || isBeforeTheTalk(call)) return
  if (call.phase === 'ringing') {
    if (!ringsOn(call)) return
    for (const leg of openLegs(call)) withdraw(story, leg, 0)
  }
  // Whom we have not yet heard to be answered is answered on the way: the tape begins there.
  if (call.answeredAt === null) story.add({ kind: 'CallAnswered' })
  story.add({ kind: 'HandedToLifeboat', queue: call.queue ?? 'lifeboat' })
}

const NEEDS_NO_DATABASE: readonly Call['phase'][] = ['talking', 'surveying', 'leaving-voicemail', 'transferring-out']

/** `before`: the phase out of which they come, as when an agent sends them on, to where the database would be needed. */
export function aboard(story: Story, before: Call['phase']): void {
  const { phase } = story.call
  const isNeeded = NEEDS_NO_DATABASE.includes(before) && phase !== before && phase !== 'ended'
  if (isNeeded && story.view.isDatabaseAway()) databaseAway(story)
}

export function lifeboatAnswered(story: Story, { agent }: Happening & { kind: 'LifeboatAnswered' }): void {
  if (!story.call.inLifeboat || story.call.phase === 'talking') return
  const leg = legId(story.call.id, agent, story.call.seq + 1)
  story.add({ kind: 'LifeboatConnected', agent, leg })
}
