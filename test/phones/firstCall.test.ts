import { afterAll, beforeAll, expect, test } from 'vitest'
import { channelsOf } from './tape.ts'
import { VOICES, World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world?.close())

test('a service that answers calls says that it is ready, and which of its parts are up', async () => {
  const answer = await fetch(`http://127.0.0.1:${world.config.ports.http}/health/ready`)
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { ready: true, parts: { database: 'up', ari: 'up', ami: 'up', recovery: 'up' } },
  ])
})

test('one call, whole: greeted, routed by a key, told the agent’s id, connected, recorded, rated and filed', async () => {
  const phone = await world.signedIn('8001')
  const ring = phone.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn()
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.press('1')

  const incoming = await ring
  expect(incoming.from).toContain('13800138000')
  incoming.ring()
  await world.fact('AgentRang', { since: 0 })
  const agent = await incoming.answer()

  // The announcement comes first. Speech has a little of every tone in it; a voice of ours is at -12 dBFS.
  await caller.heard.speech({ withinMs: 5_000 })
  expect(caller.heard.level(VOICES.agent, { ms: 200 })).toBeLessThan(-30)
  await Promise.all([
    caller.heard.tone(VOICES.agent, { withinMs: 10_000 }),
    agent.heard.tone(VOICES.caller, { withinMs: 10_000 }),
  ])
  const connected = await world.fact('Connected', { since: 0 })
  expect(connected.agent).toBe('8001')
  await caller.heard.tone(VOICES.agent, { forMs: 2_000 })

  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  await world.agentIs('8001', 'wrapping-up')
  await caller.press('5')
  await caller.ended
  await world.quiet()
  await world.agentIs('8001', 'ready')

  const call = await world.knex('calls').orderBy('arrived_at', 'desc').first()
  expect(call).toMatchObject({ outcome: 'answered', queue: 'sales', agent_id: '8001', rating: 5, recording_faults: [] })
  expect(Math.abs(call.recording_ms - (call.ended_at - call.answered_at))).toBeLessThan(500)

  const { left, right } = await channelsOf(`${world.config.recordingsFolder}/${call.recording_file}`)
  const talkFrom = call.connected_at - call.answered_at + 300
  const talkMs = call.talk_ended_at - call.connected_at - 600
  expect(left.throughout(VOICES.caller, talkFrom, talkMs)).toBeGreaterThan(-20)
  expect(right.throughout(VOICES.agent, talkFrom, talkMs)).toBeGreaterThan(-20)
  expect(left.level(VOICES.agent, talkFrom, talkMs)).toBeLessThan(-60)
  expect(right.level(VOICES.caller, talkFrom, talkMs)).toBeLessThan(-60)
  // What the caller heard before the agent's voice is on the tape too: the announcement.
  const agentAnswered = world.facts.find(({ fact }) => fact.kind === 'AgentAnswered')!.fact.at
  expect(right.loudness(agentAnswered - call.answered_at + 200, connected.at - agentAnswered - 400)).toBeGreaterThan(
    -35,
  )
  expect(await world.leftInAsterisk()).toEqual([])
})
