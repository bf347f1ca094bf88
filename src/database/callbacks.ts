import type { Knex } from 'knex'
import { BEFORE_THE_TALK } from '../call/made.ts'

/** What people say of callbacks while the service runs. The tables themselves ring the bell. */

/** Who says that a callback need not be made, and why. */
export type Cancelling = { by?: string; reason?: string | undefined }

/** Said twice, the first time counts. `over`: it has been made, or is being made, or given up; undefined: there is no such callback. */
export async function cancelCallback(
  knex: Knex,
  callback: string,
  { by, reason }: Cancelling = {},
): Promise<'cancelled' | 'over' | undefined> {
  const isAwaited = await knex('calls').whereRaw(AWAITED).where({ id: callback }).first('id')
  const row = { callback, by: by ?? null, reason: reason ?? null }
  if (isAwaited) await knex('callback_cancellations').insert(row).onConflict('callback').ignore()
  if (isAwaited || (await knex('callback_cancellations').where({ callback }).first('at'))) return 'cancelled'
  return (await knex('calls').where({ id: callback, direction: 'callback' }).first('id')) ? 'over' : undefined
}

export type NeededNoMore = { id: string; by?: string; reason?: string }

/** Those that need not be made: somebody has said so, or has done all the messages for which they were promised. */
export async function neededNoMore(knex: Knex): Promise<NeededNoMore[]> {
  const { rows } = await knex.raw<{ rows: { id: string; by: string | null; reason: string | null }[] }>(NEEDED_NO_MORE)
  return rows.map(({ id, by, reason }) => ({ id, ...(by !== null && { by }), ...(reason !== null && { reason }) }))
}

const PHASES = BEFORE_THE_TALK.map(phase => `'${phase}'`).join(', ')
const AWAITED = `direction = 'callback' and is_open and answered_at is null and phase in (${PHASES})`

const NEEDED_NO_MORE = `
select id, cancelled.by, cancelled.reason from calls left join callback_cancellations cancelled on cancelled.callback = calls.id
where ${AWAITED} and (
  cancelled.callback is not null
  or (
    calls.callback->>'because' = 'message'
    and not exists (
      select 1 from jsonb_array_elements(calls.callback->'messages') as said
      left join messages on messages.id = said->>'id'
      where messages.done_at is null
    )
  )
)`
