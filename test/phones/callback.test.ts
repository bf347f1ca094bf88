import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { publish } from '../../src/database/flows.ts'
import { type Flow, HOTLINE, type MenuNode } from '../../src/ivr/flow.ts'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { KeyForm } from '../../src/softphone/dtmf.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { TRUNK_PORT } from '../ports.ts'
import { FORMS } from './forms.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { bothHear, NUMBER, VOICES, WARN, World } from './world.ts'

/** Callers are called back: an agent hears what it is about, takes it, and the customer's phone rings; whatever dies meanwhile. */

const menu = HOTLINE.nodes.menu as MenuNode
const flow: Flow = {
  ...HOTLINE,
  nodes: {
    ...HOTLINE.nodes,
    menu: { ...menu, keys: { ...menu.keys, 4: 'leave', 7: 'call-back' } },
    'call-back': { type: 'callback', queue: 'sales', next: 'booked', otherwise: 'to-operator' },
    booked: { type: 'play', prompts: ['callback-booked'], next: 'end' },
    leave: {
      ...{ type: 'voicemail', queue: 'sales', prompts: ['leave-message'], again: ['message-empty'] },
      ...{ review: ['message-review'], tries: 2, leastMs: 1_000, mostMs: 60_000, silenceMs: 3_000 },
      ...{ patienceMs: 3_000, next: 'end', otherwise: 'end' },
    },
    end: { type: 'hangup' },
  },
}

const folder = mkdtempSync(join(tmpdir(), 'hotline-callbacks-'))
let world: World
/** The other end of the trunk: all customers' phones. */
let outside: Softphone
let agent: Softphone

const hotline = (words: string): Promise<string> => typed(world, folder, words)

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await publish(world.knex, flow)
  await world.until('the service has learned it', () => published() === 1)
  // Whatever the hour is where this runs.
  await hotline('dialling set quiet=none')
  await hotline('queue set sales callback-pauses=1,1 keep-place=yes wrap-up=0')
  outside = await world.phone({ user: 'outside', port: TRUNK_PORT, tone: { hz: VOICES.caller } })
  agent = await world.signedIn('8001')
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

async function asksForIt(from: string): Promise<void> {
  const caller = await world.callIn(from)
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('7')
  await world.until('it is promised', () => world.callbackOf(from) !== undefined)
  await caller.hangUp()
}

/** The agent answers, hears what it is about, and takes it. */
async function taken(ring: Promise<IncomingCall>): Promise<Dialog> {
  const offered = await (await ring).answer()
  await offered.heard.speech({ withinMs: 10_000 })
  await offered.press('1')
  return offered
}

const rings = (phone: Softphone): Promise<IncomingCall> => phone.nextInvite({ withinMs: 30_000 })

const recordOf = (from: string) => world.knex('calls').where({ caller: from, direction: 'inbound' }).first()
const callbackOf = (from: string) => world.knex('calls').where({ caller: from, direction: 'callback' }).first()

test('an agent takes it, the customer is dialled and sees the hotline, both hear each other, and it is rated', async () => {
  const ring = rings(agent)
  const dialled = rings(outside)
  await asksForIt('13800138001')
  const offered = await taken(ring)
  const incoming = await dialled
  expect(incoming.request.uri).toContain('sip:13800138001@')
  expect(incoming.from).toContain(NUMBER)
  const customer = await incoming.answer()
  await bothHear(customer, offered)
  await offered.hangUp()
  await customer.heard.speech({ withinMs: 10_000 })
  await customer.press('5')
  await customer.ended
  await world.quiet()
  expect(await callbackOf('13800138001')).toMatchObject({ outcome: 'answered', agent_id: '8001', rating: 5 })
  expect(await recordOf('13800138001')).toMatchObject({ outcome: 'callback-booked' })
})

