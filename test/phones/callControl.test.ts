import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { agentsReport } from '../../src/report/agents.ts'
import { callReport } from '../../src/report/call.ts'
import { queuesReport } from '../../src/report/queues.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { ask, hear, Parties, press, TONES } from './parties.ts'
import { channelsOf } from './tape.ts'

/** Hold, consult, confer, transfer: who hears whom, whatever dies meanwhile. */

const parties = new Parties()

test('a caller on hold hears music and nobody, and is back with the agent', async () => {
  const call = await parties.talk('13800138001')
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  expect(await parties.act(call, 'hold-call')).toMatchObject({ callerHeld: true })
  await hear({ caller: [call.caller], agent: [call.agent] })
  await call.caller.heard.speech({ withinMs: 5_000 })
  expect(await parties.act(call, 'hold-call')).toMatchObject({ callerHeld: true })
  expect(await parties.act(call, 'retrieve-call')).toMatchObject({ callerHeld: false })
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
})

test('an agent consults a colleague, goes between the two, confers, and passes the caller on', async () => {
  const call = await parties.talk('13800138002')
  const colleague = await parties.consults(call, parties.second, { agent: '8002' })
  const all = { caller: call.caller, agent: call.agent, colleague }
  await hear({ caller: [all.caller], agent: [all.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.act(call, 'alternate-call')
  await hear({ caller: [all.caller, 'agent'], agent: [all.agent, 'caller'], colleague: [colleague] })
  await parties.act(call, 'alternate-call')
  await hear({ caller: [all.caller], agent: [all.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.act(call, 'conference-call')
  await hear({
    caller: [all.caller, 'agent', 'second'],
    agent: [all.agent, 'caller', 'second'],
    colleague: [colleague, 'agent', 'caller'],
  })
  await parties.act(call, 'transfer-call')
  await all.agent.ended
  await hear({ caller: [all.caller, 'second'], colleague: [colleague, 'caller'] })
  await parties.world.agentIs('8001', 'ready')
  await parties.world.agentIs('8002', 'talking')
  await call.caller.hangUp()
  await parties.world.agentIs('8002', 'paused')
})

test('a customer outside is consulted, and has the caller when the agent hangs up', async () => {
  const call = await parties.talk('13800138003')
  const other = await parties.consults(call, parties.outside, { number: '13900139000' })
  await hear({ caller: [call.caller], agent: [call.agent, 'outside'], other: [other, 'agent'] })
  await call.agent.hangUp()
  await hear({ caller: [call.caller, 'outside'], other: [other, 'caller'] })
  await other.hangUp()
  await call.caller.ended
  await parties.world.quiet()
  expect(await parties.world.recordOf('13800138003')).toMatchObject({ outcome: 'answered', agent_id: '8001' })
})

test('a bare telephone does the same by keys; what cannot be is said to the agent alone, and its own transfer is refused', async () => {
  const call = await parties.talk('13800138005')
  await expect(call.agent.transfer('8002')).rejects.toThrow('603')
  await press(call.agent, '*74')
  await call.agent.heard.speech({ withinMs: 5_000 })
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  await press(call.agent, '*70')
  await hear({ caller: [call.caller], agent: [call.agent] })
  await press(call.agent, '*70')
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  const ring = parties.second.nextInvite({ withinMs: 15_000 })
  await press(call.agent, '*718002#')
  const colleague = await (await ring).answer()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await press(call.agent, '*74')
  await hear({ caller: [call.caller, 'second'], colleague: [colleague, 'caller'] })
})

test('a room of thirty: all hear the agent, one is muted, one leaves, the caller leaves, and each is let go with the agent', async () => {
  const call = await parties.talk('13800138007')
  const guests: Dialog[] = []
  for (let n = 0; n < 28; n++) {
    const ring = parties.outside.nextInvite({ withinMs: 15_000 })
    await parties.act(call, 'parties', { number: `139001390${String(n).padStart(2, '0')}` })
    guests.push(await (await ring).answer())
  }
  // Thirty voices at once are louder than any of them.
  await vi.waitFor(() => expect(guests.filter(guest => guest.heard.level(TONES.agent) < -40)).toEqual([]), 15_000)
  const { body } = await ask(parties.world, 'GET', `/api/calls/${call.id}/talk`)
  const guestsIn = body.parties as { id: string; state: string }[]
  expect(guestsIn.map(({ state }) => state)).toEqual(guests.map(() => 'talking'))
  await parties.act(call, 'generate-digits', { digits: '5' })
  const muted = await ask(parties.world, 'PATCH', `/api/calls/${call.id}/parties/${guestsIn[0]!.id}`, { muted: true })
  expect(muted.status).toBe(200)
  const kicked = await ask(parties.world, 'DELETE', `/api/calls/${call.id}/parties/${guestsIn[1]!.id}`)
  expect(kicked.status).toBe(200)
  await guests[1]!.ended
  await call.caller.hangUp()
  await call.agent.heard.tone(TONES.outside, { forMs: 2_000, withinMs: 15_000 })
  await call.agent.hangUp()
  await Promise.all(guests.map(guest => guest.ended))
})

test('a caller is sent on at once: to an agent, to a line, and outside', async () => {
  await parties.world.dial(parties.second, '*3')
  const call = await parties.talk('13800138006')
  const ring = parties.second.nextInvite({ withinMs: 15_000 })
  await parties.act(call, 'single-step-transfer', { agent: '8002' })
  const after = await (await ring).answer()
  await hear({ caller: [call.caller, 'second'], after: [after, 'caller'] })
  const back = parties.agent.nextInvite({ withinMs: 15_000 })
  await parties.world.dial(parties.second, '*41')
  await parties.act(call, 'single-step-transfer', { queue: 'sales' })
  const again = await (await back).answer()
  await hear({ caller: [call.caller, 'agent'], again: [again, 'caller'] })
  const rings = parties.outside.nextInvite({ withinMs: 15_000 })
  await press(again, '*7513900139000#')
  const other = await (await rings).answer()
  await hear({ caller: [call.caller, 'outside'], other: [other, 'caller'] })
})

test('while the number of a card is said nothing of it is on tape, of neither side, and then all is again', async () => {
  const call = await parties.talk('13800138016')
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  const { body } = await ask(parties.world, 'POST', `/api/calls/${call.id}/recording/pause`, {
    reason: 'card number',
    seconds: 601,
  })
  expect(body.detail).toContain('seconds must be from 1 to 600')
  expect(await parties.act(call, 'recording/pause', { reason: 'card number' })).toMatchObject({ recordingPaused: true })
  await pause(3_000)
  expect(await parties.act(call, 'recording/resume')).toMatchObject({ recordingPaused: false })
  await pause(2_000)
  await call.caller.hangUp()
  await parties.world.quiet()
  const { story } = await callReport(parties.world.knex, call.id)
  const at = (kind: string): number => story.find(line => line.kind === kind)!.at
  const record = await parties.world.recordOf('13800138016')
  expect(record.recording_faults).toEqual([])
  const tape = await channelsOf(join(parties.world.config.recordingsFolder, record.recording_file))
  const from = at('RecordingPaused') - record.answered_at.getTime()
  const to = at('RecordingResumed') - record.answered_at.getTime()
  for (const side of [tape.left, tape.right]) {
    expect(side.loudness(from + 500, to - from - 1_000)).toBeLessThan(-70)
    expect(side.loudness(to + 500, 1_000)).toBeGreaterThan(-40)
  }
})

test('a call through four agents, two lines and somebody outside has true legs, whole recordings, and figures of each', async () => {
  const { supervisor: third, third: fourth } = parties
  for (const phone of [third, fourth]) await parties.world.dial(phone, '*1')
  const call = await parties.talk('13800138015')
  const { caller } = call
  const colleague = await parties.consults(call, parties.second, { agent: '8002' })
  await hear({ caller: [caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.act(call, 'transfer-call')
  await hear({ caller: [caller, 'second'], colleague: [colleague, 'caller'] })
  const other = await parties.consults(call, parties.outside, { number: '13900139000' })
  await hear({ caller: [caller], other: [other, 'second'] })
  await parties.act(call, 'conference-call')
  await hear({ caller: [caller, 'second', 'outside'], other: [other, 'caller', 'second'] })
  await other.hangUp()
  const inSupport = third.nextInvite({ withinMs: 60_000 })
  await parties.act(call, 'single-step-transfer', { queue: 'support' })
  await colleague.ended
  const served = await (await inSupport).answer()
  await hear({ caller: [caller, 'supervisor'], served: [served, 'caller'] })
  const passedOn = fourth.nextInvite({ withinMs: 60_000 })
  await parties.act(call, 'single-step-transfer', { agent: '8004' })
  await served.ended
  const last = await (await passedOn).answer()
  await hear({ caller: [caller, 'third'], last: [last, 'caller'] })
  await caller.hangUp()
  await parties.world.quiet()
  for (const phone of [third, fourth]) await parties.world.dial(phone, '*2')

  const record = await parties.world.recordOf('13800138015')
  expect(record).toMatchObject({ outcome: 'answered', agent_id: '8004', queue: 'support', recording_faults: [] })
  const { legs } = await callReport(parties.world.knex, call.id)
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
    const { status } = await fetch(`http://127.0.0.1:${parties.world.config.ports.http}${path}`, {
      headers: { 'x-api-key': parties.world.surroundings.apiKey },
    })
    expect(status, id).toBe(200)
  }
  const interval = { from: record.arrived_at.getTime(), to: Date.now() + 1 }
  const { agents } = await agentsReport(parties.world.knex, interval, Date.now())
  const figures = agents.map(row => [row.agent, row.handled, row.consulted, row.attendedTransfers, row.blindTransfers])
  expect(figures).toEqual([
    ['8001', 1, 0, 1, 0],
    ['8002', 1, 1, 0, 1],
    ['8003', 1, 0, 0, 1],
    ['8004', 1, 0, 0, 0],
  ])
  const talked = legs.flatMap(({ agent, connectedAt, endedAt }) => (agent ? endedAt! - connectedAt! : []))
  expect(agents.map(row => row.handledTalkMs + row.handledHoldMs)).toEqual(talked)
  const { queues, total } = await queuesReport(parties.world.knex, interval, 'whole', Date.now())
  expect(queues).toMatchObject([
    { queue: 'sales', offered: 1, answered: 1, handled: 2 },
    { queue: 'support', offered: 2, answered: 2, handled: 2 },
  ])
  expect(total).toMatchObject({ offered: 1, answered: 1, handled: 4 })
  expect(await readdir(join(parties.world.config.recordingsFolder, 'live'))).toEqual([])
})

test('a service that dies while an agent consults leaves everybody with whom they were, and knows it again', async () => {
  const call = await parties.talk('13800138004')
  const colleague = await parties.consults(call, parties.second, { agent: '8002' })
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.world.killService()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.world.startService()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.act(call, 'transfer-call')
  await hear({ caller: [call.caller, 'second'], colleague: [colleague, 'caller'] })
})
