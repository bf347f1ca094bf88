import { bridgeId, customerId, sayId } from '../ids.ts'
import { callbackOffer } from '../ivr/speech.ts'
import { type Call, type Callback, openLeg } from './call.ts'
import { missed, NO_ANSWER, NORMAL_CLEARING, resultOf } from './causes.ts'
import type { Fact, Happening, OfferResult } from './facts.ts'
import { isFirstAway, offer } from './inLine.ts'
import { callerGone } from './leaving.ts'
import { isAwaited, isBeforeTheTalk } from './made.ts'
import { inPhase } from './phases.ts'
import type { TryResult, Withdrawn } from './promises.ts'
import type { Story } from './story.ts'
import type { Dial, View } from './view.ts'

/**
 * A callback is a promise, and a call of its own from the moment it is made:
 *
 *   scheduled → queued ⇄ ringing → dialling → talking → surveying → ended
 *       ↑                              │
 *       └──────── another try ─────────┘
 *
 * `scheduled`: it is not due yet. `queued`: it stands in the line, at the place of whoever asked for it, like a caller. `ringing`: an
 * agent is asked, hears what it is about, and has not yet said yes. `dialling`: they have, and the customer's phone is dialled. So
 * there are never more callbacks than free agents.
 * While the customer is on the line with us themselves (`callingIn`) nobody calls them; served by the same line, nobody need.
 * From the talk on it is like a caller's: who is sent on stands in a line, and is rung for, as a caller.
 * It ends as `answered`, `not-reached` (the last try was in vain) or `withdrawn`.
 */
export function callback(story: Story, happening: Happening): void {
  const meant = ofCustomer(story.call, happening)
  if (meant.kind === 'RangBack') rangBack(story, meant.call)
  else if (meant.kind === 'RangOff') rangOff(story, meant)
  else if (meant.kind === 'CallerKnown') askedBefore(story, meant)
  else if (meant.kind === 'Booked') renew(story, meant)
  else if (meant.kind === 'TakenOver') takenOver(story, meant.call)
  else if (meant.kind === 'Withdrawn') withdraw(story, meant.because, { by: meant.by, reason: meant.reason })
  else if (isBeforeTheTalk(story.call)) BEFORE[story.call.phase]?.(story, meant)
  else if (meant.kind === 'CallerGone') callerGone(story, meant)
  else if (!story.call.inLifeboat) inPhase(story, meant)
}

const BEFORE: Partial<Record<Call['phase'], (story: Story, happening: Happening) => void>> = {
  scheduled,
  queued,
  ringing,
  dialling,
}

/** What the channel does that we have dialled ourselves is what a caller's does, once they are connected. In the lifeboat its own log tells when they left. */
function ofCustomer({ channel, phase, inLifeboat }: Call, happening: Happening): Happening {
  if (phase === 'dialling' || inLifeboat || !('leg' in happening) || happening.leg !== channel) return happening
  const { at } = happening
  if (happening.kind === 'LegEnded') return { kind: 'CallerGone', cause: happening.cause, by: 'caller', at }
  return happening.kind === 'LegKey' ? { kind: 'KeyPressed', key: happening.key, at } : happening
}

/** How it begins: in the line, or when it may be made. */
export function opened({ kind: _, ...opening }: Happening & { kind: 'Booked' }, view: View): Fact[] {
  const { from, queue, at, place } = opening
  const dial = view.dial(from, queue, opening.to, at)
  const waits = dial.may === 'later' ? { due: dial.from } : {}
  const first: Fact = { ...opening, kind: 'CallbackOpened', waits }
  return dial.may === 'later' ? [first] : [first, { kind: 'CallbackDue', placeAt: place, at }]
}

/** All that counts is when the customer was asked about a talk last. */
function askedBefore(story: Story, known: Happening & { kind: 'CallerKnown' }): void {
  if (known.surveyedAt !== undefined && story.call.surveyedAt === undefined) story.add({ ...known, isLate: true })
}

/** Promised once more, in the same call or in another. */
function renew(story: Story, { kind: _, of: __, queue: ___, ...booking }: Happening & { kind: 'Booked' }): void {
  const { phase, callback, queuedAt } = story.call
  if (callback!.bookings.includes(booking.id) || !isAwaited(story.call)) return
  const { id, because, message, place, promisedAt, promisedUntil } = booking
  const promise = { because, place, promisedAt, promisedUntil, ...(message && { message }) }
  story.add({ kind: 'CallbackRenewed', id, ...promise })
  if (phase === 'scheduled') due(story, callback!.keepsPlace ? Math.min(place, queuedAt!) : place)
}

