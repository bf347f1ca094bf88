import type { Call, Callback, Try } from './call.ts'
import type { Fact } from './facts.ts'
import { onLeg } from './legs.ts'
import { without } from './silence.ts'

/** What facts make of a callback. */

export type CallbackFact = Extract<
  Fact,
  {
    kind:
      | 'CallbackDue'
      | 'CallbackRenewed'
      | 'CallbackPostponed'
      | 'CallbackWithdrawn'
      | 'CallbackTakenOver'
      | 'AgentKeyPressed'
      | 'OfferAccepted'
      | 'CustomerDialled'
      | 'CustomerReached'
      | 'TryEnded'
      | 'RangBack'
      | 'RangOff'
  }
>

export function callbackAfter(call: Call, callback: Callback, fact: CallbackFact): Partial<Call> {
  switch (fact.kind) {
    case 'CallbackDue':
      return {
        ...{ phase: 'queued', queuedAt: fact.placeAt, lineAt: fact.at, waits: without(call, 'due', 'first-agent') },
        first: null,
        ...(call.deflectedBy && { deflectedBy: [] }),
        ...(callback.keepsPlace && { callback: { ...callback, keepsPlace: false } }),
      }
    case 'CallbackRenewed':
      return renewed(call, callback, fact)
    case 'CallbackPostponed':
      return {
        ...{ phase: 'scheduled', first: null, waits: without(call, 'first-agent') },
        ...(fact.keepsPlace && { callback: { ...callback, keepsPlace: true } }),
      }
    case 'CallbackWithdrawn':
    case 'CallbackTakenOver':
    case 'AgentKeyPressed':
      return {}
    case 'OfferAccepted':
      return { phase: 'dialling', sayingToAgent: null, waits: without(call, 'accept') }
    case 'CustomerDialled':
      return { channel: fact.channel, callback: { ...callback, dialledAt: fact.at } }
    case 'CustomerReached':
      return { callback: { ...callback, reachedAt: fact.at }, waits: without(call, 'dial') }
    case 'TryEnded':
      return {
        ...onLeg(call, { endedAt: fact.at, result: 'answered', cause: fact.cause }),
        phase: 'scheduled',
        channel: '',
        callback: tried(callback, fact),
        waits: without(call, 'dial'),
      }
    case 'RangBack':
      return { callback: { ...callback, callingIn: [...callback.callingIn, fact.call] } }
    case 'RangOff':
      return { callback: { ...callback, callingIn: callback.callingIn.filter(one => one !== fact.call) } }
  }
}

export const reached = (callback: Callback, agent: string): Callback =>
  tried(callback, { agent, result: 'reached', cause: 0 })

/** The earlier of two places counts, where they stand in the line still. */
function renewed(
  { phase, queuedAt }: Call,
  callback: Callback,
  fact: CallbackFact & { kind: 'CallbackRenewed' },
): Partial<Call> {
  const { id, because, message, place, promisedAt, promisedUntil } = fact
  const { bookings, messages, tries } = callback
  const isOut = phase === 'scheduled' && !callback.keepsPlace
  return {
    queuedAt: phase === 'scheduled' ? place : Math.min(place, queuedAt!),
    callback: {
      // Who keeps a place keeps it, whatever else they say.
      ...{
        ...callback,
        because: isOut ? ofTwo(because, callback.because) : ofTwo(callback.because, because),
      },
      ...{ promisedAt, promisedUntil, triedBefore: tries.length },
      bookings: [...bookings, id],
      messages: message ? [...messages, message] : messages,
    },
  }
}

/** What a message is not all of is not done with it: the other promise counts, but a place that is kept is no longer. */
const ofTwo = (counts: Because, other: Because): Because =>
  counts !== 'message' ? counts : other === 'place-kept' ? 'asked' : other

type Because = Callback['because']

/** The try under way is over. Whoever called us themselves meanwhile was not tried. */
function tried(callback: Callback, { agent, result, cause }: Omit<Try, 'at'>): Callback {
  const one = { at: callback.dialledAt!, agent, result, cause }
  const tries = result === 'rang-back' ? callback.tries : [...callback.tries, one]
  return { ...callback, tries, dialledAt: null, reachedAt: null }
}
