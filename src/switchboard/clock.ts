import { performance } from 'node:perf_hooks'
import type { Clock } from './ports.ts'

/** setTimeout takes at most 2^31 − 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** A wall clock this far from ours was set anew. */
const DRIFT_MS = 1_000

/**
 * Wall-clock time that moves with the monotonic clock: a step of the machine's clock (NTP, a person) makes no talk
 * shorter. A step is taken over only forwards, and only where the two differ by more than a second.
 */
export function systemClock(): Clock {
  let anchor = Date.now() - performance.now()
  return {
    now() {
      const drift = Date.now() - performance.now() - anchor
      if (drift > DRIFT_MS) anchor += drift
      return Math.floor(anchor + performance.now())
    },
    at(time, wake) {
      const timer = setTimeout(wake, Math.min(Math.max(0, time - this.now()), LONGEST_TIMER_MS))
      return () => clearTimeout(timer)
    },
  }
}
