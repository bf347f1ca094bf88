import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Ami, openAmi } from '../../src/asterisk/ami.ts'
import { openLog } from '../../src/log.ts'
import { ledger } from '../../src/report/commands.ts'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { Wire } from './wire.ts'
import { bothHear, WARN, World } from './world.ts'

/** The line between the service and Asterisk is cut, loudly or silently, in the middle of calls. */

const BASE = 27_000
const AGENTS = ['8011', '8012', '8013', '8014', '8015']
const between = { ariPort: BASE + 188, amiPort: BASE + 138 }

let world: World
let ari: Wire
let ami: Wire
const phones = new Map<string, Softphone>()

beforeAll(async () => {
  ari = await Wire.open(between.ariPort, BASE + 88)
  ami = await Wire.open(between.amiPort, BASE + 38)
  world = await World.open({ base: BASE, between, environment: { HOTLINE_LOG: 'info' } })
  await world.killService()
  await world.knex('queues').update({ wrap_up_ms: 8_000 })
  await world.knex('agents').insert(AGENTS.map(id => ({ id, name: id, sip_password: `secret-${id}` })))
  await world.knex('agent_skills').insert(AGENTS.map(id => ({ agent_id: id, skill: 'sales', level: 5 })))
  await world.knex('agent_skills').insert({ agent_id: '8015', skill: 'support', level: 5 })
  // Over before anybody can notice that a link has fallen silent, which takes five seconds at least.
  await world.knex('queues').where({ id: 'support' }).update({ wrap_up_ms: 4_000 })
  await world.startService()
  for (const id of AGENTS) phones.set(id, await world.agent(id))
})
afterAll(async () => {
  await world?.close()
  await ari?.close()
  await ami?.close()
})
afterEach(async () => {
  await world.hangUpAll()
  await world.quiet()
  for (const id of AGENTS) await world.until(`${id} is free`, () => /^(ready|paused|signed-out)$/.test(stateOf(id)))
  for (const id of AGENTS) if (stateOf(id) !== 'signed-out') await world.dial(phones.get(id)!, '*2')
  const { text, balances } = await ledger(world.knex, { zone: 'UTC', now: Date.now() })
  expect(balances, text).toBe(true)
  expect(await world.leftInAsterisk()).toEqual([])
})

const stateOf = (id: string): string => world.agents.get(id)!.state
const recordOf = (from: string) => world.knex('calls').where({ caller: from }).first()
const callOf = (from: string) => [...world.calls.values()].find(call => call.from === from)
const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

/** The lines of this kind that the service has logged, from now on. */
function logged(what: { level: number; msg: string }): () => number {
  const before = world.logged.length
  return () =>
    world.logged.slice(before).filter(line => line.level === what.level && line.msg.startsWith(what.msg)).length
}

const LOST = { level: WARN, msg: 'the link to Asterisk (ARI) is lost' }
const RECOVERED = { level: WARN - 10, msg: 'recovered' }

/** This agent and nobody else becomes free. */
async function signIn(id: string): Promise<Softphone> {
  const phone = phones.get(id)!
  await world.dial(phone, '*1')
  await world.agentIs(id, 'ready')
  return phone
}

/** The next caller whom this agent's phone rings for. */
async function nextCaller(id: string): Promise<IncomingCall> {
  const incoming = await phones.get(id)!.nextInvite({ withinMs: 30_000 })
  incoming.ring()
  return incoming
}

async function waiting(from: string): Promise<Dialog> {
  const caller = await world.callIn(from)
  await caller.press('1')
  await world.until(`${from} waits`, () => callOf(from)?.phase === 'queued')
  return caller
}

