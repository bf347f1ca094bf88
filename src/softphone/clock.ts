import { ticker } from './ticker.ts'

/** Time as the phone knows it; a test may give its own. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number
  /** Does something later; what comes back calls it off. */
  after(ms: number, act: () => void): () => void
  /** How many milliseconds of it the phone itself did not run, on a machine that had other things to do. */
  stoodStill(): number
}

export const wallClock: Clock = {
  now: () => performance.now(),
  after(ms, act) {
    // Node runs timers before it reads sockets. After a stall, what has already arrived must be read first, or we
    // would declare lost what lies in the socket.
    let immediate: NodeJS.Immediate | undefined
    const timer = setTimeout(() => {
      immediate = setImmediate(act)
    }, ms)
    return () => {
      clearTimeout(timer)
      clearImmediate(immediate)
    }
  },
  stoodStill: () => ticker.stoodStill,
}

/** Time as a listener has it: it stands still where the listener did, who cannot say what was to be heard meanwhile. */
export function listeningTime(clock: Clock): Clock {
  const now = (): number => clock.now() - clock.stoodStill()
  return {
    now,
    after(ms, act) {
      const due = now() + ms
      const look = (): void => {
        if (now() < due) cancel = clock.after(due - now(), look)
        else act()
      }
      let cancel = clock.after(ms, look)
      return () => cancel()
    },
    stoodStill: () => clock.stoodStill(),
  }
}
