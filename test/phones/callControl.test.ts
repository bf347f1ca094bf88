import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { agentsReport } from '../../src/report/agents.ts'
import { callReport } from '../../src/report/call.ts'
import { queuesReport } from '../../src/report/queues.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { TRUNK_PORT } from '../ports.ts'
import { ask, hear, TONES } from './parties.ts'
import { settled } from './settled.ts'
import { channelsOf, expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { World } from './world.ts'

/** Hold, consult, confer, transfer: who hears whom, whatever dies meanwhile. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-control-'))
let world: World
let outside: Softphone
let first: Softphone
let second: Softphone

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_TRUNK_ADDRESS: `127.0.0.1:${TRUNK_PORT}` } })
  outside = await world.phone({ user: 'outside', port: TRUNK_PORT, tone: { hz: TONES.outside } })
  for (const queue of ['sales', 'support']) await typed(world, folder, `queue set ${queue} wrap-up=0 survey=none`)
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
  // Thirty voices at once are louder than any of them.
  await vi.waitFor(() => expect(guests.filter(guest => guest.heard.level(TONES.agent) < -40)).toEqual([]), 15_000)
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

test('while the number of a card is said nothing of it is on tape, of neither side, and then all is again', async () => {
  const call = await talk('13800138016')
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  const { body } = await ask(world, 'POST', `/api/calls/${call.id}/recording/pause`, {
    reason: 'card number',
    seconds: 601,
  })
  expect(body.detail).toContain('seconds must be from 1 to 600')
  expect(await act(call, 'recording/pause', { reason: 'card number' })).toMatchObject({ recordingPaused: true })
  await pause(3_000)
  expect(await act(call, 'recording/resume')).toMatchObject({ recordingPaused: false })
  await pause(2_000)
  await call.caller.hangUp()
  await world.quiet()
  const { story } = await callReport(world.knex, call.id)
  const at = (kind: string): number => story.find(line => line.kind === kind)!.at
  const record = await world.recordOf('13800138016')
  expect(record.recording_faults).toEqual([])
  const tape = await channelsOf(join(world.config.recordingsFolder, record.recording_file))
  const from = at('RecordingPaused') - record.answered_at.getTime()
  const to = at('RecordingResumed') - record.answered_at.getTime()
  for (const side of [tape.left, tape.right]) {
    expect(side.loudness(from + 500, to - from - 1_000)).toBeLessThan(-70)
    expect(side.loudness(to + 500, 1_000)).toBeGreaterThan(-40)
  }
})

test('a call through four agents, two lines and somebody outside has true legs, whole recordings, and figures of each', async () => {
  const third = await world.signedIn('8003', { tone: { hz: TONES.third } })
  const fourth = await world.signedIn('8004', { tone: { hz: TONES.supervisor } })
  const call = await talk('13800138015')
  const { caller } = call
  const colleague = await consults(call, second, { agent: '8002' })
  await hear({ caller: [caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await act(call, 'transfer-call')
  await hear({ caller: [caller, 'second'], colleague: [colleague, 'caller'] })
  const other = await consults(call, outside, { number: '13900139000' })
  await hear({ caller: [caller], other: [other, 'second'] })
  await act(call, 'conference-call')
  await hear({ caller: [caller, 'second', 'outside'], other: [other, 'caller', 'second'] })
  await other.hangUp()
  const inSupport = third.nextInvite({ withinMs: 60_000 })
  await act(call, 'single-step-transfer', { queue: 'support' })
  await colleague.ended
  const served = await (await inSupport).answer()
  await hear({ caller: [caller, 'third'], served: [served, 'caller'] })
  const passedOn = fourth.nextInvite({ withinMs: 60_000 })
  await act(call, 'single-step-transfer', { agent: '8004' })
  await served.ended
  const last = await (await passedOn).answer()
  await hear({ caller: [caller, 'supervisor'], last: [last, 'caller'] })
  await caller.hangUp()
  await world.quiet()
  for (const phone of [third, fourth]) await world.dial(phone, '*2')

  const record = await world.recordOf('13800138015')
  expect(record).toMatchObject({ outcome: 'answered', agent_id: '8004', queue: 'support', recording_faults: [] })
  const { legs } = await callReport(world.knex, call.id)
  expect(legs.map(({ agent, role, result }) => [agent, role, result])).toEqual([
    ['8001', 'serves', 'answered'],
    ['8002', 'serves', 'answered'],
    [null, 'conferee', 'answered'],
    ['8003', 'serves', 'answered'],
    ['8004', 'serves', 'answered'],
  ])
  expect(legs.map(leg => leg.recording?.faults)).toEqual([undefined, [], [], undefined, undefined])
  for (const { id } of legs.filter(leg => leg.recording)) {
    const path = `/api/calls/${call.id}/legs/${id}/recording`
    const { status } = await fetch(`http://127.0.0.1:${world.config.ports.http}${path}`, {
      headers: { 'x-api-key': world.surroundings.apiKey },
    })
    expect(status, id).toBe(200)
  }
  const interval = { from: record.arrived_at.getTime(), to: Date.now() + 1 }
  const { agents } = await agentsReport(world.knex, interval, Date.now())
  const figures = agents.map(row => [row.agent, row.handled, row.consulted, row.attendedTransfers, row.blindTransfers])
  expect(figures).toEqual([
    ['8001', 1, 0, 1, 0],
    ['8002', 1, 1, 0, 1],
    ['8003', 1, 0, 0, 1],
    ['8004', 1, 0, 0, 0],
  ])
  const talked = legs.flatMap(({ agent, connectedAt, endedAt }) => (agent ? endedAt! - connectedAt! : []))
  expect(agents.map(row => row.handledTalkMs + row.handledHoldMs)).toEqual(talked)
  const { queues, total } = await queuesReport(world.knex, interval, 'whole', Date.now())
  expect(queues).toMatchObject([
    { queue: 'sales', offered: 1, answered: 1, handled: 2 },
    { queue: 'support', offered: 2, answered: 2, handled: 2 },
  ])
  expect(total).toMatchObject({ offered: 1, answered: 1, handled: 4 })
  expect(await readdir(join(world.config.recordingsFolder, 'live'))).toEqual([])
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