test('who waits keeps the place with 1, and is called as soon as the agent is free', async () => {
  const talk = await world.talk('13800138002', agent)
  const waiting = await world.callIn('13800138003')
  await waiting.press('1')
  await world.until('they wait', () => world.callOf('13800138003')?.phase === 'queued')
  await waiting.press('1')
  await waiting.ended
  const ring = rings(agent)
  const dialled = rings(outside)
  await talk.agent.hangUp()
  const offered = await taken(ring)
  const customer = await (await dialled).answer()
  await bothHear(customer, offered)
  await customer.hangUp()
  await world.hangUpAll()
  await world.quiet()
  expect(await recordOf('13800138003')).toMatchObject({ outcome: 'callback-booked' })
  expect(await callbackOf('13800138003')).toMatchObject({ outcome: 'answered' })
})

/** Once nothing but music is heard. */
async function keepsPlace(from: string, form: KeyForm): Promise<void> {
  const waiting = await world.callIn(from, { keys: [form] })
  await waiting.press('0')
  await world.until(`${form}: they wait`, () => world.callOf(from)?.phase === 'queued')
  await world.until(`${form}: all is said`, () => world.callOf(from)!.saying === null, 30_000)
  await waiting.heard.speech({ withinMs: 10_000 })
  await waiting.press('1')
  await world.until(`${form}: the place is kept`, () => world.callbackOf(from) !== undefined)
  await waiting.ended
}

/** An agent leaves what they are offered first, and takes what they are offered then, once it was said again. */
async function choosesBy(form: KeyForm, phone: Softphone): Promise<void> {
  const offer = async () => {
    const ring = rings(phone)
    await world.dial(phone, '*3')
    const offered = await (await ring).answer({ keys: [form] })
    await offered.heard.speech({ withinMs: 10_000 })
    return offered
  }
  const left = await offer()
  await left.press('3')
  await left.ended
  await world.agentIs(phone.user, 'paused')
  const offered = await offer()
  await offered.press('2')
  const isOffered = ({ leg, phase }: Call) => leg?.agent === phone.user && phase === 'ringing'
  const saysNothing = () => [...world.calls.values()].find(isOffered)?.sayingToAgent === null
  await world.until(`${form}: all is said`, saysNothing, 30_000)
  // Those that mean nothing, as fast as keys may be pressed (ITU-T Q.24).
  await offered.press('4455', { ms: 40, gapMs: 40 })
  await offered.press('1')
  await offered.heard.tone(VOICES.caller, { forMs: 200, withinMs: 15_000 })
  await offered.hangUp()
}

test('in any form of keys a place is kept, and an agent leaves it to another, hears it again and takes it', async () => {
  await hotline('queue set operator keep-place=yes wrap-up=0')
  const others = await Promise.all(['8002', '8003', '8004'].map(id => world.agent(id)))
  const agents = [agent, ...others]
  const answers = (incoming: IncomingCall) => void incoming.answer()
  outside.on('invite', answers)
  try {
    for (const code of ['*1', '*4']) await Promise.all(agents.map(phone => world.dial(phone, code)))
    await Promise.all(FORMS.map((form, i) => keepsPlace(`1380013802${i}`, form)))
    const before = world.facts.length
    await Promise.all(FORMS.map((form, i) => choosesBy(form, agents[i]!)))
    const pressed = world.facts.slice(before).flatMap(({ fact }) => (fact.kind === 'AgentKeyPressed' ? fact : []))
    const keysOf = ({ user }: Softphone) => pressed.flatMap(({ leg, key }) => (leg.includes(`~${user}~`) ? key : []))
    expect(agents.map(phone => keysOf(phone).join(''))).toEqual(FORMS.map(() => '3244551'))
  } finally {
    outside.off('invite', answers)
    for (const phone of others) {
      await world.dial(phone, '*2')
      // Or what another test offers to this agent would ring here.
      await phone.unregister()
    }
    await world.dial(agent, '*3')
  }
})

