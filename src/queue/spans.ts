/** How long something takes, by what it took: so many lengths in order, each as likely as the others. ms. */
export type Spans = Float64Array

const LENGTHS = 128

/** The latest of what something took. */
export class Sample {
  readonly #most: number
  /** As they came; the oldest is replaced. */
  readonly #came: number[] = []
  #oldest = 0
  readonly #sorted: number[] = []
  #made: { spans: Spans; whole: Spans | undefined } | undefined

  constructor(most: number) {
    this.#most = most
  }

  add(ms: number): void {
    if (this.#came.length < this.#most) this.#came.push(ms)
    else {
      this.#sorted.splice(firstAbove(this.#sorted, this.#came[this.#oldest]!) - 1, 1)
      this.#came[this.#oldest] = ms
      this.#oldest = (this.#oldest + 1) % this.#most
    }
    this.#sorted.splice(firstAbove(this.#sorted, ms), 0, ms)
    this.#made = undefined
  }

  /** Of these and of a whole that counts as so many of them. Undefined: there are none. */
  spans(): Spans | undefined
  spans(whole: Spans | undefined, worth: number): Spans
  spans(whole?: Spans, worth = 0): Spans | undefined {
    if (this.#sorted.length === 0) return whole
    if (!this.#made || this.#made.whole !== whole) this.#made = { spans: blend(this.#sorted, whole, worth), whole }
    return this.#made.spans
  }
}

/** Two lists in order become one; from it, evenly by weight, the lengths are taken. */
function blend(own: readonly number[], whole: Spans | undefined, worth: number): Spans {
  const each = whole ? worth / whole.length : 0
  const step = (own.length + (whole ? worth : 0)) / LENGTHS
  const spans = new Float64Array(LENGTHS)
  let [i, j, weight, taken] = [0, 0, 0, 0]
  while (taken < LENGTHS) {
    const isOwn = !whole || j === whole.length || (i < own.length && own[i]! <= whole[j]!)
    const ms = isOwn ? own[Math.min(i, own.length - 1)]! : whole[j]!
    const isLast = i + j >= own.length + (whole?.length ?? 0) - 1
    weight += isOwn ? 1 : each
    if (isOwn) i += 1
    else j += 1
    while (taken < LENGTHS && (isLast || (taken + 0.5) * step <= weight)) spans[taken++] = ms
  }
  return spans
}

/** One of them. `chance`: from 0 to below 1. */
export const draw = (spans: Spans, chance: number): number => spans[Math.floor(chance * spans.length)]!

/**
 * What is left of something that has taken so long already. Of what took longer, each is as likely; where next to nothing
 * did, it goes on at the rate at which the longest tenth came to an end (an exponential tail).
 */
export function restOf(spans: Spans, elapsed: number): (chance: number) => number {
  const longer = firstAbove(spans, elapsed)
  const count = spans.length - longer
  if (count >= FEW) return chance => spans[longer + Math.floor(chance * count)]! - elapsed
  const tail = spans.subarray(Math.floor(spans.length * 0.9))
  const beyond = tail.reduce((sum, ms) => sum + ms - tail[0]!, 0) / tail.length
  return chance => -Math.log(1 - chance) * Math.max(beyond, SHORTEST_REST_MS)
}
const FEW = 4
/** Where all took the same, too. */
const SHORTEST_REST_MS = 5_000

/** Where the first stands that is longer. */
function firstAbove(sorted: ArrayLike<number>, ms: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= ms) low = middle + 1
    else high = middle
  }
  return low
}
