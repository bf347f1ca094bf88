import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import { Desk } from '../../src/asterisk/desk.ts'
import type { Command } from '../../src/call/commands.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { PhoneDeed } from '../../src/switchboard/phoneSupervising.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { anAgent, NOON } from '../call/given.ts'

/** Who signs in on a phone that is nobody's own is asked for their PIN. */

const CHANNEL = 'hotline-1.1'
const PIN = '271828'
const LAST_TRY = '000000'

/** These agents are there, each with that PIN; `isAway`: the database. */
function aDesk({
  agents = [anAgent('8001', { state: 'signed-out' })],
  isAway = false,
}: {
  agents?: Agent[]
  isAway?: boolean
} = {}) {
  const done: string[] = []
  const logged: string[] = []
  const phone = {
    perform: async (command: Command) => {
      done.push(command.do)
      if (command.do === 'stop-saying') throw new PhoneRefused('gone', 'it is over')
    },
    play: async (_: string, __: string, prompts: readonly string[]) => void done.push(prompts.join(' ')),
    look: () => Promise.reject(new Error('nobody looks')),
  }
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) })
  const clock = { now: () => NOON, at: () => () => {} }
  const centre = new Centre([], new Map())
  centre.phones = new Set(['2001'])
  const board = new Switchboard({ centre, namedQueues: [], phone, memory: { remember: async () => {} }, clock, log })
  board.restore(agents, [])
  board.wake()
  const tryPin = async (id: string, pin: string) => {
    if (isAway) throw new Error('the database is away')
    return id === '8001' && pin === PIN ? 'right' : pin === LAST_TRY ? 'locked' : 'wrong'
  }
  const deeds: PhoneDeed[] = []
  const supervisors = { whoMay: async () => undefined, note: async (deed: PhoneDeed) => void deeds.push(deed) }
  const desk = new Desk({ board, centre, phone, clock, log, ...NOBODYS, supervisors, door: { tryPin } })
  /** What is heard after it. */
  const keysIn = async (pin: string): Promise<string | undefined> => {
    for (const key of pin) expect(desk.keyed(CHANNEL, key)).toBe(true)
    await new Promise(setImmediate)
    return done.at(-1)
  }
  return { desk, board, done, logged, deeds, keysIn }
}

/** What these tests do not ask for. */
const NOBODYS = {
  isAwake: () => true,
  file: async () => undefined,
}

const ASKED = 'duty-pin silence silence silence'

test('with the right one they are signed in there, and told as whom', async () => {
  const { desk, board, done, keysIn } = aDesk()
  await desk.dialled(CHANNEL, '2001', '*18001')
  expect(done).toEqual(['answer', ASKED])
  expect(await keysIn(`${PIN}#`)).toBe('agent-number digit/8 digit/0 digit/0 digit/1 signed-in now-ready')
  expect(board.agents.get('8001')).toMatchObject({ state: 'ready', phone: '2001' })
  // What they press from now on is no PIN.
  expect(desk.keyed(CHANNEL, '1')).toBe(false)
})

test.each([
  ['a wrong one', '8001', '314159#'],
  ['none', '8001', '#'],
  ['one that goes on for ever', '8001', `${'1'.repeat(100)}#`],
  ['any, for who is no agent', '9999', `${PIN}#`],
])('with %s nobody is, and they hear so', async (_, who, pin) => {
  const { desk, board, keysIn } = aDesk()
  await desk.dialled(CHANNEL, '2001', `*1${who}`)
  expect(await keysIn(pin)).toBe('duty-wrong')
  expect(board.agents.get('8001')).toMatchObject({ state: 'signed-out', phone: null })
})

test('where nobody can tell whether it is right, they are to try again later; and no line of the log has it', async () => {
  const { desk, keysIn, logged } = aDesk({ isAway: true })
  await desk.dialled(CHANNEL, '2001', '*18001')
  expect(await keysIn(`${PIN}#`)).toBe('service-unavailable')
  expect(logged.join()).toContain('whether a PIN is right cannot be told')
  expect(logged.join()).not.toContain(PIN)
})

