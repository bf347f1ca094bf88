import type { Standing } from '../call/facts.ts'
import { bareNumber } from '../numbers.ts'

/** What the centre says of a number (a bare one), until then (ms since 1970); null: for good. */
export type Listed = { readonly number: string; readonly standing: Standing; readonly until: number | null }

/** The numbers that are blocked, and those that come first; learnt anew while calls go on. */
export class Callers {
  #listed = new Map<string, Listed>()

  constructor(listed: readonly Listed[] = []) {
    this.learn(listed)
  }

  learn(listed: readonly Listed[]): void {
    this.#listed = new Map(listed.map(one => [one.number, one]))
  }

  standing(number: string, at: number): Standing | undefined {
    const listed = this.#listed.get(bareNumber(number))
    return listed && (listed.until === null || at < listed.until) ? listed.standing : undefined
  }
}
