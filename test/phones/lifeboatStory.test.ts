import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { VOICES, World } from './world.ts'

let world: World
let talks: Dialog[] = []

beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world?.close())
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})

function answering(phone: Softphone): void {
  phone.on('invite', async incoming => {
    incoming.ring()
    talks.push(await incoming.answer())
  })
}

async function putThrough(user: string): Promise<Dialog> {
  talks = []
  const caller = await world.callIn(user)
  await caller.heard.speech({ withinMs: 3_000 })
  await caller.heard.tone(VOICES.agent, { withinMs: 20_000 })
  return caller
}

async function inTheBooks(user: string) {
  return world.knex('calls').where({ caller: user }).first()
}

const periods = (agent: string) => world.knex('agent_states').where({ agent_id: agent }).orderBy('id')

test('killed: a caller is put through to who was ready, recorded, and in the books when the service is back', async () => {
  answering(await world.signedIn('8001'))
  const paused = await world.signedIn('8002')
  await world.dial(paused, '*41')
  await world.agentIs('8002', 'paused')
  await pause(300)
  await world.killService()

  const caller = await putThrough('13900000001')
  await pause(2_000)
  await talks[0]!.hangUp()
  await caller.ended
  await world.startService()
  await world.quiet()

  const call = await inTheBooks('13900000001')
  expect(call).toMatchObject({
    outcome: 'answered',
    agent_id: '8001',
    via_lifeboat: true,
    queue: 'lifeboat',
    ended_by: 'agent',
  })
  expect(call.recording_faults).toEqual([])
  const states = (await periods('8001')).map(({ state }) => state)
  expect(states.slice(-3)).toEqual(['ready', 'talking', 'ready'])
  await world.agentIs('8001', 'ready')
})

test('a talk that goes on is shown while it does, and filed when it ends', async () => {
  await world.killService()
  const caller = await putThrough('13900000002')
  await world.startService()
  await world.agentIs('8001', 'talking')
  await pause(22_000) // two looks of the audit
  expect(caller.over).toBe(false)
  await caller.hangUp()
  await world.agentIs('8001', 'ready', 3_000)
  await world.quiet()
  expect(await inTheBooks('13900000002')).toMatchObject({
    outcome: 'answered',
    ended_by: 'caller',
    recording_faults: [],
  })
})

test('read once only: another start changes nothing', async () => {
  const before = await world.knex('facts').count()
  await world.killService()
  await world.startService()
  expect(await world.knex('facts').count()).toEqual(before)
})

test('database killed: a caller in the menu is put through all the same, and all is in the books afterwards', async () => {
  talks = []
  const caller = await world.callIn('13900000003')
  await caller.heard.speech({ withinMs: 3_000 })
  world.killPostgres()
  await caller.heard.tone(VOICES.agent, { withinMs: 40_000 })
  await world.agentIs('8001', 'talking', 5_000)
  const newcomer = await world.callIn('13900000004')
  await newcomer.heard.speech({ withinMs: 3_000 })
  await newcomer.hangUp()
  await talks[0]!.hangUp()
  await caller.ended
  await world.startPostgres()
  await world.quiet()
  expect(await inTheBooks('13900000003')).toMatchObject({
    outcome: 'answered',
    agent_id: '8001',
    ended_by: 'agent',
    recording_faults: [],
  })
  expect(await inTheBooks('13900000004')).toMatchObject({ outcome: 'abandoned-in-queue', via_lifeboat: true })
  await world.agentIs('8001', 'ready')
  const states = await periods('8001')
  for (const [i, state] of states.entries()) if (i > 0) expect(state.started_at).toEqual(states[i - 1].ended_at)
})
