import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { settled } from './settled.ts'
import { channelsOf } from './tape.ts'
import { bothHear, ERROR, VOICES, World } from './world.ts'

/** `kill -9` of Asterisk with a call in every phase: its calls are closed as what they were, and the next are served. */

const MORE_AGENTS = ['8005', '8006']
/** Asterisk keeps up to 32 kB of a tape to itself before it writes them, 1,024 ms; and a busy MixMonitor is somewhat late. */
const UNWRITTEN_MS = 1_024 + 300

let world: World
let firstPhone: Softphone

beforeAll(async () => {
  world = await World.open()
  await world.killService()
  // Nobody's ring or wrap-up ends before the test says so.
  await world.knex('queues').update({ ring_ms: 60_000, wrap_up_ms: 60_000 })
  await world.knex('agents').insert(MORE_AGENTS.map(id => ({ id, name: id, sip_password: `secret-${id}` })))
  await world.knex('agent_skills').insert(MORE_AGENTS.map(id => ({ agent_id: id, skill: 'sales', level: 1 })))
  await world.startService()
})
afterAll(() => world?.close())
afterEach(() => settled(world))

const alarmsOf = (call: string) => world.logged.filter(line => line.level === ERROR && line.call === call)
const phases = () => [...world.calls.values()].map(call => call.phase)

/** A caller whom this agent's phone rings for. */
async function ringing(from: string, phone: Softphone) {
  const ring = phone.nextInvite({ withinMs: 60_000 })
  await (await world.callIn(from)).press('1')
  const incoming = await ring
  incoming.ring()
  return incoming
}

/** SIGKILL, and a new start at once. Resolves with the moment of death. */
async function dieAndComeBack(): Promise<number> {
  world.killAsterisk()
  const diedAt = Date.now()
  await world.startAsterisk()
  return diedAt
}

test('with a call in each phase: each is closed as what it was, and agents and recordings are as they should be', async () => {
  firstPhone = await world.signedIn('8001')
  const talked = await world.talk('13800000001', firstPhone)
  const held = await world.talk('13800000002', await world.signedIn('8006'))
  await held.agent.hold()
  const surveyed = await world.talk('13800000003', await world.signedIn('8002'))
  const soonAnswered = await ringing('13800000004', await world.signedIn('8005'))
  await ringing('13800000005', await world.signedIn('8003'))
  await world.dial(await world.signedIn('8004'), '*41')
  await (await world.callIn('13800000006')).press('1')
  await world.until('one waits', () => phases().includes('queued'))
  await surveyed.agent.hangUp()
  await world.until('one is asked', () => phases().includes('surveying'))
  await bothHear(talked.caller, talked.agent, { forMs: 2_000 })
  const greeted = await world.callIn('13800000007')
  await greeted.heard.speech({ withinMs: 10_000 })
  const answered = world.fact('AgentAnswered')
  await soonAnswered.answer()
  await answered

  const diedAt = await dieAndComeBack()
  const states = () => Object.fromEntries([...world.agents].map(([id, { state }]) => [id, state]))
  await world.until('agents are in a true state', () => !/talking|ringing/.test(JSON.stringify(states())), 10_000)
  expect(states()).toEqual({
    '8001': 'wrapping-up',
    '8002': 'wrapping-up',
    '8003': 'ready',
    '8004': 'paused',
    '8005': 'ready',
    '8006': 'wrapping-up',
  })
  await world.quiet()

  const whole = { outcome: 'answered', recording_faults: [] }
  expect(await world.recordOf('13800000001')).toMatchObject({ ...whole, ended_by: 'asterisk', agent_id: '8001' })
  expect(await world.recordOf('13800000002')).toMatchObject({ ...whole, ended_by: 'asterisk', agent_id: '8006' })
  expect(await world.recordOf('13800000003')).toMatchObject({ ...whole, ended_by: 'agent', survey_offered: true })
  for (const from of ['13800000004', '13800000005', '13800000006', '13800000007']) {
    const record = await world.recordOf(from)
    expect(record).toMatchObject({ ended_by: 'asterisk', outcome: 'failed' })
    expect(alarmsOf(record.id)[0]?.msg).toBe('a caller was not served, and it was our fault')
    // What Asterisk had not yet written of those who were being served at that moment is lost, and said to be.
    for (const fault of record.recording_faults) expect(fault).toMatch(/^[01]\.\d s shorter than the call$/)
  }
  for (const { ended_at } of await world.knex('calls')) {
    expect(ended_at.getTime()).toBeGreaterThan(diedAt - UNWRITTEN_MS)
    expect(ended_at.getTime()).toBeLessThan(diedAt + 500)
  }
  const call = await world.recordOf('13800000001')
  const { left, right } = await channelsOf(`${world.config.recordingsFolder}/${call.recording_file}`)
  const talkFrom = call.connected_at - call.answered_at + 300
  const talkMs = call.ended_at - call.connected_at - 600
  expect(left.throughout(VOICES.caller, talkFrom, talkMs)).toBeGreaterThan(-20)
  expect(right.throughout(VOICES.agent, talkFrom, talkMs)).toBeGreaterThan(-20)
})

test('the next caller is served by a phone that has not done anything since', async () => {
  const { caller, agent } = await world.talk('13800000010', await freed('8001'))
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('5')
  await caller.ended
  await world.quiet()
  expect(await world.recordOf('13800000010')).toMatchObject({ outcome: 'answered', rating: 5, recording_faults: [] })
})

test('Asterisk, Postgres and the service at once, as when the power fails: talks are closed, agents free, calls served', async () => {
  const phone = await freed('8001')
  const { caller, agent } = await world.talk('13800000020', phone)
  await bothHear(caller, agent, { forMs: 2_000 })
  const killed = world.killService()
  world.killPostgres()
  world.killAsterisk()
  const diedAt = Date.now()
  await killed
  await world.startAsterisk()
  await world.startService()
  await world.agentIs('8001', 'wrapping-up', 10_000)
  await world.hangUpAll()
  await world.quiet()
  const call = await world.recordOf('13800000020')
  expect(call).toMatchObject({ outcome: 'answered', ended_by: 'asterisk', recording_faults: [] })
  expect(Math.abs(call.ended_at - diedAt)).toBeLessThan(UNWRITTEN_MS)
  await world.talk('13800000021', await freed('8001'))
})

/** An agent who is busy with nothing: the others are signed out, so that the next caller is theirs. */
async function freed(id: string): Promise<Softphone> {
  await world.hangUpAll()
  for (const agent of world.agents.values()) {
    if (agent.id === id || agent.state === 'signed-out') continue
    await world.dial(await world.agent(agent.id), '*2')
    await world.agentIs(agent.id, 'signed-out')
  }
  await world.dial(firstPhone, '*3')
  await world.agentIs(id, 'ready')
  return firstPhone
}
