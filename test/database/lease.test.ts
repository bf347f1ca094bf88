import type { Knex } from 'knex'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { connectDatabase } from '../../src/database/connect.ts'
import { type Lease, takeLease } from '../../src/database/lease.ts'
import { Wire } from '../phones/wire.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'debug' }, { write: line => void logged.push(JSON.parse(line).msg) })
const ASTERISK = '127.0.0.1:5088'
const WIRE = 28_932

let wire: Wire
let lease: Lease
let losses: number
let logged: string[] = []

let knex: Knex
beforeAll(() => {
  knex = connectDatabase(database.url)
})
afterAll(() => knex.destroy())
beforeEach(async () => {
  const url = new URL(database.url)
  wire = await Wire.open(WIRE, Number(url.port))
  url.port = String(WIRE)
  losses = 0
  logged = []
  lease = await takeLease(url.href, ASTERISK, log, () => {
    losses += 1
  })
})
afterEach(async () => {
  await lease.release()
  await wire.close()
})

/** The session that holds the lock. */
async function holder(): Promise<number | undefined> {
  const { rows } = await knex.raw("select pid from pg_locks where locktype = 'advisory' and classid = 5060 and granted")
  return rows[0]?.pid
}

test('a session that falls silent is left, and the lock taken from it, which the server still believes in', async () => {
  const before = await holder()
  await wire.cut('silently')
  await vi.waitFor(() => expect(logged).toContain('the lease cannot be renewed yet'), 30_000)
  expect(await holder()).toBe(before)
  await wire.mend('forgotten')
  await vi.waitFor(async () => expect([before, undefined]).not.toContain(await holder()), 20_000)
  expect(losses).toBe(0)
})

test('who was silent for so long that another service took the lock is told of it', async () => {
  await wire.cut('silently')
  await knex.raw('select pg_terminate_backend(?, 2000)', [(await holder())!])
  const other = await takeLease(database.url, ASTERISK, log, () => {})
  await wire.mend('forgotten')
  await vi.waitFor(() => expect(losses).toBe(1), 30_000)
  await other.release()
})
