import type { Happening } from '../../src/call/facts.ts'
import type { Random } from '../random.ts'
import type { FakeClock } from './clock.ts'
import type { Faults } from './faults.ts'

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never
/** `at`: by Asterisk's clock. */
export type Event = { call: string; happening: Unstamped<Happening>; at: number }

/** How Asterisk's events come to us: in order, a few ms late; what is on its way when the link breaks is lost. */
export class Link {
  up = false
  /** Counts the times it came up. */
  epoch = 0
  deliver: (event: Event) => void = () => {}
  readonly #clock: FakeClock
  readonly #random: Random
  readonly #faults: Faults
  #lastAt = 0

  constructor(clock: FakeClock, random: Random, faults: Faults) {
    this.#clock = clock
    this.#random = random
    this.#faults = faults
  }

  connect(): void {
    this.up = true
    this.epoch += 1
  }

  lose(): void {
    this.up = false
  }

  send(unstamped: Omit<Event, 'at'>): void {
    if (!this.up) return
    const event = { ...unstamped, at: this.#clock.now() }
    const { chance, upTo } = this.#random
    if (this.#faults.lostEvents && chance(0.003)) return
    this.#lastAt = Math.max(this.#lastAt, this.#clock.now() + upTo(12))
    const straggles = this.#faults.lateEvents && mayStraggle(event) && chance(0.05)
    this.#deliverAt(straggles ? this.#lastAt + upTo(700) : this.#lastAt, event)
    if (this.#faults.repeatedEvents && chance(0.05)) this.#deliverAt(this.#lastAt + upTo(300), event)
  }

  #deliverAt(time: number, event: Event): void {
    const { epoch } = this
    this.#clock.at(time, () => {
      if (this.up && this.epoch === epoch) this.deliver(event)
    })
  }
}

/** A call's first and last events keep their order: Asterisk never tells them otherwise. */
const mayStraggle = ({ happening }: Event): boolean =>
  happening.kind !== 'Arrived' && happening.kind !== 'CallerLeftUs' && happening.kind !== 'LegEnded'
