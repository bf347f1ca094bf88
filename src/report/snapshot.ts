import type { Knex } from 'knex'

/** All questions of one report see the same moment, however long they take and whatever is written meanwhile. */
export const snapshot = <T>(knex: Knex, ask: (moment: Knex) => Promise<T>): Promise<T> =>
  knex.transaction(ask, { isolationLevel: 'repeatable read', readOnly: true })

/** The rows of a question. `:name` in the SQL is bound from `given`. */
export async function rows<Row>(knex: Knex, sql: string, given: Record<string, Knex.Value>): Promise<Row[]> {
  const answer: { rows: Row[] } = await knex.raw(sql, given)
  return answer.rows
}

/** SQL for the length of a Postgres interval in ms; 0 where there is none. */
export const ms = (interval: string): string => `coalesce(extract(epoch from ${interval}) * 1000, 0)::float8`
