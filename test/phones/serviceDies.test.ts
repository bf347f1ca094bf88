import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { Listener } from '../http/listener.ts'
import { ringLong } from './ringLong.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { VOICES, World } from './world.ts'

/** `kill -9` of the service in every phase of a call: people go on, and so does the call when the service is back. */

let world: World
let agentPhone: Softphone

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  await ringLong(world)
  agentPhone = await world.signedIn('8001')
})
afterAll(() => world?.close())
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
  if (world.agents.get('8001')!.state === 'paused') await world.dial(agentPhone, '*3')
  await world.agentIs('8001', 'ready')
})

/** Kills the service once all is written that it has told us: what is not remembered would be found out anew. */
async function kill(): Promise<void> {
  await vi.waitFor(async () => {
    for (const { id, seq } of world.calls.values()) {
      expect(await world.knex('calls').where({ id }).first('seq')).toEqual({ seq })
    }
    for (const { id, version } of world.agents.values()) {
      expect(await world.knex('agents').where({ id }).first('version')).toEqual({ version })
    }
  }, 5_000)
  await world.killService()
}

const dieAndComeBack = async (): Promise<void> => {
  await kill()
  await world.startService()
}

/** The caller gets through to the agent: both hear each other. */
async function connect(caller: Dialog, ring = agentPhone.nextInvite({ withinMs: 30_000 })): Promise<Dialog> {
  const agent = await (await ring).answer()
  await Promise.all([hear(caller, VOICES.agent), hear(agent, VOICES.caller)])
  return agent
}

const hear = (dialog: Dialog, hz: number): Promise<void> => dialog.heard.tone(hz, { withinMs: 15_000 })

const listen = (lastId?: string): Promise<Listener> =>
  Listener.open(world.config.ports.http, { key: world.surroundings.apiKey, lastId })

const lastCall = () => world.knex('calls').orderBy('arrived_at', 'desc').first()

test('in the greeting: the caller can still choose', async () => {
  const caller = await world.callIn()
  await caller.heard.speech()
  await dieAndComeBack()
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  await caller.press('1')
  await connect(caller, ring)
})

test('in the menu, its prompt over: the caller is asked again', async () => {
  const caller = await world.callIn()
  await world.until(
    'the menu’s prompt is over',
    () => [...world.calls.values()].some(call => call.waits.key !== undefined),
    30_000,
  )
  await dieAndComeBack()
  await caller.heard.speech({ withinMs: 15_000 })
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  await caller.press('1')
  await connect(caller, ring)
})

test('in the line: both callers keep their place and the time they have waited', async () => {
  await world.dial(agentPhone, '*41')
  await world.agentIs('8001', 'paused')
  const first = await world.callIn('13800000001')
  await first.press('1')
  await world.fact('Queued', { since: 0 })
  const second = await world.callIn('13800000002')
  await second.press('1')
  await world.until('two wait', () => [...world.calls.values()].filter(call => call.phase === 'queued').length === 2)
  const since = new Map([...world.calls.values()].map(call => [call.from, call.queuedAt]))
  await dieAndComeBack()
  expect(world.agents.get('8001')).toMatchObject({ state: 'paused', reason: 'rest' })
  expect(new Map([...world.calls.values()].map(call => [call.from, call.queuedAt]))).toEqual(since)

  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  await world.dial(agentPhone, '*3')
  const incoming = await ring
  expect(incoming.from).toContain('13800000001')
  await connect(first, Promise.resolve(incoming))
})

test('while the phone rings: it is answered after the restart, and the two talk', async () => {
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const incoming = await ring
  incoming.ring()
  await world.fact('AgentRang', { since: 0 })
  await dieAndComeBack()
  await connect(caller, Promise.resolve(incoming))
})

