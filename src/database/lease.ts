import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { streamOf } from './connect.ts'

const CONNECT_WITHIN_MS = 5_000
/** The first half of the lock's number; the second is made from the Asterisk's name. */
const LOCK = 5_060
const TRY_AGAIN_MS = 2_000
/** Together they are shorter than the server's patience with a silent session, which holds the lock: 10 s + 3 × 5 s. */
const ASK_EVERY_MS = 5_000
const ANSWER_WITHIN_MS = 4_000
const SERVERS_PATIENCE = 'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3'

export type Lease = { release(): Promise<void> }

/**
 * One controller drives one Asterisk: whoever holds its advisory lock. Resolves when the lease is ours; a standby waits
 * here until it falls free. A session that is cut, or that nobody answers on, is given up, and the lock taken anew;
 * `onLost` says so when somebody else was faster.
 */
export async function takeLease(url: string, asterisk: string, log: Log, onLost: () => void): Promise<Lease> {
  const sessions = { url, name: `hotline lease ${randomBytes(4).toString('hex')}` }
  let client = await lock(sessions, asterisk, log)
  let released = false
  const watch = (held: pg.Client): void => {
    const asking = setInterval(() => ask(held, 'select 1').catch(() => streamOf(held).destroy()), ASK_EVERY_MS)
    held.on('error', why => log.debug({ error: sentenceOf(why) }, 'the lease’s session'))
    held.on('end', () => {
      clearInterval(asking)
      void renew()
    })
  }
  const renew = async (): Promise<void> => {
    while (!released) {
      try {
        const next = await lockAgain(sessions, asterisk)
        if (!next) return onLost()
        client = next
        watch(client)
        if (released) await client.end()
        return
      } catch (thrown) {
        log.debug({ error: sentenceOf(thrown) }, 'the lease cannot be renewed yet')
        await new Promise(done => setTimeout(done, TRY_AGAIN_MS).unref())
      }
    }
  }
  watch(client)
  return {
    async release() {
      released = true
      await client.end()
    },
  }
}

type Sessions = { url: string; name: string }

async function lock(sessions: Sessions, asterisk: string, log: Log): Promise<pg.Client> {
  const client = await session(sessions, async one => {
    if (await isOurs(one, asterisk)) return true
    log.warn({ asterisk }, 'another service drives this Asterisk: standing by')
    await one.query('select pg_advisory_lock($1, hashtext($2))', [LOCK, asterisk])
    return true
  })
  return client!
}

/** Nothing where another service was faster. */
const lockAgain = (sessions: Sessions, asterisk: string): Promise<pg.Client | undefined> =>
  session(sessions, async one => {
    // The server may still believe in a session that is dead to us: it would pass for another service.
    const ours = 'select pid from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()'
    await ask(one, `select pg_terminate_backend(pid, 2000) from (${ours}) as ours`, [sessions.name])
    return isOurs(one, asterisk)
  })

async function isOurs(client: pg.Client, asterisk: string): Promise<boolean> {
  const { rows } = await ask(client, 'select pg_try_advisory_lock($1, hashtext($2)) as ours', [LOCK, asterisk])
  return rows[0].ours
}

const ask = (client: pg.Client, text: string, values?: unknown[]): Promise<pg.QueryResult> =>
  client.query({ text, values, query_timeout: ANSWER_WITHIN_MS } as pg.QueryConfig)

/** A session that has what it was opened for; where it does not get it, none is left behind. */
async function session(
  { url, name }: Sessions,
  gets: (client: pg.Client) => Promise<boolean>,
): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    keepAlive: true,
    // Who stands by asks nothing: the kernel has to notice that nobody is there any more.
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  })
  // Whoever asks is told of a broken session by their question; without a listener it would end the service.
  client.on('error', () => {})
  await client.connect()
  try {
    // A session that is dead to us must not hold the lock for the hours that TCP would wait.
    await ask(client, SERVERS_PATIENCE)
    if (await gets(client)) return client
  } catch (thrown) {
    streamOf(client).destroy()
    throw thrown
  }
  await client.end()
  return undefined
}
