import knex, { type Knex } from 'knex'
import pg from 'pg'

const CONNECTIONS = 8
const CONNECT_WITHIN_MS = 5_000
/** Nothing we ask takes this long, unless the database or the way to it is gone. */
const ANSWER_WITHIN_MS = 10_000

// Counts and sums come as text where they may pass 2^53; ours never do. A date stays text: no zone can move it.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number)
pg.types.setTypeParser(pg.types.builtins.DATE, text => text)

export function connectDatabase(url: string): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      application_name: 'hotline',
      keepAlive: true,
    },
    pool: { min: 0, max: CONNECTIONS },
    acquireConnectionTimeout: CONNECT_WITHIN_MS,
  })
}
