import { expect, test } from 'vitest'
import { Callers } from '../../src/switchboard/callers.ts'

const NOON = Date.UTC(2026, 10, 23, 4)
const blocked = { as: 'blocked' } as const

test('a number is known however a trunk writes it, and not taken for another', () => {
  const callers = new Callers([{ number: '13800138000', standing: blocked, until: null }])
  expect(callers.standing('+8613800138000', NOON)).toEqual(blocked)
  for (const other of ['', 'anonymous', '3800138000', '113800138000', '+4413800138000'])
    expect(callers.standing(other, NOON)).toBeUndefined()
})

test('what is said until a time is over then', () => {
  const callers = new Callers([{ number: '10086', standing: blocked, until: NOON }])
  expect(callers.standing('10086', NOON - 1)).toEqual(blocked)
  expect(callers.standing('10086', NOON)).toBeUndefined()
})
