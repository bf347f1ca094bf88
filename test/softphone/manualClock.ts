import type { Clock } from '../../src/softphone/clock.ts'

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0
  #stoodStill = 0
  #due: { at: number; act: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, act: () => void): () => void {
    const entry = { at: this.#now + ms, act }
    this.#due.push(entry)
    return () => {
      this.#due = this.#due.filter(other => other !== entry)
    }
  }

  stoodStill(): number {
    return this.#stoodStill
  }

  /** Time passes and nobody is there to act: what falls due is done later. */
  standStill(ms: number): void {
    this.#now += ms
    this.#stoodStill += ms
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = this.#due.filter(entry => entry.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#due = this.#due.filter(entry => entry !== next)
      this.#now = Math.max(this.#now, next.at)
      next.act()
    }
    this.#now = end
  }
}
