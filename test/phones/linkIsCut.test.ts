import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Fact, FactKind } from '../../src/call/facts.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { aboard, openManager } from './crew.ts'
import { settled } from './settled.ts'
import { expectWhole } from './tape.ts'
import { type Talk, Team } from './team.ts'
import { bothHear, WARN, World } from './world.ts'

/** The line between the service and Asterisk is cut, loudly or silently, in the middle of calls. */

const AGENTS = ['8011', '8012', '8013', '8014', '8015']

let world: World
let team: Team

beforeAll(async () => {
  world = await World.open({ wired: true, environment: { HOTLINE_LOG: 'info' } })
  await world.killService()
  // A ring outlasts what it takes to notice that a link has fallen silent, ten seconds at most.
  await world.knex('queues').update({ wrap_up_ms: 8_000, ring_ms: 30_000 })
  team = await Team.hire(world, AGENTS)
  await world.knex('agent_skills').insert({ agent_id: '8015', skill: 'support', level: 5 })
  // Over before anybody can notice that a link has fallen silent, which takes five seconds at least.
  await world.knex('queues').where({ id: 'support' }).update({ wrap_up_ms: 4_000 })
  await world.startService()
  await team.arrive()
})
afterAll(() => world?.close())
afterEach(async () => {
  await world.wires.mend()
  await settled(world)
  await team.goHome()
})

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

function factsSince<K extends FactKind>(begin: number, kind: K) {
  const isOfKind = (told: (typeof world.facts)[number]): told is { call: string; fact: Fact & { kind: K } } =>
    told.fact.kind === kind
  return world.facts.slice(begin).filter(isOfKind)
}

const LOST = { level: WARN, msg: 'the link to Asterisk (ARI) is lost' }
const RECOVERED = { level: WARN - 10, msg: 'recovered' }

/** A caller whom an agent has left hears the question, gives a mark, and is thanked. */
async function rate({ caller }: Pick<Talk, 'caller'>, mark: string): Promise<void> {
  await caller.heard.speech({ withinMs: 15_000 })
  await caller.press(mark)
  await caller.ended
}

async function waiting(from: string): Promise<Dialog> {
  const caller = await world.callIn(from)
  await caller.press('1')
  await world.until(`${from} waits`, () => world.callOf(from)?.phase === 'queued')
  return caller
}

/** Talks end, a phone rings out and a wrap-up runs out, while nobody of ours can see it. */
describe.each(['loudly', 'silently'] as const)('ARI is cut %s for a minute', how => {
  const number = (n: number): string => `1380000${how === 'loudly' ? 1 : 2}00${n}`
  const line = [number(5), number(6), number(7)]
  const places = () => line.map(from => world.callOf(from)!.queuedAt)

  test('talks go on, hang-ups are known, callers keep their place, no agent is blamed, and the survey is asked', async () => {
    const begin = world.facts.length
    await Promise.all(AGENTS.map(id => team.signIn(id)))
    const talks = await Promise.all([1, 2, 3, 4].map(n => team.talking(number(n))))
    const [lasting, agentLeaves, callerLeaves, surveyed] = talks as [Talk, Talk, Talk, Talk]
    const { caller, ...rung } = await team.ringing(number(5))
    await waiting(number(6))
    await waiting(number(7))
    await surveyed.agent.hangUp()
    await surveyed.caller.heard.speech({ withinMs: 15_000 })
    const since = places()
    const [lost, recovered] = [world.countLogged(LOST), world.countLogged(RECOVERED)]

    await world.wires.ari.cut(how)
    const cutAt = Date.now()
    const uninterrupted = bothHear(lasting.caller, lasting.agent, { forMs: 58_000, withinMs: 62_000 })
    const rungOut = new Promise<void>(done => rung.incoming.on('cancelled', () => done()))
    await agentLeaves.agent.hangUp()
    await callerLeaves.caller.hangUp()
    const leftAt = Date.now()
    await world.until('it is noticed', () => lost() === 1, 20_000)
    await rungOut
    await uninterrupted
    await pause(cutAt + 60_000 - Date.now())
    const backAt = world.facts.length
    const rings = line.map(from => team.ringFor(from))
    await world.wires.ari.mend()
    await world.until('it is reconciled', () => recovered() > 0)

    // The caller whose agent left is asked, and the one who was being asked is asked again.
    await Promise.all([rate(agentLeaves, '4'), rate(surveyed, '4')])
    // The line goes on where it stood, the caller whose ring was lost at its head. An agent whose wrap-up ended unseen is
    // free since then: the first caller gets who has been idle longest, and so on.
    const offers = factsSince(backAt, 'AgentOffered').map(({ call, fact }) => [world.calls.get(call)!.from, fact.agent])
    expect(offers.slice(0, 3)).toEqual(line.map((from, i) => [from, [rung, surveyed, callerLeaves][i]!.id]))
    const [again] = await Promise.all(rings)
    await bothHear(caller, await again!.incoming.answer())
    expect(places()).toEqual(since)
    expect(factsSince(begin, 'OfferEnded').filter(({ fact }) => fact.result !== 'withdrawn')).toEqual([])
    await world.hangUpAll()
    await world.quiet()

    const [stayed, wasLeft, left, wasAsked] = await Promise.all([1, 2, 3, 4].map(n => world.recordOf(number(n))))
    for (const record of [stayed, wasLeft, left, wasAsked]) expectWhole(record)
    expect(wasLeft).toMatchObject({ rating: 4, ended_by: 'agent' })
    expect(wasAsked).toMatchObject({ rating: 4, ended_by: 'agent' })
    expect(left.ended_by).toBe('caller')
    expect(Math.abs(left.ended_at - leftAt)).toBeLessThan(500)
  }, 300_000)
})

