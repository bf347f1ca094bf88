import type { Knex } from 'knex'

const HOLDERS = `select pid from pg_locks where locktype = 'advisory' and classid = 5060 and granted
  and database = (select oid from pg_database where datname = current_database())`

/** The session that holds a lease in this database. */
export async function leaseHolder(knex: Knex): Promise<number | undefined> {
  const { rows } = await knex.raw(HOLDERS)
  return rows[0]?.pid
}

/** Ends it, as the server does with a session that is silent for too long. */
export async function endLeaseHolder(knex: Knex): Promise<void> {
  await knex.raw('select pg_terminate_backend(?, 2000)', [(await leaseHolder(knex))!])
}
