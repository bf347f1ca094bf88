import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { agentsReport } from '../../src/report/agents.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { TRUNK_PORT } from '../ports.ts'
import { dials, keysIn, openDesk, rungByLifeboat } from './desks.ts'
import { ask, hear, TONES } from './parties.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { World } from './world.ts'

/** Agents sit down at phones that are nobody's own: who they are is told by a code and a PIN, and what happens there is theirs. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-desk-'))
const DESK = '2001'
const OTHER_DESK = '2002'
const pins: Record<string, string> = {}
let world: World
let desk: Softphone
let otherDesk: Softphone
let own: Softphone
let outside: Softphone

const hotline = (words: string): Promise<string> => typed(world, folder, words)

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'debug' } })
  await hotline('queue set sales wrap-up=1 survey=none')
  desk = await openDesk(world, folder, DESK, 'agent')
  otherDesk = await openDesk(world, folder, OTHER_DESK, 'second')
  for (const id of ['8001', '8002']) pins[id] = /is (\d{6}) from/.exec(await hotline(`agent pin ${id}`))![1]!
  own = await world.agent('8001', { tone: { hz: TONES.third } })
  outside = await world.phone({ user: 'outside', port: TRUNK_PORT, tone: { hz: TONES.outside } })
})
beforeEach(async () => {
  for (const id of ['8001', '8002']) await setState(id, { state: 'signed-out' })
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

const setState = (agent: string, asked: object) => ask(world, 'POST', `/api/agents/${agent}/state`, asked)

const signsIn = (id: string, phone = desk, pin = pins[id]!): Promise<void> => keysIn(phone, id, pin)

async function sits(id: string, phone = desk): Promise<void> {
  await signsIn(id, phone)
  await world.agentIs(id, 'ready')
  expect(seatOf(id)).toBe(phone.user)
}

const seatOf = (id: string): string | null => world.agents.get(id)!.phone

type Talk = { id: string; caller: Dialog; agent: Dialog }

async function talk(from: string, phone = desk): Promise<Talk> {
  const ring = phone.nextInvite({ withinMs: 60_000 })
  const caller = await world.callIn(from)
  await caller.press('1')
  const agent = await (await ring).answer()
  await bothTalk({ caller, agent }, phone)
  return { id: (await world.recordOf(from)).id, caller, agent }
}

const bothTalk = ({ caller, agent }: Omit<Talk, 'id'>, phone = desk): Promise<void> =>
  hear({ caller: [caller, phone === desk ? 'agent' : 'second'], agent: [agent, 'caller'] })

const legsOf = (call: string) => world.knex('legs').where({ call_id: call }).orderBy('offered_at')

test('who keys in a wrong PIN sits nowhere; with the right one they are rung there, heard there, and it is theirs over a death', async () => {
  await signsIn('8001', desk, '000000')
  expect(world.agents.get('8001')).toMatchObject({ state: 'signed-out', phone: null })
  await sits('8001')
  expect((await ask(world, 'GET', '/api/agents/8001')).body).toMatchObject({ state: 'ready', phone: DESK })
  expect(await hotline('agent list')).toContain(`8001: at phone ${DESK}\n`)
  expect(await hotline('phone list')).toContain(`${DESK}: agent 8001\n`)

  const call = await talk('13800138201')
  await bothTalk(call)
  const told = world.facts.flatMap(({ fact }) => (fact.kind === 'Prompted' ? [fact.prompts.join(' ')] : []))
  expect(told).toContain('digit/8 digit/0 digit/0 digit/1 agent-serves-after')
  await world.killService()
  await bothTalk(call)
  await world.startService()
  await bothTalk(call)
  expect(world.agents.get('8001')).toMatchObject({ state: 'talking', phone: DESK, call: call.id })
  await call.agent.hangUp()
  await world.agentIs('8001', 'wrapping-up')
  await world.agentIs('8001', 'ready')
  expect(seatOf('8001')).toBe(DESK)
  await world.quiet()
  expect(await world.recordOf('13800138201')).toMatchObject({ outcome: 'answered', agent_id: '8001' })
})

test('no PIN stands anywhere but as a hash: in no fact, event or line of the log', async () => {
  await sits('8001')
  const pin = pins['8001']!
  const { rows } = await world.knex.raw('select f::text as text from facts f union all select e::text from events e')
  expect(rows.filter(({ text }: { text: string }) => text.includes(pin))).toEqual([])
  expect(world.logged.filter(line => JSON.stringify(line).includes(pin))).toEqual([])
  expect((await world.knex('agents').where({ id: '8001' }).first('pin')).pin).not.toContain(pin)
})

test('a phone at which nobody sits does nothing for anybody, and still reaches an emergency', async () => {
  await dials(desk, '*3')
  await dials(desk, '*1')
  await dials(desk, '13800138000')
  const dialled = outside.nextInvite({ withinMs: 10_000 })
  desk.invite('110')
  const emergency = await dialled
  expect(emergency.request.uri).toContain('sip:110@')
  emergency.reject(486)
  for (const id of ['8001', '8002']) expect(world.agents.get(id)!.state).toBe('signed-out')
})

test('what is dialled there is theirs: codes, keys in a talk, their own calls; and so is whatever is sent to them', async () => {
  await sits('8001')
  await dials(desk, '*42')
  expect(world.agents.get('8001')).toMatchObject({ state: 'paused', reason: 'meal' })
  // It is theirs alone where they are not.
  await dials(own, '*3')
  expect(world.agents.get('8001')!.state).toBe('paused')

  const text = new Promise<string>(done => desk.once('text', done))
  await ask(world, 'POST', '/api/agents/8001/word', { text: '请接下一位' })
  expect(await text).toBe('请接下一位')

  const customer = outside.nextInvite({ withinMs: 20_000 })
  const rung = desk.nextInvite({ withinMs: 20_000 })
  await ask(world, 'POST', '/api/agents/8001/calls', { number: '13800138202' })
  const agent = await (await rung).answer()
  const other = await (await customer).answer()
  await hear({ agent: [agent, 'outside'], other: [other, 'agent'] })
  await other.hangUp()
  await agent.ended

  const dialled = outside.nextInvite({ withinMs: 20_000 })
  const line = desk.invite('13800138203')
  const theirs = await (await dialled).answer()
  await hear({ agent: [await line.answered, 'outside'], theirs: [theirs, 'agent'] })
  await theirs.hangUp()
  await (await line.answered).ended
  await world.quiet()
  const calls = await world
    .knex('calls')
    .where({ direction: 'outbound' })
    .orderBy('arrived_at')
    .select('agent_id', 'outcome')
  expect(calls).toEqual([
    { agent_id: '8001', outcome: 'answered' },
    { agent_id: '8001', outcome: 'answered' },
  ])

  await dials(desk, '*3')
  const call = await talk('13800138204')
  for (const key of '*70') await call.agent.press(key)
  await hear({ caller: [call.caller], agent: [call.agent] })
  for (const key of '*70') await call.agent.press(key)
  await bothTalk(call)
})

test('a colleague consults them there, and a supervisor listens from there', async () => {
  await sits('8001')
  const call = await talk('13800138205')
  await setState('8002', { state: 'ready', phone: OTHER_DESK })
  await setState('8002', { state: 'paused' })
  const ring = otherDesk.nextInvite({ withinMs: 15_000 })
  expect((await ask(world, 'POST', `/api/calls/${call.id}/consultation-call`, { agent: '8002' })).status).toBe(200)
  const consulted = await (await ring).answer()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], consulted: [consulted, 'agent'] })
  await consulted.hangUp()
  await bothTalk(call)
  const asked = otherDesk.nextInvite({ withinMs: 15_000 })
  const supervision = { phone: '8002', mode: 'listen' }
  expect((await ask(world, 'POST', `/api/calls/${call.id}/supervision`, supervision)).status).toBe(200)
  const boss = await (await asked).answer()
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'], boss: [boss, 'agent', 'caller'] })
  // While they listen they move nowhere.
  expect(await setState('8002', { state: 'ready', phone: '8002' })).toMatchObject({
    status: 409,
    body: { id: 'in-call' },
  })
  const roles = (await legsOf(call.id)).map(({ agent_id, role }) => [agent_id, role])
  expect(roles).toEqual([
    ['8001', 'serves'],
    ['8002', 'consulted'],
  ])
  expect(await world.knex('supervisions').where({ call_id: call.id })).toMatchObject([
    { supervisor: '8002', agent_id: '8001' },
  ])
})

test('in a call nobody is put out of their seat, and nobody leaves it', async () => {
  await sits('8001')
  const call = await talk('13800138206')
  await signsIn('8002')
  expect(world.agents.get('8002')!.state).toBe('signed-out')
  expect(await setState('8002', { state: 'ready', phone: DESK })).toMatchObject({
    ...{ status: 409, body: { id: 'phone-in-use' } },
  })
  expect(await setState('8001', { state: 'ready', phone: OTHER_DESK })).toMatchObject({
    ...{ status: 409, body: { id: 'in-call' } },
  })
  await signsIn('8001', otherDesk)
  expect(seatOf('8001')).toBe(DESK)
  await bothTalk(call)
})

test('else who comes takes the seat, who sat there is signed out by them, and each is charged what is theirs', async () => {
  const from = Date.now()
  await sits('8001')
  const first = await talk('13800138207')
  await first.agent.hangUp()
  await world.agentIs('8001', 'ready')
  await sits('8002')
  expect(world.agents.get('8001')).toMatchObject({ state: 'signed-out', phone: null, by: 'agent:8002' })
  const second = await talk('13800138208')
  await second.agent.hangUp()
  await world.quiet()
  expect(await world.recordOf('13800138207')).toMatchObject({ agent_id: '8001' })
  expect(await world.recordOf('13800138208')).toMatchObject({ agent_id: '8002' })
  const report = await agentsReport(world.knex, { from, to: Date.now() }, Date.now())
  const legs = [...(await legsOf(first.id)), ...(await legsOf(second.id))]
  expect(report.agents.map(row => [row.agent, row.handled, row.handledTalkMs])).toEqual(
    legs.map(leg => [leg.agent_id, 1, leg.ended_at - leg.connected_at]),
  )
})

test('who signs in elsewhere moves there, and their own phone is theirs again for a code', async () => {
  await sits('8001')
  await sits('8001', otherDesk)
  await (await talk('13800138209', otherDesk)).agent.hangUp()
  await world.agentIs('8001', 'ready')
  await dials(own, '*1')
  expect(seatOf('8001')).toBeNull()
  const ring = own.nextInvite({ withinMs: 30_000 })
  await (await world.callIn('13800138210')).press('1')
  await (await ring).answer()
  await world.agentIs('8001', 'talking')
})

test('the lifeboat rings them where they sit, and what it tells is theirs', async () => {
  await sits('8001')
  // Who sat there before is not rung any more.
  await sits('8002')
  await sits('8001', otherDesk)
  await setState('8002', { state: 'signed-out' })
  await vi.waitFor(async () => expect(await rungByLifeboat(world)).toEqual([OTHER_DESK]), {
    timeout: 5_000,
    interval: 100,
  })
  await world.killService()
  const ring = otherDesk.nextInvite({ withinMs: 40_000 })
  const caller = await world.callIn('13800138211')
  const agent = await (await ring).answer()
  await bothTalk({ caller, agent }, otherDesk)
  await agent.hangUp()
  await caller.ended
  await world.startService()
  await world.quiet()
  expect(await world.recordOf('13800138211')).toMatchObject({
    ...{ outcome: 'answered', agent_id: '8001', via_lifeboat: true },
  })
  expect(seatOf('8001')).toBe(OTHER_DESK)
})

test('Asterisk dies, and who sat at a phone sits there still', async () => {
  await sits('8001')
  world.killAsterisk()
  await world.startAsterisk()
  await vi.waitFor(() => desk.register(), { timeout: 60_000, interval: 500 })
  await (await talk('13800138212')).agent.hangUp()
  await world.quiet()
  expect(await world.recordOf('13800138212')).toMatchObject({ outcome: 'answered', agent_id: '8001' })
})

test('signed out the phone is nobody’s again, and can be taken away', async () => {
  await sits('8001', otherDesk)
  await expect(hotline(`phone remove ${OTHER_DESK}`)).rejects.toThrow(`An agent sits at phone ${OTHER_DESK}`)
  await dials(otherDesk, '*2')
  expect(world.agents.get('8001')).toMatchObject({ state: 'signed-out', phone: null })
  await dials(otherDesk, '*3')
  expect(world.agents.get('8001')!.state).toBe('signed-out')
  await hotline(`phone remove ${OTHER_DESK}`)
  const account = () => world.ari(`endpoints/PJSIP/${OTHER_DESK}`)
  await vi.waitFor(() => expect(account()).rejects.toThrow('404'), { timeout: 10_000, interval: 100 })
})
