import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { closeMessage } from '../../src/database/messages.ts'
import { remember } from '../../src/database/remember.ts'
import type { Flow } from '../../src/ivr/flow.ts'
import { BYTES_A_MS, RATE } from '../../src/recording/tape.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { messageSound, messagesReport } from '../../src/report/messages.ts'
import { wavHeader } from '../../src/wav.ts'
import {
  aCallArrives,
  CALL,
  given,
  itIsUp,
  itsTapeIsFiled,
  later,
  NOON,
  type Step,
  theCallerHangsUp,
  theCallerPresses,
  thePromptEnds,
} from '../call/given.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { callsBack, isDue, promises, triesInVain } from './callbacks.ts'
import { arrives, Centre } from './centre.ts'

/** Messages that callers have left: as they are filed, listed and listened to. */

const database = testDatabase()
const folder = mkdtempSync(join(tmpdir(), 'hotline-messages-'))
const flow: Flow = {
  id: 'away',
  start: 'leave',
  nodes: {
    leave: {
      ...{ type: 'voicemail', queue: 'sales', prompts: [], again: [], review: [], tries: 3, patienceMs: 5_000 },
      ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000, next: 'end', otherwise: 'end' },
    },
    end: { type: 'hangup' },
  },
}
const spoken: Step = ({ call }) => ({ kind: 'MessageSpoken', message: call!.message!.id, spokenMs: 2_000 })
/** One is deleted, and one left, by a caller whom nobody may call back. */
const twoMessages = () =>
  given()
    .with({ flow: () => flow, dial: () => ({ may: 'never', because: 'no number' }) })
    .when(aCallArrives('away'), itIsUp, later(1_000), thePromptEnds, later(3_000), spoken)
    .when(theCallerPresses('3'), thePromptEnds, later(2_000), spoken)
    .when(theCallerPresses('1'), theCallerHangsUp, itsTapeIsFiled)

let knex: Knex
const message = `${CALL}~message12`

beforeEach(async () => {
  knex = await database.fresh()
  const { call, story } = twoMessages()
  await remember(knex, [{ call: { after: call!, facts: story, legs: [] }, agents: [] }])
})
afterAll(() => rmSync(folder, { recursive: true }))

test('those that were left are listed with who left them, and no longer when they are done', async () => {
  const left = {
    ...{ id: message, call: CALL, queue: 'sales', caller: '13800138000', callerName: '', language: 'zh' },
    ...{ leftAt: NOON + 4_000, ms: 2_000, doneAt: null, note: '', callback: null },
  }
  expect(await messagesReport(knex, {}, 'whole')).toEqual([left])
  expect(await messagesReport(knex, { done: false, queue: 'sales' }, 'masked')).toEqual([
    { ...left, caller: '138****8000' },
  ])
  expect(await messagesReport(knex, { queue: 'support' }, 'whole')).toEqual([])

  expect(await closeMessage(knex, message, 'called back')).toBe(true)
  expect(await messagesReport(knex, { done: false }, 'whole')).toEqual([])
  expect(await messagesReport(knex, { done: true }, 'whole')).toMatchObject([{ id: message, note: 'called back' }])
  expect(await closeMessage(knex, message, undefined)).toBe(true)
  expect(await messagesReport(knex, {}, 'whole')).toMatchObject([{ id: message, note: 'called back' }])
  expect(await closeMessage(knex, 'none', '')).toBe(false)
})

test('one whose caller is to be called back says how that stands, and is done once they are reached', async () => {
  const centre = await Centre.open(knex)
  centre.signIn('8001', NOON)
  const left = { id: 'cb~message1', file: 'a.wav' }
  arrives(centre, { id: 'left', at: NOON + 60_000 })
  const callback = promises(centre, 'left', { at: NOON + 61_000, because: 'message', message: left })
  await centre.save()
  const row = { id: left.id, call_id: 'left', queue: 'sales', began_at: new Date(NOON), ended_at: new Date(NOON) }
  await knex('messages').insert(row)
  const listed = async (done: boolean) => (await messagesReport(knex, { done }, 'whole')).filter(m => m.call === 'left')
  triesInVain(centre, callback, '8001', NOON + 62_000, { again: 1_000 })
  await centre.save()
  const inVain = { id: callback, phase: 'scheduled', outcome: null }
  expect(await listed(false)).toMatchObject([{ id: left.id, doneAt: null, callback: inVain }])
  isDue(centre, callback, NOON + 95_000)
  callsBack(centre, callback, '8001', NOON + 100_000)
  await centre.save()
  const reached = { id: callback, phase: 'ended', outcome: 'answered' }
  expect(await listed(false)).toEqual([])
  expect(await listed(true)).toMatchObject([{ id: left.id, doneAt: NOON + 115_000, callback: reached }])
})

test('one that was seen to before its caller was reached was done then', async () => {
  const centre = await Centre.open(knex)
  centre.signIn('8001', NOON)
  arrives(centre, { id: 'left', at: NOON })
  const callback = promises(centre, 'left', { at: NOON, because: 'message', message: { id: message, file: 'a.wav' } })
  await centre.save()
  const at = new Date(NOON + 1_000)
  await knex('messages').update({ done_at: at })
  callsBack(centre, callback, '8001', NOON + 2_000)
  await centre.save()
  expect(await messagesReport(knex, { done: true }, 'whole')).toMatchObject([{ id: message, doneAt: at.getTime() }])
})

test('one that the facts tell of and the list does not is a fault of the ledger', async () => {
  const interval = { from: NOON, to: NOON + 3_600_000 }
  expect(await ledgerReport(knex, interval, NOON + 60_000)).toMatchObject({ balances: true })
  await knex('messages').delete()
  const { culprits } = await ledgerReport(knex, interval, NOON + 60_000)
  expect(culprits).toEqual([{ what: 'call', id: CALL, fault: 'has left 1 messages, of which some are not listed' }])
})

test('it is heard as Asterisk has kept it', async () => {
  const day = join(folder, '2026/01/05')
  mkdirSync(day, { recursive: true })
  onTestFinished(() => rmSync(join(folder, '2026'), { recursive: true }))
  writeFileSync(join(day, `${message}.wav`), 'as it was')
  expect(String(await messageSound(knex, folder, message))).toBe('as it was')
})

test('else it is heard out of the recording of its call', async () => {
  const tape = Buffer.alloc(8_000 * BYTES_A_MS)
  for (let ms = 4_500; ms < 5_500; ms += 1) tape.fill(0x11, ms * BYTES_A_MS, (ms + 1) * BYTES_A_MS)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'a.wav'), Buffer.concat([wavHeader(tape.length, 2, RATE), tape]))
  const sound = await messageSound(knex, folder, message)
  expect(sound.subarray(0, 4).toString()).toBe('RIFF')
  expect((sound.length - 44) / 16).toBe(1_500)
})

test('where it cannot be heard, the reason is told', async () => {
  await expect(messageSound(knex, folder, 'none')).rejects.toThrow('There is no message none.')
  await expect(messageSound(knex, join(folder, 'elsewhere'), message)).rejects.toThrow(
    'The recording is no longer in its folder.',
  )
  writeFileSync(join(folder, 'a.wav'), wavHeader(0, 2, RATE))
  await expect(messageSound(knex, folder, message)).rejects.toThrow('The recording of the call ends before it.')
})
