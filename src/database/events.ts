import type { Knex } from 'knex'
import type { Event } from '../events/event.ts'
import type { Change } from '../switchboard/ports.ts'
import { time } from './rows.ts'

/** What happened, as programs outside hear it: kept for a week in the table `events`. */

/** A change with what is told of it. */
export type Told = Change & { readonly events?: readonly Event[] }

const KEPT_MS = 7 * 86_400_000
const LETTERS_KEPT_MS = 30 * 86_400_000
const SWEPT_AT_ONCE = 10_000

export const EVENT_COLUMNS =
  'id bigint, version smallint, type text, at timestamptz, call jsonb, queue text, agents text[], details jsonb'

export const eventRows = (events: readonly Event[]): object[] =>
  events.map(({ at, ...event }) => ({ ...event, at: time(at) }))

/** Takes away those that are older than a week, and what webhooks have not taken in a month. `now`: ms since 1970. */
export async function sweepEvents(knex: Knex, now: number): Promise<void> {
  for (let swept = SWEPT_AT_ONCE; swept === SWEPT_AT_ONCE; ) {
    const { rows } = await knex.raw<{ rows: { swept: number }[] }>(SWEEP, [SWEPT_AT_ONCE, time(now - KEPT_MS)])
    swept = rows[0]!.swept
  }
  const long = time(now - LETTERS_KEPT_MS)!
  await knex('webhook_letters').where('dead_at', '<', long).delete()
  // What was to be sent again, and is not, since nothing is.
  const off = knex('webhooks').where('off_at', '<', long).select('id')
  await knex('webhook_letters').where({ dead_at: null }).whereIn('webhook_id', off).delete()
}

// The oldest are the lowest, but for some that waited in a spool: no index by time is needed.
const SWEEP = `
with old as (
  delete from events where id in (
    select id from (select id, at from events order by id limit ?) as first where at < ?
  ) returning id
), noted as (
  update events_swept set up_to = greatest(up_to, (select max(id) from old)) where exists (select 1 from old)
)
select count(*)::int as swept from old`
