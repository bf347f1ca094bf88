import pg from 'pg'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'

const CONNECT_WITHIN_MS = 5_000
/** The first half of the lock's number; the second is made from the Asterisk's name. */
const LOCK = 5_060
const TRY_AGAIN_MS = 2_000

export type Lease = { release(): Promise<void> }

/**
 * One controller drives one Asterisk: whoever holds its advisory lock. Resolves when the lease is ours; a standby waits
 * here until it falls free. A session that is cut gives its lock back by itself and is taken anew; `onLost` says so when
 * somebody else was faster.
 */
export async function takeLease(url: string, asterisk: string, log: Log, onLost: () => void): Promise<Lease> {
  let client = await lock(url, asterisk, log)
  let released = false
  const watch = (held: pg.Client): void => {
    held.on('error', why => log.debug({ error: sentenceOf(why) }, 'the lease’s session'))
    held.on('end', () => void renew())
  }
  const renew = async (): Promise<void> => {
    for (;;) {
      if (released) return
      try {
        const next = await session(url)
        if (released) return await next.end()
        const { rows } = await next.query('select pg_try_advisory_lock($1, hashtext($2)) as ours', [LOCK, asterisk])
        if (!rows[0].ours) {
          await next.end()
          return onLost()
        }
        client = next
        watch(client)
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

async function lock(url: string, asterisk: string, log: Log): Promise<pg.Client> {
  const client = await session(url)
  const { rows } = await client.query('select pg_try_advisory_lock($1, hashtext($2)) as ours', [LOCK, asterisk])
  if (!rows[0].ours) {
    log.warn({ asterisk }, 'another service drives this Asterisk: standing by')
    await client.query('select pg_advisory_lock($1, hashtext($2))', [LOCK, asterisk])
  }
  return client
}

async function session(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'hotline lease',
    keepAlive: true,
    // A session that is dead to us must not hold the lock for the hours that TCP would wait.
    options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  })
  // Whoever asks is told of a broken session by their question; without a listener it would end the service.
  client.on('error', () => {})
  await client.connect()
  return client
}
