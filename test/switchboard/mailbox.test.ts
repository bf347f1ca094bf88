import { pino } from 'pino'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Leg, Outside } from '../../src/call/call.ts'
import type { Command } from '../../src/call/commands.ts'
import { Mailbox } from '../../src/switchboard/mailbox.ts'
import { type Clock, type Phone, PhoneRefused } from '../../src/switchboard/ports.ts'
import { aCallerInLine, CALL, given, NOON } from '../call/given.ts'

let done: string[]
let happened: object[]
let nights: number
let perform: (command: Command) => Promise<void>
let mailbox: Mailbox
/** The time of the ring has come. */
let over: () => void

beforeEach(() => {
  done = []
  happened = []
  nights = 0
  perform = async command => void done.push(command.do)
  const phone = { perform: (command: Command) => perform(command) } as Phone
  const log = pino({ level: 'silent' })
  const clock: Clock = {
    now: () => NOON,
    at: (time, wake) => {
      over = () => (time === RING_OVER ? wake() : undefined)
      return () => {}
    },
  }
  mailbox = new Mailbox(given(aCallerInLine).call!, {
    phone,
    clock,
    log,
    nights: () => nights,
    happened: happening => void happened.push(happening),
  })
})

const RING_OVER = NOON + 1

function anAgentRings(): void {
  const leg = { id: 'l', agent: '8001', answeredAt: null, endedAt: null } as Leg
  mailbox.call = { ...mailbox.call, phase: 'ringing', leg, waits: { ring: RING_OVER } }
  mailbox.arm()
}

function aSignal() {
  let resolve = (): void => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}

const answer: Command = { do: 'answer', channel: CALL }
const music: Command = { do: 'music', channel: CALL }
const ring: Command = { do: 'ring', leg: 'l', agent: '8001', caller: '', callerName: '', forMs: 1 }

test('nothing is done before it is remembered, and all in order', async () => {
  const first = aSignal()
  mailbox.after(first.promise, [answer])
  mailbox.after(Promise.resolve(), [music])
  await Promise.resolve()
  expect(done).toEqual([])
  first.resolve()
  await mailbox.idle
  expect(done).toEqual(['answer', 'music'])
})

test('what was not remembered is not done, and what comes after is', async () => {
  mailbox.after(Promise.reject(new Error('another controller won')), [answer])
  mailbox.after(Promise.resolve(), [music])
  await mailbox.idle
  expect(done).toEqual(['music'])
})

test('a phone is rung only when it has been let go', async () => {
  anAgentRings()
  const letGo = aSignal()
  mailbox.after(Promise.resolve(), [ring], letGo.promise)
  await new Promise(setImmediate)
  expect(done).toEqual([])
  letGo.resolve()
  await mailbox.idle
  expect(done).toEqual(['ring'])
})

test.each([ring, { do: 'dial', leg: 'l', number: '021', forMs: 1 } as const])(
  'no phone rings for what is over before it is remembered (%s)',
  async command => {
    anAgentRings()
    const remembered = aSignal()
    mailbox.after(remembered.promise, [command, music])
    mailbox.call = { ...mailbox.call, phase: 'queued', leg: { ...mailbox.call.leg!, endedAt: NOON } }
    remembered.resolve()
    await mailbox.idle
    expect(done).toEqual(['music'])
  },
)

test('what was meant before we lost sight of Asterisk is not done after', async () => {
  anAgentRings()
  mailbox.perform([answer, music])
  nights += 1
  mailbox.perform([ring])
  await mailbox.idle
  expect(done).toEqual(['ring'])
})

test.each([
  ['ring', 'refused', [{ kind: 'LegEnded', leg: 'l', cause: 20 }]],
  ['dial', 'refused', [{ kind: 'LegEnded', leg: 'l', cause: 20 }]],
  ['ring', 'away', []],
  ['dial', 'away', []],
] as const)('a %s that is %s has happened as %j', async (act, id, told) => {
  perform = async () => {
    throw new PhoneRefused(id, 'no')
  }
  anAgentRings()
  mailbox.perform([act === 'ring' ? ring : { do: 'dial', leg: 'l', number: '021', forMs: 1 }, music])
  await mailbox.idle
  expect(happened).toEqual(told)
})

test('a phone that rang in vain is told to stop, then it is a missed call, also where that is refused', async () => {
  perform = async ({ do: what }) => {
    done.push(what)
    expect(happened).toEqual([])
    throw new PhoneRefused('refused', 'no')
  }
  anAgentRings()
  over()
  await vi.waitFor(() => expect(happened).toEqual([{ kind: 'WaitOver', wait: 'ring' }]))
  expect(done).toEqual(['hang-up'])
})

