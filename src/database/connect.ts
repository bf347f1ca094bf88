import type { Socket } from 'node:net'
import knex, { type Knex } from 'knex'
import pg from 'pg'

const CONNECTIONS = 8
const CONNECT_WITHIN_MS = 5_000
/** A little longer: a database that does not let us in must not pass for one whose connections others have. */
const ACQUIRE_WITHIN_MS = CONNECT_WITHIN_MS + 1_000
/** Nothing we ask takes this long, unless the database or the way to it is gone. */
const ANSWER_WITHIN_MS = 10_000
const PART_WITHIN_MS = 1_000

// Counts and sums come as text where they may pass 2^53; ours never do. A date stays text: no zone can move it.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number)
pg.types.setTypeParser(pg.types.builtins.DATE, text => text)

export type Connecting = {
  /** At most so many at once. */
  connections?: number
  /** 0: as long as it takes, for what is no question (building tables). */
  answerWithinMs?: number
  /**
   * For whoever only looks rows up by their keys: Postgres takes the rows of a JSON parameter for a hundred, and would
   * rather read the whole table.
   */
  byKey?: boolean
  /** A statement that waited for another's rows is refused (40001), to be asked anew: it would know only a part of them. */
  atOneMoment?: boolean
}

export function connectDatabase(url: string, options: Connecting = {}): Knex {
  const { connections = CONNECTIONS, answerWithinMs = ANSWER_WITHIN_MS } = options
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: answerWithinMs,
      application_name: 'hotline',
      keepAlive: true,
    },
    pool: { min: 0, max: connections, afterCreate: prepared(settings(answerWithinMs, options)) },
    acquireConnectionTimeout: ACQUIRE_WITHIN_MS,
    // What goes wrong is thrown at whoever asked; knex would also print it to the terminal.
    log: { warn: () => {}, error: () => {}, debug: () => {}, deprecate: () => {} },
  })
}

/** Asked for, and not brought along when connecting: PgBouncer refuses who does that. */
function settings(answerWithinMs: number, { byKey, atOneMoment }: Connecting): string {
  // Postgres gives up first, so that no abandoned question keeps a connection busy; ours is for a way that is cut.
  const set = [`set statement_timeout = ${Math.max(0, answerWithinMs - 1_000)}`]
  if (byKey) set.push('set enable_hashjoin = off', 'set enable_mergejoin = off')
  if (atOneMoment) set.push("set default_transaction_isolation = 'repeatable read'")
  return set.join('; ')
}

/** Who changes a row while another does is not refused (`atOneMoment`), but comes after them. */
export const inTurn = <T>(knex: Knex, ask: (trx: Knex.Transaction) => PromiseLike<T>): Promise<T> =>
  knex.transaction(async trx => await ask(trx), { isolationLevel: 'read committed' })

type Prepared = (why: Error | null, client: pg.Client) => void

const prepared =
  (set: string) =>
  (client: pg.Client, done: Prepared): void => {
    leaveSilence(client)
    partInTime(client)
    client.query(set, why => {
      if (why) streamOf(client).destroy() // nobody else knows of it yet
      done(why, client)
    })
  }

type Answered = (why: Error | null, answer: unknown) => void

/**
 * pg gives up a question that nobody answers, but knex keeps the connection, and would ask it again in vain for as long as
 * TCP believes in it: so it is broken, and the next question finds a new one.
 */
function leaveSilence(client: pg.Client): void {
  const ask = client.query.bind(client) as (question: unknown, answered?: Answered) => unknown
  const leave = (why: Error | null): void => {
    if (why?.message === 'Query read timeout') streamOf(client).destroy()
  }
  const askOrLeave = (question: unknown, answered?: Answered): unknown => {
    if (answered) {
      return ask(question, (why, answer) => {
        leave(why)
        answered(why, answer)
      })
    }
    const asked = ask(question)
    if (asked instanceof Promise) asked.catch(leave)
    return asked
  }
  client.query = askOrLeave as typeof client.query
}

/** On a silent line nobody answers the farewell either, and a service that is to end would live on for it. */
function partInTime(client: pg.Client): void {
  const end = client.end.bind(client) as (parted: () => void) => void
  const part = (parted: () => void): void => {
    setTimeout(() => streamOf(client).destroy(), PART_WITHIN_MS).unref()
    end(parted)
  }
  client.end = part as typeof client.end
}

/** To break a session without a word: pg's own way waits for an answer. */
export const streamOf = (client: pg.Client): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream
