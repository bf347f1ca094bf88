import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { FactKind } from '../../src/call/facts.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { settled } from './settled.ts'
import { expectWhole } from './tape.ts'
import { answered, type Rung, type Talk, Team } from './team.ts'
import { bothHear, ERROR, VOICES, World } from './world.ts'

/** Postgres is stopped in the middle of calls: no talk ends by it, callers are served by the lifeboat, nothing is lost. */

const AGENTS = Array.from({ length: 12 }, (_, i) => String(8021 + i))
/** Longer than any of these tests, so that nobody becomes free unasked. */
const LONG_MS = 150_000

let world: World
let team: Team

beforeAll(async () => {
  world = await World.open({ wired: true })
  await world.killService()
  await world.knex('queues').update({ ring_ms: LONG_MS, wrap_up_ms: LONG_MS })
  team = await Team.hire(world, AGENTS)
  await world.startService()
  await team.arrive()
})
afterAll(() => world?.close())
afterEach(async () => {
  await world.wires.mend()
  await settled(world)
  await team.goHome()
  expect(existsSync(join(world.config.folder, 'spool.jsonl'))).toBe(false)
  expect(existsSync(join(world.config.folder, 'spool.jsonl.refused'))).toBe(false)
  expect(await world.knex('legs').whereNull('ended_at')).toEqual([])
})

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))
const byLifeboat = { via_lifeboat: true }
const phaseIs = (from: string, phase: string): Promise<void> =>
  world.until(`${from} is ${phase}`, () => world.callOf(from)?.phase === phase, 60_000)
const times = (msg: string): number =>
  world.logged.filter(line => line.level === ERROR && line.msg.startsWith(msg)).length
const AWAY = 'the database is away: facts go to the spool'

/** The service has learned of a caller whom the lifeboat took in. */
const arrived = (from: string): Promise<void> =>
  world.until(
    `${from} is known`,
    () => world.facts.some(({ fact }) => fact.kind === 'CallArrived' && fact.from === from),
    60_000,
  )

/** What is filed of a call that was answered and recorded to the end. */
async function filed(from: string) {
  const record = await world.recordOf(from)
  expectWhole(record)
  return record
}

/** Every fact that the service has told (since `since`, a count of facts) is in the database, in its place, once. */
async function allIsFiled(since = 0): Promise<void> {
  const told = world.facts.slice(since)
  const calls = [...new Set(told.map(({ call }) => call))]
  for (const call of calls) {
    const rows: { kind: string }[] = await world.knex('facts').where({ call_id: call }).orderBy('seq').select('kind')
    expect(rows.map(row => row.kind)).toEqual(told.filter(one => one.call === call).map(({ fact }) => fact.kind))
  }
}

/** These agents become free, and as many callers come: for each caller one of the phones rings. */
async function ringing(callers: string[], ids: string[]): Promise<Rung[]> {
  await Promise.all(ids.map(id => team.signIn(id)))
  return Promise.all(callers.map(from => team.ringing(from)))
}

async function waiting(from: string): Promise<Dialog> {
  const caller = await world.callIn(from)
  await caller.press('1')
  await phaseIs(from, 'queued')
  return caller
}

/** From now on this agent answers whoever comes through the lifeboat, and hangs up after so long. */
function answers(id: string, talkMs: number): void {
  team.phone(id).on('invite', async incoming => {
    incoming.ring()
    const dialog = await incoming.answer().catch(() => undefined)
    await dialog?.heard.tone(VOICES.caller, { forMs: 1_000, withinMs: talkMs }).catch(() => {})
    await pause(talkMs)
    if (dialog && !dialog.over) await dialog.hangUp()
  })
}

test('Postgres is killed for a minute during twenty calls', async () => {
  const number = (n: number): string => `1380000${String(n).padStart(4, '0')}`
  const numbers = (first: number, last: number): string[] =>
    Array.from({ length: last - first + 1 }, (_, i) => number(first + i))
  const first = await ringing(numbers(1, 12), AGENTS)
  const talks = await Promise.all(first.slice(0, 8).map(answered))
  const [lasting, held, agentLeaves, callerLeaves, leavesLater, also] = talks as [Talk, Talk, Talk, Talk, Talk, Talk]
  const rated = talks.slice(6)
  const [soon, ...rung] = first.slice(8) as [Rung, ...Rung[]]
  await held.agent.hold()
  await Promise.all(numbers(13, 16).map(waiting))
  for (const { agent } of rated) await agent.hangUp()
  for (const n of [7, 8]) await phaseIs(number(n), 'surveying')
  for (const n of [17, 18]) await (await world.callIn(number(n))).heard.speech({ withinMs: 15_000 })
  const announced = world.fact('AgentAnswered')
  const connected = world.fact('Connected', { withinMs: 60_000 })
  const [before, aways] = [world.facts.length, times(AWAY)]
  const cancelled = rung.map(({ incoming }) => new Promise<void>(done => incoming.on('cancelled', () => done())))
  const talking = await soon.incoming.answer()
  await announced
  const uninterrupted = bothHear(lasting.caller, lasting.agent, { forMs: 60_000, withinMs: 65_000 })

  world.killPostgres()
  const aMinute = pause(60_000)
  await Promise.all(cancelled)
  for (const { id } of [...rung, agentLeaves, callerLeaves, rated[0]!]) answers(id, 3_000)
  answers(rated[1]!.id, 200_000)
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
  const happened = (kind: FactKind) => world.facts.slice(before).filter(({ fact }) => fact.kind === kind).length
  await world.until('all who did not talk are handed to it', () => happened('HandedToLifeboat') === 11, 30_000)
  await uninterrupted
  await aMinute
  expect(times(AWAY) - aways).toBe(1)

  await world.startPostgres()
  await vi.waitFor(() => expect(existsSync(join(world.config.folder, 'spool.jsonl'))).toBe(false), 30_000)
  await world.until('the lifeboat has served all of them', () => happened('LifeboatConnected') === 11, 90_000)
  await bothHear(lasting.caller, lasting.agent)
  await bothHear(also.caller, also.agent)
  await leavesLater.agent.hangUp()
  await leavesLater.caller.heard.speech({ withinMs: 15_000 })
  await world.hangUpAll()
  await world.quiet(60_000)

  for (const from of numbers(1, 9)) await filed(from)
  for (const from of numbers(10, 20)) expect(await filed(from)).toMatchObject(byLifeboat)
  expect(await world.recordOf(number(3))).toMatchObject({ rating: 5, ended_by: 'agent', agent_id: agentLeaves.id })
  expect(await world.recordOf(number(7))).toMatchObject({ rating: 3 })
  expect(await world.recordOf(number(8))).toMatchObject({ rating: 4 })
  const left = await world.recordOf(number(4))
  expect(left.ended_by).toBe('caller')
  expect(Math.abs(left.ended_at - leftAt)).toBeLessThan(500)
  expect(await world.knex('calls').count('* as n')).toEqual([{ n: 20 }])
  await allIsFiled()
}, 400_000)

