import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { wordsOf } from '../away.ts'
import type { Event } from '../events/event.ts'
import type { Log } from '../log.ts'
import { inTime } from '../patience.ts'
import { type Change, ClaimLost, type Memory } from '../switchboard/ports.ts'
import type { Told } from './events.ts'
import { type Lease, LeaseLost } from './lease.ts'
import { areOnRecord } from './load.ts'
import { remember } from './remember.ts'
import type { Spool } from './spool.ts'

/** More in one statement makes it no faster. */
const AT_MOST = 200
/** The database is called away when it has not answered for this long. */
const AWAY_AFTER_MS = 3_000
/** A little longer: whoever waited for this has waited enough. */
const ANSWER_WITHIN_MS = AWAY_AFTER_MS + 100
const TRY_AGAIN_MS = 500
/**
 * So long at most a change on which nothing is to be done waits for company: a commit costs more than what is in it. What is told of it
 * outside is to be heard within 50 ms.
 */
const COMPANY_WITHIN_MS = 25

export type MemoryEvents = {
  /** The database has gone, or has come back and holds all that the spool held. */
  presence(present: boolean): void
  /** It holds something else than we believe. */
  refusal(): void
}

/** What is told outside of what is remembered. */
export type Telling = {
  /** In the order in which they were decided. */
  of(change: Change): readonly Event[]
  /** They are in the database. */
  told(events: readonly Event[]): void
}

type Pending = { change: Told; mayWait: boolean; done: () => void; failed: (why: unknown) => void }

/**
 * Remembers changes in Postgres, in the order given. While one batch is being written the next gathers, so that a busy
 * moment costs few transactions. When Postgres is away the spool on disk remembers in its stead; when it is back the
 * spool is read in first. A database that we may not tell anything, because the lease is being renewed, is away as well.
 */
export class DatabaseMemory implements Memory {
  readonly #knex: Knex
  readonly #lease: Pick<Lease, 'held'>
  readonly #spool: Spool
  readonly #log: Log
  readonly #on: MemoryEvents
  #pending: Pending[] = []
  #writing = false
  #alone: NodeJS.Timeout | undefined
  /** When the database was asked last. */
  #askedAt = 0
  #awaySince: number | null = null
  #spooling = false
  #isReplaced = false
  #telling: Telling | undefined

  constructor(knex: Knex, lease: Pick<Lease, 'held'>, spool: Spool, log: Log, on: MemoryEvents) {
    this.#knex = knex
    this.#lease = lease
    this.#spool = spool
    this.#log = log
    this.#on = on
  }

  get isPresent(): boolean {
    return !this.#spooling && !this.#isReplaced
  }

  /** Before anything is remembered: without it nothing is told. */
  tellBy(telling: Telling): void {
    this.#telling = telling
  }

