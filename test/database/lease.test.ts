import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type Lease, LeaseLost, takeLease } from '../../src/database/lease.ts'
import { Wire } from '../phones/wire.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'debug' }, { write: line => void logged.push(JSON.parse(line).msg) })
const ASTERISK = '127.0.0.1:5088'
const WIRE = 28_932
const PORTS = 28_000
const home = fileURLToPath(new URL('../..', import.meta.url))

let wire: Wire
/** Straight to Postgres. */
let direct: string
/** Over the wire. */
let url: URL
let lease: Lease
let losses: number
let logged: string[] = []

let knex: Knex
beforeAll(async () => {
  knex = await database.fresh()
  direct = knex.client.config.connection.connectionString
})
beforeEach(async () => {
  const wired = await Wire.before(direct, WIRE)
  wire = wired.wire
  url = wired.url
  url.searchParams.set('application_name', 'whatever the address says')
  losses = 0
  logged = []
  lease = await takeLease({ url: url.href, asterisk: ASTERISK, holder: 'we' }, log, () => {
    losses += 1
  })
  await lease.claim()
})
afterEach(async () => {
  await lease.release()
  await wire.close()
})

/** By another service, over a line of its own. */
const taken = (asterisk = ASTERISK): Promise<Lease> =>
  takeLease({ url: direct, asterisk, holder: 'another' }, log, () => {})

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
  const other = await taken()
  await wire.mend('forgotten')
  await vi.waitFor(() => expect(losses).toBe(1), 30_000)
  await other.release()
})

test('who was silent while another drove this Asterisk is told of it, though that one has gone again', async () => {
  await wire.cut('silently')
  await knex.raw('select pg_terminate_backend(?, 2000)', [(await holder())!])
  const other = await taken()
  await other.claim()
  await other.release()
  await wire.mend('forgotten')
  await vi.waitFor(() => expect(losses).toBe(1), 30_000)
  await expect(lease.held()).rejects.toThrow(LeaseLost)
})

test('who comes after another knows it; who comes after itself has missed nothing', async () => {
  await lease.release()
  const other = await taken()
  expect(other.isTakenOver).toBe(true)
  await other.claim()
  await other.release()
  const again = await taken()
  expect(again.isTakenOver).toBe(false)
  await again.release()
})

test('who gives the lease back while it is being renewed is not told that another has it', async () => {
  await wire.cut('silently')
  await knex.raw('select pg_terminate_backend(?, 2000)', [(await holder())!])
  const other = await taken()
  await vi.waitFor(() => expect(logged).toContain('the lease’s session'), 30_000)
  await lease.release()
  await wire.mend('late')
  await expect(lease.held()).rejects.toThrow(LeaseLost)
  expect(losses).toBe(0)
  await other.release()
})

test('a service that another has replaced says so and ends, so that it is started again to stand by', async () => {
  await lease.release()
  const folder = await mkdtemp(join(tmpdir(), 'hotline-lease-'))
  const settings = {
    HOTLINE_EMBEDDED: 'never',
    HOTLINE_FOLDER: folder,
    HOTLINE_PORTS: String(PORTS),
    HOTLINE_API_KEY: 'a-key-of-this-test',
    DATABASE_URL: url.href,
    ASTERISK_HOST: '127.0.0.1',
    ASTERISK_ARI_SECRET: 'nobody-is-there',
    ASTERISK_AMI_SECRET: 'nobody-is-there',
  }
  const service = execFile(process.execPath, [join(home, 'bin/hotline.js'), 'start'], {
    env: { ...process.env, ...settings },
  })
  onTestFinished(() => void service.kill())
  const ended = once(service, 'exit')
  let said = ''
  service.stderr!.on('data', text => {
    said += text
  })
  // It serves when all is loaded: a line that falls silent before that ends it with other words.
  await vi.waitFor(() => fetch(`http://127.0.0.1:${PORTS + 80}/health/live`), 30_000)
  await wire.cut('silently')
  await knex.raw('select pg_terminate_backend(?, 2000)', [(await holder())!])
  lease = await taken('127.0.0.1:8088')
  await wire.mend('forgotten')
  expect((await ended)[0]).toBe(1)
  expect(said).toContain('Another service has taken over')
  await rm(folder, { recursive: true })
})
