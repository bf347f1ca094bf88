import { expect, test } from 'vitest'
import { bareNumber, spellingsOf } from '../src/numbers.ts'

test.each([
  ['13800138000', ['+8613800138000', '008613800138000', '8613800138000', '013800138000', '138 0013-8000']],
  ['02162345678', ['+862162345678', '0086 21 6234 5678', '021-62345678']],
  ['4008001000', ['4008001000', '+864008001000']],
  ['00442071234567', ['+44 20 7123 4567', '00442071234567']],
  ['10086', ['10086']],
  ['', ['', 'anonymous', '陈']],
])('%s is %j', (bare, written) => {
  for (const number of written) expect(bareNumber(number)).toBe(bare)
})

test.each(['13800138000', '02162345678', '00442071234567', '10086', '4008001000'])(
  'each spelling of %s is it',
  bare => {
    for (const spelling of spellingsOf(bare)) expect(bareNumber(spelling)).toBe(bare)
  },
)
