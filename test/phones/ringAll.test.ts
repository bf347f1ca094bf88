import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { ask } from './parties.ts'
import { ringLong } from './ringLong.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { answered, Team } from './team.ts'
import { bothHear, World } from './world.ts'

/** A line that rings all who are ready, on real phones. */

const CREW = ['9001', '9002', '9003']

let world: World
let team: Team

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  await world.killService()
  await world.knex('queues').update({ strategy: 'ring-all', ring_ms: 8_000, wrap_up_ms: 500 })
  team = await Team.hire(world, CREW)
  await world.startService()
  await team.arrive()
})
afterAll(() => world?.close())
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
  await team.goHome()
})

/** The phone of this agent rings for the next caller: `stopped` resolves, with why, when it need not any more. */
async function rings(id: string): Promise<{ incoming: IncomingCall; stopped: Promise<string | undefined> }> {
  const incoming = await team.phone(id).nextInvite({ withinMs: 90_000 })
  const stopped = new Promise<string | undefined>(done => incoming.on('cancelled', done))
  incoming.ring()
  return { incoming, stopped }
}

async function inLine(from: string): Promise<Dialog> {
  const caller = await world.callIn(from)
  await caller.press('1')
  return caller
}

async function ringingAll(from: string, ...ids: string[]) {
  for (const id of ids) await team.signIn(id)
  const phones = Promise.all(ids.map(rings))
  const caller = await inLine(from)
  return { caller, phones: await phones }
}

/** What became of each agent's offers in that call. */
async function resultsOf(from: string): Promise<Record<string, string>> {
  const { id } = await world.recordOf(from)
  const legs = await world.knex('legs').where({ call_id: id }).orderBy('offered_at')
  return Object.fromEntries(legs.map(leg => [leg.agent_id, leg.result]))
}

const missedOf = async (from: string): Promise<string[]> =>
  world
    .knex('queue_log')
    .where({ callid: (await world.recordOf(from)).id, event: 'RINGNOANSWER' })
    .orderBy('agent')
    .pluck('agent')

test('three phones ring, and whoever becomes ready is rung as well; one answers, and the others stop', async () => {
  const from = '13800000001'
  const { caller, phones } = await ringingAll(from, '9001', '9002')
  const late = rings('9003')
  await world.dial(team.phone('9003'), '*1')
  const [first, second] = phones
  const third = await late
  await bothHear(caller, await second!.incoming.answer())
  const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"'
  expect(await Promise.all([first!.stopped, third.stopped])).toEqual([elsewhere, elsewhere])
  for (const id of ['9001', '9003']) expect(world.agents.get(id)!.state).toBe('ready')
  await caller.hangUp()
  await world.quiet()
  expect(await resultsOf(from)).toEqual({ 9001: 'withdrawn', 9002: 'answered', 9003: 'withdrawn' })
  expect(await missedOf(from)).toEqual([])
})

test('of two who answer in the same moment one gets the caller, and the other is let go and ready', async () => {
  const from = '13800000002'
  const { caller, phones } = await ringingAll(from, '9001', '9002')
  const [first, second] = phones
  const [one, other] = await Promise.allSettled([first!.incoming.answer(), second!.incoming.answer()])
  await world.until('one talks', () => world.callOf(from)?.phase === 'talking', 30_000)
  const isFirst = world.callOf(from)!.leg!.agent === '9001'
  const [served, letGo] = isFirst ? [one, other] : [other, one]
  await bothHear(caller, (served as PromiseFulfilledResult<Dialog>).value)
  if (letGo.status === 'fulfilled') await letGo.value.ended
  expect(world.agents.get(isFirst ? '9002' : '9001')!.state).toBe('ready')
  await caller.hangUp()
  await world.quiet()
  expect(Object.values(await resultsOf(from)).sort()).toEqual(['answered', 'withdrawn'])
  expect(await missedOf(from)).toEqual([])
})

