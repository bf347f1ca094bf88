import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import type { Log } from '../log.ts'
import { connectDatabase } from './connect.ts'
import { takeLease } from './lease.ts'
import { DatabaseMemory, type MemoryEvents } from './memory.ts'
import { migrate } from './migrations.ts'
import { createSampleCentre } from './sample.ts'
import { Spool } from './spool.ts'

export type Store = { knex: Knex; memory: DatabaseMemory; close(): Promise<void> }

export type StoreOptions = {
  url: string
  /** Which Asterisk we want to drive: only one service at a time may. */
  asterisk: string
  /** Where the spool is kept. */
  folder: string
  log: Log
  on: MemoryEvents
}

/** Postgres with its tables up to date, a centre in it, the lease ours, and all read in that a former spool held. */
export async function openStore({ url, asterisk, folder, log, on }: StoreOptions): Promise<Store> {
  await buildTables(url)
  const knex = connectDatabase(url)
  try {
    await createSampleCentre(knex)
    const lease = await takeLease(url, asterisk, log, () => log.error('another service has taken our lease'))
    await mkdir(folder, { recursive: true })
    const memory = new DatabaseMemory(knex, new Spool(join(folder, 'spool.jsonl')), log, on)
    await memory.readSpool()
    return {
      knex,
      memory,
      async close() {
        await lease.release()
        await knex.destroy()
      },
    }
  } catch (thrown) {
    await knex.destroy()
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