test('while the phone rings, and it is answered in the meantime: the two talk after the restart', async () => {
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const incoming = await ring
  await kill()
  const answered = await incoming.answer()
  const again = agentPhone.nextInvite({ withinMs: 90_000 })
  await world.startService()
  // Asterisk had nobody to hand the phone to, and has hung it up; where it did not yet know that, it has kept it for us.
  if (!answered.over) again.catch(() => 'it does not ring again')
  const agent = answered.over ? await (await again).answer() : answered
  await Promise.all([hear(caller, VOICES.agent), hear(agent, VOICES.caller)])
})

test('while the phone rings, and it is answered before Asterisk knows of the death: the two talk after the restart', async () => {
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const incoming = await ring
  world.signalService('SIGSTOP')
  const agent = await incoming.answer()
  await world.killService()
  await world.startService()
  await Promise.all([hear(caller, VOICES.agent), hear(agent, VOICES.caller)])
})

test('while the phone rings, and the caller gives up in the meantime: the phone is not left ringing', async () => {
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const incoming = await ring
  incoming.ring()
  const cancelled = new Promise<void>(done => incoming.on('cancelled', () => done()))
  await kill()
  await caller.hangUp()
  await world.startService()
  await cancelled
  await world.quiet()
  expect(await lastCall()).toMatchObject({ outcome: 'abandoned-ringing' })
})

test('in the talk: the two never notice, and the survey follows when the agent hangs up', async () => {
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const agent = await connect(caller, ring)
  const uninterrupted = Promise.all([
    caller.heard.tone(VOICES.agent, { forMs: 4_000, withinMs: 5_000 }),
    agent.heard.tone(VOICES.caller, { forMs: 4_000, withinMs: 5_000 }),
  ])
  await dieAndComeBack()
  await uninterrupted
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.press('4')
  await caller.ended
  await world.quiet()
  expect(await lastCall()).toMatchObject({ outcome: 'answered', rating: 4, recording_faults: [] })
})

test('in the talk, which ends in the meantime: the call has its true end, and its whole recording', async () => {
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const agent = await connect(caller, ring)
  await caller.heard.tone(VOICES.agent, { forMs: 1_000 })
  await kill()
  const hungUpAt = Date.now()
  await Promise.all([caller.hangUp(), agent.hangUp()])
  await caller.ended
  await world.startService()
  await world.quiet()
  const call = await lastCall()
  expect(call).toMatchObject({ outcome: 'answered', recording_faults: [] })
  expect(Math.abs(call.ended_at - hungUpAt)).toBeLessThan(500)
})

test('in the survey: the rating still counts, and who listens hears of it all, in order and once', async () => {
  const before = await listen()
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const agent = await connect(caller, ring)
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  await dieAndComeBack()
  const after = await listen(before.lastId)
  await caller.press('5')
  await caller.ended
  await world.quiet()
  const call = await lastCall()
  expect(call).toMatchObject({ outcome: 'answered', rating: 5 })
  const written = await world
    .knex('events')
    .where('id', '>', before.heard[0]!.id - 1)
    .orderBy('id')
  await after.hears(written.at(-1).id)
  const heard = [...before.heard, ...after.heard]
  expect(heard.map(({ id }) => id)).toEqual(written.map(({ id }) => id))
  const ofCall = heard.filter(event => (event.call as { id: string } | null)?.id === call.id).map(({ type }) => type)
  // That they have called before is told whenever the database has looked.
  expect(ofCall.filter(type => type !== 'call.recognised')).toEqual([
    ...['call.arrived', 'call.in-flow', 'call.queued', 'call.offered', 'call.answered', 'call.connected'],
    ...['call.agent-left', 'survey.offered', 'survey.answered', 'call.ended', 'recording.filed'],
  ])
  after.close()
})

test('while an agent wraps up: the wrap-up ends at its time', async () => {
  const ring = agentPhone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.press('1')
  const agent = await connect(caller, ring)
  await agent.hangUp()
  await world.agentIs('8001', 'wrapping-up')
  const { wakeAt } = world.agents.get('8001')!
  await dieAndComeBack()
  await world.agentIs('8001', 'ready')
  expect(Math.abs(world.agents.get('8001')!.since - wakeAt!)).toBeLessThan(500)
})
