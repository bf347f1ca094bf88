import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import {
  DIALLING,
  type DiallingRules,
  numberDialledByHand,
  numberToDial,
  refusedForGood,
} from '../../src/dialling/dialling.ts'

const ZONE = 'Asia/Shanghai'
const localMinute = (at: number, zone = ZONE): number => {
  const { hour, minute } = DateTime.fromMillis(at, { zone })
  return hour * 60 + minute
}
const moment = (written: string, zone = ZONE): number => DateTime.fromISO(written, { zone }).toMillis()
const NOON = moment('2026-11-26T12:00')

const toDial = (text: string, rules: Partial<DiallingRules> = {}, at = NOON) =>
  numberToDial(text, { ...DIALLING, ...rules }, at, localMinute)
const reasonOf = (text: string, rules: Partial<DiallingRules> = {}) => toDial(text, rules).refusal?.reason

describe('a number, however it is shown, is dialled as the trunk wants it:', () => {
  test.each([
    ['13800138000', ['13800138000', '+8613800138000', '008613800138000', '8613800138000', '013800138000']],
    [
      '13800138000',
      ['138 0013 8000', '138-0013-8000', '+86 (138) 0013.8000', '１３８００１３８０００', '＋86 138 0013 8000'],
    ],
    ['01062345678', ['010-62345678', '(010)62345678', '+86 10 6234 5678', '+86 (0)10 6234 5678', '00861062345678']],
    ['07558234567', ['0755 823 4567', '+867558234567']],
    ['05718611012', ['0571-8611012', '+86 571 861 1012']],
    ['4008001000', ['400-800-1000', '+864008001000']],
  ])('%s', (number, written) => {
    for (const text of written) expect(toDial(text), text).toEqual({ number })
  })

  test('with its country code, where the trunk wants that', () => {
    for (const [text, number] of [
      ['13800138000', '+8613800138000'],
      ['010-62345678', '+861062345678'],
      ['4008001000', '+864008001000'],
    ] as const)
      expect(toDial(text, { form: 'e164' })).toEqual({ number })
  })

  test('behind the digit for an outside line, where the trunk wants one', () => {
    expect(toDial('+8613800138000', { outsideLine: '9' })).toEqual({ number: '913800138000' })
  })

  test('with the area code of the centre, where it shows none and the centre has one', () => {
    expect(toDial('6234-5678', { area: '021' })).toEqual({ number: '02162345678' })
    expect(toDial('86571110', { area: '021' }).refusal?.reason).toBe('service-number')
    expect(toDial('62345678').refusal?.reason).toBe('no-number')
  })

  test.each(['转801', '转接 801', ' 分机801', ' x801', ' ext. 801', ';ext=801', '#801', ',801', '-801'])(
    'without an extension that is shown as %s, which is told beside it',
    shown => {
      expect(toDial(`010-62345678${shown}`)).toEqual({ number: '01062345678', extension: '801' })
    },
  )

  test('abroad, where the centre allows that', () => {
    expect(toDial('+44 20 7123 4567', { prefixes: ['86', '44'] })).toEqual({ number: '00442071234567' })
    expect(toDial('00442071234567', { prefixes: ['44'], form: 'e164' })).toEqual({ number: '+442071234567' })
  })
})

describe('never dialled is', () => {
  const EMERGENCIES = ['110', '119', '120', '122', '112', '999', '911']
  const BEFORE = [
    '',
    '9',
    '0',
    '9,',
    '+86',
    '0086',
    '86',
    '+86 10 ',
    '+86 010 ',
    '010',
    '021-',
    '0755',
    '9010',
    '9021-',
  ]
  const AFTER_CODE = ['+1 ', '+44 ', '+852 ', '001', '0044', '90044']
  test.each([...BEFORE, ...AFTER_CODE])('an emergency number after %j, whatever is allowed', before => {
    const all = { prefixes: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], quiet: null, area: '021' }
    for (const emergency of EMERGENCIES) {
      expect(toDial(before + emergency, all).number, before + emergency).toBeUndefined()
      if (!before.includes(',')) expect(reasonOf(before + emergency, all), before + emergency).toBe('service-number')
    }
  })

  test('what begins like one, however long: a switch may put it through before the rest is dialled', () => {
    for (const text of ['1101234', '11012345678', '120 1234 5678', '010-11012345', '+86 110 1234 5678', '02112345678'])
      expect(toDial(text, { area: '021' }).number, text).toBeUndefined()
  })

  test.each(['10086', '12345', '95588', '96110', '12110', '010-12345', '+8610086', '+86 955580', '801'])(
    'the short number %s',
    text => expect(reasonOf(text)).toBe('service-number'),
  )

  test.each([
    '',
    '  ',
    '+',
    'anonymous',
    '13800138000*72',
    '*72',
    'sip:13800138000@example.com',
    '138001380001',
    '1380013800',
  ])('what is no number: %j', text => expect(reasonOf(text)).toBe('no-number'))

  test.each(['+44 20 7123 4567', '00442071234567', '+852 2123 4567'])('what begins with no prefix allowed: %s', text =>
    expect(reasonOf(text)).toBe('not-allowed'),
  )

  test('anything, where no prefix is allowed', () => {
    expect(reasonOf('13800138000', { prefixes: [] })).toBe('not-allowed')
  })

  test('a line, where mobiles alone are allowed', () => {
    const rules = { prefixes: ['8613', '8615', '8618'] }
    expect(reasonOf('010-62345678', rules)).toBe('not-allowed')
    expect(toDial('13800138000', rules)).toEqual({ number: '13800138000' })
  })
})

test('a refusal says why in a sentence, and not whom', () => {
  for (const text of ['1380013800', '010110', '+44 20 7123 4567']) {
    const { sentence } = toDial(text).refusal!
    expect(sentence).toMatch(/^[a-z].+[a-z]$/)
    expect(sentence).not.toMatch(/\d/)
  }
})

