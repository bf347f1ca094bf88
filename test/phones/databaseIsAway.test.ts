import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ledger } from '../../src/report/commands.ts'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { Wire } from './wire.ts'
import { bothHear, ERROR, VOICES, World } from './world.ts'

/** Postgres is stopped in the middle of calls: no talk ends by it, callers are served by the lifeboat, nothing is lost. */

const BASE = 28_000
const AGENTS = Array.from({ length: 12 }, (_, i) => String(8021 + i))
const between = { ariPort: BASE + 188, postgresPort: BASE + 132 }
/** Longer than any of these tests, so that nobody becomes free unasked. */
const LONG_MS = 150_000

let world: World
let ari: Wire
let postgres: Wire
const phones = new Map<string, Softphone>()

beforeAll(async () => {
  ari = await Wire.open(between.ariPort, BASE + 88)
  postgres = await Wire.open(between.postgresPort, BASE + 32)
  world = await World.open({ base: BASE, between })
  await world.killService()
  await world.knex('queues').update({ ring_ms: LONG_MS, wrap_up_ms: LONG_MS })
  await world.knex('agents').insert(AGENTS.map(id => ({ id, name: id, sip_password: `secret-${id}` })))
  await world.knex('agent_skills').insert(AGENTS.map(id => ({ agent_id: id, skill: 'sales', level: 5 })))
  await world.startService()
  for (const id of AGENTS) phones.set(id, await world.agent(id))
})
afterAll(async () => {
  await world?.close()
  await ari?.close()
  await postgres?.close()
})
afterEach(async () => {
  await world.hangUpAll()
  await world.quiet(60_000)
  for (const id of AGENTS) {
    await world.until(`${id} is free`, () =>
      /^(ready|paused|signed-out|wrapping-up)$/.test(world.agents.get(id)!.state),
    )
    phones.get(id)!.removeAllListeners('invite')
    if (world.agents.get(id)!.state !== 'signed-out') await world.dial(phones.get(id)!, '*2')
  }
  const { text, balances } = await ledger(world.knex, { zone: 'UTC', now: Date.now() })
  expect(balances, text).toBe(true)
  expect(await world.leftInAsterisk()).toEqual([])
  expect(existsSync(join(world.config.folder, 'spool.jsonl'))).toBe(false)
  expect(existsSync(join(world.config.folder, 'spool.jsonl.refused'))).toBe(false)
  expect(await world.knex('legs').whereNull('ended_at')).toEqual([])
})

const recordOf = (from: string) => world.knex('calls').where({ caller: from }).first()
const callOf = (from: string) => [...world.calls.values()].find(call => call.from === from)
const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))
const phaseIs = (from: string, phase: string): Promise<void> =>
  world.until(`${from} is ${phase}`, () => callOf(from)?.phase === phase, 60_000)
const times = (msg: string): number =>
  world.logged.filter(line => line.level === ERROR && line.msg.startsWith(msg)).length
const AWAY = 'the database is away: facts go to the spool'

/** This agent and nobody else becomes free. */
async function signIn(id: string): Promise<Softphone> {
  const phone = phones.get(id)!
  await world.dial(phone, '*1')
  await world.agentIs(id, 'ready')
  return phone
}

/** A caller for whom this agent's phone rings. */
async function ringing(from: string, id: string): Promise<{ caller: Dialog; incoming: IncomingCall }> {
  const ring = (await signIn(id)).nextInvite({ withinMs: 60_000 })
  const caller = await world.callIn(from)
  await caller.press('1')
  const incoming = await ring
  incoming.ring()
  return { caller, incoming }
}

async function waiting(from: string): Promise<Dialog> {
  const caller = await world.callIn(from)
  await caller.press('1')
  await phaseIs(from, 'queued')
  return caller
}

/** From now on this agent answers whoever comes through the lifeboat, and hangs up after so long. */
function answers(id: string, talkMs: number): void {
  phones.get(id)!.on('invite', async incoming => {
    incoming.ring()
    const dialog = await incoming.answer().catch(() => undefined)
    await dialog?.heard.tone(VOICES.caller, { forMs: 1_000, withinMs: talkMs }).catch(() => {})
    await pause(talkMs)
    if (dialog && !dialog.over) await dialog.hangUp()
  })
}

