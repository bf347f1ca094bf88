import type { Knex } from 'knex'
import { KEPT_MS } from './idempotency.ts'

/** What nobody needs any more. `at`: ms since 1970. */

/** What opens nothing any more, and answers that nobody will ask for again. */
export async function sweepPeople(knex: Knex, at: number): Promise<void> {
  await knex('sessions').where('ends_at', '<=', new Date(at)).delete()
  await knex('idempotency_keys')
    .where('at', '<=', new Date(at - KEPT_MS))
    .delete()
}

const DAY_MS = 86_400_000
const WORDS_KEPT_DAYS = 90

/** What agents were told in writing, whether they have seen it or not. */
export async function sweepWords(knex: Knex, at: number): Promise<void> {
  await knex('words')
    .where('sent_at', '<', new Date(at - WORDS_KEPT_DAYS * DAY_MS))
    .delete()
}

const SWEPT_AT_ONCE = 10_000

/** Deeds of more than so many days ago. Any others a trigger keeps, whoever wants to take them away. */
export async function sweepAuditLog(knex: Knex, at: number, days: number): Promise<void> {
  const old = knex('audit_log')
    .where('at', '<', new Date(at - days * DAY_MS))
    .orderBy('at')
    .limit(SWEPT_AT_ONCE)
    .select('id')
  for (let swept = SWEPT_AT_ONCE; swept === SWEPT_AT_ONCE; )
    swept = await knex.transaction(async (trx): Promise<number> => {
      await trx.raw("select set_config('hotline.audit_kept_days', ?, true)", [String(days)])
      return trx('audit_log').whereIn('id', old).delete()
    })
}
