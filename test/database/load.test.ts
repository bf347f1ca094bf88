import { expect, test } from 'vitest'
import { loadTalks } from '../../src/database/load.ts'
import { answered, Centre, misses, queues, WRAP_UP_MS } from '../report/centre.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const NOON = Date.UTC(2026, 10, 23, 4)
const MINUTE = 60_000

test('the latest talks of each queue, oldest first, with the wrap-up and without what led to none', async () => {
  const knex = await database.fresh()
  const centre = await Centre.open(knex)
  await knex('queues').update({ wrap_up_ms: WRAP_UP_MS })
  for (const agent of ['8001', '8002']) centre.signIn(agent, NOON)
  for (let i = 0; i < 31; i += 1) {
    answered(centre, { id: `sales-${i}`, at: NOON + i * MINUTE, agent: '8001', waitMs: 7_000, talkMs: 1_000 + i })
  }
  queues(centre, { id: 'support-0', at: NOON, queue: 'support' })
  misses(centre, 'support-0', '8002', NOON + 2_000)
  await centre.save()
  const talks = await loadTalks(knex)
  expect(talks).toHaveLength(30)
  expect(talks[0]).toEqual({ queue: 'sales', ms: 5_000 + 1_001 + WRAP_UP_MS })
  expect(talks.at(-1)).toEqual({ queue: 'sales', ms: 5_000 + 1_030 + WRAP_UP_MS })
})