test('who keys in nothing is let go, and what was keyed in is forgotten with the line', async () => {
  const { desk, done } = aDesk()
  await desk.dialled(CHANNEL, '2001', '*18001')
  await desk.unanswered(CHANNEL)
  expect(done.at(-1)).toBe('hang-up')
  await desk.dialled(CHANNEL, '2001', '*18001')
  desk.left(CHANNEL)
  expect(desk.keyed(CHANNEL, '1')).toBe(false)
  await desk.unanswered(CHANNEL)
  expect(done.filter(act => act === 'hang-up')).toHaveLength(1)
})

test('who takes the seat of another hears so, and where that one is in a call, that the phone is in use', async () => {
  const seated = { phone: '2001', state: 'ready' } as const
  const free = aDesk({ agents: [anAgent('8001', { state: 'signed-out' }), anAgent('8002', seated)] })
  await free.desk.dialled(CHANNEL, '2001', '*18001')
  expect(await free.keysIn(`${PIN}#`)).toMatch(/^phone\/other-signed-out agent-number /)
  expect(free.board.agents.get('8002')!.state).toBe('signed-out')
  const talks = { ...seated, state: 'talking', call: 'c' } as const
  const taken = aDesk({ agents: [anAgent('8001', { state: 'signed-out' }), anAgent('8002', talks)] })
  await taken.desk.dialled(CHANNEL, '2001', '*18001')
  expect(await taken.keysIn(`${PIN}#`)).toBe('phone/in-use')
  expect(taken.board.agents.get('8002')!.state).toBe('talking')
})

const DEED = { phone: '2001', what: 'dial *1', whom: '8001', details: {}, at: NOON }

test('who signs in by their PIN is in the audit log, and whom they have put out of the seat', async () => {
  const { desk, deeds, keysIn } = aDesk({ agents: [anAgent('8001'), anAgent('8002', { phone: '2001' })] })
  await desk.dialled(CHANNEL, '2001', '*18001')
  await keysIn(`${PIN}#`)
  expect(deeds).toEqual([{ ...DEED, outcome: 'done', details: { signedOut: '8002' } }])
})

test.each([
  ['a wrong PIN', '8001', '314159', 'wrong-pin'],
  ['one that locks it', '8001', LAST_TRY, 'locked'],
  // It may be a PIN, keyed in where the id belongs.
  ['one for nobody', '9999', PIN, 'unknown-agent'],
  ['where who sits there has a call', '8001', PIN, 'phone-in-use'],
])('so is who does not: %s; and the PIN is not', async (_, whom, pin, outcome) => {
  const talks = anAgent('8002', { phone: '2001', state: 'talking', call: 'c' })
  const { desk, deeds, keysIn } = aDesk({ agents: [anAgent('8001', { state: 'signed-out' }), talks] })
  await desk.dialled(CHANNEL, '2001', `*1${whom}`)
  await keysIn(`${pin}#`)
  expect(deeds).toEqual([{ ...DEED, whom: outcome === 'unknown-agent' ? null : whom, outcome }])
})

test.each([
  ['a code', '2001', '*3', 'phone/nobody'],
  ['a number', '2001', '13800138000', 'phone/nobody'],
  ['to sign in, but not as whom', '2001', '*1', 'phone/nobody'],
  ['to sign in on another’s own', '8001', '*18002', 'phone/owned'],
  ['anything on a phone that there is not', '2009', '*3', 'unknown-agent'],
])('who dials %s where nobody sits hears why nothing comes of it', async (_, phone, number, says) => {
  const { desk, done } = aDesk()
  await desk.dialled(CHANNEL, phone, number)
  expect(done.at(-1)).toBe(says)
})

test('an agent signs in on their own phone without a PIN, also from elsewhere', async () => {
  const { desk, board, done } = aDesk({ agents: [anAgent('8001', { phone: '2001' })] })
  await desk.dialled(CHANNEL, '8001', '*1')
  expect(done.at(-1)).toBe('already-signed-in now-ready')
  expect(board.agents.get('8001')!.phone).toBeNull()
})
