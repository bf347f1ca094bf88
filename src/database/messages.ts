import type { Knex } from 'knex'

/** Somebody has seen to it. False where there is no such message. */
export async function closeMessage(knex: Knex, id: string, note: string): Promise<boolean> {
  const changed = await knex('messages').where({ id }).update({ done_at: knex.fn.now(), note })
  return changed > 0
}
