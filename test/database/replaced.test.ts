import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { signIn } from '../../src/agent/agent.ts'
import { type Lease, takeLease } from '../../src/database/lease.ts'
import { LineFile } from '../../src/database/lineFile.ts'
import { loadAgents } from '../../src/database/load.ts'
import { Spool } from '../../src/database/spool.ts'
import { openStore, type Store } from '../../src/database/store.ts'
import type { Change } from '../../src/switchboard/ports.ts'
import { Wire } from '../phones/wire.ts'
import { endLeaseHolder } from './leaseHolder.ts'
import { testDatabase } from './testDatabase.ts'

/** While another service may drive our Asterisk, what we believe is not told to the database; nor ever after, if it does. */

const database = testDatabase()
const WIRE = 28_934
const ASTERISK = '127.0.0.1:5089'
const quiet = pino({ level: 'silent' })

let folder: string
let wire: Wire
let direct: Knex
let url: string
let store: Store
let presences: boolean[]
let losses: number
let signsIn: Change
let logged: { level: number; changes?: number; file?: string }[]
const log = pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-replaced-'))
  presences = []
  losses = 0
  logged = []
  direct = await database.fresh()
  url = direct.client.config.connection.connectionString
  const wired = await Wire.before(url, WIRE)
  wire = wired.wire
  store = await open(wired.url.href)
  const fang = (await loadAgents(direct)).find(({ id }) => id === '8001')!
  signsIn = { agents: [{ before: fang, after: signIn(fang, fang.since + 1_000) }] }
})
afterEach(async () => {
  await store.close()
  await wire.close()
  rmSync(folder, { recursive: true })
})

function open(over: string): Promise<Store> {
  const on = {
    presence: (present: boolean) => void presences.push(present),
    refusal() {},
    leaseLost() {
      losses += 1
    },
  }
  return openStore({ url: over, asterisk: ASTERISK, folder, log, on })
}

/** By another service, which drives this Asterisk from now on. */
async function taken(): Promise<Lease> {
  const other = await takeLease(url, ASTERISK, quiet, () => {})
  await other.claim()
  onTestFinished(() => other.release())
  return other
}

/** What stands in a file of the spool's, without whose it is. */
const changesIn = (name: string): Change[] =>
  (new LineFile(join(folder, name), quiet).read() as (Change & { claim: object })[]).map(
    ({ claim, ...change }) => change,
  )

async function stateOf(): Promise<string> {
  return (await direct('agents').where({ id: '8001' }).first('state')).state
}

/** As if the database had been away when it was killed. */
async function dieWithSpool(): Promise<void> {
  await store.close()
  const spool = new Spool(join(folder, 'spool.jsonl'), quiet)
  spool.claim = await direct('leases').first('term', 'session')
  spool.append([signsIn])
}

async function expectKeptForPerson(changes: number): Promise<void> {
  expect(await stateOf()).toBe('signed-out')
  expect(logged.filter(({ file }) => file)).toEqual([
    expect.objectContaining({ changes, file: join(folder, 'spool.jsonl.refused') }),
  ])
  expect(changesIn('spool.jsonl.refused')).toEqual(Array(changes).fill(signsIn))
  expect(existsSync(join(folder, 'spool.jsonl'))).toBe(false)
}

test('a session of the lease that is ended is renewed so soon that a change only waits for it', async () => {
  await endLeaseHolder(direct)
  await store.memory.remember(signsIn)
  expect(await stateOf()).toBe('ready')
  expect(presences).toEqual([])
})

test('what is decided while another holds the lease never reaches the database, and is kept for a person', async () => {
  await wire.cut('silently')
  await endLeaseHolder(direct)
  const other = await taken()
  await store.memory.remember(signsIn)
  expect(presences).toEqual([false])
  await wire.mend('forgotten')
  await vi.waitFor(() => expect(losses).toBe(1), 30_000)
  await store.memory.settled()
  await expect(store.memory.remember(signsIn)).rejects.toThrow('another service')
  await store.close()
  expect(changesIn('spool.jsonl')).toEqual([signsIn, signsIn])
  await other.release()
  store = await open(url)
  await expectKeptForPerson(2)
})

test('what a service had in its spool when it died is read in at its next start', async () => {
  await dieWithSpool()
  store = await open(url)
  expect(await stateOf()).toBe('ready')
  expect(logged).toEqual([])
})

test('what a service had in its spool when it died is kept for a person, where another has driven its Asterisk since', async () => {
  await dieWithSpool()
  await (await taken()).release()
  store = await open(url)
  await expectKeptForPerson(1)
})

test('what the disk does not let go of is no less outdated at the next start', async () => {
  await dieWithSpool()
  await (await taken()).release()
  mkdirSync(join(folder, 'spool.jsonl.refused'))
  await (await open(url)).close()
  rmdirSync(join(folder, 'spool.jsonl.refused'))
  logged = []
  store = await open(url)
  await expectKeptForPerson(1)
})

test('a spool that is newer than the tables, because a backup was restored, is read in', async () => {
  await dieWithSpool()
  await direct('leases').update({ term: 0, session: 'a run of last night' })
  store = await open(url)
  expect(await stateOf()).toBe('ready')
})
