import { expect, test } from 'vitest'
import { withoutNumbers } from '../../src/pop/masking.ts'

/** What a customer system answers, as who may not see numbers is shown it. */

test.each([
  ['13800138000'],
  ['+86 138 0013 8000'],
  ['0086-138-0013-8000'],
  ['(138) 00138000'],
  ['138.0013.8000'],
  ['１３８００１３８０００'],
  ['call 13800138000 after six'],
  ['13800138000@139.com'],
  ['tel:+8613800138000'],
])('a number is masked, however it is written: %s', written => {
  const text = withoutNumbers(written) as string
  expect(text.replace(/\P{Nd}/gu, '')).not.toMatch(/0013800|００１３８/)
  expect(text).toMatch(/\*{4}/)
})

test('so is one of few digits, or of many, as that of an identity card', () => {
  expect(withoutNumbers('021-6234 5678')).toBe('021****5678')
  expect(withoutNumbers('62345678')).toBe('6***5678')
  expect(withoutNumbers('110101199003077777')).toBe('110***********7777')
  expect(withoutNumbers(13_900_139_000)).toBe('139****9000')
  expect(withoutNumbers('١٣٨٠٠١٣٨٠٠٠')).toBe('***********')
})

test('wherever it stands, also as a name', () => {
  const answer = { contacts: [{ phone: '13900139000', since: '2026-01-02' }], '13800138000': { vip: true }, none: null }
  expect(withoutNumbers(answer)).toEqual({
    contacts: [{ phone: '139****9000', since: '2026-01-02' }],
    '138****8000': { vip: true },
    none: null,
  })
})

test.each([
  '2026-11-26',
  '2026-11-26 23:50:12',
  '2026-11-26T23:50:12.345+08:00',
  'order 123456',
  '2026-11-26 - 2026-12-01',
  '2026-11-26/2026-12-01',
  '26.11.2026, 9:05',
  '12,345.60',
  '1234567.89',
  'flat 3, 2nd floor',
])('what is none stays as it is: %s', text => {
  expect(withoutNumbers(text)).toBe(text)
})

test.each([0, 42, 12_345.6, true, null])('so does %j', value => {
  expect(withoutNumbers(value)).toBe(value)
})

test.each([
  ['138 - 0013 - 8000'],
  ['138–0013–8000'],
  ['138/0013/8000'],
  ['138_0013_8000'],
  ['１３８－００１３－８０００'],
  ['１３８（００１３）８０００'],
  ['138-2024-01-15'],
])('nor does it help to write it in another way: %s', written => {
  expect(withoutNumbers(written)).toMatch(/^138\*{4}\d{4}$/)
})

test.each([
  ['2024-01-15 13800138000', '2024-01-15 138****8000'],
  ['13800138000 2024-01-15 23:50', '138****8000 2024-01-15 23:50'],
  ['23:50:12 13800138000', '23:50:12 138****8000'],
  ['2024-01-15 (010) 61234567', '2024-01-15 (010****4567'],
  ['1990-01-01 110101199001011234', '1990-01-01 110***********1234'],
  ['110101-1990-01-01-1234', '110***********1234'],
  ['12.50 for 6123-4567', '12.50 for 6***4567'],
])('a date, a time or an amount does not excuse what stands beside it: %s', (written, seen) => {
  expect(withoutNumbers(written)).toBe(seen)
})

test.each(['1', '1-', '1 - ', '(', '2024-01-15 ', '2024-01-15/', '12:30:', '1.5.'])(
  'however long it is, it takes no time: %s again and again',
  piece => {
    const long = piece.repeat(1_000_000 / piece.length)
    const began = performance.now()
    withoutNumbers(long)
    expect(performance.now() - began).toBeLessThan(1_500)
  },
)
