import type { Language } from '../ivr/flow.ts'

/** What a promise to call back is, and what comes of it. */

/**
 * `callback`: which call that is, another than `id` where one was promised before: it is renewed. `place`: where it stands in the
 * line, as a time; `promisedUntil`: by when they are to be called. ms since 1970.
 */
export type Booking = {
  readonly id: string
  readonly callback: string
  readonly number: string
  readonly queue: string
  readonly because: 'asked' | 'place-kept' | 'message' | 'low-score'
  readonly place: number
  readonly promisedAt: number
  readonly promisedUntil: number
  /** What they have spoken: its id, and where it is kept below the folder of recordings. */
  readonly message?: { readonly id: string; readonly file: string }
}

/** `of`: the call in which it was promised, whose number dialled, flow and language go on. */
export type Opening = Omit<Booking, 'callback' | 'number'> & {
  readonly of: string
  readonly from: string
  readonly name: string
  readonly to: string
  readonly flow: string
  readonly language: Language
  readonly release?: number
  readonly callingIn: readonly string[]
}

/**
 * What became of dialling the customer. `unknown`: nobody saw the end of it; `agent-left`, `rang-back`: we ended it ourselves,
 * and `rang-back` is no try.
 */
export type TryResult =
  | 'reached'
  | 'busy'
  | 'no-answer'
  | 'rejected'
  | 'wrong-number'
  | 'unreachable'
  | 'hung-up'
  | 'unknown'
  | 'agent-left'
  | 'rang-back'

export type Withdrawn = 'served' | 'seen-to' | 'cancelled' | 'not-allowed' | 'no-such-queue'
