import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '../../src/call/commands.ts'
import type { Happening } from '../../src/call/facts.ts'
import { DIALLING } from '../../src/dialling/dialling.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { dialNumber } from '../../src/switchboard/desk.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { anAgent, aQueue, NOON } from '../call/given.ts'

/** What an agent dials on the phone on their desk. */

const OWN = 'hotline-1763871911.99'
const CUSTOMER = '13800138000'
let commands: Command[]
let centre: Centre
let board: Switchboard

beforeEach(() => {
  commands = []
  const phone = {
    perform: async (command: Command) => void commands.push(command),
    look: () => Promise.reject(new Error('nobody looks')),
  }
  const clock = { now: () => NOON, at: () => () => {} }
  const lines = [
    aQueue('complaints', { shows: '4008001001' }),
    aQueue('operator', { skills: {} }),
    aQueue('sales', { shows: '4008001002' }),
    aQueue('support'),
  ]
  centre = new Centre(lines, new Map([['4008001000', { flow: 'direct-sales', language: 'zh' }]]))
  const log = pino({ level: 'silent' })
  board = new Switchboard({ centre, namedQueues: [], phone, memory: { remember: async () => {} }, clock, log })
})

/** Those agents are there, and nobody else. */
function begin(...agents: ReturnType<typeof anAgent>[]): void {
  board.restore(agents, [])
  board.wake()
}

const dials = (number: string, phone = '8001', channel = OWN) =>
  dialNumber(board, centre, { channel, phone, number, at: NOON })
const happens = (call: string, happening: Unstamped<Happening>) => board.happen(call, { ...happening, at: NOON })
type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never

/** Whose call is answered at once, in the line for sales. */
function aCallerWaits(id: string, from = '13900139000'): void {
  const leads = { flow: 'direct-sales', language: 'zh' } as const
  happens(id, { kind: 'Arrived', channel: id, from, name: '', to: '4008001000', ...leads })
  happens(id, { kind: 'Answered' })
}

/** Who is owed a call by that line since noon. */
function aCallbackIsOwed(id: string, queue: string, place = NOON, message?: { id: string; file: string }): void {
  const promised = { because: 'asked', place, promisedAt: NOON - 1, promisedUntil: NOON + 1 } as const
  const promise = { ...promised, ...(message && { message }) }
  const call = { from: CUSTOMER, name: '', to: '4008001000', flow: 'hotline', language: 'zh', callingIn: [] } as const
  happens(id, { kind: 'Booked', id, of: 'c', queue, ...promise, ...call })
}

const agent = (id = '8001') => board.agents.get(id)
const paused = { state: 'paused', reason: 'rest' } as const

describe('a number', () => {
  test('begins a call of the agent, and is dialled', async () => {
    begin(anAgent('8001'))
    expect(dials('+8613800138000')).toEqual({ kind: 'begun' })
    expect(agent()).toMatchObject({ state: 'dialling', call: OWN })
    await board.settledFor(OWN)
    expect(commands.map(one => one.do)).toEqual(['answer', 'dial', 'ringing'])
    expect(dials('+8613800138000')).toEqual({ kind: 'begun' })
  })
  test.each([
    ['who rests', paused],
    ['who wraps up', { state: 'wrapping-up', wakeAt: NOON + 5_000 } as const],
  ])('is dialled for an agent %s', (_, set) => {
    begin(anAgent('8001', set))
    expect(dials(CUSTOMER).kind).toBe('begun')
    expect(agent()!.state).toBe('dialling')
  })
  test.each([
    ['who is not signed in', { state: 'signed-out' } as const, CUSTOMER, 'dial/signed-out'],
    ['who talks', { state: 'talking', call: 'other' } as const, CUSTOMER, 'dial/in-call'],
    ['who dials', { state: 'dialling', call: 'other' } as const, CUSTOMER, 'dial/in-call'],
    ['that nobody may dial', {}, '0044207123456', 'dial/not-allowed'],
    ['of a service', {}, '12345', 'dial/not-allowed'],
    ['of the hotline', {}, '400-800-1000', 'dial/not-allowed'],
    ['that one of its lines shows', {}, '4008001002', 'dial/not-allowed'],
    ['that is not whole', {}, '62345678', 'dial/no-number'],
  ])('%s is not dialled, and they hear so', (_, set, number, says) => {
    begin(anAgent('8001', set))
    expect(dials(number)).toEqual({ kind: 'refused', says: [says] })
    expect(board.calls).toEqual([])
  })
  test('is dialled for nobody who is no agent', () => {
    begin()
    expect(dials(CUSTOMER)).toEqual({ kind: 'refused', says: ['unknown-agent'] })
  })
})

