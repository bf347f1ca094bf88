import type { Knex } from 'knex'

/** Somebody has looked at those of a call: when they first did is kept, and what they note last. How many there are. */
export function closeLowScores(knex: Knex, call: string, note: string | undefined): Promise<number> {
  const done = { done_at: knex.raw('coalesce(done_at, now())'), ...(note !== undefined && { note }) }
  return knex('low_scores').where({ call_id: call }).update(done)
}
