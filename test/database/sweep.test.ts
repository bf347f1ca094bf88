import type { Knex } from 'knex'
import { beforeAll, expect, test } from 'vitest'
import { recordDeed } from '../../src/database/auditLog.ts'
import { sweepEvents } from '../../src/database/events.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { sweepAuditLog, sweepWords } from '../../src/database/sweep.ts'
import { testDatabase } from './testDatabase.ts'

const NOON = Date.UTC(2026, 10, 26, 12)
const DAY_MS = 86_400_000
const THREE_YEARS = 1_096

const database = testDatabase()
let knex: Knex

beforeAll(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
})

const does = (what: string, at: number): Promise<void> =>
  recordDeed(knex, { at, who: 'person:li', what, whom: null, details: {}, outcome: 'done', address: '' })
const deeds = (there = knex): Promise<string[]> => there('audit_log').orderBy('id').pluck('what')
const deletedBy = (days: string, what: string): Promise<unknown> =>
  knex.transaction(async trx => {
    await trx.raw("select set_config('hotline.audit_kept_days', ?, true)", [days])
    await trx('audit_log').where({ what }).delete()
  })

// By the clock of Postgres, which in one transaction stands still.
test('who did what is kept for as long as the centre says, to the moment', async () => {
  await knex.transaction(async still => {
    const didAgo = (what: string, ago: string) =>
      still('audit_log').insert({
        ...{ at: still.raw(`now() - ${ago}`), who: 'person:li', what, details: '{}', outcome: 'done', address: '' },
      })
    await didAgo('first', `make_interval(days => ${THREE_YEARS})`)
    await didAgo('second', `make_interval(days => ${THREE_YEARS}) + interval '1 microsecond'`)
    await didAgo('last', "interval '0'")
    await sweepAuditLog(still, THREE_YEARS + 1)
    expect(await deeds(still)).toEqual(['first', 'second', 'last'])
    await sweepAuditLog(still, THREE_YEARS)
    expect(await deeds(still)).toEqual(['second', 'last'])
  })
})

test('nobody changes it, nor takes away what is to be kept yet, whatever they say', async () => {
  // The triggers go by the clock of Postgres.
  const now = Date.now()
  await does('today', now)
  await does('old', now - 1_000 * DAY_MS)
  const only = 'the audit log is only added to'
  await expect(knex('audit_log').update({ who: 'nobody' })).rejects.toThrow(only)
  await expect(knex.raw('truncate audit_log')).rejects.toThrow(only)
  await expect(knex('audit_log').delete()).rejects.toThrow(only)
  await expect(deletedBy('', 'old')).rejects.toThrow(only)
  await expect(deletedBy('1096', 'old')).rejects.toThrow(only)
  for (const days of ['1', '180', '1096', '-1']) await expect(deletedBy(days, 'today')).rejects.toThrow(only)
  expect(await deeds()).toEqual(['second', 'last', 'today', 'old'])
})

test('more than goes at once goes all the same', async () => {
  const at = new Date(NOON - 2_000 * DAY_MS)
  await knex.raw(
    `insert into audit_log (at, who, what, details, outcome, address)
     select ?, 'key:crm', 'many', '{}', 'done', '' from generate_series(1, 10001)`,
    [at],
  )
  await sweepAuditLog(knex, THREE_YEARS)
  expect(await deeds()).toEqual(['last', 'today', 'old'])
})

test('what agents were told in writing is kept for 90 days', async () => {
  const tell = (text: string, sent_at: number) =>
    knex('words').insert({ agent_id: '8001', text, sent_by: 'person:li', sent_at: new Date(sent_at) })
  await tell('early', NOON - 90 * DAY_MS - 1)
  await tell('late', NOON - 90 * DAY_MS)
  await sweepWords(knex, NOON)
  expect(await knex('words').pluck('text')).toEqual(['late'])
})

test('what is to be sent to a webhook again is kept while that is on, and for 30 days more', async () => {
  const hook = (id: string, off_at: number | null) =>
    knex('webhooks').insert({
      ...{ id, url: 'https://crm.example/', whole: false, secret: 'x', created_by: 'key:crm', position: 0 },
      ...{ created_at: new Date(NOON), off_at: off_at === null ? null : new Date(off_at) },
    })
  await hook('on', null)
  await hook('off', NOON - 30 * DAY_MS)
  await hook('long-off', NOON - 30 * DAY_MS - 1)
  for (const webhook_id of ['on', 'off', 'long-off'])
    await knex('webhook_letters').insert({ webhook_id, event_id: 1, event: '{}', dead_at: null })
  await sweepEvents(knex, NOON)
  expect(await knex('webhook_letters').orderBy('webhook_id').pluck('webhook_id')).toEqual(['off', 'on'])
})
