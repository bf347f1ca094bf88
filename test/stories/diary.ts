import type { FakeClock } from './clock.ts'

/** Says aloud all that happens, when one world is to be looked at closely; else costs nothing. */
export class Diary {
  readonly #clock: FakeClock
  readonly #isOpen: boolean
  readonly #from: number

  constructor(clock: FakeClock, isOpen: boolean) {
    this.#clock = clock
    this.#isOpen = isOpen
    this.#from = clock.now()
  }

  note(sentence: () => string): void {
    if (this.#isOpen) console.log(`${((this.#clock.now() - this.#from) / 1_000).toFixed(3).padStart(9)}  ${sentence()}`)
  }
}