/** One of the talks ends, and a key is pressed, while nobody of ours can see it. */
describe.each(['loudly', 'silently'] as const)('ARI is cut %s for a minute', how => {
  const number = (n: number): string => `1380000${how === 'loudly' ? 1 : 2}00${n}`

  test('talks go on, hang-ups are known, callers keep their place, no agent is blamed, and the survey is asked', async () => {
    const lasting = await world.talk(number(1), await signIn('8011'))
    const agentLeaves = await world.talk(number(2), await signIn('8012'))
    const callerLeaves = await world.talk(number(3), await signIn('8013'))
    const surveyed = await world.talk(number(4), await signIn('8014'))
    const rung = await signIn('8015')
    const ring = rung.nextInvite({ withinMs: 60_000 })
    const caller = await world.callIn(number(5))
    await caller.press('1')
    const incoming = await ring
    incoming.ring()
    await waiting(number(6))
    await waiting(number(7))
    await surveyed.agent.hangUp()
    await surveyed.caller.heard.speech({ withinMs: 15_000 })
    const since = [number(5), number(6), number(7)].map(from => callOf(from)!.queuedAt)
    const [lost, recovered] = [logged(LOST), logged(RECOVERED)]

    await ari.cut(how)
    const cutAt = Date.now()
    const uninterrupted = bothHear(lasting.caller, lasting.agent, { forMs: 58_000, withinMs: 62_000 })
    await agentLeaves.agent.hangUp()
    await callerLeaves.caller.hangUp()
    const leftAt = Date.now()
    const rungOut = new Promise<void>(done => incoming.on('cancelled', () => done()))
    await world.until('it is noticed', () => lost() === 1, 20_000)
    await rungOut
    await uninterrupted
    await pause(cutAt + 60_000 - Date.now())
    const [again, next, ...last] = ['8015', '8014', '8012', '8013'].map(nextCaller)
    await ari.mend()
    await world.until('it is reconciled', () => recovered() > 0)

    // Nobody is to blame for a phone that rang out while nobody looked: it rings again, for the same caller.
    const incomingAgain = (await again)!
    expect(incomingAgain.from).toContain(number(5))
    await bothHear(caller, await incomingAgain.answer())
    expect((await next)!.from).toContain(number(6))
    expect((await Promise.race(last))!.from).toContain(number(7))
    expect([number(5), number(6), number(7)].map(from => callOf(from)!.queuedAt)).toEqual(since)
    // The caller whose agent left is asked, and the one who was being asked is asked again.
    for (const asked of [agentLeaves.caller, surveyed.caller]) {
      await asked.heard.speech({ withinMs: 15_000 })
      await asked.press('4')
      await asked.ended
    }
    await world.hangUpAll()
    await world.quiet()

    const answered = { outcome: 'answered', recording_faults: [] }
    expect(await recordOf(number(1))).toMatchObject(answered)
    expect(await recordOf(number(2))).toMatchObject({ ...answered, rating: 4 })
    expect(await recordOf(number(4))).toMatchObject({ ...answered, rating: 4 })
    const left = await recordOf(number(3))
    expect(left).toMatchObject({ ...answered, ended_by: 'caller' })
    expect(Math.abs(left.ended_at - leftAt)).toBeLessThan(500)
  }, 300_000)
})

test('a request that arrives when it is too late leaves no phone ringing', async () => {
  const talk = await world.talk('13800003001', await signIn('8015'), '2')
  const from = '13800003002'
  const caller = await world.callIn(from)
  await caller.press('2')
  await world.until('one waits', () => callOf(from)?.phase === 'queued')
  const [since, lost] = [world.facts.length, logged(LOST)]
  await talk.caller.hangUp()
  await vi.waitFor(async () => expect(await world.leftInAsterisk()).toEqual([callOf(from)!.id]), 3_000)
  await ari.cut('silently')
  await world.fact('AgentOffered', { since })
  await caller.hangUp()
  await world.until('it is noticed', () => lost() === 1, 20_000)
  const ring = nextCaller('8015')
  await ari.mend('late')
  const incoming = await ring
  await new Promise<void>(done => incoming.on('cancelled', () => done()))
  await world.agentIs('8015', 'ready')
  await world.quiet()
  expect(await recordOf(from)).toMatchObject({ outcome: 'abandoned-ringing' })
})

