import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import {
  forgetCaller,
  historyOf,
  learnCallers,
  loadCallers,
  type Noted,
  setCaller,
} from '../../src/database/callers.ts'
import { loadCentre } from '../../src/database/load.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'silent' })
const NOON = Date.UTC(2026, 10, 23, 4)
const HOUR = 3_600_000
const MOBILE = '13800138000'
const blocked: Noted = { number: MOBILE, standing: { as: 'blocked' }, until: NOON, note: 'rings at night' }

let knex: Knex

beforeEach(async () => {
  knex = await database.fresh()
})

test('a number is listed, listed anew, and forgotten', async () => {
  await setCaller(knex, blocked)
  expect(await loadCallers(knex)).toEqual([blocked])
  const vip: Noted = { number: MOBILE, standing: { as: 'vip', headStartMs: 60_000 }, until: null, note: '' }
  await setCaller(knex, vip)
  expect(await loadCallers(knex)).toEqual([vip])
  expect(await forgetCaller(knex, MOBILE)).toBe(true)
  expect(await forgetCaller(knex, MOBILE)).toBe(false)
})

test('a service knows of it at once', async () => {
  const centre = await loadCentre(knex, 'UTC')
  const url = knex.client.config.connection.connectionString
  const bell = listenFor(CHANGED, url, () => learnCallers(knex, centre), log)
  onTestFinished(() => bell.close())
  await setCaller(knex, { ...blocked, until: null })
  await vi.waitFor(() => expect(centre.callers.standing(MOBILE, NOON)).toEqual({ as: 'blocked' }))
})

/** A call that arrived so many hours before noon. */
async function called(hours: number, set: object): Promise<void> {
  const at = new Date(NOON - hours * HOUR)
  const row = { seq: 1, phase: 'ended', is_open: false, caller: MOBILE, caller_name: '', called: '1', flow: 'hotline' }
  await knex('calls').insert({
    id: `c${hours}`,
    ...row,
    language: 'zh',
    arrived_at: at,
    ended_at: at,
    outcome: 'answered',
    ...set,
  })
}

const calls = (to: string, from = MOBILE) => ({ from, to, arrivedAt: NOON })

test('earlier calls tell when a number last called, in which language the same line, and whom it talked with last', async () => {
  await knex('agents').insert(['8001', '8002'].map(id => ({ id, name: id, sip_password: 's' })))
  await called(5, { agent_id: '8001', connected_at: new Date(NOON - 5 * HOUR) })
  await called(3, { language: 'en', agent_id: '8002', caller: `+86${MOBILE}` })
  await called(-1, { language: 'zh' })
  const known = { lastAt: NOON - 3 * HOUR, language: 'en', lastAgent: '8001' }
  expect(await historyOf(knex, calls('1'))).toEqual(known)
  await called(2, { called: '2' })
  expect(await historyOf(knex, calls('1'))).toEqual({ ...known, lastAt: NOON - 2 * HOUR })
  expect(await historyOf(knex, calls('3'))).toEqual({ lastAt: NOON - 2 * HOUR, lastAgent: '8001' })
})

test('a number that never called, or not for months, is not known', async () => {
  await called(24 * 91, {})
  expect(await historyOf(knex, calls('1'))).toBeUndefined()
  expect(await historyOf(knex, calls('1', '10086'))).toBeUndefined()
})

test('a callback is no call of theirs, but whom they talked with in it they have talked with', async () => {
  await knex('agents').insert(['8001', '8002'].map(id => ({ id, name: id, sip_password: 's' })))
  const connected = (hours: number) => ({ connected_at: new Date(NOON - hours * HOUR) })
  await called(5, { agent_id: '8001', language: 'zh', ...connected(5) })
  await called(3, { direction: 'callback', agent_id: '8002', language: 'en', survey_offered: true, ...connected(3) })
  await called(2, { direction: 'callback', agent_id: '8001' })
  const known = { lastAt: NOON - 5 * HOUR, language: 'zh', lastAgent: '8002', surveyedAt: NOON - 3 * HOUR }
  expect(await historyOf(knex, calls('1'))).toEqual(known)
})

test('who has never called is known where a callback has reached them, and only there', async () => {
  await knex('agents').insert({ id: '8001', name: 'A', sip_password: 's' })
  await called(5, { direction: 'callback', agent_id: '8001', connected_at: new Date(NOON - 5 * HOUR) })
  await called(3, { direction: 'callback', agent_id: '8001', caller: '13900139000' })
  expect(await historyOf(knex, calls('1'))).toEqual({ lastAt: NOON - 5 * HOUR, lastAgent: '8001' })
  expect(await historyOf(knex, calls('1', '13900139000'))).toBeUndefined()
})

test('earlier calls tell when a number was last asked about a talk, by the end of that talk', async () => {
  const talkEnded = new Date(NOON - 47 * HOUR)
  await called(72, { survey_offered: true })
  await called(48, { survey_offered: true, talk_ended_at: talkEnded, caller: `+86${MOBILE}` })
  await called(2, {})
  expect(await historyOf(knex, calls('1'))).toMatchObject({ surveyedAt: talkEnded.getTime() })
  await called(91 * 24, { survey_offered: true, caller: '13900139000' })
  await called(1, { caller: '13900139000' })
  expect(await historyOf(knex, calls('1', '13900139000'))).not.toHaveProperty('surveyedAt')
})
