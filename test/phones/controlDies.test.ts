import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { callReport } from '../../src/report/call.ts'
import type { IncomingCall } from '../../src/softphone/call.ts'
import { ask, barging, type Hearing, hear, listening, Parties, type Talk } from './parties.ts'
import { channelsOf } from './tape.ts'

/**
 * The service is killed in the middle of what is done with a talk: the talk goes on, and what is known of it afterwards is true.
 */

const parties = new Parties({ wired: true })

/** They hear each other before, while it is dead, and after; and who it then says is in the talk is who was. */
async function diesAmid(call: Talk, who: Hearing): Promise<void> {
  await hear(who)
  const before = await known(call)
  await parties.world.killService()
  await hear(who)
  await pause(1_000)
  await hear(who)
  await parties.world.startService()
  await hear(who)
  expect(await known(call)).toEqual(before)
}

/** What the service says of the talk and of the agents. */
async function known({ id }: { id: string }): Promise<object> {
  const { body } = await ask(parties.world, 'GET', `/api/calls/${id}/talk`)
  return { talk: body, agents: await Promise.all(['8001', '8002', '8003'].map(stateOf)) }
}

async function stateOf(agent: string): Promise<string> {
  const { body } = await ask(parties.world, 'GET', `/api/agents/${agent}`)
  return `${agent} ${body.state}`
}

/** Of the call that is over: who was in it, how it ended, and that all of it is on tape. */
async function endedAs({ id, caller }: Talk, ...legs: (readonly [string | null, string, string])[]): Promise<void> {
  await caller.hangUp()
  await parties.world.quiet()
  const report = await callReport(parties.world.knex, id)
  expect(report.legs.map(({ agent, role, result }) => [agent, role, result])).toEqual(legs)
  expect(report.legs.flatMap(({ recording }) => recording?.faults ?? [])).toEqual([])
  expect(await parties.world.knex('calls').where({ id }).first()).toMatchObject({
    ...{ outcome: 'answered', recording_faults: [] },
  })
  expect(await stateOf('8001')).toBe('8001 ready')
}

/** Its agent sends the caller on to 8002, whose phone rings. */
async function sentOn(call: Talk): Promise<IncomingCall> {
  const ring = parties.second.nextInvite({ withinMs: 15_000 })
  await parties.act(call, 'single-step-transfer', { agent: '8002' })
  const incoming = await ring
  incoming.ring()
  await call.agent.ended
  return incoming
}

test('a caller is sent on to an agent whose phone rings when it dies, and who answers when it is back', async () => {
  const { world, second } = parties
  await world.dial(second, '*3')
  const call = await parties.talk('13800138201')
  const incoming = await sentOn(call)
  await diesAmid(call, { caller: [call.caller] })
  await call.caller.heard.speech({ withinMs: 5_000 })
  expect(await known(call)).toMatchObject({ talk: { phase: 'ringing' } })
  const after = await incoming.answer()
  await hear({ caller: [call.caller, 'second'], after: [after, 'caller'] })
  expect(await stateOf('8002')).toBe('8002 talking')
  await endedAs(call, ['8001', 'serves', 'answered'], ['8002', 'serves', 'answered'])
  await world.dial(second, '*41')
})

test('a caller is sent on to an agent who answers while it is dead: they talk, on that call or on the next to the same agent', async () => {
  const { world, second } = parties
  await world.dial(second, '*3')
  const call = await parties.talk('13800138202')
  const incoming = await sentOn(call)
  await world.killService()
  const answered = await incoming.answer()
  await hear({ caller: [call.caller], answered: [answered] })
  const again = second.nextInvite({ withinMs: 60_000 })
  await world.startService()
  // Asterisk had nobody to hand the phone to, and has hung it up; where it did not yet know that, it has kept it for us.
  if (!answered.over) again.catch(() => 'it does not ring again')
  const after = answered.over ? await (await again).answer() : answered
  await hear({ caller: [call.caller, 'second'], after: [after, 'caller'] })
  expect(await known(call)).toMatchObject({ talk: { phase: 'talking', agent: '8002', parties: [] } })
  await call.caller.hangUp()
  await world.quiet()
  await world.dial(second, '*41')
})

test('a caller is sent on outside, where it rings when it dies', async () => {
  const { outside } = parties
  const call = await parties.talk('13800138203')
  const ring = outside.nextInvite({ withinMs: 15_000 })
  await parties.act(call, 'single-step-transfer', { number: '13900139000' })
  const incoming = await ring
  incoming.ring()
  await call.agent.ended
  await diesAmid(call, { caller: [call.caller] })
  const other = await incoming.answer()
  await diesAmid(call, { caller: [call.caller, 'outside'], other: [other, 'caller'] })
  await endedAs(call, ['8001', 'serves', 'answered'], [null, 'transferred', 'answered'])
})

