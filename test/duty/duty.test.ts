import { expect, test } from 'vitest'
import { askedToo, askNext } from '../../src/duty/duty.ts'

const MINUTE = 60_000
const NOON = 720 * MINUTE
/** Who is next, and how many minutes after noon. */
const next = (asked: string[], onDuty: string[], passed = false) => {
  const { person, at } = askNext({ asked, askedAt: NOON, passed }, onDuty)!
  return [person, (at - NOON) / MINUTE]
}

test('the first of those on duty is asked first, and the next after three minutes', () => {
  expect(askNext({ asked: [], askedAt: null, passed: false }, ['1', '2'])!.person).toBe('1')
  expect(next(['1'], ['1', '2'])).toEqual(['2', 3])
})

test('once all were asked it begins anew with who was asked longest ago, after ten minutes, and then after half an hour', () => {
  expect(next(['1', '2'], ['1', '2'])).toEqual(['1', 10])
  expect(next(['1', '2', '1'], ['1', '2'])).toEqual(['2', 10])
  expect(next(['1', '2', '1', '2'], ['1', '2'])).toEqual(['1', 30])
  expect(next(['1', '1', '1', '1'], ['1'])).toEqual(['1', 30])
})

test('who has come on duty since is asked before it begins anew', () => {
  expect(next(['1', '2', '1'], ['1', '2', '3'])).toEqual(['3', 3])
})

test('passed on, the next is asked at once, but nobody who was asked before', () => {
  expect(next(['1'], ['1', '2'], true)).toEqual(['2', 0])
  expect(next(['1', '2'], ['1', '2'], true)).toEqual(['1', 10])
  expect(next(['1'], ['1'], true)).toEqual(['1', 10])
})

test('nobody is asked where nobody is on duty', () => {
  expect(askNext({ asked: ['1'], askedAt: NOON, passed: false }, [])).toBeUndefined()
})

test('who was asked long ago is forgotten, where nobody sees to a message for days', () => {
  let asked: string[] = []
  for (let i = 0; i < 100; i += 1) asked = askedToo(asked, String(i))
  expect(asked).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 50)))
})
