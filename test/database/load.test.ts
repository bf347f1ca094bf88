import { pino } from 'pino'
import { expect, test } from 'vitest'
import { loadPast } from '../../src/database/load.ts'
import { callsBack, promises } from '../report/callbacks.ts'
import { abandons, answered, arrives, Centre, ends, misses, queues } from '../report/centre.ts'
import { testDatabase } from './testDatabase.ts'

const DAY = 86_400_000
const database = testDatabase()
const log = pino({ level: 'silent' })
/** Of yesterday: older calls than four weeks do not count. */
const NOON = Math.floor(Date.now() / DAY) * DAY - DAY / 2
const S = 1_000
const MINUTE = 60_000

test('the latest talks of each queue and half hour, oldest first, without what led to none', async () => {
  const knex = await database.fresh()
  const centre = await Centre.open(knex)
  for (const agent of ['8001', '8002']) centre.signIn(agent, NOON - 40 * DAY)
  const talk = (id: string, at: number, talkMs: number) =>
    answered(centre, { id, at, agent: '8001', waitMs: 7 * S, talkMs })
  talk('long-ago', NOON - 30 * DAY, S)
  for (let i = 0; i < 101; i += 1) talk(`sales-${i}`, NOON + i * 10 * S, S + i)
  talk('later', NOON + 45 * MINUTE, 2 * S)
  queues(centre, { id: 'support-0', at: NOON, queue: 'support' })
  misses(centre, 'support-0', '8002', NOON + 2 * S)
  await centre.save()
  const talks = [...(await loadPast(knex, log)).talks]
  expect(talks).toHaveLength(101)
  const at = NOON + 10 * S + 3 * S
  expect(talks[0]).toEqual({ queue: 'sales', at, ringMs: 5 * S, ms: 5 * S + 1_001 })
  expect(talks.at(-1)).toMatchObject({ at: NOON + 45 * MINUTE + 3 * S, ms: 5 * S + 2_000 })
})

test('how long callers have waited, how many hung up, and which promises were kept', async () => {
  const knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', NOON)
  const promised = { promisedMs: 60 * S }
  answered(centre, { id: 'kept', at: NOON, agent: '8001', waitMs: 60 * S, talkMs: S, ...promised })
  answered(centre, { id: 'broken', at: NOON + 5 * MINUTE, agent: '8001', waitMs: 61 * S, talkMs: S, ...promised })
  abandons(centre, { id: 'unknown', at: NOON + 6 * MINUTE, waitMs: 59 * S, ...promised })
  abandons(centre, { id: 'broken-too', at: NOON + 7 * MINUTE, waitMs: 62 * S, ...promised })
  answered(centre, {
    id: 'no-promise',
    at: NOON + 10 * MINUTE,
    agent: '8001',
    waitMs: 8 * S,
    talkMs: S,
    promisedMs: null,
  })
  await centre.save()
  const { waits, promises } = await loadPast(knex, log)
  expect(waits).toEqual([{ queue: 'sales', waitedMs: (60 + 61 + 59 + 62 + 8) * S, left: 2 }])
  const kept = [true, false, false].map(isKept => ({ queue: 'sales', isKept }))
  expect(promises).toEqual(kept)
})

test('callbacks tell nothing of how long callers wait, or are talked with', async () => {
  const knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', NOON)
  arrives(centre, { id: 'asks', at: NOON })
  const id = promises(centre, 'asks', { at: NOON + S })
  callsBack(centre, id, '8001', NOON + MINUTE)
  ends(centre, 'asks', NOON + 2 * S, { outcome: 'callback-booked' })
  await centre.save()
  expect(await loadPast(knex, log)).toEqual({ talks: [], waits: [], promises: [] })
})

test('who was sent on and then hung up was not impatient; where the past cannot be read, callers are served without it', async () => {
  const knex = await database.fresh()
  const centre = await Centre.open(knex)
  abandons(centre, { id: 'sent-on', at: NOON, waitMs: 59 * S })
  await centre.save()
  await knex('calls').update({ line_left: true })
  expect((await loadPast(knex, log)).waits).toEqual([])
  await knex.schema.renameTable('legs', 'elsewhere')
  expect(await loadPast(knex, log)).toEqual({ talks: [], waits: [], promises: [] })
})
