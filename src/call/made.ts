import type { Call, Phase } from './call.ts'

/** Calls that we make: while there is no customer on the line they have phases of their own, or these as another's; from then on they are as callers'. */

export const BEFORE_THE_TALK: readonly Phase[] = ['scheduled', 'queued', 'ringing', 'dialling']

/** There is no customer on the line yet. Whom an agent has sent on since the talk waits like a caller. */
export const isBeforeTheTalk = ({ direction, phase, answeredAt }: Call): boolean =>
  direction !== undefined && answeredAt === null && BEFORE_THE_TALK.includes(phase)

/** A callback that has nobody on the line yet. */
export const isPromise = (call: Call): boolean => call.callback !== undefined && isBeforeTheTalk(call)

/** And its customer is not reached. */
export const isAwaited = (call: Call): boolean => isPromise(call) && call.callback!.reachedAt === null

/** When whoever's phone is dialled has picked up. */
export const reachedAt = ({ callback, outbound, duty }: Call): number | null =>
  (callback ?? outbound ?? duty)?.reachedAt ?? null