test('Postgres is killed for a minute during twenty calls', async () => {
  const number = (n: number): string => `1380000${String(n).padStart(4, '0')}`
  const talks = []
  for (let n = 1; n <= 6; n += 1) talks.push(await world.talk(number(n), await signIn(AGENTS[n - 1]!)))
  const [lasting, held, agentLeaves, callerLeaves, leavesLater] = talks as [Talk, Talk, Talk, Talk, Talk]
  await held.agent.hold()
  const rated = [await world.talk(number(7), await signIn('8027')), await world.talk(number(8), await signIn('8028'))]
  const soon = await ringing(number(9), '8029')
  const rung = []
  for (const [i, id] of ['8030', '8031', '8032'].entries()) rung.push(await ringing(number(10 + i), id))
  for (let n = 13; n <= 16; n += 1) await waiting(number(n))
  for (const { agent } of rated) await agent.hangUp()
  for (const n of [7, 8]) await phaseIs(number(n), 'surveying')
  for (const n of [17, 18]) await (await world.callIn(number(n))).heard.speech({ withinMs: 15_000 })
  const announced = world.fact('AgentAnswered')
  const connected = world.fact('Connected', { withinMs: 60_000 })
  const [before, aways] = [world.facts.length, times(AWAY)]
  const cancelled = rung.map(({ incoming }) => new Promise<void>(done => incoming.on('cancelled', () => done())))
  const talking = await soon.incoming.answer()
  await announced

  world.killPostgres()
  const diedAt = Date.now()
  const uninterrupted = bothHear(lasting.caller, lasting.agent, { forMs: 58_000, withinMs: 65_000 })
  await Promise.all(cancelled)
  for (const id of ['8028', '8030', '8031', '8032', '8023', '8024']) answers(id, 3_000)
  answers('8027', 200_000)
  await connected
  await bothHear(soon.caller, talking)
  for (const [i, { caller }] of rated.entries()) await caller.press(String(3 + i))
  await callerLeaves.caller.hangUp()
  const leftAt = Date.now()
  await agentLeaves.agent.hangUp()
  await agentLeaves.caller.heard.speech({ withinMs: 15_000 })
  await agentLeaves.caller.press('5')
  await world.callIn(number(19))
  await world.callIn(number(20))
  const handed = () => world.facts.slice(before).filter(({ fact }) => fact.kind === 'HandedToLifeboat').length
  await world.until('all who did not talk are handed to the lifeboat', () => handed() === 11, 30_000)
  await uninterrupted
  await pause(diedAt + 60_000 - Date.now())
  expect(times(AWAY) - aways).toBe(1)
  expect([lasting, held, leavesLater].map(({ caller, agent }) => caller.over || agent.over)).toEqual([
    false,
    false,
    false,
  ])

  await world.startPostgres()
  await vi.waitFor(() => expect(existsSync(join(world.config.folder, 'spool.jsonl'))).toBe(false), 30_000)
  const viaLifeboat = Array.from({ length: 11 }, (_, i) => number(10 + i))
  const isServed = (from: string): boolean =>
    world.facts.some(
      ({ call, fact }) => fact.kind === 'CallArrived' && fact.from === from && hasHappened(call, 'LifeboatConnected'),
    )
  await world.until('the lifeboat has served all of them', () => viaLifeboat.every(isServed), 90_000)
  await leavesLater.agent.hangUp()
  await leavesLater.caller.heard.speech({ withinMs: 15_000 })
  await world.hangUpAll()
  await world.quiet(60_000)

  const whole = { outcome: 'answered', recording_faults: [] }
  for (let n = 1; n <= 20; n += 1) expect(await recordOf(number(n)), number(n)).toMatchObject(whole)
  for (const from of viaLifeboat) expect(await recordOf(from)).toMatchObject({ via_lifeboat: true })
  expect(await recordOf(number(3))).toMatchObject({ rating: 5, ended_by: 'agent', agent_id: '8023' })
  expect(await recordOf(number(7))).toMatchObject({ rating: 3 })
  expect(await recordOf(number(8))).toMatchObject({ rating: 4 })
  const left = await recordOf(number(4))
  expect(left.ended_by).toBe('caller')
  expect(Math.abs(left.ended_at - leftAt)).toBeLessThan(500)
  expect(await world.knex('calls').count('* as n')).toEqual([{ n: 20 }])
}, 400_000)

