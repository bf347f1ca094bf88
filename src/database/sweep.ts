import type { Knex } from 'knex'
import { KEPT_MS } from './idempotency.ts'

/** What opens nothing any more, and answers that nobody will ask for again. `at`: ms since 1970. */
export async function sweepPeople(knex: Knex, at: number): Promise<void> {
  await knex('sessions').where('ends_at', '<=', new Date(at)).delete()
  await knex('idempotency_keys')
    .where('at', '<=', new Date(at - KEPT_MS))
    .delete()
}
