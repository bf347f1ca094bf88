import type { Knex } from 'knex'
import { HotlineError } from '../errors.ts'

/** A little before the database's client stops listening: what nobody waits for must not keep a connection busy. */
const ANSWER_WITHIN_MS = 9_000

export class TooMuch extends HotlineError {
  constructor(cause?: unknown) {
    super('too-much', 'This would take too long: ask for a shorter time (from, to).', { cause })
  }
}

/**
 * All questions of one report see the same moment, however long they take and whatever is written meanwhile. Throws
 * TooMuch where one of them takes longer than 9 s.
 */
export async function snapshot<T>(
  knex: Knex,
  ask: (moment: Knex) => Promise<T>,
  withinMs = ANSWER_WITHIN_MS,
): Promise<T> {
  const inOneMoment = async (moment: Knex): Promise<T> => {
    await moment.raw(`set local statement_timeout = ${withinMs}`)
    return ask(moment)
  }
  try {
    return await knex.transaction(inOneMoment, { isolationLevel: 'repeatable read', readOnly: true })
  } catch (thrown) {
    throw (thrown as { code?: unknown }).code === CANCELLED ? new TooMuch(thrown) : thrown
  }
}

/** Postgres' word for a statement that took too long. */
const CANCELLED = '57014'

/** The rows of a question. `:name` in the SQL is bound from `given`. */
export async function rows<Row>(knex: Knex, sql: string, given: Record<string, Knex.Value>): Promise<Row[]> {
  const answer: { rows: Row[] } = await knex.raw(sql, given)
  return answer.rows
}

/** SQL for the length of a Postgres interval in ms; 0 where there is none. */
export const ms = (interval: string): string => `coalesce(extract(epoch from ${interval}) * 1000, 0)::float8`

/** SQL for the sentences that hold: an array of text. Each `[when, sentence]` is a condition and the SQL of a sentence. */
export const whichHold = (checks: [when: string, sentence: string][]): string =>
  `array_remove(array[${checks.map(([when, sentence]) => `case when ${when} then ${sentence} end`).join(',\n    ')}], null)`