test('a number outside that rang in vain is told to stop as well, and first', async () => {
  const outside = { id: 'o' } as Outside
  mailbox.call = { ...mailbox.call, phase: 'transferring-out', outside, waits: { outside: RING_OVER } }
  perform = async command => {
    expect(command).toEqual({ do: 'hang-up', channel: 'o', cause: 19 })
    expect(happened).toEqual([])
  }
  mailbox.arm()
  over()
  await vi.waitFor(() => expect(happened).toEqual([{ kind: 'WaitOver', wait: 'outside' }]))
})

test('an agent whose phone is found not to ring, when the ring is over, is not to blame', async () => {
  perform = async () => {
    throw new PhoneRefused('gone', 'no')
  }
  anAgentRings()
  over()
  await vi.waitFor(() => expect(happened).toContainEqual(expect.objectContaining({ kind: 'LegEnded', cause: 0 })))
})

test('nobody has missed a call while Asterisk does not hear us', async () => {
  const away = aSignal()
  perform = async () => {
    away.resolve()
    throw new PhoneRefused('away', 'no answer')
  }
  anAgentRings()
  over()
  await away.promise
  await new Promise(setImmediate)
  expect(happened).toEqual([])
})

test('whoever answers while the ring is still to be ended is not hung up on', async () => {
  const busy = aSignal()
  mailbox.after(busy.promise, [music])
  anAgentRings()
  over()
  mailbox.call = { ...mailbox.call, waits: {} }
  busy.resolve()
  await new Promise(setImmediate)
  expect(done).toEqual(['music'])
  expect(happened).toEqual([])
})

test('a ring that was to be ended before we lost sight of Asterisk is recovery’s', async () => {
  const busy = aSignal()
  mailbox.after(busy.promise, [])
  anAgentRings()
  over()
  nights += 1
  busy.resolve()
  await new Promise(setImmediate)
  expect(done).toEqual([])
  expect(happened).toEqual([])
})

test('phones whose time comes together are told to stop once each, whatever happens to one of them meanwhile', async () => {
  const hungUp: string[] = []
  const ringing = (id: string): Leg => ({ id, answeredAt: null, endedAt: null, ringsUntil: RING_OVER }) as Leg
  mailbox.call = {
    ...mailbox.call,
    ...{ phase: 'ringing', leg: ringing('l'), alsoRung: [ringing('m'), ringing('n')], waits: { ring: RING_OVER } },
  }
  perform = async command => {
    if (command.do === 'hang-up') hungUp.push(command.channel)
    if (hungUp.length > 1) return
    // Its end is heard, and so is that of another, before the request is answered: the wait goes on for the third.
    mailbox.call = { ...mailbox.call, leg: { ...ringing('l'), endedAt: NOON }, alsoRung: [ringing('m')] }
    mailbox.arm()
    over()
    await new Promise(setImmediate)
  }
  mailbox.arm()
  over()
  await vi.waitFor(() => expect(happened).toEqual([{ kind: 'WaitOver', wait: 'ring' }]))
  await new Promise(setImmediate)
  expect([hungUp, happened.length]).toEqual([['l', 'm'], 1])
})

test('a ring that comes to its end while others are ended is not slept through', async () => {
  const later = RING_OVER + 5
  let wakes: (() => void) | undefined
  const clock: Clock = {
    now: () => NOON,
    at: (time, wake) => {
      if (time === RING_OVER) over = wake
      if (time === later) wakes = wake
      return () => {}
    },
  }
  mailbox = new Mailbox(mailbox.call, {
    ...{ phone: { perform: (command: Command) => perform(command) } as Phone, clock, log: pino({ level: 'silent' }) },
    ...{ nights: () => nights, happened: happening => void happened.push(happening) },
  })
  anAgentRings()
  perform = async () => {
    const next = { ...mailbox.call.leg!, id: 'm', ringsUntil: later }
    mailbox.call = { ...mailbox.call, leg: next, waits: { ring: later } }
    mailbox.arm()
    wakes?.()
    wakes = undefined
    await new Promise(setImmediate)
    perform = async () => {}
  }
  over()
  await vi.waitFor(() => expect(wakes).toBeDefined())
  expect(happened).toEqual([])
  wakes?.()
  await vi.waitFor(() => expect(happened).toEqual([{ kind: 'WaitOver', wait: 'ring' }]))
})

test('whoever answers while their phone is told to stop has missed nothing', async () => {
  perform = async () => {
    mailbox.call = { ...mailbox.call, waits: {} }
  }
  anAgentRings()
  over()
  await new Promise(setImmediate)
  expect(happened).toEqual([])
})

test('whoever waits for the acts does not wait for a recording that is being filed', async () => {
  const disk = aSignal()
  perform = () => disk.promise
  mailbox.call = { ...mailbox.call, phase: 'ended', waits: { filing: RING_OVER } }
  mailbox.arm()
  over()
  await mailbox.idle
  let isFiled = false
  void mailbox.filed?.then(() => (isFiled = true))
  await new Promise(setImmediate)
  expect(isFiled).toBe(false)
  disk.resolve()
  await mailbox.filed
})
