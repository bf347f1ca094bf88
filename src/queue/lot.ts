/**
 * A number that is drawn for this agent and this call: as good as by chance, and the same whenever it is drawn, so that a
 * decision can be explained and a story told again. FNV-1a, 32 bit (draft-eastlake-fnv), and the first
 * steps of MurmurHash3's finaliser.
 */
export function lot(call: string, agent: string): number {
  let hash = 0x811c9dc5
  for (const letter of `${call} ${agent}`) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193) >>> 0
  // The last letters alone would move little: neighbours' numbers would lie side by side.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0
  return (hash ^ (hash >>> 13)) >>> 0
}

/** Chance that can be repeated: the same seed, the same numbers, from 0 to below 1 (mulberry32). */
export function chances(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** From 0 to 99, drawn in the same way for whatever is to happen to so many calls of a hundred. */
export const percentDrawn = (call: string, what: string): number => Math.floor((lot(call, what) / 2 ** 32) * 100)