test('two agents do not dial one customer, unless one of them has heard that nobody is there', () => {
  begin(anAgent('8001'), anAgent('8002'))
  dials(CUSTOMER)
  expect(dials(`+86${CUSTOMER}`, '8002', `${OWN}2`)).toEqual({ kind: 'refused', says: ['dial/being-called'] })
  happens(OWN, { kind: 'LegEnded', leg: `${OWN}~customer2`, cause: 17 })
  expect(dials(CUSTOMER, '8002', `${OWN}2`).kind).toBe('begun')
})

test('whose agent hangs up before it is remembered is not dialled at all', async () => {
  begin(anAgent('8001'))
  dials(CUSTOMER)
  const { settledFor } = board
  const settled = settledFor(OWN)
  happens(OWN, { kind: 'CallerLeftUs' })
  await settled
  expect(commands.map(one => one.do)).not.toContain('dial')
})

describe('an emergency', () => {
  test('is a call of theirs, where they can have one', () => {
    begin(anAgent('8001'))
    expect(dials('110')).toEqual({ kind: 'begun' })
  })
  test('is dialled by any number of people at once', () => {
    begin(anAgent('8001'), anAgent('8002'))
    expect([dials('110'), dials('110', '8002', `${OWN}2`)]).toEqual([{ kind: 'begun' }, { kind: 'begun' }])
  })
  test('is dialled past us for who is not signed in, is on another line, or is nobody', () => {
    begin(anAgent('8001', { state: 'signed-out' }), anAgent('8002', { state: 'talking', call: 'other' }))
    for (const id of ['8001', '8002', '8003']) expect(dials('120', id)).toEqual({ kind: 'emergency', number: '120' })
    centre.dialling.learn({ ...DIALLING, outsideLine: '9' })
    expect(dials('119')).toEqual({ kind: 'emergency', number: '9119' })
  })
})

describe('the customer sees', () => {
  const shown = (...skills: string[]): string | undefined => {
    begin(anAgent('8001', { skills: Object.fromEntries(skills.map(skill => [skill, 5])) }))
    dials(CUSTOMER)
    return board.call(OWN)?.to
  }

  test('the number of a line that the agent serves', () => {
    expect(shown('sales', 'support')).toBe('4008001002')
    expect(board.call(OWN)!.queue).toBe('sales')
  })
  test('the main number, where none of these has one; or no number at all', () => {
    expect(shown('support')).toBe('')
    centre.dialling.learn({ ...DIALLING, shows: '4008001000' })
    expect(shown('support')).toBe('4008001000')
  })
  test('the number of the line that owes them a call', () => {
    begin(anAgent('8001', { skills: { sales: 5, complaints: 5 }, ...paused }))
    aCallbackIsOwed('cb1', 'sales')
    dials(CUSTOMER)
    expect(board.call(OWN)).toMatchObject({ queue: 'sales', to: '4008001002' })
  })
})

