import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { isAway, wordsOf } from '../away.ts'
import { HOTLINE, SURVEY } from '../ivr/flow.ts'
import type { Log } from '../log.ts'
import { connectDatabase } from './connect.ts'
import { publishFirst } from './flows.ts'
import { type Lease, LeaseLost, takeLease, type Waiting } from './lease.ts'
import { DatabaseMemory, type MemoryEvents } from './memory.ts'
import { migrate } from './migrations.ts'
import { createSampleCentre } from './sample.ts'
import { Spool } from './spool.ts'

/** `isNew`: the centre has been set up just now. */
export type Store = { isNew: boolean; knex: Knex; memory: DatabaseMemory; close(): Promise<void> }

export type StoreEvents = MemoryEvents & {
  /** Another service drives this Asterisk now. */
  leaseLost(): void
}

/** `giveUp` ends the waiting for a Postgres that is away as well. */
export type StoreOptions = Waiting & {
  url: string
  /** Which Asterisk we want to drive: only one service at a time may. */
  asterisk: string
  /** Where the spool is kept. */
  folder: string
  log: Log
  on: StoreEvents
}

const TRY_AGAIN_MS = 1_000

/**
 * Postgres with its tables up to date, a centre in it, the lease ours, and all read in that a former spool held. Where
 * Postgres is away, or another service has the lease, this waits until `giveUp`: callers are the lifeboat's meanwhile.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { log } = options
  let isTold = false
  for (;;) {
    try {
      return await openStoreNow(options)
    } catch (thrown) {
      if (thrown instanceof LeaseLost) continue // to stand by
      if (!isAway(thrown)) throw thrown
      const error = wordsOf(thrown)
      if (!isTold) log.error({ error }, 'the database is away: we begin when it is there, callers go to the lifeboat')
      isTold = true
      await pause(TRY_AGAIN_MS, undefined, { signal: options.giveUp })
    }
  }
}

async function openStoreNow({ url, asterisk, folder, log, on, giveUp, onStandby }: StoreOptions): Promise<Store> {
  await buildTables(url)
  const knex = connectDatabase(url, { byKey: true, atOneMoment: true })
  let lease: Lease | undefined
  let spool: Spool | undefined
  let isOpen = false
  const close = async (): Promise<void> => {
    spool?.close()
    await lease?.release()
    await knex.destroy()
  }
  try {
    const isNew = await createSampleCentre(knex)
    await publishFirst(knex, [HOTLINE, SURVEY])
    // Lost before we have begun, it is no news for anybody: we stand by.
    lease = await takeLease(url, asterisk, log, () => isOpen && on.leaseLost(), { giveUp, onStandby })
    await mkdir(folder, { recursive: true })
    spool = new Spool(join(folder, 'spool.jsonl'), log)
    spool.setOutdatedAside(lease.last)
    const memory = new DatabaseMemory(knex, lease, spool, log, on)
    await memory.readSpool()
    // Not sooner: after a crash in the midst of it, the rest of the spool would pass for outdated.
    spool.claim = await lease.claim()
    if (lease.isLost) throw new LeaseLost()
    isOpen = true
    return { isNew, knex, memory, close }
  } catch (thrown) {
    // Or the next try would find the lease taken, by ourselves.
    await close()
    throw thrown
  }
}

/** With a connection of its own: to build an index over years of calls takes longer than any question may. */
async function buildTables(url: string): Promise<void> {
  const knex = connectDatabase(url, { connections: 2, answerWithinMs: 0 })
  try {
    await migrate(knex)
  } finally {
    await knex.destroy()
  }
}
