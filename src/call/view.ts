import type { ToDial } from '../dialling/dialling.ts'
import type { Flow, Language } from '../ivr/flow.ts'
import type { Around } from '../ivr/step.ts'
import type { Staff } from '../queue/choose.ts'
import type { Forecast } from '../queue/promise.ts'
import type { Queue } from '../queue/queue.ts'
import type { Standing } from './facts.ts'

/** What a call's decisions look at beyond the call itself. All of it is known at once: no waiting, no I/O. */
export type View = {
  /** As it was in force at that release. */
  readonly flow: (id: string, release: number) => Flow
  /** The number of that version; undefined: there is no such flow. */
  readonly releaseOf: (flow: string, release: number) => number | undefined
  /** What an expression is, given the words. */
  readonly evaluate: Around['evaluate']
  /** Whether it is open then, and somebody rostered for the queue; undefined: there is no such calendar. */
  readonly isOpen: (calendar: string, queue: string | undefined, at: number) => boolean | undefined
  /** A number outside as it is dialled then for who has called that number of ours, or why it is not. */
  readonly toDial: (number: string, called: string) => ToDial
  /** What the centre's list says of a number then; undefined: nothing. */
  readonly standing: (number: string, at: number) => Standing | undefined
  /** Whether an agent is at work and able, so that they may serve this queue now or soon. */
  readonly mayServeSoon: (agent: string, queue: Queue) => boolean
  /** Undefined: its row was taken out of the table, or renamed. */
  readonly queue: (id: string) => Queue | undefined
  /** Callers before that place, and how long who joined this line then will wait; null where that cannot be told, or an agent is free for them. */
  readonly placeInLine: (queue: Queue, place: number, joinedAt: number) => { ahead: number; wait: Forecast | null }
  /** Whether a customer of this queue may be called at that number now, what the trunk is asked for, and what they see of us; `to`: what they dialled. */
  readonly dial: (number: string, queue: string, to: string, at: number) => Dial
  /** The callback that is open for this number in this queue. */
  readonly callbackOf: (number: string, queue: string) => { id: string; place: number } | undefined
  /** Whether a callback is still to be made. `on-the-line`: we have its customer on the line, or their phone rings. */
  readonly standOf: (callback: string) => 'awaited' | 'on-the-line' | 'over'
  /** How many wait for this queue. */
  readonly waitingFor: (queue: string) => number
  /** In which an agent is spoken to. */
  readonly languageOf: (agent: string) => Language
  /** Who is signed in and able to serve this queue. */
  readonly staff: (queue: Queue) => Staff
  readonly isDatabaseAway: () => boolean
  /** An abandon sooner than this is *short*, ms. */
  readonly shortAbandonMs: number
  /** Queues whose name is recorded. */
  readonly namedQueues: readonly string[]
}

/** `from`: not before then, ms since 1970. */
export type Dial =
  | { readonly may: 'now'; readonly number: string; readonly shows: string }
  | { readonly may: 'later'; readonly from: number }
  | { readonly may: 'never'; readonly because: string }