test('the service is killed while Postgres is away, and started while it still is', async () => {
  const three = await ringing(['13800001001', '13800001002', '13800001003'], AGENTS.slice(0, 3))
  const [lasting, endsBefore, endsBetween] = (await Promise.all(three.map(answered))) as [Talk, Talk, Talk]
  const waits = await waiting('13800001004')
  const aways = times(AWAY)
  world.killPostgres()
  await world.until('it is noticed', () => times(AWAY) > aways, 30_000)
  await endsBefore.caller.hangUp()
  await world.until('its end is in the spool', () => world.callOf('13800001002') === undefined)
  answers(endsBefore.id, 3_000)
  await waits.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await world.killService()
  await endsBetween.caller.hangUp()
  const leftAt = Date.now()
  await endsBetween.agent.hangUp()

  world.launchService()
  await world.until('it says what it waits for', () => times('the database is away: we begin') > 0, 60_000)
  answers(endsBetween.id, 3_000)
  const arrives = await world.callIn('13800001005')
  await arrives.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await arrives.ended
  await bothHear(lasting.caller, lasting.agent, { forMs: 2_000 })
  expect(world.isServiceAlive).toBe(true)
  await world.startPostgres()
  await world.serviceReady()
  await bothHear(lasting.caller, lasting.agent, { forMs: 2_000 })
  expect(world.agents.get(lasting.id)!.state).toBe('talking')
  await lasting.agent.hangUp()
  await lasting.caller.heard.speech({ withinMs: 15_000 })
  await lasting.caller.press('5')
  await world.hangUpAll()
  await world.quiet(60_000)

  for (const n of [1, 2, 3]) await filed(`1380000100${n}`)
  for (const n of [4, 5]) expect(await filed(`1380000100${n}`)).toMatchObject(byLifeboat)
  const left = await world.recordOf('13800001003')
  expect(Math.abs(left.ended_at - leftAt)).toBeLessThan(500)
}, 300_000)

test('the line to Postgres falls silent and its connections are forgotten: noticed, and found again', async () => {
  const before = world.facts.length
  const { caller, agent } = await world.talk('13800002001', await team.signIn('8021'))
  const aways = times(AWAY)
  await world.wires.postgres.cut('silently')
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 45_000 })
  await world.until('it is noticed', () => times(AWAY) > aways, 45_000)
  await caller.press('4')
  await caller.ended
  answers('8021', 3_000)
  const arrives = await world.callIn('13800002002')
  await arrives.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await arrives.ended
  await world.wires.postgres.mend()
  await vi.waitFor(() => expect(existsSync(join(world.config.folder, 'spool.jsonl'))).toBe(false), 60_000)
  await world.quiet(60_000)
  expect(await filed('13800002001')).toMatchObject({ rating: 4 })
  expect(await filed('13800002002')).toMatchObject(byLifeboat)
  await allIsFiled(before)
  team.phone('8021').removeAllListeners('invite')
  await world.dial(team.phone('8021'), '*3')
  await world.talk('13800002003', team.phone('8021'))
}, 300_000)

test('the link to Asterisk is lost and found while Postgres is away: talks are followed, callers are the lifeboat’s', async () => {
  const before = world.facts.length
  const { caller, agent } = await world.talk('13800003001', await team.signIn('8021'))
  world.killPostgres()
  await world.wires.ari.cut('loudly')
  await agent.hangUp()
  answers('8021', 3_000)
  const unseen = await world.callIn('13800003002')
  await unseen.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await world.wires.ari.mend()
  await caller.heard.speech({ withinMs: 30_000 })
  await caller.press('2')
  await caller.ended
  await unseen.ended
  const seen = await world.callIn('13800003003')
  await seen.heard.tone(VOICES.agent, { withinMs: 60_000 })
  await world.wires.ari.cut('loudly')
  await seen.ended
  await world.wires.ari.mend()
  await phaseIs('13800003003', 'ended')
  await world.startPostgres()
  await arrived('13800003002')
  await world.quiet(60_000)
  expect(await filed('13800003001')).toMatchObject({ rating: 2 })
  for (const n of [2, 3]) expect(await filed(`1380000300${n}`)).toMatchObject(byLifeboat)
  await allIsFiled(before)
}, 300_000)
