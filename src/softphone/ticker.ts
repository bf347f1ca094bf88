/** One beat every 20 ms for all the sound of all the phones in this Node process. It stands still when there is none. */
export class Ticker {
  #beats = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #due = 0
  #ranAt = 0
  #stoodStill = 0

  /** What comes back ends it. */
  each(beat: () => void): () => void {
    this.#beats.add(beat)
    if (!this.#timer) {
      this.#ranAt = performance.now()
      this.#due = performance.now() + PERIOD
      this.#sleep()
    }
    return () => this.#beats.delete(beat)
  }

  /** Milliseconds, all in all, for which this process did not run though there was a beat to be given. */
  get stoodStill(): number {
    const missed = this.#beats.size > 0 ? performance.now() - this.#ranAt : 0
    return this.#stoodStill + (missed > SHORTEST_STALL ? missed : 0)
  }

  #run(): void {
    this.#stoodStill = this.stoodStill
    this.#ranAt = performance.now()
  }

  #sleep(): void {
    this.#run()
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(Math.max(0, this.#due - performance.now())))
  }

  #wake(): void {
    this.#timer = undefined
    this.#run()
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
/** Less than that nobody hears: sound is as late as this by itself now and then. */
const SHORTEST_STALL = 100

export const ticker = new Ticker()