test('who rejects or does not answer is paused while the others ring on; the last of them gives the caller back to the line', async () => {
  const from = '13800000003'
  const { caller, phones } = await ringingAll(from, '9001', '9002')
  phones[0]!.incoming.reject(486)
  await world.agentIs('9001', 'paused')
  expect(world.agents.get('9002')!.state).toBe('ringing')
  await phones[1]!.stopped
  await world.agentIs('9002', 'paused')
  expect(['9001', '9002'].map(id => world.agents.get(id)!.reason)).toEqual(['rejected', 'no-answer'])
  const again = team.ringFor(from)
  await world.dial(team.phone('9003'), '*1')
  const { agent } = await answered({ ...(await again), caller })
  await agent.hangUp()
  await caller.hangUp()
  await world.quiet()
  expect(await resultsOf(from)).toEqual({ 9001: 'rejected', 9002: 'no-answer', 9003: 'answered' })
  expect(await missedOf(from)).toEqual(['PJSIP/9001', 'PJSIP/9002'])
})

test('all phones ring for the first in line, and when one has answered, the others for the next', async () => {
  const { caller, phones } = await ringingAll('13800000004', ...CREW)
  const next = await inLine('13800000005')
  await world.until('two are in line', () => world.calls.size === 2)
  const others = Promise.all(['9001', '9002'].map(rings))
  await bothHear(caller, await phones[2]!.incoming.answer())
  const [first, second] = await others
  expect([first!.incoming.from, second!.incoming.from]).toEqual(['13800000005', '13800000005'])
  await bothHear(next, await first!.incoming.answer())
  await second!.stopped
})

test('a caller whom the agent sends on to one of them has that phone alone rung', async () => {
  const from = '13800000008'
  const { caller, phones } = await ringingAll(from, '9001')
  const agent = await phones[0]!.incoming.answer()
  await bothHear(caller, agent)
  for (const id of ['9002', '9003']) await team.signIn(id)
  const { id } = await world.recordOf(from)
  const next = rings('9003')
  const { status } = await ask(world, 'POST', `/api/calls/${id}/single-step-transfer`, { agent: '9003' })
  expect(status).toBe(200)
  const { incoming } = await next
  await agent.ended
  // Whoever comes free meanwhile, as the agent who has sent them on, is not rung either.
  await world.agentIs('9001', 'ready')
  expect(['9001', '9002', '9003'].map(one => world.agents.get(one)!.state)).toEqual(['ready', 'ready', 'ringing'])
  await bothHear(caller, await incoming.answer())
  await caller.hangUp()
  await world.quiet()
  expect(await resultsOf(from)).toEqual({ 9001: 'answered', 9003: 'answered' })
})

test('the service is killed while all ring: they ring on, one answers after the restart, and the others stop', async () => {
  const from = '13800000006'
  await ringLong(world)
  const { caller, phones } = await ringingAll(from, ...CREW)
  const onRecord = () => world.knex('legs').whereNull('ended_at').whereNotNull('rang_at')
  await vi.waitFor(async () => expect(await onRecord()).toHaveLength(3), 5_000)
  await world.killService()
  await world.startService()
  const [first, second, third] = phones
  await bothHear(caller, await third!.incoming.answer())
  await Promise.all([first!.stopped, second!.stopped])
  await caller.hangUp()
  await world.quiet()
  expect(await resultsOf(from)).toEqual({ 9001: 'withdrawn', 9002: 'withdrawn', 9003: 'answered' })
  expect(await missedOf(from)).toEqual([])
})

test('the service is killed while all ring, and the phones stop in the meantime: all are rung anew, and the caller is served', async () => {
  const from = '13800000007'
  const { caller, phones } = await ringingAll(from, '9001', '9002')
  await world.killService()
  for (const { incoming } of phones) incoming.reject(486)
  const again = Promise.all(['9001', '9002'].map(rings))
  await world.startService()
  const [first, second] = await again
  await bothHear(caller, await second!.incoming.answer())
  await first!.stopped
})
