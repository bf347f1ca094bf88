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

/** As the trigger that keeps them has it, and by the clock that it goes by: one that it refuses would keep all the others. */
const OLD_ENOUGH = 'at <= now() - make_interval(days => ?)'

/** Deeds of more than so many days ago. Any others a trigger keeps, whoever wants to take them away. */
export async function sweepAuditLog(knex: Knex, days: number): Promise<void> {
  for (let swept = SWEPT_AT_ONCE; swept === SWEPT_AT_ONCE; )
    swept = await knex.transaction(async (trx): Promise<number> => {
      await trx.raw("select set_config('hotline.audit_kept_days', ?, true)", [String(days)])
      const old = trx('audit_log').whereRaw(OLD_ENOUGH, [days]).orderBy('at').limit(SWEPT_AT_ONCE).select('id')
      return trx('audit_log').whereIn('id', old).delete()
    })
}
