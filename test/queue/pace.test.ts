import { describe, expect, test } from 'vitest'
import { Pace } from '../../src/queue/pace.ts'
import { draw, restOf, Sample } from '../../src/queue/spans.ts'
import { NOON } from '../call/given.ts'
import { random } from '../random.ts'

const S = 1_000
const MINUTE = 60 * S
const HALF_HOUR = 30 * MINUTE
const mean = (of: ArrayLike<number>): number => Array.from(of).reduce((sum, ms) => sum + ms, 0) / of.length

describe('the pace of a line', () => {
  const halfHour = (at: number): number => Math.floor(at / HALF_HOUR) % 48
  const talks = (pace: Pace, count: number, ms: number, queue = 'sales', at = NOON): void => {
    for (let i = 0; i < count; i += 1) pace.handled({ queue, at, ringMs: 5 * S, ms })
  }
  const meanOf = (pace: Pace, queue: string, at = NOON): number => mean(pace.handlingAt(at)!(queue))

  test('is unknown before the first talk', () => {
    expect(new Pace(halfHour).handlingAt(NOON)).toBeUndefined()
  })

  test('is the centre’s where the line has had no talk', () => {
    const pace = new Pace(halfHour)
    talks(pace, 3, MINUTE)
    expect(meanOf(pace, 'support')).toBe(MINUTE)
  })

  test('is like the line’s at other times of the day where there were few talks, and its own where there were many', () => {
    const pace = new Pace(halfHour)
    const evening = NOON + 6 * 3_600_000
    talks(pace, 900, MINUTE)
    talks(pace, 1, 3 * MINUTE, 'sales', evening)
    expect(meanOf(pace, 'sales', evening)).toBeLessThan(1.3 * MINUTE)
    talks(pace, 99, 3 * MINUTE, 'sales', evening)
    expect(meanOf(pace, 'sales', evening)).toBeGreaterThan(2.5 * MINUTE)
    expect(meanOf(pace, 'sales')).toBeLessThan(1.2 * MINUTE)
  })

  test('forgets what is long ago', () => {
    const pace = new Pace(halfHour)
    talks(pace, 1_000, 10 * MINUTE)
    talks(pace, 1_000, MINUTE)
    expect(meanOf(pace, 'sales')).toBe(MINUTE)
  })

  test('knows how patient callers are: so much waiting for each who hung up', () => {
    const pace = new Pace(halfHour)
    expect(pace.patienceMs('sales')).toBe(Number.POSITIVE_INFINITY)
    for (let i = 0; i < 3_000; i += 1) pace.waited({ queue: 'sales', waitedMs: MINUTE, left: Number(i % 5 === 0) })
    expect(pace.patienceMs('sales')).toBeCloseTo(5 * MINUTE, -4)
    expect(pace.patienceMs('support')).toBeCloseTo(5 * MINUTE, -4)
  })

  test('asks for more of a forecast after broken promises, and for less after many kept ones', () => {
    const pace = new Pace(halfHour)
    pace.promised({ queue: 'sales', isKept: false })
    expect(pace.shareFor('sales')).toBeCloseTo(0.918)
    for (let i = 0; i < 9; i += 1) pace.promised({ queue: 'sales', isKept: true })
    expect(pace.shareFor('sales')).toBeCloseTo(0.9)
    expect(pace.shareFor('support')).toBe(0.9)
  })
})

describe('how long something takes', () => {
  test('is drawn as it came', () => {
    const sample = new Sample(1_000)
    const { about } = random(5)
    const came = Array.from({ length: 1_000 }, () => about(MINUTE))
    for (const ms of came) sample.add(ms)
    const spans = sample.spans()!
    came.sort((a, b) => a - b)
    expect(mean(spans) / mean(came)).toBeCloseTo(1, 1)
    for (const share of [0.1, 0.5, 0.9]) expect(draw(spans, share) / came[share * 1_000]!).toBeCloseTo(1, 1)
  })

  test('is only what took longer, once it has taken so long', () => {
    const sample = new Sample(100)
    for (let i = 1; i <= 100; i += 1) sample.add(i * S)
    const rest = restOf(sample.spans()!, 60 * S)
    expect(rest(0)).toBeCloseTo(1 * S, -3)
    expect(rest(0.999)).toBe(40 * S)
    expect(rest(0.5)).toBeCloseTo(20 * S, -3.5)
  })

  test('goes on at the rate of the longest where nothing took so long', () => {
    const sample = new Sample(100)
    for (let i = 1; i <= 100; i += 1) sample.add(i * S)
    const rest = restOf(sample.spans()!, 600 * S)
    expect(rest(1 - Math.exp(-1)) / S).toBeCloseTo(5, 0)
    expect(rest(0)).toBeCloseTo(0)
  })
})
