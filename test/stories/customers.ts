import type { Random } from '../random.ts'
import type { Asterisk } from './asterisk.ts'
import { Caller } from './callers.ts'
import type { FakeClock } from './clock.ts'

/** Q.850: nobody has this number, busy, no answer, rejected, the network cannot. */
const FAILURES = [1, 17, 17, 19, 19, 21, 38]

/** A caller whom we have called: they pick up, or not, and are a caller like any other from then on. */
export class Customer extends Caller {
  readonly #asterisk: Asterisk
  readonly #clock: FakeClock
  readonly #random: Random
  readonly #leg: string

  constructor(asterisk: Asterisk, clock: FakeClock, random: Random, leg: string) {
    super(asterisk, clock, random, leg)
    this.#asterisk = asterisk
    this.#clock = clock
    this.#random = random
    this.#leg = leg
  }

  isCalled(): void {
    const { chance, upTo, pick } = this.#random
    if (chance(0.1)) return
    this.#clock.after(upTo(10_000), () => {
      if (chance(0.7)) this.#asterisk.pickUp(this.#leg)
      else this.#asterisk.hangUp(this.#leg, pick(FAILURES))
    })
  }
}
