/** Chance that can be repeated: the same seed, the same course of things (mulberry32). */
export type Random = {
  /** A number in [0, 1). */
  next: () => number
  /** A whole number from 0 to below n. */
  upTo: (n: number) => number
  between: (low: number, high: number) => number
  chance: (probability: number) => boolean
  pick: <T>(from: readonly T[]) => T
  /** Exponentially distributed: most are short, a few long. */
  about: (mean: number) => number
}

export function random(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const upTo = (n: number) => Math.floor(next() * n)
  return {
    next,
    upTo,
    between: (low, high) => low + upTo(high - low + 1),
    chance: probability => next() < probability,
    pick: from => from[upTo(from.length)]!,
    about: mean => Math.round(-mean * Math.log(1 - next())),
  }
}
