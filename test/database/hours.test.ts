import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import {
  clearRoster,
  learnHours,
  loadHours,
  loadRoster,
  removeCalendar,
  setCalendar,
  setRoster,
} from '../../src/database/hours.ts'
import { loadCentre } from '../../src/database/load.ts'
import type { NamedCalendar } from '../../src/flows/calendars.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'silent' })
const HOUR = 3_600_000
const SOON = Math.floor(Date.now() / HOUR) * HOUR + HOUR
const office: NamedCalendar = { id: 'office', weekly: { mon: [['09:00', '17:00']] }, days: {} }
const shift = (agent: string, from: number, to: number) => ({ agent, from: SOON + from * HOUR, to: SOON + to * HOUR })

let knex: Knex
let url: string

beforeEach(async () => {
  knex = await database.fresh()
  url = knex.client.config.connection.connectionString
  const agents = ['8001', '8002'].map(id => ({ id, name: id, sip_password: 's' }))
  await knex('agents').insert(agents)
})

test('a calendar is set, set anew, and removed', async () => {
  await setCalendar(knex, office)
  await setCalendar(knex, { ...office, weekly: {} })
  expect((await loadHours(knex)).calendars).toEqual([{ ...office, weekly: {} }])
  expect(await removeCalendar(knex, 'office')).toBe(true)
  expect(await removeCalendar(knex, 'office')).toBe(false)
  expect(await loadHours(knex)).toEqual({ calendars: [], shifts: [], isRostered: false })
})

test('a roster takes the place of what was planned to begin in its days, and of nothing else', async () => {
  await setRoster(knex, [shift('8001', 0, 8), shift('8001', 23, 32), shift('8002', 48, 56)], {
    from: SOON,
    to: SOON + 72 * HOUR,
  })
  await setRoster(knex, [shift('8002', 24, 30), shift('8001', 30, 36)], {
    from: SOON + 20 * HOUR,
    to: SOON + 44 * HOUR,
  })
  const planned = [shift('8001', 0, 8), shift('8002', 24, 30), shift('8001', 30, 36), shift('8002', 48, 56)]
  expect((await loadHours(knex)).shifts).toEqual(planned)
  expect(await loadRoster(knex, { from: SOON + HOUR, to: SOON + 48 * HOUR })).toEqual(planned.slice(1, 3))
})

test('a roster that cannot be kept as a whole leaves what was planned', async () => {
  const days = { from: SOON, to: SOON + 24 * HOUR }
  await setRoster(knex, [shift('8001', 0, 8)], days)
  await expect(setRoster(knex, [shift('8002', 0, 8), shift('8009', 0, 8)], days)).rejects.toThrow('foreign key')
  expect((await loadHours(knex)).shifts).toEqual([shift('8001', 0, 8)])
})

test('a centre whose last shift is long over still plans shifts, until it says that it does not', async () => {
  const span = { from: SOON - 100 * HOUR, to: SOON - 90 * HOUR }
  await setRoster(knex, [{ agent: '8001', ...span }], span)
  expect(await loadHours(knex)).toMatchObject({ shifts: [], isRostered: true })
  await clearRoster(knex)
  expect(await loadHours(knex)).toMatchObject({ shifts: [], isRostered: false })
})

test('a service goes by the hours as soon as they are set', async () => {
  const centre = await loadCentre(knex, 'UTC')
  const bell = listenFor(CHANGED, url, () => learnHours(knex, centre), log)
  onTestFinished(() => bell.close())
  const monday = Date.UTC(2026, 10, 23, 9)
  expect(centre.hours.isOpen('office', monday)).toBeUndefined()
  await setCalendar(knex, office)
  await vi.waitFor(() => expect(centre.hours.isOpen('office', monday)).toBe(true))
})
