import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Agent, signIn, wish } from '../../src/agent/agent.ts'
import { connectDatabase } from '../../src/database/connect.ts'
import { loadAgents } from '../../src/database/load.ts'
import { DatabaseMemory } from '../../src/database/memory.ts'
import { Spool } from '../../src/database/spool.ts'
import { Live } from '../../src/events/live.ts'
import type { Change } from '../../src/switchboard/ports.ts'
import { Wire } from '../phones/wire.ts'
import { testDatabase } from './testDatabase.ts'

/** A database that does not answer, or not with yes, and what becomes of that which is to be remembered. */

const database = testDatabase()
const WIRE = 28_933
const log = pino({ level: 'silent' })

let folder: string
let path: string
let wire: Wire
let direct: Knex
/** Over the wire. */
let knex: Knex
let memory: DatabaseMemory
let presences: boolean[]
let fang: Agent
/** What the memory waits for before it tells the database anything. */
let held: Promise<void>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-memory-'))
  path = join(folder, 'spool.jsonl')
  presences = []
  held = Promise.resolve()
  direct = await database.fresh()
  await direct('agents').insert({ id: '8001', name: 'Fang', sip_password: 'secret' })
  fang = (await loadAgents(direct))[0]!
  const wired = await Wire.before(direct.client.config.connection.connectionString, WIRE)
  wire = wired.wire
  knex = connectDatabase(wired.url.href, { byKey: true, atOneMoment: true })
  memory = remembering(new Spool(path, log))
})
afterEach(async () => {
  await wire.close()
  await knex.destroy()
  rmSync(folder, { recursive: true })
})

function remembering(spool: Spool): DatabaseMemory {
  const on = { presence: (present: boolean) => void presences.push(present), refusal() {} }
  return new DatabaseMemory(knex, { held: () => held }, spool, log, on)
}

/** Signs in, and rests. */
function morning(): [Change, Change] {
  const ready = signIn(fang, fang.since + 1_000)
  const resting = wish(ready, { kind: 'pause', reason: 'rest' }, fang.since + 2_000)
  return [{ agents: [{ before: fang, after: ready }] }, { agents: [{ before: ready, after: resting }] }]
}

const stateOf = async (): Promise<string> => (await direct('agents').orderBy('id').first('state')).state
/** Statements in this database that wait for another's lock. */
const howManyWait = async (): Promise<number> => {
  const { rows } = await direct.raw(
    "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  )
  return rows.length
}
const presence = (...seen: boolean[]): Promise<void> => vi.waitFor(() => expect(presences).toEqual(seen), 20_000)

test.for(['is up', 'is not up yet'])(
  'a database that falls silent when the connection %s is called away after three seconds; back, it learns all',
  async connection => {
    const [signsIn, rests] = morning()
    if (connection === 'is up') await memory.settled()
    await wire.cut('silently')
    const before = performance.now()
    await memory.remember(signsIn)
    expect(performance.now() - before).toBeLessThan(4_000)
    expect(presences).toEqual([false])
    await memory.remember(rests)
    await wire.mend('forgotten')
    await presence(false, true)
    expect(await stateOf()).toBe('paused')
    expect(existsSync(path)).toBe(false)
  },
)

test('what is decided while the lease is not ours is told to the database when it is again, and not before', async () => {
  const [signsIn, rests] = morning()
  let renewed = (): void => {}
  held = new Promise(done => {
    renewed = done
  })
  await memory.remember(signsIn)
  expect(presences).toEqual([false])
  await memory.remember(rests)
  expect(await stateOf()).toBe('signed-out')
  renewed()
  await presence(false, true)
  expect(await stateOf()).toBe('paused')
})

test('what is told outside waits for the database too, and comes in the order in which it was decided, once', async () => {
  const [signsIn, rests] = morning()
  const live = new Live(0, () => fang.since)
  const heard: number[] = []
  live.hear(events => void heard.push(...events.map(({ id }) => id)))
  memory.tellBy(live)
  await memory.settled()
  await wire.cut('silently')
  await memory.remember(signsIn)
  await memory.remember(rests)
  expect(heard).toEqual([])
  await wire.mend('forgotten')
  await presence(false, true)
  expect(heard).toEqual([fang.since * 1_000 + 1, fang.since * 1_000 + 2])
  expect(await direct('events').orderBy('id').pluck('id')).toEqual(heard)
})

test('a commit that takes longer than we wait is not done twice', async () => {
  const [signsIn, rests] = morning()
  const { after: resting } = rests.agents[0]!
  const leaves = { before: resting, after: wish(resting, { kind: 'sign-out' }, fang.since + 3_000) }
  const slow = await direct.transaction()
  await slow('agents').forUpdate()
  await memory.remember(signsIn)
  expect(presences).toEqual([false])
  await memory.remember(rests)
  await memory.remember({ agents: [leaves] })
  await vi.waitFor(async () => expect(await howManyWait()).toBe(2), 20_000)
  await slow.commit()
  await presence(false, true)
  const periods = await direct('agent_states').orderBy('id').select('state', 'ended_at')
  expect(periods).toEqual([
    { state: 'ready', ended_at: new Date(fang.since + 2_000) },
    { state: 'paused', ended_at: new Date(fang.since + 3_000) },
  ])
})

test('what the database refuses and the disk does not take keeps nothing else from being filed', async () => {
  const [signsIn] = morning()
  await direct('agents').insert({ id: '8002', name: 'Min', sip_password: 'secret' })
  const min = (await loadAgents(direct)).find(({ id }) => id === '8002')!
  const strange: Change = { agents: [{ before: min, after: { ...min, version: 1, state: 'asleep' as never } }] }
  mkdirSync(`${path}.refused`)
  new Spool(path, log).append([strange, signsIn])
  const spool = new Spool(path, log)
  memory = remembering(spool)
  await memory.readSpool()
  expect(spool.length).toBe(0)
  expect(await stateOf()).toBe('ready')
  expect(existsSync(path)).toBe(true)
  rmdirSync(`${path}.refused`)
  await vi.waitFor(() => expect(readFileSync(`${path}.refused`, 'utf8')).toBe(`${JSON.stringify(strange)}\n`), 5_000)
})
