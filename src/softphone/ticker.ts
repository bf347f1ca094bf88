/** One beat every 20 ms for all the sound of all the phones in this Node process. It stands still when there is none. */
export class Ticker {
  #beats = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #due = 0

  /** What comes back ends it. */
  each(beat: () => void): () => void {
    this.#beats.add(beat)
    if (!this.#timer) {
      this.#due = performance.now() + PERIOD
      this.#sleep()
    }
    return () => this.#beats.delete(beat)
  }

  #sleep(): void {
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(Math.max(0, this.#due - performance.now())))
  }

  #wake(): void {
    this.#timer = undefined
    const now = performance.now()
    // After a stall the beats that were missed are made up for, as a phone would have sent them. After a long one
    // they are skipped: nobody wants to hear them any more.
    if (now - this.#due > LONGEST_STALL) this.#due = now
    while (this.#due <= now) {
      this.#due += PERIOD
      for (const beat of this.#beats) beat()
    }
    if (this.#beats.size > 0) this.#sleep()
  }
}

const PERIOD = 20
/** Asterisk takes that much at once into a tape, and the tape is as long as the call. */
const LONGEST_STALL = 2_000

export const ticker = new Ticker()
