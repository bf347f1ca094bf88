import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import type { Fact, Outcome } from '../../src/call/facts.ts'
import { Today } from '../../src/live/today.ts'
import { readInterval } from '../../src/report/interval.ts'
import { aCallerInLine, aTalk, CALL, given, later, NOON, theCallerHangsUp } from '../call/given.ts'

const HOUR = 3_600_000

const dayIn =
  (zone: string) =>
  (at: number): { from: number; to: number } =>
    readInterval({}, zone, at)

const inUtc = (): Today => new Today(NOON, dayIn('UTC'))

/** A call that has ended, and the facts that tell so. */
function ended(set: Partial<Call> = {}): [Call, Fact[]] {
  const { call, facts } = given(aCallerInLine).when(later(40_000), theCallerHangsUp)
  return [{ ...call!, ...set }, facts]
}

const SALES = ['sales', 30_000] as const

describe('today, of a line', () => {
  test('whoever hangs up has abandoned it, and counts once, also where the database tells of them', () => {
    const today = inUtc()
    today.watch(...ended())
    today.learn(today.dayAt(NOON), [
      { id: CALL, arrivedAt: NOON, passes: [{ queue: 'sales', end: 'abandoned', waitedMs: 1 }] },
      { id: 'other', arrivedAt: NOON, passes: [{ queue: 'sales', end: 'answered', waitedMs: 30_000 }] },
    ])
    expect(today.at(NOON, [])(...SALES)).toEqual({
      ...{ offered: 2, answered: 1, abandoned: 1, short: 0, sentOn: 0, answeredWithin: 1 },
      ...{ serviceLevel: 0.5, abandonment: 0.5 },
    })
    expect(today.at(NOON, [])('sales', 29_999).serviceLevel).toBe(0)
    expect(today.isWhole).toBe(true)
  })

  test('whoever talks is answered, and whoever waits is offered, until they are over and count as such', () => {
    const today = inUtc()
    const { call: talk } = given(aTalk)
    const { call: waiting } = given(aCallerInLine)
    const calls = [talk!, { ...waiting!, id: 'waiting' }]
    expect(today.at(NOON, calls)(...SALES)).toMatchObject({ offered: 2, answered: 1, serviceLevel: 1 })
    today.watch(...ended({ id: 'waiting' }))
    expect(today.at(NOON, [talk!])(...SALES)).toMatchObject({
      offered: 2,
      answered: 1,
      abandoned: 1,
      serviceLevel: 0.5,
    })
  })

  test('whom it has sent on counts there and where they came to, turned away at its door or not', () => {
    const sentOn = [
      { queue: 'support', because: 'moved', joinedAt: NOON } as const,
      { queue: 'support', because: 'length' } as const,
    ]
    const today = inUtc()
    today.watch(...ended({ sentOn }))
    const at = today.at(NOON, [])
    expect(at('support', 30_000)).toMatchObject({ offered: 2, sentOn: 2, abandoned: 0, abandonment: 0 })
    expect(at(...SALES)).toMatchObject({ offered: 1, sentOn: 0, abandoned: 1 })
  })

  test.each<[Partial<Call>, object]>([
    [{ short: true }, { abandoned: 1, short: 1, serviceLevel: null }],
    [{ outcome: 'closed' as Outcome }, { offered: 1, abandonment: null }],
    [{ outcome: 'callback-booked' as Outcome }, { offered: 1, answered: 0, abandoned: 0 }],
    [{ direction: 'callback' as const }, { offered: 0 }],
    [{ lineAt: null }, { offered: 0 }],
  ])('a call with %j counts as such', (set, figures) => {
    const today = inUtc()
    today.watch(...ended(set))
    expect(today.at(NOON, [])(...SALES)).toMatchObject(figures)
  })
})

describe('a day', () => {
  test.each([
    ['Asia/Shanghai', '2026-11-23', 24],
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
  ])('in %s on %s has its %i hours', (zone, day, hours) => {
    const { from, to } = readInterval({ from: day, to: day }, zone, NOON)
    expect((to - from) / HOUR).toBe(hours)
    const today = new Today(from, dayIn(zone))
    today.watch(...ended({ id: 'first', arrivedAt: from }))
    today.watch(...ended({ id: 'last', arrivedAt: to - 1 }))
    today.watch(...ended({ id: 'next', arrivedAt: to }))
    today.watch(...ended({ id: 'before', arrivedAt: from - 1 }))
    expect(today.at(to - 1, [])(...SALES).offered).toBe(2)
    expect(today.at(to, [])(...SALES).offered).toBe(0)
  })

  test('that begins while the service runs is whole without the database, and takes nothing of the day before', () => {
    const today = inUtc()
    const day = today.dayAt(NOON)
    expect(today.isWhole).toBe(false)
    const call = { ...given(aCallerInLine).call!, arrivedAt: day.to + 1 }
    expect(today.at(day.to + 2, [call])(...SALES).offered).toBe(1)
    today.learn(day, [{ id: 'late', arrivedAt: NOON, passes: [{ queue: 'sales', end: 'answered', waitedMs: 1 }] }])
    expect(today.at(day.to + 2, [call])(...SALES).offered).toBe(1)
    expect(today.isWhole).toBe(true)
    today.forget()
    expect(today.isWhole).toBe(false)
  })
})
