import type { Knex } from 'knex'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectDatabase } from '../../src/database/connect.ts'
import { checkedPin, loadDue, onDutyAt, removeDuty, setDuty } from '../../src/database/duty.ts'
import { renewPin } from '../../src/database/pins.ts'
import { remember } from '../../src/database/remember.ts'
import type { OnDuty } from '../../src/flows/duty.ts'
import { WEEKDAYS } from '../../src/ivr/calendar.ts'
import type { Log } from '../../src/log.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { isDue as isPhoned, theirPhoneEnds } from '../call/dutyGiven.ts'
import {
  aCallArrives,
  given,
  itIsUp,
  later,
  NOON,
  type Step,
  theCallerHangsUp,
  theCallerPresses,
} from '../call/given.ts'
import { isDue as callbackIsDue, promises, promisesAgain, triesInVain, withdraws } from '../report/callbacks.ts'
import { arrives, Centre, ends } from '../report/centre.ts'
import { testDatabase } from './testDatabase.ts'

/** Who is on duty, whose PIN is right, and about which messages they are phoned. */

const database = testDatabase()
const MINUTE = 60_000
const DAY_LONG = Object.fromEntries(WEEKDAYS.map(day => [day, [['08:00', '20:00']]])) as OnDuty['weekly']
const ADA: OnDuty = {
  id: '7',
  name: 'Ada',
  number: '139 0013 9007',
  language: 'zh',
  turn: 1,
  weekly: DAY_LONG,
  days: {},
}

let knex: Knex
/** As the service is connected (store.ts). */
let ofService: Knex
let pin: string
let warned: object[]
const log = { warn: (what: object) => void warned.push(what) } as unknown as Log

beforeAll(async () => {
  knex = await database.fresh()
  const { connectionString } = knex.client.config.connection
  ofService = connectDatabase(connectionString, { byKey: true, atOneMoment: true })
})
afterAll(() => ofService.destroy())
beforeEach(async () => {
  await knex.raw('truncate duty, queues, agents, agent_states, calls, facts, legs cascade')
  warned = []
  await setDuty(knex, ADA)
  pin = (await renewPin(knex, { table: 'duty', id: '7' }))!
})

const check = (who: string, keyed: string, at = NOON) => checkedPin(ofService, { who, pin: keyed }, at, 'UTC', log)
const wrongPin = () => (pin === '000000' ? '111111' : '000000')

describe('a PIN', () => {
  test('lets in who says their id or their number, however that is written', async () => {
    const entered = { person: '7', until: NOON + 8 * 60 * MINUTE, waiting: [] }
    expect(await check('7', pin)).toEqual(entered)
    expect(await check('13900139007', pin)).toEqual(entered)
    expect(await check('008613900139007', pin)).toEqual(entered)
  })

  test('lets in nobody else', async () => {
    expect(await check('7', wrongPin())).toBe('wrong')
    expect(await check('8', pin)).toBe('wrong')
    expect(await check('', pin)).toBe('wrong')
    expect(await check('7', '')).toBe('wrong')
  })

  test('is kept as a salt and a hash', async () => {
    const { pin: kept } = await knex('duty').first()
    expect(kept).toMatch(/^[0-9a-f]{32}:[0-9a-f]{64}$/)
    await renewPin(knex, { table: 'duty', id: '7' })
    expect((await knex('duty').first()).pin.slice(0, 32)).not.toBe(kept.slice(0, 32))
  })

  test('locks after three wrong ones for a quarter of an hour, whoever tries, and a person is warned', async () => {
    for (let i = 0; i < 3; i += 1) expect(await check('7', wrongPin())).toBe('wrong')
    expect(warned).toEqual([{ person: '7' }])
    expect(await check('7', pin, NOON + 14 * MINUTE)).toBe('wrong')
    expect(await check('7', pin, NOON + 15 * MINUTE)).toMatchObject({ person: '7' })
  })

  test('counts again from none once it was right, or the lock is over', async () => {
    await check('7', wrongPin())
    await check('7', wrongPin())
    expect(await check('7', pin)).toMatchObject({ person: '7' })
    await check('7', wrongPin())
    await check('7', wrongPin())
    expect(await check('7', pin)).toMatchObject({ person: '7' })
    for (let i = 0; i < 3; i += 1) await check('7', wrongPin())
    await check('7', wrongPin(), NOON + 16 * MINUTE)
    expect(await check('7', pin, NOON + 16 * MINUTE)).toMatchObject({ person: '7' })
  })

  test('is tried three times at most, also where many try at once', async () => {
    const tries = await Promise.all(Array.from({ length: 8 }, () => check('7', wrongPin())))
    expect(tries).toEqual(Array(8).fill('wrong'))
    expect(await knex('duty').first()).toMatchObject({ wrong_pins: 3 })
    expect(warned).toHaveLength(1)
  })

  test('lets in twice who keys it in on two phones at once', async () => {
    const both = await Promise.all([check('7', pin), check('7', pin)])
    expect(both).toMatchObject([{ person: '7' }, { person: '7' }])
    expect(await knex('duty').first()).toMatchObject({ wrong_pins: 0, locked_until: null })
  })

  test('that is new is right at once, though the old one was locked', async () => {
    for (let i = 0; i < 3; i += 1) await check('7', wrongPin())
    pin = (await renewPin(knex, { table: 'duty', id: '7' }))!
    expect(await check('7', pin)).toMatchObject({ person: '7' })
    expect(await renewPin(knex, { table: 'duty', id: '8' })).toBeUndefined()
  })
})

