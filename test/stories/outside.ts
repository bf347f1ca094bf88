import type { Random } from '../random.ts'
import type { Asterisk } from './asterisk.ts'
import type { FakeClock } from './clock.ts'
import type { Handset, Person } from './people.ts'

/** Whoever is dialled outside. */
export const OUTSIDE = 'outside'

const NORMAL = 16
const REJECTED = 21

/** A number with lines enough: busy now and then, or nobody answers; who answers hangs up some time. */
export class Outside implements Handset {
  /** The lifeboat does not ring it. */
  readonly isFree = false
  readonly #asterisk: Asterisk
  readonly #clock: FakeClock
  readonly #random: Random

  constructor(asterisk: Asterisk, clock: FakeClock, random: Random) {
    this.#asterisk = asterisk
    this.#clock = clock
    this.#random = random
  }

  ring(leg: string): Person | 'busy' | 'unregistered' {
    const { chance, about, upTo } = this.#random
    if (chance(0.15)) return chance(0.5) ? 'busy' : 'unregistered'
    if (chance(0.7)) this.#clock.after(upTo(20_500), () => this.#asterisk.pickUp(leg))
    else if (chance(0.4)) this.#clock.after(upTo(8_000), () => this.#asterisk.hangUp(leg, REJECTED))
    const leaves = (ms: number): void => {
      this.#clock.after(ms, () => this.#asterisk.hangUp(leg, NORMAL))
    }
    return {
      hears() {},
      isConnected: () => leaves(about(30_000)),
      // Also where nobody ever speaks: nobody listens to silence for long.
      isAlone: () => leaves(500 + upTo(3_000)),
      isGone() {},
    }
  }
}
