import { expect, test } from 'vitest'
import { Hours } from '../../src/switchboard/hours.ts'

const NINE = Date.UTC(2026, 10, 23, 9)
const FIVE = Date.UTC(2026, 10, 23, 17)
const calendars = [{ id: 'office', weekly: { mon: [['09:00', '17:00']] }, days: {} }] as const

test('where no shifts are planned, everybody always is there', () => {
  expect(new Hours('UTC').isOnShift(['8001'], NINE)).toBe(true)
  expect(new Hours('UTC').isOnShift([], NINE)).toBe(true)
})

test('where shifts are planned, one of them must be there', () => {
  const shifts = [
    { agent: '8001', from: NINE, to: FIVE },
    { agent: '8002', from: FIVE, to: FIVE + 1 },
  ]
  const hours = new Hours('UTC', { calendars: [], shifts, isRostered: true })
  expect(hours.isOnShift(['8002', '8001'], NINE)).toBe(true)
  expect(hours.isOnShift(['8001'], FIVE)).toBe(false)
  expect(hours.isOnShift(['8002'], NINE)).toBe(false)
  expect(hours.isOnShift([], NINE)).toBe(false)
})

test('a plan whose last shift is over has nobody there', () => {
  expect(new Hours('UTC', { calendars: [], shifts: [], isRostered: true }).isOnShift(['8001'], NINE)).toBe(false)
})

test('what is learnt takes the place of what was known', () => {
  const hours = new Hours('UTC', { calendars, shifts: [], isRostered: false })
  expect(hours.isOpen('office', NINE)).toBe(true)
  hours.learn({ calendars: [], shifts: [], isRostered: false })
  expect(hours.isOpen('office', NINE)).toBeUndefined()
})

test('the half hours of a day are those of the centre’s clock', () => {
  expect([NINE, NINE + 29 * 60_000, NINE + 30 * 60_000].map(at => new Hours('UTC').halfHour(at))).toEqual([18, 18, 19])
  expect(new Hours('Asia/Kolkata').halfHour(NINE)).toBe(29)
})