  remember(decided: Change, mayWait = false): Promise<void> {
    const events = this.#telling?.of(decided) ?? []
    const change: Told = events.length > 0 ? { ...decided, events } : decided
    return new Promise((done, failed) => {
      const pending = { change, mayWait, done, failed }
      if (this.#isReplaced) return this.#keepForPerson([pending])
      if (this.#spooling) return this.#keepInSpool([pending])
      this.#pending.push(pending)
      if (this.#writing) return
      if (mayWait) this.#writeSoon()
      else void this.#write()
    })
  }

  /** Resolves when all that was given so far is remembered, or kept for a person. */
  async settled(): Promise<void> {
    await this.remember({ agents: [] }).catch(thrown => {
      if (!this.#isReplaced) throw thrown
    })
  }

  /** Which of these calls the database has. Rejects while some are in the spool alone: then it cannot say. */
  async onRecord(calls: readonly string[]): Promise<Set<string>> {
    await this.settled()
    if (!this.isPresent) throw new Error('the database is away')
    return areOnRecord(this.#knex, calls)
  }

  async #write(): Promise<void> {
    this.#writing = true
    clearTimeout(this.#alone)
    this.#alone = undefined
    // What is decided in one go is written in one go: else the second of two changes waits for a commit of the first.
    await new Promise(setImmediate)
    do {
      const batch = this.#pending.splice(0, AT_MOST)
      this.#askedAt = performance.now()
      try {
        await this.#tell(batch.map(pending => pending.change))
        this.#awaySince = null
        for (const pending of batch) pending.done()
      } catch (thrown) {
        if (!isRefusal(thrown)) await this.#onAbsence(batch, thrown)
        else {
          this.#awaySince = null // it says no, and so it is there
          await this.#oneByOne(batch)
        }
      }
    } while (this.#pending.some(({ mayWait }) => !mayWait))
    this.#writing = false
    if (this.#pending.length > 0) this.#writeSoon()
  }

  #writeSoon(): void {
    this.#alone ??= setTimeout(() => void this.#write(), COMPANY_WITHIN_MS)
  }

  /** One change of a batch breaks a rule: those before it are kept, those after it were built on it. */
  async #oneByOne(batch: Pending[]): Promise<void> {
    for (const [i, pending] of batch.entries()) {
      try {
        await this.#tell([pending.change])
        pending.done()
      } catch (thrown) {
        if (!isRefusal(thrown)) return this.#onAbsence(batch.slice(i), thrown)
        return this.#refuse([...batch.slice(i), ...this.#pending.splice(0)], thrown)
      }
    }
  }

  #refuse(refused: Pending[], thrown: unknown): void {
    this.#log.error(
      { ...reasonOf(thrown), call: refused[0]!.change.call?.after.id },
      'the database refused a change: what it holds counts, and we begin again from there',
    )
    for (const { failed } of refused) failed(new ClaimLost('the database refused the change', { cause: thrown }))
    this.#on.refusal()
  }

  /** Tries again for a while; then the spool takes over until the database is back. */
  async #onAbsence(batch: Pending[], thrown: unknown): Promise<void> {
    this.#pending.unshift(...batch)
    if (thrown instanceof LeaseLost) return this.#onReplaced()
    this.#awaySince ??= this.#askedAt
    if (performance.now() - this.#awaySince < AWAY_AFTER_MS) return pause(TRY_AGAIN_MS, undefined, { ref: false })
    this.#log.error({ error: wordsOf(thrown) }, 'the database is away: facts go to the spool, callers to the lifeboat')
    this.#spooling = true
    this.#keepInSpool(this.#pending.splice(0))
    this.#on.presence(false)
    await this.#untilBack()
  }

  #keepInSpool(batch: Pending[]): void {
    this.#spool.append(batch.map(pending => pending.change))
    for (const pending of batch) pending.done()
  }

  /** The story in the database is another service's now. */
  #onReplaced(): void {
    this.#isReplaced = true
    this.#keepForPerson(this.#pending.splice(0))
  }

  /** What Asterisk told us is not thrown away, but nothing is done about it: Asterisk is no longer ours. */
  #keepForPerson(batch: Pending[]): void {
    this.#spool.append(batch.map(({ change }) => change).filter(({ call, agents }) => call || agents.length > 0))
    for (const { failed } of batch) failed(new ClaimLost('another service drives this Asterisk'))
  }

  async #untilBack(): Promise<void> {
    while (this.#spooling) {
      await pause(TRY_AGAIN_MS, undefined, { ref: false })
      try {
        await this.readSpool()
      } catch (thrown) {
        if (thrown instanceof LeaseLost) return this.#onReplaced()
        this.#log.debug({ error: wordsOf(thrown) }, 'the database is still away')
        continue
      }
      if (this.#spool.length > 0) continue // one came in the meantime
      this.#spooling = false
      this.#awaySince = null
      this.#log.info('the database is back, and the spool is read in')
      this.#on.presence(true)
    }
  }

  /** Brings what the spool holds into the database; resolves when it is empty. */
  async readSpool(): Promise<void> {
    for (let changes = this.#spool.next(AT_MOST); changes.length > 0; changes = this.#spool.next(AT_MOST)) {
      try {
        await this.#tell(changes)
        this.#spool.forget(changes.length)
      } catch (thrown) {
        if (!isRefusal(thrown)) throw thrown
        for (const change of changes) await this.#readAlone(change)
      }
    }
  }

  /** What the database refuses is set aside for a person: it must not keep the rest from being filed. */
  async #readAlone(change: Told): Promise<void> {
    try {
      await this.#tell([change])
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown
      this.#spool.setAside(change)
      this.#log.error({ ...reasonOf(thrown), call: change.call?.after.id }, 'a spooled change was refused')
    }
    this.#spool.forget(1)
  }

  /** A commit that is slow and not lost comes to its end by itself; told again, it changes nothing. */
  async #tell(changes: readonly Told[]): Promise<void> {
    const until = performance.now() + ANSWER_WITHIN_MS
    await inTime(this.#lease.held(), ANSWER_WITHIN_MS)
    await inTime(remember(this.#knex, changes), until - performance.now())
    this.#telling?.told(changes.flatMap(({ events = [] }) => events))
  }
}

/** Postgres itself says no (class 22 bad value, 23 constraint), in contrast to a connection that is gone. */
function isRefusal(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown }).code
  return typeof code === 'string' && /^(22|23)...$/.test(code)
}

/** Without the statement, which is long, and the row, which may name a caller. */
function reasonOf(thrown: unknown): { code: unknown; constraint: unknown } {
  const { code, constraint } = thrown as { code?: unknown; constraint?: unknown }
  return { code, constraint }
}
