import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { header } from '../../src/softphone/message.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { TRUNK_PORT } from '../ports.ts'
import { settled } from './settled.ts'
import { channelsOf, expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { bothHear, NUMBER, VOICES, WARN, World } from './world.ts'

/** Agents call customers themselves, from the phone on their desk; whatever dies meanwhile. */

const SHOWN = '4008009000'

const folder = mkdtempSync(join(tmpdir(), 'hotline-outbound-'))
let world: World
/** The other end of the trunk: all customers' phones. */
let outside: Softphone
let agent: Softphone

const hotline = (words: string): Promise<string> => typed(world, folder, words)

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  outside = await world.phone({ user: 'outside', port: TRUNK_PORT, tone: { hz: VOICES.caller } })
  // Nobody is called at any hour by the machine; a person may.
  await hotline(`dialling set quiet=00:00-23:59 shows=${NUMBER}`)
  await hotline('queue set sales wrap-up=0 survey=none')
  agent = await world.signedIn('8001')
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
  if (world.agents.get('8001')?.state === 'paused') await world.dial(agent, '*3')
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

const rings = (): Promise<IncomingCall> => outside.nextInvite({ withinMs: 15_000 })
const recordOf = (customer: string) => world.knex('calls').where({ caller: customer, direction: 'outbound' }).first()

/** The agent dials, and the customer's phone rings. */
async function dialled(number: string): Promise<{ agents: Dialog; incoming: IncomingCall }> {
  const ring = rings()
  const agents = await agent.invite(number).answered
  return { agents, incoming: await ring }
}

async function talks(number: string): Promise<{ agents: Dialog; customer: Dialog }> {
  const { agents, incoming } = await dialled(number)
  incoming.ring()
  const customer = await incoming.answer()
  await bothHear(customer, agents)
  return { agents, customer }
}

/** They hear why, and are let go. */
async function hearsWhy(agents: Dialog): Promise<void> {
  await agents.heard.speech({ withinMs: 10_000 })
  await agents.ended
}

test('the customer sees the main number, both hear each other, and both are on the tape', async () => {
  const { agents, incoming } = await dialled('13800138001')
  expect(incoming.request.uri).toContain('sip:13800138001@')
  expect(incoming.from).toContain(NUMBER)
  incoming.ring()
  await world.agentIs('8001', 'dialling')
  const customer = await incoming.answer()
  await bothHear(customer, agents)
  await world.agentIs('8001', 'talking')
  await bothHear(customer, agents, { forMs: 2_000 })
  await agents.hangUp()
  await customer.ended
  await world.quiet()
  const record = await recordOf('13800138001')
  expect(record).toMatchObject({ outcome: 'answered', agent_id: '8001', ended_by: 'agent', called: NUMBER })
  const { left, right } = await channelsOf(join(world.config.recordingsFolder, record.recording_file))
  const [from, forMs] = [left.ms - 1_500, 1_000]
  expect(left.throughout(VOICES.caller, from, forMs)).toBeGreaterThan(-20)
  expect(right.throughout(VOICES.agent, from, forMs)).toBeGreaterThan(-20)
})

test('the customer hangs up, and the phone of the agent is let go; who holds the call holds it', async () => {
  const learned = world.countLogged({ level: WARN - 10, msg: 'queues or numbers were changed' })
  await hotline(`queue set sales shows=${SHOWN} wrap-up=2`)
  await world.until('the service has learned it', () => learned() === 1)
  const { agents, customer } = await talks('13800138002')
  await agents.hold()
  await world.until('it is on hold', () => world.outboundOf('13800138002')?.leg?.heldSince != null)
  await agents.unhold()
  await bothHear(customer, agents)
  await customer.hangUp()
  await agents.ended
  await world.agentIs('8001', 'wrapping-up')
  await world.agentIs('8001', 'ready')
  await world.quiet()
  const record = await recordOf('13800138002')
  expect(record).toMatchObject({ outcome: 'answered', ended_by: 'caller', called: SHOWN, queue: 'sales' })
  expect(record.held_ms).toBeGreaterThan(0)
  await hotline('queue set sales wrap-up=0 shows=none')
})

test.each([
  ['busy', '13800138003', 486, 'busy'],
  ['declines', '13800138004', 603, 'rejected'],
  ['has no such number', '13800138005', 404, 'wrong-number'],
])('who is called %s: the agent hears so, and is free', async (_, number, code, result) => {
  const { agents, incoming } = await dialled(number)
  incoming.reject(code)
  await hearsWhy(agents)
  await world.agentIs('8001', 'ready')
  await world.quiet()
  expect(await recordOf(number)).toMatchObject({ outcome: 'not-reached', recording_file: null })
  expect(await world.knex('cdr').where({ dst: number }).first()).toMatchObject({
    ...{ src: NUMBER, dcontext: 'outbound', accountcode: '8001', userfield: 'not-reached' },
    disposition: result === 'busy' ? 'BUSY' : 'NO ANSWER',
  })
})

test('an agent who hangs up while it rings stops it', async () => {
  const { agents, incoming } = await dialled('13800138006')
  incoming.ring()
  const cancelled = new Promise<void>(done => incoming.on('cancelled', () => done()))
  await agents.hangUp()
  await cancelled
  await world.quiet()
  expect(await recordOf('13800138006')).toMatchObject({ outcome: 'not-reached', ended_by: 'agent' })
})

test.each([
  ['that no rule allows', '0044123456789'],
  ['that is not whole', '62345678'],
  ['of the hotline itself', NUMBER],
  ['of a service', '12345'],
])('a number %s is not dialled, and the agent hears so', async (_, number) => {
  await hearsWhy(await agent.invite(number).answered)
  expect(await world.knex('calls').where({ direction: 'outbound', caller: number }).first()).toBeUndefined()
})

test('no caller is offered meanwhile, but as soon as they are free; from a pause they dial, and go back to it', async () => {
  const { agents, customer } = await talks('13800138007')
  const caller = await world.callIn('13800138008')
  await caller.press('1')
  await world.until('they wait', () => world.callOf('13800138008')?.phase === 'queued')
  const ring = agent.nextInvite({ withinMs: 30_000 })
  await bothHear(customer, agents, { forMs: 1_000 })
  expect(world.callOf('13800138008')!.phase).toBe('queued')
  await customer.hangUp()
  const served = await (await ring).answer()
  await bothHear(caller, served)
  await caller.hangUp()
  await served.ended
  await world.dial(agent, '*41')
  const other = await talks('13800138007')
  await other.agents.hangUp()
  await world.agentIs('8001', 'paused')
  await world.quiet()
})

test('dialled when a caller was just offered to them, that caller waits on, is served next, and nobody has missed a call', async () => {
  const offer = agent.nextInvite({ withinMs: 30_000 })
  const caller = await world.callIn('13800138012')
  await caller.press('1')
  const offered = await offer
  // What their screen shows meanwhile.
  const pop = await asked(`calls/${world.callOf('13800138012')!.id}/pop`)
  expect(await pop.json()).toMatchObject({ queue: 'sales', caller: { number: '13800138012' }, pressed: [{ key: '1' }] })
  offered.ring()
  const cancelled = new Promise<void>(done => offered.on('cancelled', () => done()))
  const { agents, incoming } = await dialled('13800138013')
  const customer = await incoming.answer()
  await bothHear(customer, agents)
  await cancelled
  expect(world.callOf('13800138012')).toMatchObject({ phase: 'queued', missedBy: [] })
  const ring = agent.nextInvite({ withinMs: 30_000 })
  await agents.hangUp()
  const served = await (await ring).answer()
  await bothHear(caller, served)
  await world.hangUpAll()
  await world.quiet()
  expect(await recordOf('13800138013')).toMatchObject({ outcome: 'answered' })
})

test('an emergency is dialled for who is signed in, and for who is not, who dials nothing else', async () => {
  const first = await dialled('110')
  expect(first.incoming.request.uri).toContain('sip:110@')
  await bothHear(await first.incoming.answer(), first.agents)
  await first.agents.hangUp()
  await world.quiet()
  await world.dial(agent, '*2')
  await hearsWhy(await agent.invite('13800138009').answered)
  const ring = rings()
  const call = agent.invite('120')
  const incoming = await ring
  expect(incoming.request.uri).toContain('sip:120@')
  await bothHear(await incoming.answer(), await call.answered)
  await (await call.answered).hangUp()
  expect(header(incoming.request, 'From')).toContain(`sip:${NUMBER}@`)
  await hotline('dialling set outside-line=9')
  await vi.waitFor(async () => {
    expect(await world.ari('asterisk/variable?variable=HOTLINE_OUTSIDE')).toEqual({ value: '9' })
  }, 10_000)
  await world.killService()
  // As the trunk wants it, whether they dial the digit for an outside line or not.
  for (const number of ['119', '9119']) {
    const alone = rings()
    const urgent = agent.invite(number)
    const heard = await alone
    expect(heard.request.uri).toContain('sip:9119@')
    expect(header(heard.request, 'From')).toContain(`sip:${NUMBER}@`)
    await bothHear(await heard.answer(), await urgent.answered)
    await (await urgent.answered).hangUp()
  }
  await world.startService()
  await hotline('dialling set outside-line=none')
  await world.dial(agent, '*1')
  await world.agentIs('8001', 'ready')
})

test.each([
  ['their phone rings', '13800138010'],
  ['the two talk', '13800138011'],
])('where the service dies while %s, the two talk all the same', async (when, number) => {
  const { agents, incoming } = await dialled(number)
  incoming.ring()
  const restart = async (): Promise<void> => {
    await world.killService()
    await world.startService()
  }
  if (when.includes('rings')) await restart()
  const customer = await incoming.answer()
  await bothHear(customer, agents)
  if (when.includes('talk')) await restart()
  await bothHear(customer, agents, { forMs: 1_000 })
  await customer.hangUp()
  await agents.ended
  await world.agentIs('8001', 'ready')
  await world.quiet()
  expect(await recordOf(number)).toMatchObject({ outcome: 'answered' })
})

/** By their screen. */
function asked(what: string, sent?: object): Promise<Response> {
  const headers = { 'x-api-key': world.surroundings.apiKey, 'content-type': 'application/json' }
  const act = sent && { method: 'POST', body: JSON.stringify(sent) }
  return fetch(`http://127.0.0.1:${world.config.ports.http}/api/${what}`, { headers, ...act })
}

test('an agent clicks: their own phone rings, told to pick up, and then the customer’s, though the service dies in between', async () => {
  const own = agent.nextInvite({ withinMs: 15_000 })
  const answer = await asked('agents/8001/calls', { number: '138 0013 8021' })
  const { call } = (await answer.json()) as { call: string }
  const offered = await own
  expect(header(offered.request, 'Call-Info')).toContain('answer-after=0')
  expect(offered.from).toContain('13800138021')
  offered.ring()
  await world.agentIs('8001', 'ringing')
  await world.killService()
  await world.startService()
  const ring = rings()
  const agents = await offered.answer()
  const incoming = await ring
  expect(incoming.request.uri).toContain('sip:13800138021@')
  await bothHear(await incoming.answer(), agents)
  await agents.hangUp()
  await world.agentIs('8001', 'ready')
  await world.quiet()
  expect(await recordOf('13800138021')).toMatchObject({
    id: call,
    outcome: 'answered',
    agent_id: '8001',
    ended_by: 'agent',
  })
})
