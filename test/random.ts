import { chances } from '../src/queue/lot.ts'

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
  const next = chances(seed)
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
