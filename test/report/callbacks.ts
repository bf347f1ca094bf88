import type { Fact } from '../../src/call/facts.ts'
import type { Booking, TryResult } from '../../src/call/promises.ts'
import { bridgeId, callbackId, customerId } from '../../src/ids.ts'
import { type Centre, ends, offered } from './centre.ts'

/** Callbacks in a test's call centre: promised in a call, and what comes of them. */

const S = 1_000
const WITHIN_MS = 7_200_000

type Promised = Partial<Pick<Booking, 'queue' | 'because' | 'number' | 'message' | 'place' | 'promisedUntil'>> & {
  at: number
  /** Not before this time. */
  due?: number
}

/** Promised in a call, due at once: a call of its own from then on, in its line. */
export function promises(centre: Centre, call: string, { at, due, ...set }: Promised): string {
  const { seq, from, name, to, flow, language } = centre.call(call)
  const { number = from, ...more } = set
  const booking: Omit<Booking, 'id' | 'callback' | 'number'> = {
    ...{ queue: 'sales', because: 'asked', place: at, promisedAt: at, promisedUntil: at + WITHIN_MS },
    ...more,
  }
  const id = callbackId(call, seq + 1)
  centre.fact(call, { at, kind: 'CallbackBooked', id, callback: id, number, ...booking })
  const opening = { id, of: call, from: number, name, to, flow, language, callingIn: [], ...booking }
  centre.fact(id, { at, kind: 'CallbackOpened', ...opening, waits: due === undefined ? {} : { due } })
  if (due === undefined) isDue(centre, id, at, booking.place)
  return id
}

export const isDue = (centre: Centre, id: string, at: number, placeAt = at): void =>
  centre.fact(id, { at, kind: 'CallbackDue', placeAt })

/** Promised once more, in another call. */
export function promisesAgain(
  centre: Centre,
  call: string,
  callback: string,
  at: number,
  set: Partial<Pick<Booking, 'because' | 'message' | 'place'>> = {},
): void {
  const { queue, from: number } = centre.call(callback)
  const id = callbackId(call, centre.call(call).seq + 1)
  const booking = { id, because: 'asked', place: at, promisedAt: at, promisedUntil: at + WITHIN_MS, ...set } as const
  centre.fact(call, { at, kind: 'CallbackBooked', callback, queue: queue!, number, ...booking })
  centre.fact(callback, { at, kind: 'CallbackRenewed', ...booking })
}

/** Offered at `at`; the agent answers after 3 s, and presses 1 after 8 s: then the customer's phone is dialled. */
export function dials(centre: Centre, id: string, agent: string, at: number): string {
  const leg = offered(centre, id, agent, at)
  centre.fact(id, { at: at + 500, kind: 'AgentRang', leg })
  centre.fact(id, { at: at + 3 * S, kind: 'AgentAnswered', leg, agent })
  centre.fact(id, { at: at + 8 * S, kind: 'AgentKeyPressed', leg, key: '1' })
  centre.fact(id, { at: at + 8 * S, kind: 'OfferAccepted', leg, agent })
  const channel = customerId(id, centre.call(id).seq + 1)
  const { from: number, to: shows } = centre.call(id)
  centre.fact(id, { at: at + 8 * S, kind: 'CustomerDialled', channel, number, shows })
  return leg
}

/** Dialled 8 s after `at`, for 20 s; without `again` (ms) that was the last try. */
export function triesInVain(
  centre: Centre,
  id: string,
  agent: string,
  at: number,
  { result = 'no-answer', again }: { result?: TryResult; again?: number } = {},
): void {
  const leg = dials(centre, id, agent, at)
  const over = at + 28 * S
  const waits = again === undefined ? {} : { due: over + again }
  centre.fact(id, { at: over, kind: 'TryEnded', leg, agent, result, cause: 19, waits })
  if (again === undefined) isOver(centre, id, over, 'not-reached')
}

/** Dialled 8 s after `at`, connected after 15 s. */
export function reaches(centre: Centre, id: string, agent: string, at: number): string {
  const leg = dials(centre, id, agent, at)
  centre.fact(id, { at: at + 14 * S, kind: 'CustomerReached' })
  centre.fact(id, { at: at + 15 * S, kind: 'CallAnswered' })
  centre.fact(id, { at: at + 15 * S, kind: 'Connected', leg, agent, bridge: bridgeId(id) })
  return leg
}

/** Reached, and talked with for `talkMs`; the wrap-up is over before the scene is. */
export function callsBack(
  centre: Centre,
  id: string,
  agent: string,
  at: number,
  { talkMs = 60 * S, rating }: { talkMs?: number; rating?: number } = {},
): void {
  const leg = reaches(centre, id, agent, at)
  const over = at + 15 * S + talkMs
  if (rating !== undefined) {
    centre.fact(id, { at: over, kind: 'AgentLeft', leg, agent, cause: 16 })
    centre.fact(id, { at: over, kind: 'SurveyOffered' })
    centre.fact(id, { at: over, kind: 'SurveyAnswered', rating })
  }
  ends(centre, id, over)
  centre.wake(agent)
}

export function withdraws(centre: Centre, id: string, at: number): void {
  centre.fact(id, { at, kind: 'CallbackWithdrawn', because: 'cancelled' })
  isOver(centre, id, at, 'withdrawn')
}

/** Somebody on duty has dialled them in vain: they are put off for `again` ms, and keep their place. */
export function dialledFromDuty(centre: Centre, id: string, at: number, again: number): void {
  const call = `duty${at}-7`
  centre.fact(id, { at, kind: 'RangBack', call })
  centre.fact(id, { at: at + 30 * S, kind: 'RangOff', call })
  centre.fact(id, { at: at + 30 * S, kind: 'CallbackPostponed', waits: { due: at + 30 * S + again } })
  isDue(centre, id, at + 30 * S + again, centre.call(id).queuedAt!)
}

/** Somebody on duty speaks with them. */
export function takesOver(centre: Centre, id: string, at: number): void {
  const call = `duty${at}-7`
  centre.fact(id, { at, kind: 'RangBack', call })
  centre.fact(id, { at: at + 20 * S, kind: 'CallbackTakenOver', call })
  isOver(centre, id, at + 20 * S, 'answered')
}

const isOver = (centre: Centre, id: string, at: number, outcome: (Fact & { kind: 'CallEnded' })['outcome']): void =>
  centre.fact(id, { at, kind: 'CallEnded', outcome, short: false, by: 'hotline', cause: 16 })
