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
import { endLeaseHolder, leaseHolder } from './leaseHolder.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'debug' }, { write: line => void logged.push(JSON.parse(line).msg) })
const ASTERISK = '127.0.0.1:5088'
const WIRE = 28_932
const PORTS = 17_000
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
  lease = await takeLease(url.href, ASTERISK, log, () => {
    losses += 1
  })
  await lease.claim()
})
afterEach(async () => {
  await lease.release()
  await wire.close()
})

/** By another service, over a line of its own. */
async function taken(asterisk = ASTERISK): Promise<Lease> {
  const other = await takeLease(direct, asterisk, log, () => {})
  onTestFinished(() => other.release())
  return other
}

test('a session that falls silent is left, and the lock taken from it, which the server still believes in', async () => {
  const before = await leaseHolder(knex)
  await wire.cut('silently')
  await vi.waitFor(() => expect(logged).toContain('the lease cannot be renewed yet'), 30_000)
  expect(await leaseHolder(knex)).toBe(before)
  await wire.mend('forgotten')
  await vi.waitFor(async () => expect([before, undefined]).not.toContain(await leaseHolder(knex)), 20_000)
  expect(losses).toBe(0)
})

test('who was silent for so long that another service took the lock is told of it', async () => {
  await wire.cut('silently')
  await endLeaseHolder(knex)
  await taken()
  await wire.mend('forgotten')
  await vi.waitFor(() => expect(losses).toBe(1), 30_000)
})

test('who was silent while another drove this Asterisk is told of it, though that one has gone again', async () => {
  await wire.cut('silently')
  await endLeaseHolder(knex)
  const other = await taken()
  await other.claim()
  await other.release()
  await wire.mend('forgotten')
  await vi.waitFor(() => expect(losses).toBe(1), 30_000)
  await expect(lease.held()).rejects.toThrow(LeaseLost)
})

test('another that had the lock and drove nothing has cost us nothing', async () => {
  await wire.cut('silently')
  await endLeaseHolder(knex)
  await (await taken()).release()
  await wire.mend('forgotten')
  await lease.held()
  expect(losses).toBe(0)
})

test.for(['does not know of our claim', 'knows only an earlier one'])(
  'where a restored backup %s, the lease is still ours, and the tables are told so',
  async known => {
    const [claim] = await knex('leases')
    await knex('leases').delete()
    if (known === 'knows only an earlier one')
      await knex('leases').insert({ ...claim, term: claim.term - 1, session: 'a run of last night' })
    await endLeaseHolder(knex)
    await vi.waitFor(() => expect(logged).toContain('the lease’s session'), 10_000)
    await lease.held()
    expect(losses).toBe(0)
    expect(await knex('leases').select('term', 'session')).toEqual([{ term: claim.term, session: claim.session }])
  },
)

test('who stands by gives up when told to, and leaves no session behind that waits for the lock', async () => {
  const giveUp = new AbortController()
  const standby = takeLease(direct, ASTERISK, log, () => {}, { giveUp: giveUp.signal, onStandby: () => giveUp.abort() })
  await expect(standby).rejects.toThrow(/aborted/)
  await lease.held()
  const sessions = () => knex('pg_stat_activity').whereLike('application_name', 'hotline lease %')
  await expect.poll(async () => (await sessions()).length).toBe(1)
})

test('who gives the lease back while it is being renewed is not told that another has it', async () => {
  await wire.cut('silently')
  await endLeaseHolder(knex)
  await taken()
  await vi.waitFor(() => expect(logged).toContain('the lease’s session'), 30_000)
  await lease.release()
  await wire.mend('late')
  await expect(lease.held()).rejects.toThrow(LeaseLost)
  expect(losses).toBe(0)
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
  await endLeaseHolder(knex)
  await taken('127.0.0.1:8088')
  await wire.mend('forgotten')
  expect((await ended)[0]).toBe(1)
  expect(said).toContain('Another service has taken over')
  await rm(folder, { recursive: true })
})
