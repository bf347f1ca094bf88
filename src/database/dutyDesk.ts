import type { Knex } from 'knex'
import type { Happening } from '../call/facts.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Centre } from '../switchboard/centre.ts'
import { DutyRound } from '../switchboard/dutyRound.ts'
import type { Clock } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import { checkedPin, loadDue, onDutyAt } from './duty.ts'

export type DutyDeskParts = { board: Switchboard; centre: Centre; knex: Knex; clock: Clock; zone: string; log: Log }

/** Those on duty, as the database has them: whose PIN is right, and who is to be phoned. */
export class DutyDesk {
  readonly #parts: DutyDeskParts
  readonly #round: DutyRound

  constructor(parts: DutyDeskParts) {
    this.#parts = parts
    const { board, centre, knex, clock, zone, log } = parts
    this.#round = new DutyRound({
      calls: () => board.calls,
      happen: (id, happening) => board.happen(id, happening),
      due: at => loadDue(knex, at),
      onDuty: at => onDutyAt(knex, at, zone),
      toDial: centre.toDial,
      now: () => clock.now(),
      log,
    })
  }

  /** Never rejects: where the database is away, it is looked again. */
  async goRound(): Promise<void> {
    await this.#round
      .look()
      .catch(thrown => this.#parts.log.warn({ error: sentenceOf(thrown) }, 'who is on duty cannot be read'))
  }

  /** Whether what they have keyed in is right. Never rejects. */
  async check(call: string): Promise<Happening> {
    const { board, knex, clock, zone, log } = this.#parts
    const keyed = board.keyed.take(call)
    const checking = keyed ? checkedPin(knex, keyed, clock.now(), zone, log) : Promise.resolve('lost' as const)
    const result = await checking.catch(thrown => {
      log.warn({ call, error: sentenceOf(thrown) }, 'whether a PIN is right cannot be told')
      return 'failed' as const
    })
    return { kind: 'PinChecked', result, at: clock.now() }
  }
}
