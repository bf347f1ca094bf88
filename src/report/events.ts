import type { Knex } from 'knex'
import type { Event } from '../events/event.ts'

/** What happened, as it is remembered. */

type EventRow = Omit<Event, 'at'> & { at: Date }

export const eventFrom = ({ at, ...row }: EventRow): Event => ({ ...row, at: at.getTime() })

/** The first `limit` after this one. */
export async function eventsAfter(knex: Knex, after: number, limit: number): Promise<Event[]> {
  const rows: EventRow[] = await knex('events').where('id', '>', after).orderBy('id').limit(limit)
  return rows.map(eventFrom)
}

/** The last so many, the oldest first. */
export async function lastEvents(knex: Knex, limit: number): Promise<Event[]> {
  const rows: EventRow[] = await knex('events').orderBy('id', 'desc').limit(limit)
  return rows.reverse().map(eventFrom)
}

/** Those up to this one are there no more. */
export async function sweptUpTo(knex: Knex): Promise<number> {
  return (await knex('events_swept').first('up_to')).up_to
}
