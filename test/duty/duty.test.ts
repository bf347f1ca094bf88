import { expect, test } from 'vitest'
import { askNext } from '../../src/duty/duty.ts'

test('the first of those on duty is asked first, then the next', () => {
  expect(askNext([], ['1', '2'])).toEqual({ person: '1', asked: ['1'] })
  expect(askNext(['1'], ['1', '2'])).toEqual({ person: '2', asked: ['1', '2'] })
})

test('once all were asked it begins anew with the first', () => {
  expect(askNext(['1', '2'], ['1', '2'])).toEqual({ person: '1', asked: ['1'] })
})

test('who has come on duty since is asked before it begins anew', () => {
  expect(askNext(['1', '2'], ['1', '2', '3'])).toEqual({ person: '3', asked: ['1', '2', '3'] })
})

test('nobody is asked where nobody is on duty', () => {
  expect(askNext(['1'], [])).toBeUndefined()
})