test('a message is heard by the agent, who may cut it short', async () => {
  const ring = rings(agent)
  const dialled = rings(outside)
  const caller = await world.callIn('13800138004')
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('4')
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('#')
  await world.until('it is begun', () => world.callOf('13800138004')?.message != null)
  await caller.heard.silence({ forMs: 4_000, withinMs: 10_000 })
  await caller.hangUp()
  const offered = await (await ring).answer()
  await offered.heard.tone(VOICES.caller, { forMs: 1_500, withinMs: 20_000 })
  await offered.press('1')
  await bothHear(await (await dialled).answer(), offered)
  await offered.hangUp()
  await world.hangUpAll()
  await world.quiet()
  expect(await callbackOf('13800138004')).toMatchObject({ outcome: 'answered' })
})

test('who is busy is tried again, and the last try ends it', async () => {
  const tries = ['busy', 'rejected', 'busy']
  const all = tries.map(async (_, i) => {
    await world.until(`try ${i}`, () => (world.callbackOf('13800138005')?.callback?.tries.length ?? 0) >= i, 60_000)
    const [ring, dialled] = [rings(agent), rings(outside)]
    const offered = await taken(ring)
    ;(await dialled).reject(tries[i] === 'busy' ? 486 : 603)
    await offered.ended
  })
  await asksForIt('13800138005')
  await Promise.all(all)
  await world.quiet()
  const { outcome, callback } = await callbackOf('13800138005')
  expect(outcome).toBe('not-reached')
  expect(callback.tries.map(({ result }: { result: string }) => result)).toEqual(tries)
})

test('who does not say yes is paused, and the next agent is asked for as long; a person may take it back', async () => {
  const other = await world.signedIn('8002', { tone: { hz: VOICES.other } })
  try {
    const [first, second] = [rings(agent), rings(other)]
    await asksForIt('13800138012')
    const asked = await (await first).answer()
    await asked.heard.speech({ withinMs: 10_000 })
    await asked.press('3')
    await asked.ended
    await world.agentIs('8001', 'paused')
    const next = await (await second).answer()
    await next.heard.speech({ withinMs: 10_000 })
    const { id } = world.callbackOf('13800138012')!
    expect(await hotline(`callback cancel ${id}`)).toBe(`${id} need not be made any more.\n`)
    await next.ended
    await world.quiet()
    expect(await callbackOf('13800138012')).toMatchObject({ outcome: 'withdrawn' })
  } finally {
    await world.dial(other, '*2')
    await world.dial(agent, '*3')
  }
})

test('who rings back is not called, and is served in their place', async () => {
  const talk = await world.talk('13800138006', agent)
  await asksForIt('13800138007')
  const later = await world.callIn('13800138008')
  await later.press('1')
  await world.until('another waits', () => world.callOf('13800138008')?.phase === 'queued')
  const back = await world.callIn('13800138007')
  await back.press('1')
  await world.until('they wait', () => world.callOf('13800138007')?.phase === 'queued')
  const ring = rings(agent)
  await talk.agent.hangUp()
  await bothHear(back, await (await ring).answer())
  await world.hangUpAll()
  await world.quiet()
  expect(await callbackOf('13800138007')).toMatchObject({ outcome: 'withdrawn' })
})

test.each([
  ['the agent hears what it is about', '13800138009'],
  ['the phone of the customer rings', '13800138010'],
  ['the two talk', '13800138011'],
])('where the service dies while %s, the two talk all the same', async (when, from) => {
  const [ring, dialled] = [rings(agent), rings(outside)]
  await asksForIt(from)
  const offered = await (await ring).answer()
  await offered.heard.speech({ withinMs: 10_000 })
  const restart = async () => {
    await world.killService()
    await world.startService()
  }
  if (when.includes('hears')) await restart()
  await offered.press('1')
  const incoming = await dialled
  if (when.includes('rings')) await restart()
  const customer = await incoming.answer()
  await bothHear(customer, offered)
  if (when.includes('talk')) await restart()
  await bothHear(customer, offered)
  await world.hangUpAll()
  await world.quiet()
  expect(await callbackOf(from)).toMatchObject({ outcome: 'answered' })
})