test('a request that arrives when it is too late leaves no phone ringing', async () => {
  const first = await world.talk('13800003001', await team.signIn('8015'), '2')
  const from = '13800003002'
  const caller = await world.callIn(from)
  await caller.press('2')
  await world.until('one waits', () => world.callOf(from)?.phase === 'queued')
  const [since, lost] = [world.facts.length, world.countLogged(LOST)]
  await first.caller.hangUp()
  await vi.waitFor(async () => expect(await world.leftInAsterisk()).toEqual([world.callOf(from)!.id]), 3_000)
  await world.wires.ari.cut('silently')
  await world.fact('AgentOffered', { since })
  await caller.hangUp()
  await world.until('it is noticed', () => lost() === 1, 20_000)
  const ring = team.ringFor(from)
  await world.wires.ari.mend('late')
  const { incoming } = await ring
  await new Promise<void>(done => incoming.on('cancelled', () => done()))
  await world.agentIs('8015', 'ready')
  await world.quiet()
  expect(await world.recordOf(from)).toMatchObject({ outcome: 'abandoned-ringing' })
})

test('the lifeboat gives an agent the next caller, whom we believe in a talk that ended while we could not see it', async () => {
  const phone = await team.signIn('8011')
  const first = await world.talk('13800004001', phone)
  const recovered = world.countLogged(RECOVERED)
  await world.wires.ari.cut('loudly')
  await first.agent.hangUp()
  const ring = phone.nextInvite({ withinMs: 60_000 })
  const caller = await world.callIn('13800004002')
  const agent = await (await ring).answer()
  await bothHear(caller, agent)
  await world.wires.ari.mend()
  await world.until('it is reconciled', () => recovered() > 0)
  await world.until('the lifeboat’s talk is known', () => world.callOf('13800004002')?.phase === 'talking')
  expect(world.agents.get('8011')).toMatchObject({ state: 'talking', call: world.callOf('13800004002')!.id })
  await rate(first, '5')
  await bothHear(caller, agent)
  await agent.hangUp()
  await caller.ended
  await world.agentIs('8011', 'ready', 30_000)
  await world.quiet()
  const left = await world.recordOf('13800004001')
  expectWhole(left)
  expect(left.rating).toBe(5)
  expect(await world.recordOf('13800004002')).toMatchObject({
    outcome: 'answered',
    ended_by: 'agent',
    via_lifeboat: true,
  })
})

describe.each(['loudly', 'silently'] as const)('AMI is cut %s', how => {
  test('what agents did meanwhile is mirrored, and how the lifeboat’s talk ended is known', async () => {
    const manager = await openManager(world)
    await Promise.all(['8012', '8013'].map(id => team.signIn(id)))
    await vi.waitFor(
      async () => expect(await aboard(manager)).toEqual({ 'PJSIP/8012': '0', 'PJSIP/8013': '0' }),
      10_000,
    )
    await world.dial(team.phone('8013'), '*41')
    const from = how === 'loudly' ? '13800005001' : '13800005002'
    const ring = team.phone('8012').nextInvite({ withinMs: 60_000 })
    const recovered = world.countLogged(RECOVERED)
    await world.wires.ari.cut('loudly')
    const caller = await world.callIn(from)
    const agent = await (await ring).answer()
    await bothHear(caller, agent)
    await world.wires.ari.mend()
    await world.until('it is reconciled', () => recovered() > 0)
    await world.until('the lifeboat’s talk is known', () => world.callOf(from)?.phase === 'talking')

    const lost = world.countLogged({ level: WARN, msg: "no connection to Asterisk's manager" })
    await world.wires.ami.cut(how)
    await agent.hangUp()
    const hungUpAt = Date.now()
    await world.until('it is noticed', () => lost() > 0, 30_000)
    await world.dial(team.phone('8013'), '*2')
    await team.signIn('8014')
    await world.wires.ami.mend()
    await vi.waitFor(
      async () => expect(await aboard(manager)).toEqual({ 'PJSIP/8012': '0', 'PJSIP/8014': '0' }),
      30_000,
    )
    await world.quiet()
    const call = await world.recordOf(from)
    expect(call).toMatchObject({ outcome: 'answered', ended_by: 'agent', agent_id: '8012' })
    expect(Math.abs(call.ended_at - hungUpAt)).toBeLessThan(500)
    await manager.close()
  })
})
