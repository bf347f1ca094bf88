/** Time as the phone knows it; a test may give its own. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number
  /** Does something later; what comes back calls it off. */
  after(ms: number, act: () => void): () => void
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
}
