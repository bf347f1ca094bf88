import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { HotlineError, sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { inTime } from '../patience.ts'
import { streamOf } from './connect.ts'
import { isLatest, type LeaseClaim } from './leaseClaim.ts'

const CONNECT_WITHIN_MS = 5_000
/** The first half of the lock's number; the second is made from the Asterisk's name. */
const LOCK = 5_060
/** As often as the memory asks: a restart of Postgres is over in a second or two. So often a standby asks, too. */
const TRY_AGAIN_MS = 500
/** Together they are shorter than the server's patience with a silent session, which holds the lock: 10 s + 3 × 5 s. */
const ASK_EVERY_MS = 5_000
const ANSWER_WITHIN_MS = 4_000
const SERVERS_PATIENCE = 'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3'
/** A session that answered so lately still holds the lock: to ask before every change would make each wait. */
const BELIEVED_FOR_MS = 1_000

/** The lease is not ours any more, and will not be again. */
export class LeaseLost extends HotlineError {
  constructor() {
    super('lease-lost', 'another service drives this Asterisk')
  }
}

/** For whoever may have to wait for a lease. */
export type Waiting = {
  /** Ends the wait. */
  giveUp?: AbortSignal | undefined
  /** Another service has the lease, and so we wait. */
  onStandby?: (() => void) | undefined
}

/**
 * One controller drives one Asterisk: whoever holds its advisory lock. Resolves when the lease is ours; a standby waits
 * here until it falls free, or rejects at `giveUp`. It is claimed before Asterisk is driven. A session that is cut, or that nobody answers on, is
 * given up, and the lock taken anew; `onLost` says so where another has it, or has claimed the lease in between.
 */
export async function takeLease(
  url: string,
  asterisk: string,
  log: Log,
  onLost: () => void,
  waiting: Waiting = {},
): Promise<Lease> {
  const own = { url, asterisk, session: `hotline lease ${randomBytes(4).toString('hex')}` }
  let last: LeaseClaim | undefined
  const client = await sessionThat(own, async one => {
    await lock(one, asterisk, log, waiting)
    last = await lastClaim(one, asterisk)
    return true
  })
  return new Lease(own, last, log, onLost, client!)
}

export class Lease {
  readonly #own: Own
  readonly #log: Log
  readonly #onLost: () => void
  /** Who drove this Asterisk before us. */
  readonly last: LeaseClaim | undefined
  /** Nothing before we drive it: a session that breaks so early is not renewed. */
  #claimed: LeaseClaim | undefined
  /** Nothing while it is renewed, and when the lease is given back or lost. */
  #client: pg.Client | undefined
  /** When the session answered last. */
  #heardAt = 0
  #asking: Promise<void> | undefined
  #renewing: Promise<void> = Promise.resolve()
  #isReleased = false
  #isLost = false

  constructor(own: Own, last: LeaseClaim | undefined, log: Log, onLost: () => void, client: pg.Client) {
    this.#own = own
    this.last = last
    this.#log = log
    this.#onLost = onLost
    this.#keep(client)
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** From now on we drive this Asterisk; whoever did so before learns it. Rejects with LeaseLost, or where the session breaks. */
  async claim(): Promise<LeaseClaim> {
    if (!this.#client) throw new LeaseLost()
    const claim = { term: (this.last?.term ?? 0) + 1, session: this.#own.session }
    await writeClaim(this.#client, this.#own.asterisk, claim)
    this.#claimed = claim
    return claim
  }

  /** Resolves while the lease is ours, if need be when it is again. Rejects with LeaseLost. */
  async held(): Promise<void> {
    for (;;) {
      await this.#renewing
      if (!this.#client) throw new LeaseLost()
      if (performance.now() - this.#heardAt < BELIEVED_FOR_MS) return
      await this.#hear(this.#client)
    }
  }

  async release(): Promise<void> {
    this.#isReleased = true
    const client = this.#client
    this.#client = undefined
    if (!client) return
    // Where nobody answers, the server finds out by itself.
    await inTime(client.end(), ANSWER_WITHIN_MS).catch(() => streamOf(client).destroy())
  }

  #keep(client: pg.Client): void {
    this.#client = client
    this.#heardAt = performance.now()
    const asking = setInterval(() => void this.#hear(client), ASK_EVERY_MS)
    client.on('error', why => {
      this.#log.debug({ error: sentenceOf(why) }, 'the lease’s session')
      this.#leave(client)
    })
    client.on('end', () => {
      clearInterval(asking)
      this.#leave(client)
    })
  }

  /** One question at a time; whoever wants the same waits for the same answer. */
  #hear(client: pg.Client): Promise<void> {
    this.#asking ??= this.#ask(client).finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #ask(client: pg.Client): Promise<void> {
    const askedAt = performance.now()
    try {
      await ask(client, 'select 1')
      this.#heardAt = askedAt
    } catch {
      this.#leave(client)
    }
  }

  #leave(client: pg.Client): void {
    streamOf(client).destroy()
    if (client !== this.#client) return
    this.#client = undefined
    this.#renewing = this.#renew()
  }

  async #renew(): Promise<void> {
    while (!this.#isReleased) {
      try {
        const next = await lockAgain(this.#own, this.#claimed)
        if (this.#isReleased) return next && void streamOf(next).destroy()
        return next ? this.#keep(next) : this.#lose()
      } catch (thrown) {
        this.#log.debug({ error: sentenceOf(thrown) }, 'the lease cannot be renewed yet')
        await pause(TRY_AGAIN_MS, undefined, { ref: false })
      }
    }
  }

  #lose(): void {
    this.#isLost = true
    this.#onLost()
  }
}

/** What we drive, and the name that all sessions of this run have. */
type Own = { url: string; asterisk: string; session: string }

/** Asks again and again: a session that waits inside Postgres cannot be told to stop, and outlives its service there. */
async function lock(client: pg.Client, asterisk: string, log: Log, { giveUp, onStandby }: Waiting): Promise<void> {
  if (await isOurs(client, asterisk)) return
  log.warn({ asterisk }, 'another service drives this Asterisk: standing by')
  onStandby?.()
  do await pause(TRY_AGAIN_MS, undefined, { signal: giveUp })
  while (!(await isOurs(client, asterisk)))
}

/** Nothing where another service was faster, even one that has gone again. */
const lockAgain = (own: Own, claimed: LeaseClaim | undefined): Promise<pg.Client | undefined> =>
  sessionThat(own, async one => {
    // The server may still believe in a session that is dead to us: it would pass for another service.
    const ours = 'select pid from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()'
    const ending = `select pg_terminate_backend(pid, 2000) as ended from (${ours}) as ours`
    const { rows } = await ask(one, ending, [own.session])
    if (await isOurs(one, own.asterisk)) return claimed !== undefined && (await isStillOurs(one, own.asterisk, claimed))
    if (rows.some(({ ended }) => !ended)) throw new Error('our former session may still hold the lock')
    return false
  })

/** Tables that do not know of our claim are told of it: the next service is to see who drove last. */
async function isStillOurs(client: pg.Client, asterisk: string, claimed: LeaseClaim): Promise<boolean> {
  const last = await lastClaim(client, asterisk)
  if (!isLatest(claimed, last)) return false
  if (last?.session !== claimed.session) await writeClaim(client, asterisk, claimed)
  return true
}

async function isOurs(client: pg.Client, asterisk: string): Promise<boolean> {
  const { rows } = await ask(client, 'select pg_try_advisory_lock($1, hashtext($2)) as ours', [LOCK, asterisk])
  return rows[0].ours
}

/** These two by the session that holds the lock: so nobody else comes in between. */
async function lastClaim(client: pg.Client, asterisk: string): Promise<LeaseClaim | undefined> {
  const { rows } = await ask(client, 'select term, session from leases where asterisk = $1', [asterisk])
  return rows[0]
}

async function writeClaim(client: pg.Client, asterisk: string, { term, session }: LeaseClaim): Promise<void> {
  const text = `insert into leases (asterisk, term, session) values ($1, $2, $3)
    on conflict (asterisk) do update set term = excluded.term, session = excluded.session, claimed_at = now()`
  await ask(client, text, [asterisk, term, session])
}

const ask = (client: pg.Client, text: string, values?: unknown[]): Promise<pg.QueryResult> =>
  client.query({ text, values, query_timeout: ANSWER_WITHIN_MS } as pg.QueryConfig)

/** A session that has what it was opened for; where it does not get it, none is left behind. */
async function sessionThat(
  { url, session }: Own,
  gets: (client: pg.Client) => Promise<boolean>,
): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  })
  // Whoever asks is told of a broken session by their question; without a listener it would end the service.
  client.on('error', () => {})
  await client.connect()
  try {
    // Not brought along when connecting: a name in the address would win, and we would not know our own session.
    await ask(client, "select set_config('application_name', $1, false)", [session])
    // A session that is dead to us must not hold the lock for the hours that TCP would wait.
    await ask(client, SERVERS_PATIENCE)
    if (await gets(client)) return client
  } catch (thrown) {
    streamOf(client).destroy()
    throw thrown
  }
  // Without a farewell: on a line that falls silent now it would never end.
  streamOf(client).destroy()
  return undefined
}
