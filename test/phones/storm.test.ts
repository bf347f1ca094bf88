import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ledger } from '../../src/report/commands.ts'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { NotHeard, PhoneMisused, SipFailure } from '../../src/softphone/failure.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { random } from '../random.ts'
import { World } from './world.ts'

/** Two hundred callers who hang up at any moment, and agents who miss, reject, and hang up: nothing is left behind. */

const CALLS = 200
const AT_ONCE = 24
const AGENTS = Array.from({ length: 10 }, (_, i) => String(8101 + i))

const seed = Number(process.env.HOTLINE_SEED ?? Date.now() % 1e9)
const { next: chance } = random(seed)

let world: World

beforeAll(async () => {
  world = await World.open()
  await world.killService()
  await world.knex('queues').update({ wrap_up_ms: 300, ring_ms: 3_000, announce_every_ms: 10_000 })
  await world.knex('agents').insert(AGENTS.map(id => ({ id, name: id, sip_password: `secret-${id}` })))
  const skills = AGENTS.flatMap(id => ['sales', 'support'].map(skill => ({ agent_id: id, skill, level: 5 })))
  await world.knex('agent_skills').insert(skills)
  await world.startService()
})
afterAll(() => world?.close())

test(`${CALLS} calls with people who leave at any moment leave nothing behind (seed ${seed})`, async () => {
  for (const id of AGENTS) await workAs(id)
  const before = await world.resources()
  const calling = new Set<Promise<void>>()
  for (let n = 0; n < CALLS; n += 1) {
    const call = phoneIn(n).finally(() => calling.delete(call))
    calling.add(call)
    if (calling.size >= AT_ONCE) await Promise.race(calling)
  }
  await Promise.all(calling)
  await world.quiet(60_000)

  const outcomes: { outcome: string; count: number }[] = await world
    .knex('calls')
    .select('outcome')
    .count('* as count')
    .groupBy('outcome')
  expect(outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(CALLS)
  expect(outcomes.map(({ outcome }) => outcome)).not.toContain('failed')
  const { text, balances } = await ledger(world.knex, { zone: 'UTC', now: Date.now() })
  expect(balances, text).toBe(true)

  for (const id of AGENTS) {
    await world.until(`agent ${id} is free`, () => ['ready', 'paused'].includes(world.agents.get(id)!.state))
    expect(world.agents.get(id)!.call).toBeNull()
  }
  expect(await world.knex('legs').whereNull('ended_at')).toEqual([])
  expect(await world.knex('agent_states').whereNull('ended_at').whereIn('state', ['ringing', 'talking'])).toEqual([])
  expect(await world.leftInAsterisk()).toEqual([])
  const { channel_ids, bridge_ids } = await world.ari<{ channel_ids: string[]; bridge_ids: string[] }>(
    'applications/hotline',
  )
  expect([...channel_ids, ...bridge_ids]).toEqual([])
  // A connection to the database that nobody needs any more is let go after half a minute.
  await vi.waitFor(async () => expect(await world.resources()).toEqual(before), 60_000)
}, 600_000)

// ── Agents ──

async function workAs(id: string): Promise<void> {
  const phone = await world.signedIn(id)
  phone.on('invite', incoming => void rung(phone, incoming))
}

async function rung(phone: Softphone, incoming: IncomingCall): Promise<void> {
  try {
    const mood = chance()
    await pause(chance() * 300)
    if (mood >= 0.1) incoming.ring()
    await pause(chance() * 700)
    if (mood < 0.2) incoming.reject(mood < 0.1 ? 486 : 603)
    else if (mood < 0.25) await given(incoming)
    else await talk(await incoming.answer(), mood)
  } catch (thrown) {
    if (!isParting(thrown)) throw thrown
  }
  // A missed call pauses the agent; they say that they are there.
  await pause(200)
  if (world.agents.get(phone.user)!.state === 'paused') await world.dial(phone, '*3').catch(unlessParting)
}

/** Lets it ring until the other side gives up. */
const given = (incoming: IncomingCall): Promise<void> => new Promise(done => incoming.on('cancelled', () => done()))

async function talk(dialog: Dialog, mood: number): Promise<void> {
  await pause(mood < 0.3 ? 100 : 2_000 + chance() * 3_000)
  if (!dialog.over) await dialog.hangUp()
}

// ── Callers ──

/** When a caller leaves: soon after this is told of their call. */
const LEAVES_AT = [
  'CallAnswered',
  'PromptFinished',
  'Queued',
  'AgentOffered',
  'AgentRang',
  'AgentAnswered',
  'Connected',
  'SurveyOffered',
  'CallEnded',
] as const

async function phoneIn(n: number): Promise<void> {
  const from = `139${String(n).padStart(8, '0')}`
  const leavesAt = LEAVES_AT[Math.floor(chance() * LEAVES_AT.length)]!
  const phone = await world.caller(from)
  try {
    const dialog = await phone.invite('4008001000').answered
    const leaving = world
      .until(`${leavesAt} of ${from}`, () => hasHappened(from, leavesAt), 60_000)
      .then(() => pause(chance() * 500))
      .then(() => (dialog.over ? undefined : dialog.hangUp()))
    await pause(chance() * 2_000)
    if (leavesAt !== 'PromptFinished' && !dialog.over) await dialog.press(chance() < 0.5 ? '1' : '2')
    if (leavesAt === 'CallEnded') {
      await world.until(`survey of ${from}`, () => hasHappened(from, 'SurveyOffered'), 60_000)
      await dialog.press('5')
    }
    await Promise.all([leaving, dialog.ended])
  } catch (thrown) {
    unlessParting(thrown)
  } finally {
    await phone.close()
  }
}

function hasHappened(from: string, kind: string): boolean {
  const arrived = world.facts.find(({ fact }) => fact.kind === 'CallArrived' && fact.from === from)
  return arrived !== undefined && world.facts.some(({ call, fact }) => call === arrived.call && fact.kind === kind)
}

// ── Both ──

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

/** Someone hung up, gave up or was rejected a moment before: that is what this test is about. */
const isParting = (thrown: unknown): boolean =>
  [SipFailure, NotHeard, PhoneMisused].some(kind => thrown instanceof kind)
function unlessParting(thrown: unknown): void {
  if (!isParting(thrown)) throw thrown
}