type Talk = { caller: Dialog; agent: Dialog }
const hasHappened = (id: string, kind: string): boolean =>
  world.facts.some(({ call, fact }) => call === id && fact.kind === kind)

test('the service is killed while Postgres is away, and started while it still is', async () => {
  const lasting = await world.talk('13800001001', await signIn('8021'))
  const endsBefore = await world.talk('13800001002', await signIn('8022'))
  const endsBetween = await world.talk('13800001003', await signIn('8023'))
  const waits = await waiting('13800001004')
  const aways = times(AWAY)
  world.killPostgres()
  await world.until('it is noticed', () => times(AWAY) > aways, 30_000)
  await endsBefore.caller.hangUp()
  await world.until('its end is in the spool', () => callOf('13800001002') === undefined)
  answers('8022', 3_000)
  await waits.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await world.killService()
  await endsBetween.caller.hangUp()
  const leftAt = Date.now()
  await endsBetween.agent.hangUp()

  world.launchService()
  await world.until('it says what it waits for', () => times('the database is away: we begin') > 0, 60_000)
  answers('8023', 3_000)
  const arrives = await world.callIn('13800001005')
  await arrives.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await arrives.ended
  await bothHear(lasting.caller, lasting.agent, { forMs: 2_000 })
  expect(world.isServiceAlive).toBe(true)
  await world.startPostgres()
  await world.serviceReady()
  await bothHear(lasting.caller, lasting.agent, { forMs: 2_000 })
  expect(world.agents.get('8021')!.state).toBe('talking')
  await lasting.agent.hangUp()
  await lasting.caller.heard.speech({ withinMs: 15_000 })
  await lasting.caller.press('5')
  await world.hangUpAll()
  await world.quiet(60_000)

  const whole = { outcome: 'answered', recording_faults: [] }
  for (const n of [1, 2, 3, 4, 5]) expect(await recordOf(`1380000100${n}`), `${n}`).toMatchObject(whole)
  for (const n of [4, 5]) expect(await recordOf(`1380000100${n}`)).toMatchObject({ via_lifeboat: true })
  const left = await recordOf('13800001003')
  expect(Math.abs(left.ended_at - leftAt)).toBeLessThan(500)
}, 300_000)

test('the line to Postgres falls silent and its connections are forgotten: noticed, and found again', async () => {
  const { caller, agent } = await world.talk('13800002001', await signIn('8021'))
  const aways = times(AWAY)
  await postgres.cut('silently')
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 45_000 })
  await world.until('it is noticed', () => times(AWAY) > aways, 45_000)
  await caller.press('4')
  await caller.ended
  answers('8021', 3_000)
  const arrives = await world.callIn('13800002002')
  await arrives.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await arrives.ended
  await postgres.mend()
  await vi.waitFor(() => expect(existsSync(join(world.config.folder, 'spool.jsonl'))).toBe(false), 60_000)
  await world.quiet(60_000)
  expect(await recordOf('13800002001')).toMatchObject({ outcome: 'answered', rating: 4, recording_faults: [] })
  expect(await recordOf('13800002002')).toMatchObject({ outcome: 'answered', via_lifeboat: true, recording_faults: [] })
  phones.get('8021')!.removeAllListeners('invite')
  await world.dial(phones.get('8021')!, '*3')
  await world.talk('13800002003', phones.get('8021')!)
}, 300_000)

test('the link to Asterisk is lost and found while Postgres is away: talks are followed, callers are the lifeboat’s', async () => {
  const { caller, agent } = await world.talk('13800003001', await signIn('8021'))
  const aways = times(AWAY)
  world.killPostgres()
  await world.until('it is noticed', () => times(AWAY) > aways || caller.over, 5_000).catch(() => {})
  await ari.cut('loudly')
  await agent.hangUp()
  await ari.mend()
  await caller.heard.speech({ withinMs: 30_000 })
  await caller.press('2')
  await caller.ended
  answers('8021', 3_000)
  const arrives = await world.callIn('13800003002')
  await arrives.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await arrives.ended
  await world.startPostgres()
  await world.quiet(60_000)
  expect(await recordOf('13800003001')).toMatchObject({ outcome: 'answered', rating: 2, recording_faults: [] })
  expect(await recordOf('13800003002')).toMatchObject({ outcome: 'answered', via_lifeboat: true, recording_faults: [] })
}, 300_000)