test('the lifeboat gives an agent the next caller, whom we believe in a talk that ended while we could not see it', async () => {
  const phone = await signIn('8011')
  const first = await world.talk('13800004001', phone)
  const recovered = logged(RECOVERED)
  await ari.cut('loudly')
  await first.agent.hangUp()
  const ring = phone.nextInvite({ withinMs: 60_000 })
  const caller = await world.callIn('13800004002')
  const agent = await (await ring).answer()
  await bothHear(caller, agent)
  await ari.mend()
  await world.until('it is reconciled', () => recovered() > 0)
  await world.until('the lifeboat’s talk is known', () => callOf('13800004002')?.phase === 'talking')
  expect(world.agents.get('8011')).toMatchObject({ state: 'talking', call: callOf('13800004002')!.id })
  await first.caller.heard.speech({ withinMs: 15_000 })
  await first.caller.press('5')
  await first.caller.ended
  await bothHear(caller, agent)
  await agent.hangUp()
  await caller.ended
  await world.agentIs('8011', 'ready', 30_000)
  await world.quiet()
  expect(await recordOf('13800004001')).toMatchObject({ outcome: 'answered', rating: 5, recording_faults: [] })
  expect(await recordOf('13800004002')).toMatchObject({ outcome: 'answered', ended_by: 'agent', via_lifeboat: true })
})

/** Who is in the lifeboat and whether paused there, as Asterisk says. */
async function aboard(manager: Ami): Promise<Record<string, string>> {
  const members = await manager.list({ action: 'QueueStatus', queue: 'lifeboat' }, 'QueueMember')
  return Object.fromEntries(members.map(({ location, paused }) => [location, paused]))
}

async function openManager(): Promise<Ami> {
  const { host, amiPort: port, user, amiSecret: secret } = world.surroundings.asterisk
  return new Promise(done => {
    const manager = openAmi({ host, port, user, secret, log: openLog('silent'), onUp: () => done(manager) })
  })
}

describe.each(['loudly', 'silently'] as const)('AMI is cut %s', how => {
  test('what agents did meanwhile is mirrored, and how the lifeboat’s talk ended is known', async () => {
    const manager = await openManager()
    await signIn('8012')
    await signIn('8013')
    await vi.waitFor(
      async () => expect(await aboard(manager)).toEqual({ 'PJSIP/8012': '0', 'PJSIP/8013': '0' }),
      10_000,
    )
    await world.dial(phones.get('8013')!, '*41')
    const from = how === 'loudly' ? '13800005001' : '13800005002'
    const ring = phones.get('8012')!.nextInvite({ withinMs: 60_000 })
    const recovered = logged(RECOVERED)
    await ari.cut('loudly')
    const caller = await world.callIn(from)
    const agent = await (await ring).answer()
    await bothHear(caller, agent)
    await ari.mend()
    await world.until('it is reconciled', () => recovered() > 0)
    expect(callOf(from)!.phase).toBe('talking')

    const lost = logged({ level: WARN, msg: "no connection to Asterisk's manager" })
    await ami.cut(how)
    await agent.hangUp()
    const hungUpAt = Date.now()
    await world.until('it is noticed', () => lost() === 1, 30_000)
    await world.dial(phones.get('8013')!, '*2')
    await signIn('8014')
    await ami.mend()
    await vi.waitFor(
      async () => expect(await aboard(manager)).toEqual({ 'PJSIP/8012': '0', 'PJSIP/8014': '0' }),
      30_000,
    )
    await world.quiet()
    const call = await recordOf(from)
    expect(call).toMatchObject({ outcome: 'answered', ended_by: 'agent', agent_id: '8012' })
    expect(Math.abs(call.ended_at - hungUpAt)).toBeLessThan(500)
    await manager.close()
  })
})
