import { expect, test } from 'vitest'
import { withoutNumbers } from '../../src/pop/masking.ts'

/** What a customer system answers, as who may not see numbers is shown it. */

const CALLER = '+8613800138000'
const shown = (value: unknown) => withoutNumbers(value, CALLER)

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
])('the caller’s number is masked, however it is written: %s', written => {
  const text = shown(written) as string
  expect(text.replace(/\P{Nd}/gu, '')).not.toMatch(/0013800|００１３８/)
  expect(text).toMatch(/\*{4}/)
})

test('so is any other number as long as one, as that of an identity card', () => {
  expect(shown('021-6234 5678')).toBe('021****5678')
  expect(shown('62345678')).toBe('6***5678')
  expect(shown('110101199003077777')).toBe('110***********7777')
  expect(shown(13_900_139_000)).toBe('139****9000')
  expect(shown('١٣٨٠٠١٣٨٠٠٠')).toBe('***********')
})

test('wherever it stands, also as a name', () => {
  const answer = { contacts: [{ phone: '13900139000', since: '2026-01-02' }], '13800138000': { vip: true }, none: null }
  expect(shown(answer)).toEqual({
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
  '12,345.60',
  'flat 3, 2nd floor',
])('what is none stays as it is: %s', text => {
  expect(shown(text)).toBe(text)
})

test.each([0, 42, 12_345.6, true, null])('so does %j', value => {
  expect(shown(value)).toBe(value)
})

test('where the caller’s number is withheld, others are masked all the same', () => {
  expect(withoutNumbers('13900139000, 12', '')).toBe('139****9000, 12')
})
