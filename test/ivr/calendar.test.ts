import { expect, test } from 'vitest'
import { type Calendar, isOpen, type LocalTime, WEEKDAYS } from '../../src/ivr/calendar.ts'

/** Shops' hours, a night of Fridays, National Day, and the Sunday worked in place of it. */
const calendar: Calendar = {
  weekly: {
    mon: [
      ['09:00', '12:00'],
      ['13:30', '18:00'],
    ],
    fri: [['22:00', '06:00']],
    sat: [['00:00', '24:00']],
  },
  days: { '2026-10-05': [], '2026-10-11': [['09:00', '17:00']] },
}

/** `2026-10-05 09:30`, on the centre's clocks. */
function at(moment: string): [LocalTime, Omit<LocalTime, 'minute'>] {
  const [date, time] = moment.split(' ') as [string, string]
  const [hour, minute] = time.split(':').map(Number) as [number, number]
  const dayOf = (offset: number) => {
    const day = new Date(Date.parse(`${date}T00:00:00Z`) + offset * 86_400_000)
    return { date: day.toISOString().slice(0, 10), weekday: WEEKDAYS[(day.getUTCDay() + 6) % 7]! }
  }
  return [{ ...dayOf(0), minute: hour * 60 + minute }, dayOf(-1)]
}

test.each([
  ['2026-10-12 09:00', true, 'from the first minute'],
  ['2026-10-12 08:59', false, 'and not before'],
  ['2026-10-12 12:00', false, 'not from the minute of its end'],
  ['2026-10-12 13:29', false, 'not in the break'],
  ['2026-10-12 17:59', true, 'to the last minute'],
  ['2026-10-13 10:00', false, 'not on a day without hours'],
  ['2026-10-05 10:00', false, 'not on a holiday'],
  ['2026-10-11 10:00', true, 'on a Sunday that is worked'],
  ['2026-10-09 23:00', true, 'into the night'],
  ['2026-10-10 23:59', true, 'to midnight'],
  ['2026-10-16 05:59', false, 'not in the morning before it'],
])('at %s it is open: %s (%s)', (moment, open) => {
  expect(isOpen(calendar, ...at(moment))).toBe(open)
})

test('a night goes on into a holiday, where it began before', () => {
  const night: Calendar = { weekly: { fri: [['22:00', '06:00']] }, days: { '2026-10-10': [] } }
  expect(isOpen(night, ...at('2026-10-10 05:59'))).toBe(true)
  expect(isOpen(night, ...at('2026-10-10 06:00'))).toBe(false)
})