test('a caller is passed on to whoever is consulted, and it dies when that is decided and nothing is done', async () => {
  const { world, second } = parties
  const call = await parties.talk('13800138204')
  const colleague = await parties.consults(call, second, { agent: '8002' })
  const { agent, caller } = call
  await hear({ caller: [caller], agent: [agent, 'second'], colleague: [colleague, 'agent'] })
  const decided = world.fact('Transferred')
  world.wires.ari.cutAllButWebSockets()
  const told = ask(world, 'POST', `/api/calls/${call.id}/transfer-call`).catch(() => undefined)
  await decided
  await stored(call, 'Transferred')
  await world.killService()
  await told
  await hear({ caller: [caller], agent: [agent, 'second'], colleague: [colleague, 'agent'] })
  await world.wires.ari.mend()
  await world.startService()
  await agent.ended
  await diesAmid(call, { caller: [caller, 'second'], colleague: [colleague, 'caller'] })
  expect(await known(call)).toMatchObject({ talk: { agent: '8002', callerHeld: false, parties: [] } })
  await endedAs(call, ['8001', 'serves', 'answered'], ['8002', 'serves', 'answered'])
})

/** It is on disk: what is not is as if it had not been asked for. */
async function stored({ id }: Talk, kind: string): Promise<void> {
  while (!(await parties.world.knex('facts').where({ call_id: id, kind }).first())) await pause(5)
}

test('three talk when it dies, and one of them leaves meanwhile', async () => {
  const { world, second } = parties
  const call = await parties.talk('13800138205')
  const colleague = await parties.consults(call, second, { agent: '8002' })
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.act(call, 'conference-call')
  const all: Hearing = {
    caller: [call.caller, 'agent', 'second'],
    agent: [call.agent, 'caller', 'second'],
    colleague: [colleague, 'agent', 'caller'],
  }
  await diesAmid(call, all)
  await world.killService()
  await call.agent.hangUp()
  await hear({ caller: [call.caller, 'second'], colleague: [colleague, 'caller'] })
  await world.startService()
  await diesAmid(call, { caller: [call.caller, 'second'], colleague: [colleague, 'caller'] })
  expect(await known(call)).toMatchObject({ talk: { agent: '8002', parties: [] } })
  await endedAs(call, ['8001', 'serves', 'answered'], ['8002', 'serves', 'answered'])
})

test('a supervisor barges in when it dies, and goes on to listen', async () => {
  const call = await parties.talk('13800138206')
  const boss = await parties.supervises(call, 'barge')
  await diesAmid(call, barging(call, boss))
  await boss.press('4')
  await hear(listening(call, boss))
  await endedAs(call, ['8001', 'serves', 'answered'])
  await boss.ended
  const uses = await parties.world.knex('supervisions').where({ call_id: call.id }).orderBy('seq')
  expect(uses.map(({ mode, ended_at }) => [mode, ended_at !== null])).toEqual([
    ['barge', true],
    ['listen', true],
  ])
})

test('the recording is paused when it dies: it stays so, and the agent has it go on', async () => {
  const call = await parties.talk('13800138207')
  await parties.act(call, 'recording/pause', { reason: 'card number' })
  await diesAmid(call, { caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  expect(await known(call)).toMatchObject({ talk: { recordingPaused: true } })
  expect(await parties.act(call, 'recording/resume')).toMatchObject({ recordingPaused: false })
  await pause(2_000)
  await endedAs(call, ['8001', 'serves', 'answered'])
  await silentWhilePaused(call, '13800138207')
})

test('the pause of the recording is over while it is dead: it ends when it is back', async () => {
  const call = await parties.talk('13800138208')
  await parties.act(call, 'recording/pause', { reason: 'card number', seconds: 2 })
  await parties.world.killService()
  await pause(3_000)
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  await parties.world.startService()
  await parties.world.until('it is recorded again', () =>
    parties.world.facts.some(({ call: id, fact }) => id === call.id && fact.kind === 'RecordingResumed'),
  )
  expect(await known(call)).toMatchObject({ talk: { recordingPaused: false } })
  await pause(2_000)
  await endedAs(call, ['8001', 'serves', 'answered'])
  await silentWhilePaused(call, '13800138208')
})

/** On both channels, from the pause to its end, and not a moment of what comes after. */
async function silentWhilePaused({ id }: Talk, from: string): Promise<void> {
  const { world } = parties
  const { story } = await callReport(world.knex, id)
  const { recording_file: file, answered_at: began } = await world.recordOf(from)
  const [paused, resumed] = ['RecordingPaused', 'RecordingResumed'].map(
    kind => story.find(line => line.kind === kind)!.at - began.getTime(),
  ) as [number, number]
  const tape = await channelsOf(join(world.config.recordingsFolder, file))
  for (const side of [tape.left, tape.right]) {
    expect(side.loudness(paused + 500, resumed - paused - 1_000)).toBeLessThan(-70)
    expect(side.loudness(resumed + 500, 1_000)).toBeGreaterThan(-40)
  }
}
