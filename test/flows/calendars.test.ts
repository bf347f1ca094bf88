import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { calendarSchema, isOpenAt, readCalendar } from '../../src/flows/calendars.ts'

const office = {
  id: 'office',
  weekly: { mon: [['09:00', '18:00']], sat: [['22:00', '02:00']] },
  days: { '2026-10-01': [] },
}
const read = (change: object) => readCalendar(JSON.stringify({ ...office, ...change }))

test('a calendar is read as it is written, also without days of its own', () => {
  expect(read({})).toEqual({ document: office })
  expect(read({ days: undefined })).toEqual({ document: { ...office, days: {} } })
})

test('the published schema takes the same, and refuses an hour that there is not', () => {
  const takes = new Ajv2020().compile(calendarSchema())
  expect(takes(office)).toBe(true)
  expect(takes({ ...office, weekly: { mon: [['09:00', '25:00']] } })).toBe(false)
})

describe('what is wrong has its path, and says what is allowed:', () => {
  test.each([
    [
      'an hour that there is not',
      { weekly: { mon: [['09:00', '25:00']] } },
      'weekly.mon[0][1]',
      'must be a time from 00:00',
    ],
    [
      'an interval of no length',
      { weekly: { mon: [['09:00', '09:00']] } },
      'weekly.mon[0]',
      'must not end when it begins',
    ],
    ['a day that no week has', { weekly: { monday: [] } }, 'weekly.monday', 'must be one of mon, tue'],
    ['a date that no year has', { days: { '2026-02-30': [] } }, 'days.2026-02-30', 'must be a day such as'],
    ['a name with a space', { id: 'my office' }, 'id', 'must be a name'],
  ])('%s', (_, change, path, sentence) => {
    expect(read(change).faults).toMatchObject([{ path, sentence: expect.stringContaining(sentence) }])
  })
})

test.each([
  ['2026-11-23T01:00:00Z', 'Asia/Shanghai', true, 'nine in the morning of Monday in Shanghai'],
  ['2026-11-23T01:00:00Z', 'Europe/London', false, 'while it is one at night in London'],
  ['2026-11-23T10:00:00Z', 'Asia/Shanghai', false, 'the hour has come'],
  ['2026-11-28T17:59:00Z', 'Asia/Shanghai', true, 'the night of Saturday goes on'],
  ['2026-10-25T01:30:00Z', 'Europe/Berlin', false, 'the clocks are turned back: two at night for the second time'],
])('at %s, by the clocks of %s, it is open: %s (%s)', (moment, zone, open) => {
  expect(isOpenAt(readCalendar(JSON.stringify(office)).document!, Date.parse(moment), zone)).toBe(open)
})
