import type { Clock } from '../../src/switchboard/ports.ts'

type WakeUp = { time: number; order: number; wake: (() => void) | undefined }

/** Time that passes only from one wake-up to the next: hours in no time, and always in the same order. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 5, 8)
  #order = 0
  /** A heap: the earliest first, among equals the one asked for first. */
  readonly #wakeUps: WakeUp[] = []

  now(): number {
    return this.#now
  }

  at(time: number, wake: () => void): () => void {
    const wakeUp: WakeUp = { time: Math.max(time, this.#now), order: this.#order++, wake }
    this.#push(wakeUp)
    return () => {
      wakeUp.wake = undefined
    }
  }

  after(ms: number, wake: () => void): () => void {
    return this.at(this.#now + ms, wake)
  }

  /** Lets time pass to the next wake-up. False: nobody wants to be woken any more. */
  step(): boolean {
    for (let next = this.#pop(); next; next = this.#pop()) {
      if (!next.wake) continue
      this.#now = next.time
      next.wake()
      return true
    }
    return false
  }

  #push(wakeUp: WakeUp): void {
    const heap = this.#wakeUps
    let at = heap.length
    heap.push(wakeUp)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(wakeUp, heap[above]!)) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = wakeUp
  }

  #pop(): WakeUp | undefined {
    const heap = this.#wakeUps
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    let at = 0
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1
      if (!isBefore(heap[below]!, last)) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = last
    return first
  }
}

const isBefore = (a: WakeUp, b: WakeUp): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)
