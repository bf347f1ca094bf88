import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { type PhoneDeed, PhoneSupervising, type TalkAt } from '../../src/switchboard/phoneSupervising.ts'
import { whyNotSeated } from '../../src/switchboard/seating.ts'
import { anAgent, CALL } from '../call/given.ts'
import { random } from '../random.ts'
import { Room } from './aRoom.ts'

/** 8009 is the phone of somebody who may supervise; 8008 that of somebody who may not. Agent 8001 talks. */

const { prompts } = JSON.parse(readFileSync('sounds/catalogue.json', 'utf8')) as { prompts: object }
const CHANNEL = 'hotline-2.7'

/** `at`: where 8009 sits. */
async function aPhone({ isAway = false, at = '8009' } = {}) {
  const room = new Room(random(1))
  if (at !== '8009') room.disk.agents.set('8009', anAgent('8009', { state: 'paused', reason: 'rest', phone: at }))
  await room.starts()
  const asked: TalkAt[] = []
  const askers: string[] = []
  const may = { isAway, people: ['phone:8009', 'person:li', 'key:crm'] }
  const deeds: PhoneDeed[] = []
  const supervisors = {
    whoMay: async (name: string, there: TalkAt) => {
      asked.push(there)
      askers.push(name)
      if (may.isAway) throw new Error('the database is away')
      return may.people.includes(name) ? 'person:li' : undefined
    },
    note: async (deed: PhoneDeed) => void deeds.push(deed),
  }
  const { board, clock } = room
  const parts = { board, clock, centre: undefined as never, isAwake: () => true, log: pino({ level: 'silent' }) }
  const desk = new PhoneSupervising({ ...parts, supervisors })
  const dials = async (agent: string, phone = '8009', channel = CHANNEL) => {
    const account = phone === '8009' ? at : phone
    room.channels.set(channel, { role: 'agent', up: false, phone: account })
    board.busyPhones.begin(channel, account)
    const says = await desk.dialled({ channel, phone, agent })
    for (const key of says) expect(prompts).toHaveProperty([key])
    await room.hears()
    return says
  }
  const presses = async (key: string) => {
    room.presses(CHANNEL, key)
    await room.hears()
    return desk.pressed(CALL, '8009', key)
  }
  const theirs = () => room.acts.talk(CALL).supervisors
  return { room, desk, dials, presses, asked, askers, may, deeds, supervisors: theirs }
}

test('who may dials, and listens on that line; it is in the audit log, as from their phone', async () => {
  const { dials, supervisors, deeds, asked, desk, room } = await aPhone()
  expect(await dials('8001')).toEqual([])
  expect(supervisors()).toEqual([{ agent: '8009', mode: 'listen', state: 'supervising' }])
  expect(asked).toEqual([{ queue: 'sales', team: '' }])
  expect(deeds).toMatchObject([{ phone: '8009', what: 'dial *9', whom: CALL, outcome: 'done' }])
  expect(desk.phoneAt(CALL, CHANNEL)).toBe('8009')
  room.board.stop()
})

test('keys change how they take part, 7 takes over, and each is in the log; others mean nothing', async () => {
  const { dials, presses, supervisors, deeds, room, desk } = await aPhone()
  await dials('8001')
  for (const [key, mode] of [
    ['5', 'coach'],
    ['6', 'barge'],
    ['4', 'listen'],
  ] as const) {
    expect(await presses(key)).toEqual([])
    expect(supervisors()).toMatchObject([{ mode }])
  }
  expect(await presses('9')).toEqual([])
  expect(await presses('7')).toEqual([])
  expect(room.acts.talk(CALL)).toMatchObject({ serves: '8009', supervisors: [] })
  expect(room.board.agents.get('8009')).toMatchObject({ state: 'talking', call: CALL })
  expect(desk.phoneAt(CALL, CHANNEL)).toBeUndefined()
  expect(deeds.map(({ what, outcome }) => `${what} ${outcome}`)).toEqual([
    ...['dial *9 done', 'press 5 done', 'press 6 done', 'press 4 done', 'press 7 done'],
  ])
  room.board.stop()
})

test('each key asks anew whether they may, but to be silent again: who may no longer is told so, and the attempt is in the log', async () => {
  const { dials, presses, supervisors, deeds, asked, askers, may, room } = await aPhone()
  await dials('8001')
  await presses('5')
  expect([asked.at(-1), askers.at(-1)]).toEqual([{ queue: 'sales', team: '' }, 'person:li'])
  may.people = []
  for (const key of ['6', '7']) expect(await presses(key)).toEqual(['supervise/not-allowed'])
  expect(supervisors()).toMatchObject([{ mode: 'coach' }])
  expect(room.acts.talk(CALL).serves).toBe('8001')
  may.isAway = true
  expect(await presses('7')).toEqual(['service-unavailable'])
  expect(await presses('4')).toEqual([])
  expect(supervisors()).toMatchObject([{ mode: 'listen' }])
  expect(deeds.slice(2).map(({ what, outcome }) => `${what} ${outcome}`)).toEqual([
    ...['press 6 forbidden', 'press 7 forbidden', 'press 7 internal', 'press 4 done'],
  ])
  room.board.stop()
})

