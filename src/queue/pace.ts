/** How much a new talk moves the mean: about the last twenty count. */
const WEIGHT = 0.1

/** How long a caller of this queue kept an agent busy: from the offer to the end of the wrap-up, ms. */
export type Handling = { readonly queue: string; readonly ms: number }

/** How long a caller keeps an agent busy, by queue: an exponentially weighted mean, ms. */
export class Pace {
  readonly #means = new Map<string, number>()

  handled({ queue, ms }: Handling): void {
    const mean = this.#means.get(queue)
    this.#means.set(queue, mean === undefined ? ms : mean + WEIGHT * (ms - mean))
  }

  meanMs(queue: string): number | undefined {
    return this.#means.get(queue)
  }
}