describe('on duty', () => {
  const there = async (at: number) => (await onDutyAt(knex, at, 'UTC')).map(({ id }) => id)

  test('are those within their hours, in their order, who have a PIN', async () => {
    await setDuty(knex, { ...ADA, id: '3', number: '13900139003', turn: 2 })
    expect(await there(NOON)).toEqual(['7'])
    await renewPin(knex, { table: 'duty', id: '3' })
    expect(await there(NOON)).toEqual(['7', '3'])
    await setDuty(knex, { ...ADA, turn: 3 })
    expect(await there(NOON)).toEqual(['3', '7'])
    expect(await there(NOON + 9 * 60 * MINUTE)).toEqual([])
    expect(await removeDuty(knex, '3')).toBe(true)
    expect(await there(NOON)).toEqual(['7'])
  })

  test('is nobody whose PIN is locked', async () => {
    for (let i = 0; i < 3; i += 1) await check('7', wrongPin())
    expect(await there(NOON)).toEqual([])
    expect(await there(NOON + 15 * MINUTE)).toEqual(['7'])
  })
})

describe('a message', () => {
  const due = async (at = NOON + 10 * MINUTE) => (await loadDue(knex, at)).map(({ id }) => id)
  let centre: Centre
  let callback: string

  beforeEach(async () => {
    centre = await Centre.open(knex)
    await knex('queues')
      .where({ id: 'sales' })
      .update({ duty_after_ms: 5 * MINUTE })
    arrives(centre, { id: 'left', at: NOON - MINUTE })
    callback = promises(centre, 'left', {
      at: NOON,
      because: 'message',
      message: { id: 'left~message5', file: 'a.wav' },
    })
    ends(centre, 'left', NOON)
    await centre.save()
    const spoken = { began_at: new Date(NOON - 10_000), ended_at: new Date(NOON) }
    await knex('messages').insert({ id: 'left~message5', call_id: 'left', queue: 'sales', ...spoken })
  })

  test('is due once it has waited for as long as its line says, in lines that have a duty', async () => {
    expect(await due(NOON + 4 * MINUTE)).toEqual([])
    expect(await due(NOON + 5 * MINUTE)).toEqual(['left~message5'])
    await knex('queues').update({ duty_after_ms: null })
    expect(await due()).toEqual([])
  })

  test('is not due once it is done, or nobody need call back', async () => {
    withdraws(centre, callback, NOON + MINUTE)
    await centre.save()
    expect(await due()).toEqual([])
    await knex('messages').update({ done_at: new Date(NOON) })
    expect(await due()).toEqual([])
  })

  test('is not due where its customer was tried in vain, but is where they have said more since', async () => {
    centre.signIn('8001', NOON)
    triesInVain(centre, callback, '8001', NOON + MINUTE, { again: 5 * MINUTE })
    await centre.save()
    expect(await due()).toEqual([])
    arrives(centre, { id: 'left-2', at: NOON + 2 * MINUTE })
    const message = { id: 'left-2~message5', file: 'b.wav' }
    promisesAgain(centre, 'left-2', callback, NOON + 3 * MINUTE, { because: 'message', message })
    ends(centre, 'left-2', NOON + 3 * MINUTE)
    callbackIsDue(centre, callback, NOON + 3 * MINUTE)
    await centre.save()
    const spoken = { began_at: new Date(NOON + 2 * MINUTE), ended_at: new Date(NOON + 3 * MINUTE) }
    await knex('messages').insert({ id: message.id, call_id: 'left-2', queue: 'sales', ...spoken })
    expect(await due()).toEqual(['left~message5', message.id])
    expect((await entered()).waiting).toMatchObject([{ callback }, { id: message.id, callback }])
  })

  test('is not on disk before its call is filed', async () => {
    await knex('calls').where({ id: 'left' }).update({ recording_faults: null })
    expect(await due()).toEqual([])
  })

  test('tells whoever is let in who has called, when by the clocks of the centre, and where it is kept', async () => {
    expect(await checkedPin(knex, { who: '7', pin }, NOON, 'Asia/Shanghai', log)).toMatchObject({
      waiting: [
        {
          ...{ id: 'left~message5', file: '2026/01/05/left~message5.wav', queue: 'sales', callback, asked: [] },
          ...{ date: '2026-01-05', time: '19:59' },
        },
      ],
    })
  })

  const entered = async () => (await check('7', pin)) as Exclude<Awaited<ReturnType<typeof check>>, 'wrong'>
  /** Somebody dials in, is let in, and presses that key. */
  async function presses(key: string): Promise<void> {
    const result = await entered()
    const right: Step = () => ({ kind: 'PinChecked', result })
    const pressed = [theCallerPresses('#'), theCallerPresses('#'), right, later(MINUTE), theCallerPresses(key)]
    const { call, story } = given(aCallArrives('duty'), itIsUp, ...pressed, theCallerHangsUp)
    await remember(knex, [{ call: { after: call!, facts: story, legs: [] }, agents: [] }])
    const interval = { from: NOON - 60 * MINUTE, to: NOON + 60 * MINUTE }
    const { calls, culprits } = await ledgerReport(knex, interval, NOON + MINUTE)
    expect(calls).toMatchObject({ offered: 1 })
    expect(culprits.filter(({ id }) => id !== 'left')).toEqual([])
  }

  test('that is kept is told to nobody else before the end of the shift; who keeps it hears it again', async () => {
    await setDuty(knex, { ...ADA, id: '3', number: '13900139003', turn: 2 })
    const other = (await renewPin(knex, { table: 'duty', id: '3' }))!
    await presses('2')
    expect(await due(NOON + 7 * 60 * MINUTE)).toEqual([])
    expect(await check('3', other)).toMatchObject({ waiting: [] })
    expect((await entered()).waiting).toMatchObject([{ id: 'left~message5' }])
    expect(await due(NOON + 8 * 60 * MINUTE)).toEqual(['left~message5'])
  })

  test('that is done is done', async () => {
    await presses('5')
    expect(await knex('messages').first()).toMatchObject({ done_at: new Date(NOON + MINUTE) })
    expect(await due(NOON + 24 * 60 * MINUTE)).toEqual([])
  })

  test('that is passed on tells who has been asked, when, and that somebody else is to be', async () => {
    const asked = { duty_asked: ['7'], duty_asked_at: new Date(NOON) }
    await knex('messages').update(asked)
    const told = { id: 'left~message5', asked: ['7'] }
    expect(await loadDue(knex, NOON + 5 * MINUTE)).toMatchObject([{ ...told, askedAt: NOON, passed: false }])
    await presses('4')
    expect(await loadDue(knex, NOON + 5 * MINUTE)).toMatchObject([{ ...told, askedAt: NOON + MINUTE, passed: true }])
  })

  test.each([
    [17, 'BUSY'],
    [19, 'NO ANSWER'],
  ])('about which somebody is phoned whose phone says %i: in cdr that is %s', async (cause, disposition) => {
    const { call, story } = given(isPhoned, theirPhoneEnds(cause))
    await remember(knex, [{ call: { after: call!, facts: story, legs: [] }, agents: [] }])
    expect(await knex('cdr').where('dcontext', 'internal').first()).toMatchObject({ disposition, dst: '13900139000' })
  })

  test('about which somebody is phoned has them among those asked', async () => {
    await knex('messages').update({ duty_passed: true })
    const messages = [{ id: 'left~message5', asked: ['3', '7'] }]
    const dialled = { person: '7', number: '13900139007', shows: '4008001000', messages }
    const isDue: Step = () => ({ kind: 'DutyDue', id: 'duty1-7', from: '1', to: '2', language: 'zh', ...dialled })
    const { call, story } = given(isDue)
    await remember(knex, [{ call: { after: call!, facts: story, legs: [] }, agents: [] }])
    const told = { duty_asked: ['3', '7'], duty_asked_at: new Date(NOON), duty_passed: false }
    expect(await knex('messages').first()).toMatchObject(told)
    expect(await knex('calls').where({ id: 'duty1-7' }).first()).toMatchObject({
      direction: 'internal',
      phase: 'dialling',
    })
  })
})
