import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { signIn } from '../../src/agent/agent.ts'
import { legsOf } from '../../src/call/call.ts'
import { readConfig } from '../../src/config.ts'
import { loadAgents, loadCentre } from '../../src/database/load.ts'
import { DatabaseMemory } from '../../src/database/memory.ts'
import { remember } from '../../src/database/remember.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { Spool } from '../../src/database/spool.ts'
import { type Exchange, openExchange } from '../../src/exchange.ts'
import { Systems } from '../../src/lookup/systems.ts'
import { Shelf } from '../../src/sound/shelf.ts'
import { systemClock } from '../../src/switchboard/clock.ts'
import { aCallerHearingMusic, anAgentIsChosen, aQueue, aRingingPhone, CALL, given, type Step } from '../call/given.ts'
import { testDatabase } from './testDatabase.ts'

/** What a service makes of tables that a person has changed while it was not there. */

const database = testDatabase()
/** Nobody listens there. */
const ASTERISK = {
  host: '127.0.0.1',
  ariPort: 1,
  amiPort: 1,
  tls: false,
  user: 'hotline',
  ariSecret: '',
  amiSecret: '',
}

let folder: string
let knex: Knex
let logged: { level: number; msg: string; mend?: string; legs?: string[]; call?: string }[]
let refusals: number
const log = pino({ level: 'warn' }, { write: line => void logged.push(JSON.parse(line)) })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-exchange-'))
  logged = []
  refusals = 0
  knex = await database.fresh()
  await createSampleCentre(knex)
})
afterEach(() => rmSync(folder, { recursive: true }))

async function start({
  asterisk = ASTERISK,
  clock = systemClock(),
} = {}): Promise<{ exchange: Exchange; memory: DatabaseMemory }> {
  const config = readConfig({ HOTLINE_FOLDER: folder, HOTLINE_PORTS: '28900' }, folder)
  const memory = new DatabaseMemory(knex, { held: async () => {} }, new Spool(join(folder, 'spool'), log), log, {
    presence() {},
    refusal() {
      refusals += 1
    },
  })
  const parts = {
    config,
    asterisk,
    centre: await loadCentre(knex, 'Asia/Shanghai'),
    systems: new Systems(),
    shelf: new Shelf(join(folder, 'prompts'), config.soundsFolder, log),
    history: async () => undefined,
    knex,
    memory,
    clock,
    log,
    onReplaced() {},
  }
  const exchange = await openExchange(parts)
  await exchange.restore()
  onTestFinished(() => exchange.stop())
  return { exchange, memory }
}

/** Remembers a call that was brought so far, by a service that is no more. */
async function aCallThatIs(step: Step): Promise<void> {
  const { call, story, agents } = given(step)
  const before = (await loadAgents(knex)).find(({ id }) => id === '8001')!
  const { state, call: held } = agents.get('8001')!
  await remember(knex, [
    {
      call: { after: call!, facts: story, legs: legsOf(call!) },
      agents: [{ before, after: { ...signIn(before, before.since), state, call: held } }],
    },
  ])
}

test('a service starts although the queue of a waiting call is gone; its caller is dismissed, and who chooses it is told', async () => {
  await aCallThatIs(aCallerHearingMusic)
  await knex('queues').where({ id: 'sales' }).delete()
  const { exchange, memory } = await start()
  exchange.board.wake()
  await memory.settled()
  const call = await knex('calls').where({ id: CALL }).first('state')
  expect(call.state).toMatchObject({ dismissed: 'failed', phase: 'queued' })
  const errors = logged.filter(({ level }) => level >= 50)
  expect(errors.map(({ msg }) => msg)).toEqual(['Flow hotline leads to queue sales, which does not exist'])
  expect(errors[0]!.mend).toContain('hotline queue add sales')
})

test('a leg that was left open when its call was ended by hand is ended, and its agent can be offered again', async () => {
  await aCallThatIs(aRingingPhone)
  const endedAt = new Date(Date.now() - 60_000)
  await knex('calls').update({ is_open: false, state: null, phase: 'ended', ended_at: endedAt, outcome: 'failed' })
  const { exchange, memory } = await start()
  const [leg] = await knex('legs')
  expect(leg).toMatchObject({ ended_at: endedAt, result: 'withdrawn' })
  expect(logged.filter(({ legs }) => legs)).toMatchObject([{ level: 40, legs: [leg.id] }])
  expect(exchange.board.agents.get('8001')!.state).toBe('ringing')

  const { call, story } = given(aCallerHearingMusic, anAgentIsChosen('8001'))
  const after = { ...call!, id: 'another' }
  await memory.remember({ call: { after, facts: story, legs: [{ ...call!.leg!, id: 'another~8001~1' }] }, agents: [] })
  expect(refusals).toBe(0)
})

test('the legs of an open call stay open, all that ring; one that it does not know of is ended', async () => {
  await aCallThatIs(tale => {
    tale.with({ queue: id => aQueue(id, { strategy: 'ring-all' }) })
    tale.when(aRingingPhone).when(anAgentIsChosen('8002'))
    return undefined
  })
  const stray = { id: 'stray', call_id: CALL, agent_id: '8003', offered_at: new Date() }
  await knex('legs').insert(stray)
  await start()
  expect(await knex('legs').whereNull('ended_at').orderBy('agent_id').pluck('agent_id')).toEqual(['8001', '8002'])
  expect(logged.filter(({ legs }) => legs)).toMatchObject([{ level: 40, legs: ['stray'] }])
})

test('the leg of an open call stays open', async () => {
  await aCallThatIs(aRingingPhone)
  await start()
  expect(await knex('legs')).toMatchObject([{ ended_at: null, result: null }])
  expect(logged.filter(({ legs }) => legs)).toEqual([])
})

/** Takes our events link, and by its own description can do nothing. */
async function anAsteriskThatIsOfNoUse(): Promise<number> {
  const http = createServer(({ url, headers }, response) => {
    const apis = url?.endsWith('/resources.json') ? [{ path: '/api-docs/applications.{format}' }] : []
    const resourcePath = '/api-docs/applications.{format}'
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ swaggerVersion: '1.1', basePath: `http://${headers.host}/ari`, resourcePath, apis }))
  })
  const links = new WebSocketServer({ server: http })
  await new Promise<void>(done => {
    http.listen(0, '127.0.0.1', done)
  })
  onTestFinished(() => {
    for (const link of links.clients) link.terminate()
    http.closeAllConnections()
    http.close()
  })
  return (http.address() as AddressInfo).port
}

test('while recovery fails the service is not ready, and after half a minute of it a person is told, once', async () => {
  const failures = (): number => logged.filter(({ msg }) => msg.startsWith('recovery failed')).length
  const errors = () => logged.filter(({ level }) => level >= 50)
  const asterisk = { ...ASTERISK, ariPort: await anAsteriskThatIsOfNoUse() }
  let passed = 0
  const clock = { ...systemClock(), now: () => Date.now() + passed }
  const { exchange } = await start({ asterisk, clock })
  exchange.start()
  await vi.waitFor(() => expect(failures()).toBe(1), 5_000)
  expect(exchange.isUp).toMatchObject({ ari: true, recovery: false })
  expect(errors()).toEqual([])
  passed = 31_000
  await vi.waitFor(() => expect(failures()).toBe(3), 5_000)
  expect(errors().map(({ msg }) => msg)).toEqual(['recovery fails again and again: nobody is answered by us'])
})
