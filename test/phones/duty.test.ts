import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { publish } from '../../src/database/flows.ts'
import { WEEKDAYS } from '../../src/ivr/calendar.ts'
import { type Flow, HOTLINE, type MenuNode } from '../../src/ivr/flow.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { KeyForm } from '../../src/softphone/dtmf.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { TRUNK_PORT } from '../ports.ts'
import { FORMS } from './forms.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { NUMBER, VOICES, WARN, World } from './world.ts'

/** Whoever is on duty hears what callers have left, and sees to it by keys: dialled by the hotline, or dialling in. */

const menu = HOTLINE.nodes.menu as MenuNode
const flow: Flow = {
  ...HOTLINE,
  nodes: {
    ...HOTLINE.nodes,
    menu: { ...menu, keys: { ...menu.keys, 4: 'leave' } },
    leave: {
      ...{ type: 'voicemail', queue: 'sales', prompts: ['leave-message'], again: ['message-empty'] },
      ...{ review: ['message-review'], tries: 2, leastMs: 1_000, mostMs: 60_000, silenceMs: 3_000 },
      ...{ patienceMs: 3_000, next: 'end', otherwise: 'end' },
    },
    end: { type: 'hangup' },
  },
}

const DUTY_NUMBER = '4008001009'

const folder = mkdtempSync(join(tmpdir(), 'hotline-duty-'))
const pins: Record<string, string> = {}
let world: World
/** The other end of the trunk: the mobiles of those on duty, and all customers' phones. */
let outside: Softphone

const hotline = (words: string): Promise<string> => typed(world, folder, words)

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await publish(world.knex, flow)
  await world.until('the service has learned it', () => published() === 1)
  await hotline('dialling set quiet=none')
  await onList('7', 1)
  const changed = world.countLogged({ level: WARN - 10, msg: 'queues or numbers were changed' })
  await hotline('queue set sales duty-after=60')
  await hotline(`number set ${DUTY_NUMBER} duty --language en`)
  await world.until('the service has learned it', () => changed() >= 1)
  outside = await world.phone({ user: 'outside', port: TRUNK_PORT, tone: { hz: VOICES.other } })
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

/** At all hours. */
async function onList(id: string, turn: number): Promise<void> {
  const weekly = Object.fromEntries(WEEKDAYS.map(day => [day, [['00:00', '24:00']]]))
  const file = join(folder, `${id}.json`)
  writeFileSync(file, JSON.stringify({ id, name: `Person${id}`, number: `1390013900${id}`, turn, weekly }))
  await hotline(`duty set ${file}`)
  pins[id] = /is (\d{6}) from/.exec(await hotline(`duty pin ${id}`))![1]!
}

/** Resolves with the id of the message, once it can be heard. */
async function leavesMessage(from: string): Promise<string> {
  const caller = await world.callIn(from)
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('4')
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('#')
  await world.fact('MessageBegun', { since: 0 })
  await caller.heard.silence({ forMs: 4_000, withinMs: 10_000 })
  await caller.hangUp()
  const question = world.knex('messages').join('calls', 'calls.id', 'call_id').where({ caller: from })
  const filed = () => question.clone().whereNotNull('recording_faults').first('messages.id')
  return vi.waitFor(async () => (await filed()).id, { timeout: 15_000, interval: 200 })
}

const isDueAfter = (ms: number): Promise<unknown> =>
  world.knex('queues').where({ id: 'sales' }).update({ duty_after_ms: ms })
/** Instead of in an hour. */
const isDueNow = (): Promise<unknown> => isDueAfter(1)

/** From any phone. */
async function dialsIn(keys: string): Promise<Dialog> {
  const phone = await world.callIn('13700137000', { number: DUTY_NUMBER })
  await phone.heard.speech({ withinMs: 10_000 })
  for (const part of keys.split(' ')) {
    await phone.press(part)
    await phone.heard.speech({ withinMs: 10_000 })
  }
  return phone
}

const hearsMessage = (phone: Dialog): Promise<unknown> =>
  phone.heard.tone(VOICES.caller, { forMs: 1_500, withinMs: 40_000 })

