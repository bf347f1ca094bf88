import { Sample, type Spans } from './spans.ts'

/** A talk that is over. `at`: when it was offered; `ringMs`: until the two were connected; `ms`: until the agent was left. */
export type Handling = { readonly queue: string; readonly at: number; readonly ringMs: number; readonly ms: number }

/** How long callers of a queue have waited, ms, those who were served as well, and how many of them hung up instead. */
export type Waits = { readonly queue: string; readonly waitedMs: number; readonly left: number }

/** What became of a promise. */
export type Promised = { readonly queue: string; readonly isKept: boolean }

/** What earlier calls tell, oldest first. */
export type Past = {
  readonly talks: Iterable<Handling>
  readonly waits: Iterable<Waits>
  readonly promises: Iterable<Promised>
}

export const NO_PAST: Past = { talks: [], waits: [], promises: [] }

/** So many of the latest talks count: of the centre and of a queue, and of a queue in one half hour of the day. */
const LATEST = 1_000
export const LATEST_OF_HALF_HOUR = 100
/** The whole counts as so many talks of the part: where there are few, the part is taken to be like the whole. */
const WHOLE_WORTH = 20
/** Likewise, the centre's patience counts as so much waiting of the queue's own callers. */
const WHOLE_WAITS_MS = 3_600_000
/** Each caller makes what is known of patience older: about the last thousand count. */
const STAYS = 0.999
/** The share of promises to be kept, and how much one of them moves what is promised next. */
const KEPT = 0.9
const LEARNS = 0.02
const LEAST_SHARE = 0.6
const MOST_SHARE = 0.99

type Part = { all: Sample; rings: Sample; halfHours: Map<number, Sample> }

/** How long callers keep an agent busy, by queue and half hour of the day; how patient they are; how promises to them were kept. */
export class Pace {
  readonly #halfHour: (at: number) => number
  readonly #whole = { all: new Sample(LATEST), rings: new Sample(LATEST) }
  readonly #parts = new Map<string, Part>()
  readonly #shares = new Map<string, number>()
  readonly #patience = new Map<string, { waitedMs: number; left: number }>()

  /** `halfHour`: which of the day's in the centre's zone, 0 to 47. */
  constructor(halfHour: (at: number) => number, past?: Past) {
    this.#halfHour = halfHour
    for (const talk of past?.talks ?? []) this.handled(talk)
    for (const waits of past?.waits ?? []) this.waited(waits)
    for (const promise of past?.promises ?? []) this.promised(promise)
  }

  handled({ queue, at, ringMs, ms }: Handling): void {
    const part = this.#parts.get(queue) ?? { all: new Sample(LATEST), rings: new Sample(LATEST), halfHours: new Map() }
    this.#parts.set(queue, part)
    const halfHour = this.#halfHour(at)
    const inHalfHour = part.halfHours.get(halfHour) ?? new Sample(LATEST_OF_HALF_HOUR)
    part.halfHours.set(halfHour, inHalfHour)
    for (const sample of [this.#whole.all, part.all, inHalfHour]) sample.add(ms)
    for (const sample of [this.#whole.rings, part.rings]) sample.add(ringMs)
  }

  waited({ queue, waitedMs, left }: Waits): void {
    for (const name of [queue, WHOLE]) {
      const before = this.#patience.get(name) ?? { waitedMs: 0, left: 0 }
      this.#patience.set(name, { waitedMs: before.waitedMs * STAYS + waitedMs, left: before.left * STAYS + left })
    }
  }

  /** A promise was kept, or broken. */
  promised({ queue, isKept }: Promised): void {
    const share = this.shareFor(queue) + LEARNS * (KEPT - Number(isKept))
    this.#shares.set(queue, Math.min(Math.max(share, LEAST_SHARE), MOST_SHARE))
  }

  /**
   * Of the courses of a forecast, how large a share must be over within what is promised, so that nine promises of ten are
   * kept. Where nothing happens but what a forecast knows of, it is nine of ten; but agents pause and go home, too. So it
   * rises with each that is broken, and falls, a ninth as much, with each that is kept (I. Gibbs, E. Candès, "Adaptive Conformal
   * Inference Under Distribution Shift", 2021).
   */
  shareFor(queue: string): number {
    return this.#shares.get(queue) ?? KEPT
  }

  /**
   * How long an agent is busy, at that time of the day, with a caller of a queue (undefined: of any), from the offer on and
   * without the wrap-up, ms.
   * Undefined: there were no talks yet.
   */
  handlingAt(at: number): ((queue: string | undefined) => Spans) | undefined {
    const whole = this.#whole.all.spans()
    const halfHour = this.#halfHour(at)
    return (
      whole &&
      (queue => {
        const part = queue === undefined ? undefined : this.#parts.get(queue)
        const all = part?.all.spans(whole, WHOLE_WORTH) ?? whole
        return part?.halfHours.get(halfHour)?.spans(all, WHOLE_WORTH) ?? all
      })
    )
  }

  /** From an offer until the two are connected, ms. */
  answering(queue: string): Spans | undefined {
    const whole = this.#whole.rings.spans()
    return this.#parts.get(queue)?.rings.spans(whole, WHOLE_WORTH) ?? whole
  }

  /** After how long a caller who waits hangs up, in the mean, ms; as if they did so at a constant rate. */
  patienceMs(queue: string): number {
    const whole = this.#patience.get(WHOLE) ?? NOBODY
    const own = this.#patience.get(queue) ?? NOBODY
    const rate = whole.waitedMs > 0 ? whole.left / whole.waitedMs : 0
    return (own.waitedMs + WHOLE_WAITS_MS) / (own.left + rate * WHOLE_WAITS_MS)
  }
}

/** No queue has this name. */
const WHOLE = ''
const NOBODY = { waitedMs: 0, left: 0 }
