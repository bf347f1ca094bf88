import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import type { Command } from '../../src/call/commands.ts'
import { Mailbox } from '../../src/switchboard/mailbox.ts'
import { type Phone, PhoneRefused } from '../../src/switchboard/ports.ts'
import { aCallerInLine, CALL, given } from '../call/given.ts'

let done: string[]
let happened: object[]
let nights: number
let perform: (command: Command) => Promise<void>
let mailbox: Mailbox

beforeEach(() => {
  done = []
  happened = []
  nights = 0
  perform = async command => void done.push(command.do)
  const phone = { perform: (command: Command) => perform(command) } as Phone
  const log = pino({ level: 'silent' })
  const refused = (happening: object) => void happened.push(happening)
  mailbox = new Mailbox(given(aCallerInLine).call!, { phone, log, nights: () => nights, refused })
})

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
  const letGo = aSignal()
  mailbox.after(Promise.resolve(), [ring], letGo.promise)
  await new Promise(setImmediate)
  expect(done).toEqual([])
  letGo.resolve()
  await mailbox.idle
  expect(done).toEqual(['ring'])
})

test('what was meant before we lost sight of Asterisk is not done after', async () => {
  mailbox.perform([answer, music])
  nights += 1
  mailbox.perform([ring])
  await mailbox.idle
  expect(done).toEqual(['ring'])
})

test.each([
  ['refused', [{ kind: 'LegEnded', leg: 'l', cause: 20 }]],
  ['away', []],
] as const)('a ring that is %s has happened as %j', async (id, told) => {
  perform = async () => {
    throw new PhoneRefused(id, 'no')
  }
  mailbox.perform([ring, music])
  await mailbox.idle
  expect(happened).toEqual(told)
})