const bothHearTheOther = async (one: Dialog, two: Dialog): Promise<void> => {
  const [oneHears, twoHears] = [one.heard, two.heard].map(ear =>
    ear.tone(VOICES.other, { forMs: 500, withinMs: 10_000 }),
  )
  await Promise.all([oneHears, twoHears])
}

const messageOf = (id: string) => world.knex('messages').where({ id }).first()
const callbackOf = (from: string) => world.knex('calls').where({ caller: from, direction: 'callback' }).first()
const dutyCalls = () => world.knex('calls').where({ direction: 'internal' }).orderBy('arrived_at')

test('who dials in, from any phone, with their id and PIN hears the message and is done with it', async () => {
  const id = await leavesMessage('13800138001')
  const phone = await dialsIn(`7# ${pins['7']}#`)
  await hearsMessage(phone)
  await phone.press('5')
  await phone.heard.speech({ withinMs: 10_000 })
  await phone.ended
  await world.quiet()
  expect((await messageOf(id)).done_at).not.toBeNull()
  expect(await callbackOf('13800138001')).toMatchObject({ outcome: 'withdrawn' })
  expect(await dutyCalls()).toMatchObject([{ outcome: 'self-served', caller: '13700137000' }])
  const facts = await world.knex('facts').select(world.knex.raw('body::text as body'))
  expect(facts.filter(({ body }) => body.includes(pins['7']))).toEqual([])
})

test('whoever is on duty is phoned about a message that nobody has heard, and takes it over', async () => {
  const dialled = outside.nextInvite({ withinMs: 60_000 })
  const id = await leavesMessage('13800138002')
  await isDueNow()
  const incoming = await dialled
  expect(incoming.request.uri).toContain('sip:13900139007@')
  expect(incoming.from).toBe(NUMBER)
  const mobile = await incoming.answer()
  await mobile.heard.speech({ withinMs: 10_000 })
  await mobile.press(`${pins['7']}#`)
  await hearsMessage(mobile)
  const called = outside.nextInvite({ withinMs: 20_000 })
  await mobile.press('3')
  const ring = await called
  expect(ring.request.uri).toContain('sip:13800138002@')
  const customer = await ring.answer()
  await bothHearTheOther(customer, mobile)
  await customer.hangUp()
  await mobile.heard.speech({ withinMs: 10_000 })
  await mobile.ended
  await world.quiet()
  expect((await messageOf(id)).done_at).not.toBeNull()
  expect(await callbackOf('13800138002')).toMatchObject({ outcome: 'answered' })
  const [last] = (await dutyCalls()).slice(-1)
  expect(last).toMatchObject({ outcome: 'self-served', caller: '13900139007' })
  expect(await world.knex('outside_legs').where({ call_id: last.id }).first()).toMatchObject({ result: 'answered' })
})

const dutyCallOf = (from: string) => [...world.calls.values()].find(call => call.from === from && call.duty)
const keysOf = (call: string): string =>
  world.facts.map(told => (told.call === call && told.fact.kind === 'KeyPressed' ? told.fact.key : '')).join('')

/** Who dials in says who they are by their mobile's number. */
async function saysWho(form: KeyForm, from: string): Promise<Dialog> {
  const phone = await world.callIn(from, { number: DUTY_NUMBER, keys: [form] })
  await world.until(`${form}: it is asked who they are`, () => dutyCallOf(from)?.waits.key !== undefined, 30_000)
  // As fast as keys may be pressed (ITU-T Q.24).
  await phone.press('13900139007#', { ms: 40, gapMs: 40 })
  await world.until(`${form}: the PIN is asked for`, () => dutyCallOf(from)?.duty?.stage === 'pin')
  return phone
}

async function isLetIn(form: KeyForm, phone: Dialog, from: string): Promise<void> {
  await phone.press(`${pins['7']}#`)
  await world.until(`${form}: they are let in`, () => dutyCallOf(from)?.duty?.stage === 'messages')
}

/** Hears the message twice, and keeps it. */
async function keepsIt(form: KeyForm, phone: Dialog, from: string): Promise<void> {
  const { id } = dutyCallOf(from)!
  await phone.heard.speech({ withinMs: 10_000 })
  await phone.press('1')
  await phone.heard.speech({ withinMs: 10_000 })
  await phone.press('2')
  await phone.ended
  expect(keysOf(id), form).toBe('12')
}

