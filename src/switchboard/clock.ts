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
      let timer: NodeJS.Timeout
      const look = (): void => {
        const left = time - this.now()
        // A timer may fire a millisecond early, and none takes more than its longest: it is set again.
        if (left <= 0) wake()
        else timer = setTimeout(look, Math.min(left, LONGEST_TIMER_MS))
      }
      timer = setTimeout(look, Math.min(Math.max(0, time - this.now()), LONGEST_TIMER_MS))
      return () => clearTimeout(timer)
    },
  }
}
