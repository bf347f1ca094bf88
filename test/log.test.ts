import { expect, test } from 'vitest'
import { masked } from '../src/log.ts'

test.each([
  ['13800138000', '138****8000'],
  ['+8613800138000', '+86*******8000'],
  ['40080010', '4***0010'],
  ['4008001', '*****01'],
  ['95588', '***88'],
  ['8001', '****'],
  ['', ''],
])('a caller from %j is %j in the log', (number, shown) => {
  expect(masked(number)).toBe(shown)
})

test('no number is ever shown whole', () => {
  for (let length = 1; length <= 20; length += 1) expect(masked('7'.repeat(length))).toContain('*')
})
