import type { Knex } from 'knex'

/** Somebody has seen to it: when they first did is kept, and what they note last. False where there is no such message. */
export async function closeMessage(knex: Knex, id: string, note: string | undefined): Promise<boolean> {
  const done = { done_at: knex.raw('coalesce(done_at, now())'), ...(note !== undefined && { note }) }
  return (await knex('messages').where({ id }).update(done)) > 0
}

/** By queue: how many nobody has seen to. */
export async function messagesWaiting(knex: Knex): Promise<ReadonlyMap<string, number>> {
  const rows = await knex('messages').whereNull('done_at').groupBy('queue').select('queue').count('* as count')
  return new Map(rows.map(({ queue, count }) => [String(queue), Number(count)]))
}