function scheduled(story: Story, happening: Happening): void {
  if (happening.kind !== 'WaitOver' || happening.wait !== 'due') return
  // Whoever was to be called in the night stands where they stood; a second try stands behind those who have waited since.
  const { callback, queuedAt } = story.call
  const { tries, triedBefore, keepsPlace } = callback!
  due(story, keepsPlace || tries.length === triedBefore ? queuedAt! : story.at)
}

function due(story: Story, placeAt: number): void {
  if (toDial(story)) story.add({ kind: 'CallbackDue', placeAt })
}

function queued(story: Story, happening: Happening): void {
  const queue = story.view.queue(story.call.queue!)
  if (!queue) withdraw(story, 'no-such-queue')
  else if (happening.kind === 'AgentChosen') {
    if (toDial(story)) offer(story, queue, happening)
  } else if (isFirstAway(story.call, happening)) story.add({ kind: 'AnyAgent' })
}

const rulesOf = ({ call, view, at }: Story): Dial => view.dial(call.from, call.queue!, call.to, at)

/** What is dialled now, where that may be: else it waits, or nobody need call. Or agents would take in vain what may not be made. */
function toDial(story: Story): (Dial & { may: 'now' }) | undefined {
  const dial = rulesOf(story)
  if (dial.may === 'later') story.add({ kind: 'CallbackPostponed', waits: { due: dial.from } })
  else if (dial.may === 'never') withdraw(story, 'not-allowed')
  return dial.may === 'now' ? dial : undefined
}

/** So long an agent has to say yes or no, once they have heard it all. */
const ACCEPT_WITHIN_MS = 20_000
/** However long the message is. */
const HEARD_WITHIN_MS = 300_000

function ringing(story: Story, happening: Happening): void {
  const leg = openLeg(story.call)!
  if ('leg' in happening && happening.leg !== leg.id) return
  const over = happening.kind === 'WaitOver' ? happening.wait : undefined
  if (happening.kind === 'LegRang' && leg.rangAt === null) story.add({ kind: 'AgentRang', leg: leg.id })
  else if (happening.kind === 'LegAnswered' && leg.answeredAt === null) {
    story.add({ kind: 'AgentAnswered', leg: leg.id, agent: leg.agent })
    tellAgent(story, true)
  } else if (happening.kind === 'LegEnded') offerEnded(story, missed(happening.cause, leg.answeredAt), happening.cause)
  else if (over === 'ring' || over === 'accept') offerEnded(story, 'no-answer', NO_ANSWER)
  else if (happening.kind === 'PromptEnded' && happening.say === story.call.sayingToAgent)
    story.finish(happening.say, happening, { accept: story.at + ACCEPT_WITHIN_MS })
  else if (happening.kind === 'AgentUnheard' && leg.answeredAt !== null) tellAgent(story, false)
  else if (happening.kind === 'LegKey' && leg.answeredAt !== null) agentPressed(story, happening.key)
}

/** What it is about: 1 takes it, also before all is said; 2 says it again; 3 leaves it to another. */
function agentPressed(story: Story, key: string): void {
  story.add({ kind: 'AgentKeyPressed', leg: story.call.leg!.id, key })
  if (key === '1') accepted(story)
  else if (key === '2') tellAgent(story, false)
  else if (key === '3') offerEnded(story, 'rejected', NORMAL_CLEARING)
}

function tellAgent(story: Story, isFirst: boolean): void {
  const { call, view, at } = story
  const { queue, leg, callback } = call
  const say = sayId(call.id, call.seq + 1, 'agent')
  const prompts = callbackOffer(queue!, view.namedQueues, callback!.messages, isFirst)
  const language = view.languageOf(leg!.agent)
  story.add({ kind: 'AgentPrompted', say, prompts, language, waits: { accept: at + HEARD_WITHIN_MS } })
}

/** It goes back to its place in the line. */
function offerEnded(story: Story, result: OfferResult, cause: number): void {
  const { id, agent } = story.call.leg!
  story.add({ kind: 'OfferEnded', leg: id, agent, result, cause })
}

function accepted(story: Story): void {
  const { id, agent } = story.call.leg!
  if (rulesOf(story).may !== 'now') offerEnded(story, 'withdrawn', NORMAL_CLEARING)
  const dial = toDial(story)
  if (!dial) return
  const { number, shows } = dial
  story.add({ kind: 'OfferAccepted', leg: id, agent })
  const channel = customerId(story.call.id, story.call.seq + 1)
  story.add({ kind: 'CustomerDialled', channel, number, shows, waits: { dial: story.at + RINGS_MS } })
}

/** So long a phone rings that we call, of a customer or of somebody on duty; most networks end it sooner. */
export const RINGS_MS = 45_000

