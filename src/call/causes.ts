import type { OfferResult } from './facts.ts'
import type { TryResult } from './promises.ts'

/** Q.850 cause 16. */
export const NORMAL_CLEARING = 16
/** Q.850 cause 17. */
export const USER_BUSY = 17
/** Q.850 cause 21. */
export const CALL_REJECTED = 21
/** Q.850 cause 26 as Asterisk has it: a phone that is told so shows no missed call (res_pjsip_rfc3326.c). */
export const ANSWERED_ELSEWHERE = 26
/** Q.850 cause 19. */
export const NO_ANSWER = 19

/**
 * Why a ring led to nothing, by the Q.850 cause of the hang-up: 17 busy and 21 rejected are the agent's own doing, as is
 * hanging up before the caller was put through; 18 and 19 are no answer; 0 is known to nobody (we were away), and 19 after
 * an answer is our own hang-up, which crossed it, so the agent is not to blame; anything else never reached the phone.
 */
export function missed(cause: number, answeredAt: number | null): OfferResult {
  if (cause === 0 || (cause === NO_ANSWER && answeredAt !== null)) return 'withdrawn'
  if (answeredAt !== null || cause === 17 || cause === 21) return 'rejected'
  return cause === 18 || cause === 19 ? 'no-answer' : 'unreachable'
}

/** What came of dialling a customer, by the Q.850 cause: 1 and 28 are no number that anybody has; of 0 nobody knows. */
export function resultOf(cause: number): TryResult {
  if (cause === 0) return 'unknown'
  if (cause === 1 || cause === 28) return 'wrong-number'
  return cause === NORMAL_CLEARING ? 'no-answer' : failureBy(cause)
}

/** Why somebody outside did not answer, by the Q.850 cause. */
export function failureBy(cause: number): 'busy' | 'rejected' | 'no-answer' | 'unreachable' {
  if (cause === USER_BUSY) return 'busy'
  if (cause === CALL_REJECTED) return 'rejected'
  return cause === 18 || cause === NO_ANSWER ? 'no-answer' : 'unreachable'
}
