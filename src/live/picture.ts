import type { Knex } from 'knex'
import { readInterval } from '../report/interval.ts'
import { type Names, NO_NAMES, readNames } from '../report/names.ts'
import { passesIn } from '../report/passes.ts'
import type { Centre } from '../switchboard/centre.ts'
import type { Clock } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import type { Scene } from './board.ts'
import { Today } from './today.ts'

export type PictureParts = {
  board: Pick<Switchboard, 'agents' | 'calls' | 'call' | 'watch'>
  centre: Pick<Centre, 'queues'>
  clock: Pick<Clock, 'now'>
  /** The database, only read. */
  reports: Knex
  /** The centre's time zone. */
  zone: string
}

/** Beside what the switchboard has in memory: names, and what was counted today. */
export class Picture {
  readonly #parts: PictureParts
  readonly #today: Today
  #names: Names = NO_NAMES

  constructor(parts: PictureParts) {
    const { board, clock, zone } = parts
    this.#parts = parts
    this.#today = new Today(clock.now(), at => readInterval({}, zone, at))
    board.watch(this.#today.watch)
  }

  /** Nothing is asked for it: all of it is in memory. */
  scene = (): Scene => {
    const { board, centre, clock } = this.#parts
    const { queues } = centre
    const { agents, calls } = board
    return {
      now: clock.now(),
      queues,
      agents,
      calls,
      call: id => board.call(id),
      names: this.#names,
      today: this.#today,
    }
  }

  /** The centre may be set up otherwise; and what ended before we looked is read once. Rejects where it cannot be read. */
  async learn(): Promise<void> {
    const { reports, clock } = this.#parts
    this.#names = await readNames(reports)
    const day = this.#today.dayAt(clock.now())
    if (!this.#today.isWhole) this.#today.learn(day, await passesIn(reports, day))
  }

  /** Memory was thrown away: what it has counted may never have been. To be learnt anew. */
  forget(): void {
    this.#today.forget()
  }
}