function dialling(story: Story, happening: Happening): void {
  const { call } = story
  const { reachedAt } = call.callback!
  const leg = openLeg(call)!
  if (happening.kind === 'WaitOver' && happening.wait === 'dial') tryEnded(story, 'no-answer', NO_ANSWER)
  if (!('leg' in happening)) return
  if (happening.leg === leg.id) {
    if (happening.kind === 'LegEnded') tryEnded(story, 'agent-left', happening.cause)
  } else if (happening.leg !== call.channel) return
  else if (happening.kind === 'LegAnswered' && reachedAt === null) story.add({ kind: 'CustomerReached' })
  else if (happening.kind === 'OnTape') connected(story)
  else if (happening.kind === 'LegEnded')
    tryEnded(story, reachedAt === null ? resultOf(happening.cause) : 'hung-up', happening.cause)
}

/** At once: who picks up and hears a machine hangs up. */
function connected(story: Story): void {
  const { id, agent } = story.call.leg!
  if (story.call.callback!.reachedAt === null) story.add({ kind: 'CustomerReached' })
  story.add({ kind: 'CallAnswered' })
  story.add({ kind: 'Connected', leg: id, agent, bridge: bridgeId(story.call.id) })
}

function tryEnded(story: Story, result: TryResult, cause: number): void {
  const { leg, queue } = story.call
  const { pausesMs } = story.view.queue(queue!)?.callback ?? { pausesMs: [] }
  const pauseMs = result === 'rang-back' ? 0 : pauseAfter(story.call.callback!, result, pausesMs)
  const again = pauseMs !== undefined && result !== 'wrong-number'
  const waits = again ? { due: story.at + pauseMs } : {}
  story.add({ kind: 'TryEnded', leg: leg!.id, agent: leg!.agent, result, cause, waits })
  if (!again) end(story, 'not-reached')
}

/** Where it was not the customer who could not be reached, it uses up no try; but not for ever. Undefined: that was the last. */
function pauseAfter(
  { tries, triedBefore }: Callback,
  result: TryResult,
  pausesMs: readonly number[],
): number | undefined {
  const made = tries.slice(triedBefore)
  if (!OUR_OWN.includes(result)) return pausesMs[made.filter(one => !OUR_OWN.includes(one.result)).length]
  return made.length < 2 * pausesMs.length ? pausesMs[0] : undefined
}

const OUR_OWN: readonly TryResult[] = ['agent-left', 'unknown']

function rangBack(story: Story, call: string): void {
  const { phase, callback } = story.call
  if (callback!.callingIn.includes(call) || !isAwaited(story.call)) return
  if (phase === 'ringing') offerEnded(story, 'withdrawn', NORMAL_CLEARING)
  if (phase === 'dialling') tryEnded(story, 'rang-back', NORMAL_CLEARING)
  story.add({ kind: 'RangBack', call })
}

function rangOff(story: Story, { call, isServed, isInVain }: Happening & { kind: 'RangOff' }): void {
  if (!story.call.callback!.callingIn.includes(call)) return
  story.add({ kind: 'RangOff', call })
  if (isServed) withdraw(story, 'served', { call })
  else if (isInVain) putOff(story)
}

/** Their phone has just rung in vain: no agent has it ring again at once. It is no try, and they keep their place. */
function putOff(story: Story): void {
  const { phase, queue, waits } = story.call
  const [pauseMs = 0] = story.view.queue(queue!)?.callback.pausesMs ?? []
  const due = story.at + pauseMs
  if (phase === 'queued' || (phase === 'scheduled' && waits.due! < due))
    story.add({ kind: 'CallbackPostponed', keepsPlace: true, waits: { due } })
}

/** Somebody on duty has dialled them, and they have picked up. */
function takenOver(story: Story, call: string): void {
  if (!isAwaited(story.call)) return
  rangBack(story, call)
  story.add({ kind: 'CallbackTakenOver', call })
  end(story, 'answered')
}

type Details = { call?: string; by?: string | undefined; reason?: string | undefined }

/** Nobody who is spoken with is cut off by it. */
function withdraw(story: Story, because: Withdrawn, { call, by, reason }: Details = {}): void {
  const { phase } = story.call
  if (!isAwaited(story.call)) return
  if (phase === 'ringing') offerEnded(story, 'withdrawn', NORMAL_CLEARING)
  if (phase === 'dialling') tryEnded(story, 'rang-back', NORMAL_CLEARING)
  const said = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) }
  story.add({ kind: 'CallbackWithdrawn', because, ...(call !== undefined && { call }), ...said })
  end(story, 'withdrawn')
}

const end = (story: Story, outcome: 'answered' | 'not-reached' | 'withdrawn'): void =>
  story.add({ kind: 'CallEnded', outcome, short: false, by: 'hotline', cause: NORMAL_CLEARING })