test('a phone that was rung is asked about by whose wish it was, whatever key was pressed before', async () => {
  const { desk, askers, supervisors, room } = await aPhone()
  await room.acts.supervise(CALL, { do: 'supervise', phone: '8009', mode: 'listen' }, 'key:crm')
  await room.hears()
  for (const leg of room.phones) room.picksUp(leg)
  await room.hears()
  for (const key of ['5', '6']) expect(await desk.pressed(CALL, '8009', key)).toEqual([])
  expect(askers).toEqual(['key:crm', 'key:crm'])
  expect(supervisors()).toMatchObject([{ mode: 'barge' }])
  room.board.stop()
})

test('of keys that are pressed at once the last counts, and to be silent waits for nothing', async () => {
  const { desk, dials, supervisors, room } = await aPhone()
  await dials('8001')
  await Promise.all(['5', '6', '5', '4', '6'].map(key => desk.pressed(CALL, '8009', key)))
  expect(supervisors()).toMatchObject([{ mode: 'barge' }])
  const pressed = ['5', '4'].map(key => desk.pressed(CALL, '8009', key))
  await pressed[1]
  expect(supervisors()).toMatchObject([{ mode: 'listen' }])
  await pressed[0]
  expect(supervisors()).toMatchObject([{ mode: 'listen' }])
  room.board.stop()
})

test('who may not, or where nobody talks, hears why, and no talk knows of it; the attempt is in the log', async () => {
  const { dials, supervisors, deeds, asked, room } = await aPhone()
  expect(await dials('8001', '8008')).toEqual(['supervise/not-allowed'])
  expect(await dials('8002', '8008')).toEqual(['supervise/not-allowed'])
  expect(await dials('8002')).toEqual(['supervise/no-talk'])
  expect(await dials('8099')).toEqual(['unknown-agent'])
  expect(supervisors()).toEqual([])
  expect(asked.at(-1)).toEqual({ team: '' })
  expect(deeds.map(({ phone, whom, outcome }) => [phone, whom, outcome])).toEqual([
    ['8008', CALL, 'forbidden'],
    ['8008', null, 'forbidden'],
    ['8009', null, 'no-talk'],
  ])
  room.board.stop()
})

test('a phone that has a call supervises no other beside it', async () => {
  const { dials, supervisors, room, desk } = await aPhone()
  await dials('8001')
  expect(await dials('8001', '8009', 'hotline-2.8')).toEqual(['dial/in-call'])
  expect(supervisors()).toHaveLength(1)
  room.hangsUp(CHANNEL)
  await room.hears()
  expect(supervisors()).toEqual([])
  expect(desk.phoneAt(CALL, CHANNEL)).toBeUndefined()
  room.board.stop()
})

test('where nobody can be asked who they are, nobody listens', async () => {
  const { dials, supervisors, deeds, room } = await aPhone({ isAway: true })
  expect(await dials('8001')).toEqual(['service-unavailable'])
  expect(supervisors()).toEqual([])
  expect(deeds).toMatchObject([{ outcome: 'internal' }])
  room.board.stop()
})

test('whoever has dialled supervises on when the service dies, or is let in then where they were not yet', async () => {
  const { dials, supervisors, room } = await aPhone()
  const supervising = [{ agent: '8009', mode: 'listen', state: 'supervising' }]
  await dials('8001')
  room.dies()
  await room.starts()
  await room.hears()
  expect(supervisors()).toEqual(supervising)
  room.channels.get(CHANNEL)!.up = false
  room.disk.calls.set(CALL, notAnswered(room.disk.calls.get(CALL)!))
  room.dies()
  await room.starts()
  await room.hears()
  expect(supervisors()).toEqual(supervising)
  expect(room.board.busyPhones.has('8009')).toBe(true)
  room.hangsUp(CHANNEL)
  await room.hears()
  expect(supervisors()).toEqual([])
  expect(room.board.busyPhones.has('8009')).toBe(false)
  room.board.stop()
})

describe('who is signed out of the phone on which they supervise', () => {
  const signsOut = ({ board }: Room) => board.dial('8009', { kind: 'wish', wish: { kind: 'sign-out' } })
  const whyNot = ({ board }: Room) => whyNotSeated(board, board.agents.get('8002')!, '2001')

  test('has it until they hang up, whatever key they press and whoever dies: nobody signs in there', async () => {
    const { dials, presses, room } = await aPhone({ at: '2001' })
    await dials('8001')
    await signsOut(room)
    expect(whyNot(room)).toBe('phone-in-use')
    await presses('5')
    expect([room.board.busyPhones.isInUse('2001'), room.board.busyPhones.isInUse('8009')]).toEqual([true, false])
    room.dies()
    await room.starts()
    await room.hears()
    expect(whyNot(room)).toBe('phone-in-use')
    room.hangsUp(CHANNEL)
    await room.hears()
    expect(whyNot(room)).toBeUndefined()
    room.board.stop()
  })

  test('takes nothing over there: the talk would be at a phone of nobody’s', async () => {
    const { dials, presses, room } = await aPhone({ at: '2001' })
    await dials('8001')
    await signsOut(room)
    expect(await presses('7')).toEqual(['dial/in-call'])
    expect(room.acts.talk(CALL).serves).toBe('8001')
    room.board.stop()
  })
})

const notAnswered = (call: Call): Call => ({
  ...call,
  supervisors: call.supervisors!.map(one => ({ ...one, answeredAt: null, ear: null })),
})
