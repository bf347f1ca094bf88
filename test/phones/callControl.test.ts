import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { ask, hear, TONES } from './parties.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { World } from './world.ts'

/** Hold, consult, confer, transfer: who hears whom, whatever dies meanwhile. */

const BASE = 29_000
const TRUNK_PORT = BASE + 70

const folder = mkdtempSync(join(tmpdir(), 'hotline-control-'))
let world: World
let outside: Softphone
let first: Softphone
let second: Softphone

beforeAll(async () => {
  world = await World.open({ base: BASE, environment: { HOTLINE_TRUNK_ADDRESS: `127.0.0.1:${TRUNK_PORT}` } })
  outside = await world.phone({ user: 'outside', port: TRUNK_PORT, tone: { hz: TONES.outside } })
  await typed(world, folder, 'queue set sales wrap-up=0 survey=none')
  second = await world.signedIn('8002', { tone: { hz: TONES.second } })
  await world.dial(second, '*41')
  first = await world.signedIn('8001', { tone: { hz: TONES.agent } })
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

type Talk = { id: string; caller: Dialog; agent: Dialog }

async function talk(from: string): Promise<Talk> {
  const { caller, agent } = await world.talk(from, first)
  const { id } = await world.recordOf(from)
  return { id, caller, agent }
}

const act = async ({ id }: { id: string }, what: string, body?: object) => {
  const answer = await ask(world, 'POST', `/api/calls/${id}/${what}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

async function press(dialog: Dialog, keys: string): Promise<void> {
  for (const key of keys) await dialog.press(key)
}

/** The agent consults, and the other answers. */
async function consults(call: Talk, phone: Softphone, to: object): Promise<Dialog> {
  const ring = phone.nextInvite({ withinMs: 15_000 })
  await act(call, 'consultation-call', to)
  const incoming = await ring
  incoming.ring()
  return incoming.answer()
}

test('a caller on hold hears music and nobody, and is back with the agent', async () => {
  const call = await talk('13800138001')
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  expect(await act(call, 'hold-call')).toMatchObject({ callerHeld: true })
  await hear({ caller: [call.caller], agent: [call.agent] })
  await call.caller.heard.speech({ withinMs: 5_000 })
  expect(await act(call, 'hold-call')).toMatchObject({ callerHeld: true })
  expect(await act(call, 'retrieve-call')).toMatchObject({ callerHeld: false })
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
})

test('an agent consults a colleague, goes between the two, confers, and passes the caller on', async () => {
  const call = await talk('13800138002')
  const colleague = await consults(call, second, { agent: '8002' })
  const all = { caller: call.caller, agent: call.agent, colleague }
  await hear({ caller: [all.caller], agent: [all.agent, 'second'], colleague: [colleague, 'agent'] })
  await act(call, 'alternate-call')
  await hear({ caller: [all.caller, 'agent'], agent: [all.agent, 'caller'], colleague: [colleague] })
  await act(call, 'alternate-call')
  await hear({ caller: [all.caller], agent: [all.agent, 'second'], colleague: [colleague, 'agent'] })
  await act(call, 'conference-call')
  await hear({
    caller: [all.caller, 'agent', 'second'],
    agent: [all.agent, 'caller', 'second'],
    colleague: [colleague, 'agent', 'caller'],
  })
  await act(call, 'transfer-call')
  await all.agent.ended
  await hear({ caller: [all.caller, 'second'], colleague: [colleague, 'caller'] })
  await world.agentIs('8001', 'ready')
  await world.agentIs('8002', 'talking')
  await call.caller.hangUp()
  await world.agentIs('8002', 'paused')
})

test('a customer outside is consulted, and has the caller when the agent hangs up', async () => {
  const call = await talk('13800138003')
  const other = await consults(call, outside, { number: '13900139000' })
  await hear({ caller: [call.caller], agent: [call.agent, 'outside'], other: [other, 'agent'] })
  await call.agent.hangUp()
  await hear({ caller: [call.caller, 'outside'], other: [other, 'caller'] })
  await other.hangUp()
  await call.caller.ended
  await world.quiet()
  expect(await world.recordOf('13800138003')).toMatchObject({ outcome: 'answered', agent_id: '8001' })
})

test('a bare telephone does the same by keys; what cannot be is said to the agent alone, and its own transfer is refused', async () => {
  const call = await talk('13800138005')
  await expect(call.agent.transfer('8002')).rejects.toThrow('603')
  await press(call.agent, '*74')
  await call.agent.heard.speech({ withinMs: 5_000 })
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  await press(call.agent, '*70')
  await hear({ caller: [call.caller], agent: [call.agent] })
  await press(call.agent, '*70')
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  const ring = second.nextInvite({ withinMs: 15_000 })
  await press(call.agent, '*718002#')
  const colleague = await (await ring).answer()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await press(call.agent, '*74')
  await hear({ caller: [call.caller, 'second'], colleague: [colleague, 'caller'] })
})

test('a room of thirty: all hear the agent, one is muted, one leaves, and each is let go with the talk', async () => {
  const call = await talk('13800138007')
  const guests: Dialog[] = []
  for (let n = 0; n < 28; n++) {
    const ring = outside.nextInvite({ withinMs: 15_000 })
    await act(call, 'parties', { number: `139001390${String(n).padStart(2, '0')}` })
    guests.push(await (await ring).answer())
  }
  await Promise.all(guests.map(guest => guest.heard.tone(TONES.agent, { withinMs: 15_000 })))
  const { body } = await ask(world, 'GET', `/api/calls/${call.id}/talk`)
  const parties = body.parties as { id: string; state: string }[]
  expect(parties.map(({ state }) => state)).toEqual(guests.map(() => 'talking'))
  await act(call, 'generate-digits', { digits: '5' })
  const muted = await ask(world, 'PATCH', `/api/calls/${call.id}/parties/${parties[0]!.id}`, { muted: true })
  expect(muted.status).toBe(200)
  const kicked = await ask(world, 'DELETE', `/api/calls/${call.id}/parties/${parties[1]!.id}`)
  expect(kicked.status).toBe(200)
  await guests[1]!.ended
  await call.caller.hangUp()
  await Promise.all(guests.map(guest => guest.ended))
})

test('a caller is sent on at once: to an agent, to a line, and outside', async () => {
  await world.dial(second, '*3')
  const call = await talk('13800138006')
  const ring = second.nextInvite({ withinMs: 15_000 })
  await act(call, 'single-step-transfer', { agent: '8002' })
  const after = await (await ring).answer()
  await hear({ caller: [call.caller, 'second'], after: [after, 'caller'] })
  const back = first.nextInvite({ withinMs: 15_000 })
  await world.dial(second, '*41')
  await act(call, 'single-step-transfer', { queue: 'sales' })
  const again = await (await back).answer()
  await hear({ caller: [call.caller, 'agent'], again: [again, 'caller'] })
  const rings = outside.nextInvite({ withinMs: 15_000 })
  await press(again, '*7513900139000#')
  const other = await (await rings).answer()
  await hear({ caller: [call.caller, 'outside'], other: [other, 'caller'] })
})

test('a service that dies while an agent consults leaves everybody with whom they were, and knows it again', async () => {
  const call = await talk('13800138004')
  const colleague = await consults(call, second, { agent: '8002' })
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await world.killService()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await world.startService()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await act(call, 'transfer-call')
  await hear({ caller: [call.caller, 'second'], colleague: [colleague, 'caller'] })
})
