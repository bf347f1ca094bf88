import type { Audience } from '../events/audience.ts'
import type { Event } from '../events/event.ts'

/** A program outside that is told of events by HTTP, in order. Times in ms since 1970. */
export type Webhook = {
  readonly id: string
  readonly url: string
  /** Such as call.queued, or call.*; null: all. */
  readonly types: readonly string[] | null
  /** It may see telephone numbers. */
  readonly whole: boolean
  /** How far whoever has set it may hear; null: everywhere. */
  readonly team: readonly string[] | null
  readonly queues: readonly string[] | null
  readonly secret: string
  readonly createdAt: number
  readonly createdBy: string
  /** The last event that it has, or need not have. */
  readonly position: number
  /** How often the next one was sent in vain, alone or with others, and when it is sent again. */
  readonly tries: number
  readonly dueAt: number | null
  readonly failingSince: number | null
  readonly failure: string | null
  readonly deliveredAt: number | null
  readonly offAt: number | null
  readonly offBecause: string | null
}

/** What is sent at once, in order. `isLetter`: these were given up before, or are asked for once more, and so stand beside the order. */
export type Parcel = { readonly events: readonly [Event, ...Event[]]; readonly isLetter: boolean }

export const EVENTS_AT_ONCE = 50

/** Who has not answered by then has not taken it. */
export const ANSWER_WITHIN_MS = 10_000

/** After each try in vain fewer, and at last one by one: so who takes all but one is sent the others, and what is given up was sent alone. */
export const atOnce = ({ tries }: Pick<Webhook, 'tries'>, pace = EVENTS_AT_ONCE): number =>
  Math.min(pace, Math.max(1, EVENTS_AT_ONCE >> (2 * tries)))

/** Whether that was a wait for an answer: who refuses at once says nothing of how much they can do. */
export const isTooMuch = (tookMs: number): boolean => tookMs >= 0.9 * ANSWER_WITHIN_MS

/** How many from now on, where so many at most were more than can be done in time. */
export const slower = (atMost: number): number => Math.max(1, atMost >> 2)

/** And where `taken` of at most so many were taken, in that time: more, as long as these would be, too, if each takes as long. */
export function faster(atMost: number, taken: number, tookMs: number): number {
  if (taken < atMost) return atMost
  const more = tookMs <= ANSWER_WITHIN_MS / 4 ? 2 * atMost : atMost + Math.max(1, atMost >> 2)
  return isTooMuch((tookMs * more) / atMost) ? atMost : Math.min(EVENTS_AT_ONCE, more)
}

/** After the first try, the second, … After the last of them the event is given up. */
export const PAUSES_MS = [1_000, 5_000, 30_000, 120_000, 600_000]
/** Who has taken nothing for so long is sent nothing more. */
const OFF_AFTER_MS = 86_400_000

/** `dead`: it is given up. `offBecause`: nothing more is sent. */
export type Failed = Pick<Webhook, 'tries' | 'dueAt' | 'failingSince' | 'failure'> & {
  readonly isDead: boolean
  readonly offBecause: string | null
}

/** What becomes of it when an event was not taken, and why. */
export function afterFailure(webhook: Webhook, failure: string, now: number): Failed {
  const failingSince = webhook.failingSince ?? now
  const pause = PAUSES_MS[webhook.tries]
  if (pause !== undefined)
    return { tries: webhook.tries + 1, dueAt: now + pause, failingSince, failure, isDead: false, offBecause: null }
  const isOver = now - failingSince >= OFF_AFTER_MS
  const offBecause = isOver ? `It has taken nothing for a day; the last time: ${failure}` : null
  return { tries: 0, dueAt: null, failingSince, failure, isDead: true, offBecause }
}

/** `agents`: those of its teams; null: all. */
export const audienceOf = ({ types, queues }: Webhook, agents: readonly string[] | null): Audience => ({
  ...{ types, queue: null, agent: null, own: null, self: null, team: agents, queues },
})
