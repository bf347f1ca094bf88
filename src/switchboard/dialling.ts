import { DateTime } from 'luxon'
import {
  DIALLING,
  type DialledByHand,
  type DiallingRules,
  numberDialledByHand,
  numberToDial,
  type Refusal,
  refusedForGood,
  type ToDial,
} from '../dialling/dialling.ts'
import { readNumber } from '../dialling/number.ts'
import { bareNumber } from '../numbers.ts'

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

  /** At that time, ms since 1970; without one, at any. */
  toDial(number: string, at?: number): ToDial {
    const rules = at === undefined ? { ...this.#rules, quiet: null } : this.#rules
    return numberToDial(number, rules, at ?? 0, (time, zone = this.#zone) => {
      const { hour, minute } = DateTime.fromMillis(time, { zone })
      return hour * 60 + minute
    })
  }

  /** One spelling for the same number; empty where there is none. */
  bare = (number: string): string => {
    const read = readNumber(number, this.#rules.area)
    return typeof read === 'string' ? bareNumber(number) : read.bare
  }

  /** By a person. */
  byHand = (number: string): DialledByHand => numberDialledByHand(number, this.#rules)

  /** The digit that the trunk wants before each number; empty: none. */
  get outsideLine(): string {
    return this.#rules.outsideLine
  }

  /** The centre's main number; null: none is set. */
  get shows(): string | null {
    return this.#rules.shows
  }

  /** Why it is dialled at no time; undefined: it may be. */
  refusedForGood = (number: string): Refusal | undefined => refusedForGood(number, this.#rules)
}