describe('a customer who is owed a call', () => {
  const talks = (): void => {
    dials(CUSTOMER)
    happens(OWN, { kind: 'OnTape', leg: `${OWN}~customer2` })
    expect(board.call(OWN)!.phase).toBe('talking')
  }

  test('is not called back while an agent dials them, and not any more once they have talked', () => {
    begin(anAgent('8001', paused), anAgent('8002', paused))
    aCallbackIsOwed('cb1', 'sales')
    talks()
    expect(board.call('cb1')!.callback!.callingIn).toEqual([OWN])
    happens(OWN, { kind: 'LegEnded', leg: `${OWN}~customer2`, cause: 16 })
    expect(board.call('cb1')).toBeUndefined()
  })
  test('is called back all the same where they were not reached', () => {
    begin(anAgent('8001', paused))
    aCallbackIsOwed('cb1', 'sales')
    dials(CUSTOMER)
    happens(OWN, { kind: 'CallerLeftUs' })
    expect(board.call('cb1')).toMatchObject({ phase: 'scheduled', callback: { callingIn: [] } })
  })
  test.each([
    ['by whoever they called', 21],
    ['by the agent', undefined],
  ])('is not called back before a pause, where their phone has just rung in vain, ended %s', (_, cause) => {
    begin(anAgent('8001'), anAgent('8002', paused))
    aCallbackIsOwed('cb1', 'sales')
    expect(board.call('cb1')!.leg!.agent).toBe('8001')
    dials(CUSTOMER)
    if (cause) happens(OWN, { kind: 'LegEnded', leg: `${OWN}~customer2`, cause })
    happens(OWN, { kind: 'CallerLeftUs' })
    expect(board.call('cb1')).toMatchObject({ phase: 'scheduled', callback: { callingIn: [] } })
  })
  test('and is put off, keeps their place: also after a try, and where they leave a message meanwhile', () => {
    const early = NOON - 60_000
    begin(anAgent('8001', paused))
    aCallbackIsOwed('cb1', 'sales', early)
    const tried = board.call('cb1')!
    const tries = [{ at: early, agent: '8001', result: 'busy', cause: 17 }] as const
    for (const callback of [tried.callback!, { ...tried.callback!, tries }]) {
      board.restore([anAgent('8001', paused)], [{ ...tried, callback: { ...callback, because: 'place-kept' } }])
      board.wake()
      dials(CUSTOMER)
      happens(OWN, { kind: 'CallerLeftUs' })
      expect(board.call('cb1')!.phase).toBe('scheduled')
      if (callback.tries.length > 0) happens('cb1', { kind: 'WaitOver', wait: 'due' })
      else {
        const { name, to, flow, language } = tried
        const promise = { because: 'message', place: NOON, promisedAt: NOON, promisedUntil: NOON + 1 } as const
        const call = { from: CUSTOMER, name, to, flow, language, callingIn: [] }
        const booked = { id: 'cb2', of: 'c', queue: 'sales', ...call }
        happens('cb1', { kind: 'Booked', ...booked, ...promise })
      }
      expect(board.call('cb1')).toMatchObject({ phase: 'queued', queuedAt: early, callback: { because: 'place-kept' } })
    }
  })
  test('and has left a message that the agent has not heard, is called back all the same', () => {
    begin(anAgent('8001', paused))
    aCallbackIsOwed('cb1', 'sales', NOON, { id: 'm1', file: 'm1.wav' })
    talks()
    happens(OWN, { kind: 'LegEnded', leg: `${OWN}~customer2`, cause: 16 })
    expect(board.call('cb1')).toMatchObject({ phase: 'queued', callback: { callingIn: [] } })
  })
  test('is rung by one of us alone: who dials them meanwhile hears that a colleague does', () => {
    begin(anAgent('8001', paused), anAgent('8002'))
    aCallbackIsOwed('cb1', 'sales')
    const { leg } = board.call('cb1')!
    happens('cb1', { kind: 'LegAnswered', leg: leg!.id })
    happens('cb1', { kind: 'LegKey', leg: leg!.id, key: '1' })
    expect(board.call('cb1')!.phase).toBe('dialling')
    expect(dials(CUSTOMER)).toEqual({ kind: 'refused', says: ['dial/being-called'] })
    happens('cb1', { kind: 'OnTape', leg: board.call('cb1')!.channel })
    expect(board.call('cb1')!.phase).toBe('talking')
    // Somebody else may be there, at the same number.
    expect(dials(CUSTOMER).kind).toBe('begun')
  })
  test('of whom one agent was just told, and dials them: nobody else is rung about it', () => {
    begin(anAgent('8001', { idleSince: NOON - 9 }), anAgent('8002'))
    aCallbackIsOwed('cb1', 'sales')
    expect(board.call('cb1')!.leg!.agent).toBe('8001')
    expect(dials(CUSTOMER).kind).toBe('begun')
    expect(board.call('cb1')).toMatchObject({ phase: 'queued', callback: { callingIn: [OWN] } })
    expect(agent('8002')).toMatchObject({ state: 'ready', offeredAt: anAgent('8002').offeredAt })
  })
  test('by a line that the agent does not serve, is called back all the same', () => {
    begin(anAgent('8001', { ...paused, skills: { sales: 5 } }))
    aCallbackIsOwed('cb1', 'support')
    talks()
    happens(OWN, { kind: 'CallerLeftUs' })
    happens(OWN, { kind: 'LegEnded', leg: `${OWN}~customer2`, cause: 16 })
    expect(board.call('cb1')!.phase).toBe('queued')
  })
  test('by two of their lines, is called back by the one that has promised it later', () => {
    begin(anAgent('8001', paused))
    aCallbackIsOwed('cb1', 'sales', NOON - 1_000)
    aCallbackIsOwed('cb2', 'support', NOON - 2_000)
    talks()
    happens(OWN, { kind: 'LegEnded', leg: `${OWN}~customer2`, cause: 16 })
    expect([board.call('cb1')?.phase, board.call('cb2')?.phase]).toEqual(['queued', undefined])
  })
})

test('in the moment in which a caller is offered to them, the caller is offered to another, and nobody has missed a call', async () => {
  begin(anAgent('8001', { skills: { sales: 9 } }), anAgent('8002', { skills: { sales: 1 } }))
  aCallerWaits('c1')
  expect(board.call('c1')!.leg!.agent).toBe('8001')
  expect(dials(CUSTOMER)).toEqual({ kind: 'begun' })
  expect(agent()).toMatchObject({ state: 'dialling', call: OWN, next: null })
  expect(board.call('c1')).toMatchObject({ phase: 'ringing', leg: { agent: '8002' }, missedBy: [] })
  expect(agent('8002')!.state).toBe('ringing')
})

test('no caller is offered to them meanwhile, and the next as soon as they are free', () => {
  begin(anAgent('8001'))
  dials(CUSTOMER)
  aCallerWaits('c1')
  expect(board.call('c1')!.phase).toBe('queued')
  happens(OWN, { kind: 'CallerLeftUs' })
  expect(board.call('c1')!.leg!.agent).toBe('8001')
})
