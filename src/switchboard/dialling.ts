import { DateTime } from 'luxon'
import {
  DIALLING,
  type DiallingRules,
  numberToDial,
  type Refusal,
  refusedForGood,
  type ToDial,
} from '../dialling/dialling.ts'

/** The dialling rules on the centre's clocks; learnt anew while calls go on. */
export class Dialling {
  readonly #zone: string
  #rules: DiallingRules

  constructor(zone: string, rules: DiallingRules = DIALLING) {
    this.#zone = zone
    this.#rules = rules
  }

  learn(rules: DiallingRules): void {
    this.#rules = rules
  }

  /** At that time, ms since 1970. */
  toDial(number: string, at: number): ToDial {
    return numberToDial(number, this.#rules, at, (time, zone = this.#zone) => {
      const { hour, minute } = DateTime.fromMillis(time, { zone })
      return hour * 60 + minute
    })
  }

  /** Quiet hours do not bind. */
  toDialAtAnyHour = (number: string): ToDial => numberToDial(number, { ...this.#rules, quiet: null }, 0, () => 0)

  /** Why it is dialled at no time; undefined: it may be. */
  refusedForGood = (number: string): Refusal | undefined => refusedForGood(number, this.#rules)
}