/** Is dialled, and leaves it to whoever comes next (4), or is done with it (5). */
async function isDialledAnd(form: KeyForm, key: '4' | '5'): Promise<void> {
  const dialled = outside.nextInvite({ withinMs: 30_000 })
  // Instead of ten minutes after they were asked before, and then half an hour.
  await world.knex('messages').whereNull('done_at').update({ duty_asked_at: null })
  const mobile = await (await dialled).answer({ keys: [form] })
  await mobile.heard.speech({ withinMs: 10_000 })
  await mobile.press(`${pins['7']}#`)
  const call = () => [...world.calls.values()].find(({ duty, phase }) => duty?.dialled === '7' && phase !== 'ended')
  await world.until(`${form}: they are let in`, () => call()?.duty?.stage === 'messages')
  const { id } = call()!
  await mobile.heard.speech({ withinMs: 10_000 })
  await mobile.press(key)
  await mobile.ended
  expect(keysOf(id), form).toBe(key)
}

test('in any form of keys whoever is on duty is let in and sees to a message, dialling in and dialled', async () => {
  await isDueAfter(3_600_000)
  const id = await leavesMessage('13800138004')
  const numberOf = (form: KeyForm) => `1370013701${FORMS.indexOf(form)}`
  const phones = await Promise.all(FORMS.map(form => saysWho(form, numberOf(form))))
  // One after another: of one person's PINs three that are checked at once lock.
  for (const [i, form] of FORMS.entries()) await isLetIn(form, phones[i]!, numberOf(form))
  await Promise.all(FORMS.map((form, i) => keepsIt(form, phones[i]!, numberOf(form))))
  await world.knex('messages').where({ id }).update({ kept_until: null })
  // Nobody else is on the list: they are dialled again each time.
  await isDueNow()
  for (const form of FORMS) await isDialledAnd(form, form === FORMS.at(-1) ? '5' : '4')
  await world.quiet()
  expect((await messageOf(id)).done_at).not.toBeNull()
})

test('who is busy is followed by the next; wrong PINs lock, also over the death of the service', async () => {
  await onList('8', 2)
  const first = outside.nextInvite({ withinMs: 60_000 })
  const id = await leavesMessage('13800138003')
  await isDueNow()
  ;(await first).reject(486)
  const second = outside.nextInvite({ withinMs: 60_000 })
  await vi.waitFor(async () => expect((await messageOf(id)).duty_asked).toEqual(['7']), 10_000)
  // Instead of some minutes.
  await world.knex('messages').where({ id }).update({ duty_asked_at: null })
  const incoming = await second
  expect(incoming.request.uri).toContain('sip:13900139008@')
  const mobile = await incoming.answer()
  await mobile.heard.speech({ withinMs: 10_000 })
  const wrong = pins['8'] === '000000' ? '111111' : '000000'
  const refused = () => world.facts.filter(({ fact }) => fact.kind === 'PinRefused').length
  for (const time of [1, 2, 3]) {
    await mobile.press(`${wrong}#`)
    await world.until(`they are not let in for the ${time}. time`, () => refused() === time)
    if (time > 1) continue
    await vi.waitFor(async () => expect(await world.knex('facts').where({ kind: 'PinRefused' })).toHaveLength(1), 5_000)
    await world.killService()
    await world.startService()
  }
  await mobile.ended
  // What was keyed in while nobody had asked for it is lost, and was not wrong.
  expect(await world.knex('duty').where({ id: '8' }).first()).toMatchObject({ wrong_pins: 2 })
  const guess = await dialsIn(`8# ${wrong}#`)
  await guess.hangUp()
  expect(await hotline('duty list')).toContain('8 Person8: locked')
  const phone = await dialsIn(`7# ${pins['7']}#`)
  await hearsMessage(phone)
  await phone.press('5')
  await phone.ended
  await world.quiet()
  expect(await world.knex('duty').where({ id: '8' }).first()).toMatchObject({ wrong_pins: 3 })
  expect((await dutyCalls()).slice(-4)).toMatchObject([
    { outcome: 'not-reached', caller: '13900139007' },
    { outcome: 'blocked', caller: '13900139008' },
    { outcome: 'abandoned-in-flow', caller: '13700137000' },
    { outcome: 'self-served', caller: '13700137000' },
  ])
})
