import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { diallingSet, diallingShow } from '../../src/cli/dialling.ts'
import { queueSet } from '../../src/cli/lines.ts'
import { readConfig } from '../../src/config.ts'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import { learnDialling, loadDialling } from '../../src/database/dialling.ts'
import { loadCentre } from '../../src/database/load.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { DIALLING } from '../../src/dialling/dialling.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'silent' })
const NOON = Date.parse('2026-11-26T12:00:00+08:00')

let knex: Knex
let config: ReturnType<typeof readConfig>

beforeEach(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
  config = readConfig({ DATABASE_URL: knex.client.config.connection.connectionString }, '/nowhere')
})

test('a centre that has set nothing dials by the rules of the house, also where the row is gone', async () => {
  expect(await loadDialling(knex)).toEqual(DIALLING)
  await knex('dialling').delete()
  expect(await loadDialling(knex)).toEqual(DIALLING)
  await diallingSet(config, ['area=021'])
  expect(await loadDialling(knex)).toEqual({ ...DIALLING, area: '021' })
})

test('a service dials by the rules as soon as they are set, by a command or by hand', async () => {
  const centre = await loadCentre(knex, 'Asia/Shanghai')
  const bell = listenFor(CHANGED, config.databaseUrl!, () => learnDialling(knex, centre), log)
  onTestFinished(() => bell.close())
  expect(centre.dialling.toDial('+852 2123 4567', NOON).refusal?.reason).toBe('not-allowed')
  await diallingSet(config, ['prefixes=86,852', 'form=e164'])
  await vi.waitFor(() => expect(centre.dialling.toDial('+852 2123 4567', NOON)).toEqual({ number: '+85221234567' }))
  await knex('dialling').update({ quiet_from: 720, quiet_to: 780 })
  await vi.waitFor(() =>
    expect(centre.dialling.toDial('13800138000', NOON).refusal).toMatchObject({
      reason: 'quiet-hours',
      from: NOON + 3_600_000,
    }),
  )
})

test('what is shown can be typed again', async () => {
  expect(await diallingShow(config)).toBe(
    'prefixes=86\narea=none\nform=national\noutside-line=none\nquiet=21:00-08:00\nshows=none\nzones=none',
  )
  const words = ['prefixes=86,1', 'area=010', 'form=e164', 'outside-line=9', 'quiet=22:30-07:05']
  await diallingSet(config, [...words, 'shows=4008001000', 'zones=1:America/New_York,1808:Pacific/Honolulu'])
  const shown = await diallingShow(config)
  for (const word of words) expect(shown).toContain(word)
  const before = await knex('dialling').first()
  await diallingSet(config, shown.split('\n'))
  expect(await knex('dialling').first()).toEqual(before)
  await diallingSet(config, [
    'prefixes=none',
    'area=none',
    'outside-line=none',
    'quiet=none',
    'shows=none',
    'zones=none',
  ])
  expect(await loadDialling(knex)).toMatchObject({
    prefixes: [],
    area: null,
    outsideLine: '',
    quiet: null,
    shows: null,
    zones: [],
  })
})

describe('a refusal says what is allowed', () => {
  test.for<[string, RegExp]>([
    ['prefixes=+86', /^prefixes must be what numbers may begin with, with the country code and without \+/],
    ['prefixes=', /^prefixes must be/],
    ['area=21', /^area must be your own area code, such as 021/],
    ['form=short', /^form must be one of national, e164, not short$/],
    ['outside-line=1', /^outside-line must be the digit that your trunk wants/],
    ['outside-line=00', /^outside-line must be/],
    ['quiet=21:00', /^quiet must be from when to when nobody is dialled, such as 21:00-08:00/],
    ['quiet=08:00-08:00', /^quiet must be/],
    ['quiet=24:00-08:00', /^quiet must be/],
    ['shows=400-800', /^shows must be your main number, .* of 3 to 20 digits/],
    ['zones=1:New York', /^zones must be where other clocks are/],
    ['zone=1', /^a setting must be one of prefixes, area, /],
  ])('%s', async ([word, message]) => {
    await expect(diallingSet(config, [word])).rejects.toMatchObject({
      id: 'bad-input',
      message: expect.stringMatching(message),
    })
    expect(await loadDialling(knex)).toEqual(DIALLING)
  })

  test('a line shows a number, or none of its own', async () => {
    await queueSet(config, 'sales', ['shows=02162345678'])
    const centre = await loadCentre(knex, 'UTC')
    expect(centre.queue('sales')?.shows).toBe('02162345678')
    await queueSet(config, 'sales', ['shows=none'])
    expect((await loadCentre(knex, 'UTC')).queue('sales')?.shows).toBeNull()
    await expect(queueSet(config, 'sales', ['shows=021-62345678'])).rejects.toMatchObject({
      id: 'bad-input',
      message: expect.stringMatching(/^shows must be a number of 3 to 20 digits/),
    })
  })
})