test('what is refused for good is refused at any time; quiet hours are no such reason', () => {
  expect(refusedForGood('010-110', DIALLING)?.reason).toBe('service-number')
  expect(refusedForGood('+44 20 7123 4567', DIALLING)?.reason).toBe('not-allowed')
  expect(refusedForGood('13800138000', DIALLING)).toBeUndefined()
})

describe('in quiet hours nobody is dialled:', () => {
  const fromOf = (at: number, rules: Partial<DiallingRules> = {}, text = '13800138000') =>
    toDial(text, rules, at).refusal?.from

  test('from nine in the evening to eight in the morning, where nothing else is set', () => {
    expect(fromOf(moment('2026-11-26T20:59:59.999'))).toBeUndefined()
    const morning = moment('2026-11-27T08:00')
    for (const at of ['2026-11-26T21:00', '2026-11-26T23:59:59.999', '2026-11-27T00:00', '2026-11-27T07:59:59.999'])
      expect(fromOf(moment(at)), at).toBe(morning)
    expect(toDial('13800138000', {}, morning).number).toBe('13800138000')
  })

  test('at noon, where they lie within one day', () => {
    const quiet = { from: 12 * 60, to: 14 * 60 }
    expect(fromOf(NOON, { quiet })).toBe(moment('2026-11-26T14:00'))
    expect(fromOf(moment('2026-11-26T14:00'), { quiet })).toBeUndefined()
    expect(fromOf(moment('2026-11-26T11:59'), { quiet })).toBeUndefined()
  })

  test('not where there are none', () => {
    expect(fromOf(moment('2026-11-26T03:00'), { quiet: null })).toBeUndefined()
  })

  test('by the clocks where the number is, as the longest prefix has them, else by the centre’s', () => {
    const zones = [
      { prefix: '1', zone: 'America/New_York' },
      { prefix: '1808', zone: 'Pacific/Honolulu' },
    ]
    const rules = { prefixes: ['1', '86'], zones }
    // 09:00 in New York is 04:00 in Honolulu, and 22:00 in Shanghai.
    const at = moment('2026-11-26T09:00', 'America/New_York')
    expect(fromOf(at, rules, '+1 212 555 0100')).toBeUndefined()
    expect(fromOf(at, rules, '+1 808 555 0100')).toBe(moment('2026-11-26T08:00', 'Pacific/Honolulu'))
    expect(fromOf(at, rules)).toBe(moment('2026-11-27T08:00'))
  })

  describe('when the clocks are put forward or back,', () => {
    const zones = [{ prefix: '44', zone: 'Europe/London' }]
    const inLondon = (at: string, quiet: NonNullable<DiallingRules['quiet']>) =>
      fromOf(moment(at, 'Europe/London'), { prefixes: ['44'], zones, quiet }, '+44 20 7123 4567')
    const night = { from: 21 * 60, to: 8 * 60 }

    test('they end by the clock all the same', () => {
      expect(inLondon('2026-03-28T22:00', night)).toBe(Date.parse('2026-03-29T07:00Z'))
      expect(inLondon('2026-10-24T22:00', night)).toBe(Date.parse('2026-10-25T08:00Z'))
    })

    test('they end with the hour that there is not', () => {
      // 01:00 becomes 02:00.
      expect(inLondon('2026-03-29T00:30', { from: 0, to: 90 })).toBe(Date.parse('2026-03-29T01:00Z'))
    })

    test('they come twice with the hour that there is twice', () => {
      // 02:00 becomes 01:00, and so half past one comes again.
      const quiet = { from: 60, to: 90 }
      expect(fromOf(Date.parse('2026-10-25T00:10Z'), { prefixes: ['44'], zones, quiet }, '+44 20 7123 4567')).toBe(
        Date.parse('2026-10-25T00:30Z'),
      )
      expect(fromOf(Date.parse('2026-10-25T01:10Z'), { prefixes: ['44'], zones, quiet }, '+44 20 7123 4567')).toBe(
        Date.parse('2026-10-25T01:30Z'),
      )
    })
  })
})

describe('a number that a person dials themselves', () => {
  const byHand = (text: string, rules: Partial<DiallingRules> = {}) =>
    numberDialledByHand(text, { ...DIALLING, ...rules })

  test('is what the trunk wants, and kept in its one spelling', () => {
    expect(byHand('+8613800138000')).toEqual({ number: '13800138000', whole: '13800138000' })
    const rules = { area: '021', outsideLine: '9', form: 'e164' } as const
    expect(byHand('62345678', rules)).toEqual({ number: '9+862162345678', whole: '02162345678' })
  })
  test('is dialled at any hour', () => {
    expect(byHand('13800138000', { quiet: { from: 0, to: 1_439 } }).refusal).toBeUndefined()
  })
  test.each(['110', '119', '120', '122', '112', '999'])(
    'may be that of an emergency, whatever is allowed: %s',
    number => {
      expect(byHand(number, { prefixes: [] })).toEqual({ number, whole: number, urgent: true })
      const rules = { prefixes: [], outsideLine: '9' }
      for (const typed of [number, `9${number}`])
        expect(byHand(typed, rules)).toEqual({ number: `9${number}`, whole: number, urgent: true })
      expect(toDial(number).refusal?.reason).toBe('service-number')
    },
  )
  test.each([
    ['0044207123456', 'not-allowed'],
    ['62345678', 'no-number'],
    ['12345', 'service-number'],
    ['021110', 'service-number'],
    ['8110', 'service-number'],
  ])('%s is refused: %s', (number, reason) => {
    expect(byHand(number).refusal?.reason).toBe(reason)
  })
})
