import { type Event, eventsOf, type Happened } from './event.ts'

export type Hearer = (events: readonly Event[]) => void

/**
 * Gives events their ids, and tells them on once they are remembered. Whoever holds the lease is alone in giving ids, and gives them as
 * it decides; so they grow in the order in which Postgres has them, also through a spool.
 */
export class Live {
  readonly #now: () => number
  readonly #hearers = new Set<Hearer>()
  #given: number
  #told: number

  /**
   * `last`: the last id that the database knows. The next is no lower than the clock's microseconds: so they grow also where a
   * backup was restored, or where a service before us wrote its last ones late.
   */
  constructor(last: number, now: () => number) {
    this.#now = now
    this.#told = last
    this.#given = Math.max(last, now() * 1_000)
  }

  /** The last one that was told. */
  get last(): number {
    return this.#told
  }

  of(happened: Happened): Event[] {
    return eventsOf(happened, this.#now()).map(event => ({ id: ++this.#given, ...event }))
  }

  /** They are remembered. */
  told(events: readonly Event[]): void {
    if (events.length === 0) return
    this.#told = events.at(-1)!.id
    for (const hear of this.#hearers) hear(events)
  }

  hear(hearer: Hearer): () => void {
    this.#hearers.add(hearer)
    return () => this.#hearers.delete(hearer)
  }
}
