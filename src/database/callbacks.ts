import type { Knex } from 'knex'
import { BEFORE_THE_TALK } from '../call/made.ts'

/** What people say of callbacks while the service runs. The tables themselves ring the bell. */

/** Resolves with whether it is one that is still to be made. */
export async function cancelCallback(knex: Knex, callback: string): Promise<boolean> {
  const isAwaited = await knex('calls').whereRaw(AWAITED).where({ id: callback }).first('id')
  if (isAwaited) await knex('callback_cancellations').insert({ callback }).onConflict('callback').ignore()
  return isAwaited !== undefined
}

/** Those that need not be made: somebody has said so, or has done all the messages for which they were promised. */
export async function neededNoMore(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(NEEDED_NO_MORE)
  return rows.map(({ id }) => id)
}

const PHASES = BEFORE_THE_TALK.map(phase => `'${phase}'`).join(', ')
const AWAITED = `direction = 'callback' and is_open and answered_at is null and phase in (${PHASES})`

const NEEDED_NO_MORE = `
select id from calls
where ${AWAITED} and (
  exists (select 1 from callback_cancellations where callback = calls.id)
  or (
    callback->>'because' = 'message'
    and not exists (
      select 1 from jsonb_array_elements(callback->'messages') as said
      left join messages on messages.id = said->>'id'
      where messages.done_at is null
    )
  )
)`
