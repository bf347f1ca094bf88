import type { Knex } from 'knex'
import type { NamedCalendar } from '../flows/calendars.ts'
import type { Centre } from '../switchboard/centre.ts'
import type { Planned, Shift } from '../switchboard/hours.ts'
import { CHANGED } from './bell.ts'

/** Shifts that are over for longer than this no caller asks for. */
const OVER = '1 day'

export async function loadHours(knex: Knex): Promise<Planned> {
  const calendars: { document: NamedCalendar }[] = await knex('calendars').orderBy('id').select('document')
  const shifts: ShiftRow[] = await knex('shifts')
    .whereRaw('ends_at > now() - ?::interval', [OVER])
    .orderBy(['starts_at', 'agent_id'])
  return {
    calendars: calendars.map(({ document }) => document),
    shifts: shifts.map(shiftOf),
    isRostered: shifts.length > 0 || (await knex('shifts').first('agent_id')) !== undefined,
  }
}

/** From now on flows go by the hours as they are set now. Rejects where that cannot be read. */
export async function learnHours(knex: Knex, centre: Centre): Promise<void> {
  centre.hours.learn(await loadHours(knex))
}

export async function setCalendar(knex: Knex, calendar: NamedCalendar): Promise<void> {
  const document = JSON.stringify(calendar)
  await change(knex, trx =>
    trx('calendars')
      .insert({ id: calendar.id, document })
      .onConflict('id')
      .merge({ document, changed_at: knex.fn.now() }),
  )
}

/** Resolves with whether there was one. */
export const removeCalendar = (knex: Knex, id: string): Promise<boolean> =>
  change(knex, async trx => (await trx('calendars').where({ id }).delete()) > 0)

/** In place of all that was planned to begin in this time. */
export const setRoster = (knex: Knex, shifts: readonly Shift[], { from, to }: Interval): Promise<void> =>
  change(knex, async trx => {
    await beginningIn(trx, { from, to }).delete()
    await trx.batchInsert('shifts', shifts.map(rowOf), 1_000)
  })

/** This centre plans no shifts any more. */
export const clearRoster = (knex: Knex): Promise<void> => change(knex, async trx => void (await trx('shifts').delete()))

/** Those that begin in the interval. */
export async function loadRoster(knex: Knex, interval: Interval): Promise<Shift[]> {
  const rows: ShiftRow[] = await beginningIn(knex, interval).orderBy(['starts_at', 'agent_id'])
  return rows.map(shiftOf)
}

/** Half-open, ms since 1970. */
type Interval = { readonly from: number; readonly to: number }
const beginningIn = (knex: Knex, { from, to }: Interval) =>
  knex('shifts').where('starts_at', '>=', new Date(from)).where('starts_at', '<', new Date(to))

const change = <T>(knex: Knex, act: (trx: Knex.Transaction) => PromiseLike<T>): Promise<T> =>
  knex.transaction(async trx => {
    const result = await act(trx)
    await trx.raw('select pg_notify(?, ?)', [CHANGED, 'hours'])
    return result
  })

type ShiftRow = { agent_id: string; starts_at: Date; ends_at: Date }
const shiftOf = ({ agent_id: agent, starts_at, ends_at }: ShiftRow): Shift => ({
  agent,
  from: starts_at.getTime(),
  to: ends_at.getTime(),
})
const rowOf = ({ agent, from, to }: Shift): ShiftRow => ({
  agent_id: agent,
  starts_at: new Date(from),
  ends_at: new Date(to),
})
