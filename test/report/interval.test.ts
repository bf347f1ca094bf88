import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { QUARTER_MS, quarterOf, quartersOf, readInterval, stamp } from '../../src/report/interval.ts'

const SHANGHAI = 'Asia/Shanghai'
const BERLIN = 'Europe/Berlin'
const now = Date.parse('2026-11-23T10:30:00+08:00')
const iso = (asked: { from?: string; to?: string }, zone = SHANGHAI) => {
  const { from, to } = readInterval(asked, zone, now)
  return [stamp(from, zone), stamp(to, zone)]
}
const HOUR_MS = 3_600_000

describe('an interval is read on the centre’s clocks', () => {
  it('today, where nothing is said', () => {
    expect(iso({})).toEqual(['2026-11-23T00:00:00.000+08:00', '2026-11-24T00:00:00.000+08:00'])
  })
  it('a day alone as the end includes that day', () => {
    expect(iso({ from: '2026-11-02', to: '2026-11-06' })).toEqual([
      '2026-11-02T00:00:00.000+08:00',
      '2026-11-07T00:00:00.000+08:00',
    ])
    expect(iso({ to: '2026-11-06' })).toEqual(['2026-11-06T00:00:00.000+08:00', '2026-11-07T00:00:00.000+08:00'])
  })
  it('a time as the end is the end', () => {
    expect(iso({ from: '2026-11-23T09:15', to: '2026-11-23 09:30:00.5' })).toEqual([
      '2026-11-23T09:15:00.000+08:00',
      '2026-11-23T09:30:00.500+08:00',
    ])
  })
  it('an offset counts, also where a query string has made its + a space', () => {
    const at9 = '2026-11-23T09:00:00.000+08:00'
    expect(iso({ from: '2026-11-23T01:00Z' })[0]).toBe(at9)
    expect(iso({ from: '2026-11-23T02:00+01:00' })[0]).toBe(at9)
    expect(iso({ from: '2026-11-23T02:00 01:00' })[0]).toBe(at9)
  })
  describe.each([
    ['Atlantic/Azores', '2026-10-24', '2026-10-25', '2026-10-26'],
    ['America/Havana', '2026-10-31', '2026-11-01', '2026-11-02'],
  ])('where midnight comes twice, in %s', (zone, before, day, after) => {
    const of = (date: string, asked: number) => readInterval({ from: date, to: date }, zone, asked)
    const { to: midnight } = of(before, now)
    it.each([-3_000, -60, -1, 0, 30, 59, 60, 90, 119, 120, 3_000])(
      'asked %i minutes after the first, days meet without a gap, and this one has 25 hours',
      minutes => {
        const asked = midnight + minutes * 60_000
        expect([of(before, asked).to, of(day, asked).from]).toEqual([midnight, midnight])
        expect(of(day, asked).to - midnight).toBe(25 * HOUR_MS)
        expect(of(after, asked).from).toBe(of(day, asked).to)
        expect(readInterval({ to: day }, zone, asked)).toEqual(of(day, asked))
      },
    )
    it.each([0, 30, 60, 90, 24 * 60])('and is today, as a whole, %i minutes after the first', minutes => {
      expect(readInterval({}, zone, midnight + minutes * 60_000)).toEqual(of(day, now))
    })
    it('an offset says which is meant', () => {
      const [first, second] = [midnight, midnight + HOUR_MS].map(at => ({ from: stamp(at, zone), to: after }))
      expect(readInterval(second!, zone, now).from - readInterval(first!, zone, now).from).toBe(HOUR_MS)
    })
  })
  it.each([
    '',
    'today',
    '23.11.2026',
    '2026-11-23T',
    '2026-1-1',
    '2026-11-23T9:00',
    "2026-11-23'",
    '2026-11-23T09:00 PM',
  ])('"%s" is refused with what is allowed', words => {
    expect(() => iso({ from: words })).toThrow(/^from must be a date such as 2026-11-23, or a date and a time/)
  })
  it.each(['2026-02-29', '2026-11-31', '2026-11-23T24:01', '2026-00-10'])('%s does not exist', words => {
    expect(() => iso({ to: words })).toThrow(/^to must be a day and a time that exist/)
  })
  it('must not end before it begins, nor at once', () => {
    expect(() => iso({ from: '2026-11-24', to: '2026-11-23' })).toThrow('from must be before to')
    expect(() => iso({ from: '2026-11-23T09:00', to: '2026-11-23T09:00' })).toThrow('from must be before to')
  })
  it('is a leap year long at most', () => {
    expect(iso({ from: '2024-01-01', to: '2024-12-31' })).toHaveLength(2)
    expect(() => iso({ from: '2024-01-01', to: '2025-01-01' })).toThrow('at most 366 days after from, not 367')
  })
})

describe('quarters of an hour', () => {
  const day = (date: string, zone: string) => readInterval({ from: date, to: date }, zone, now)

  it.each([
    ['an ordinary day', '2026-11-23', BERLIN, 24, 96],
    ['the day that loses an hour', '2026-03-29', BERLIN, 23, 92],
    ['the day that gains an hour', '2026-10-25', BERLIN, 25, 100],
    ['a day where the clock moves by half an hour', '2026-04-05', 'Australia/Lord_Howe', 24.5, 98],
    ['a day of a zone three quarters from UTC', '2026-11-23', 'Asia/Kathmandu', 24, 96],
  ])('of %s add up to it', (_, date, zone, hours, count) => {
    const asked = day(date, zone)
    const quarters = quartersOf(asked)
    expect(asked.to - asked.from).toBe(hours * HOUR_MS)
    expect(quarters).toHaveLength(count)
    expect(quarters[0]).toBe(asked.from)
    expect(quarters.at(-1)! + QUARTER_MS).toBe(asked.to)
  })
  it('are half-open: the end of one is the beginning of the next', () => {
    const nine = Date.parse('2026-11-23T09:00:00+08:00')
    expect(quarterOf(nine)).toBe(nine)
    expect(quarterOf(nine + QUARTER_MS - 1)).toBe(nine)
    expect(quarterOf(nine + QUARTER_MS)).toBe(nine + QUARTER_MS)
  })
})

describe('a moment is written as the centre’s clocks showed it', () => {
  it.each([SHANGHAI, BERLIN, 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Europe/London', 'UTC'])(
    'in %s, also in the hours around those that are left out, or come twice',
    zone => {
      for (const day of ['2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-23']) {
        const noon = Date.parse(`${day}T12:00:00Z`)
        for (let at = noon - 36 * HOUR_MS; at < noon + 36 * HOUR_MS; at += 421_337)
          expect(stamp(at, zone)).toBe(DateTime.fromMillis(at, { zone }).toISO())
      }
    },
  )
})
