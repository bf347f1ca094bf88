import { beforeEach, describe, expect, test } from 'vitest'
import {
  ADDRESSES_AT_MOST,
  ANSWER_WITHIN_MS,
  BANNED_MS,
  BANS_AT_MOST,
  Bans,
  FAILURES_AT_MOST,
  WINDOW_MS,
  WORKS_FOR_MS,
} from '../../src/asterisk/bans.ts'

const NOON = Date.UTC(2026, 10, 26, 12)
const STRANGER = '203.0.113.9'
const OFFICE = '203.0.113.10'
const TRUNK = '198.51.100.7'

let bans: Bans
beforeEach(() => {
  bans = new Bans(address => address === TRUNK)
})

const fails = (address: string, times: number, at = NOON) =>
  Array.from({ length: times }, () => bans.failed(address, at)).at(-1)

const refused = () => bans.all.map(({ address }) => address)

describe('an address is refused', () => {
  test('at the last of so many failures, for a while, and then let in', () => {
    expect(fails(STRANGER, FAILURES_AT_MOST - 1)).toBe('counted')
    expect(bans.failed(STRANGER, NOON)).toBe('banned')
    expect(bans.all).toEqual([{ address: STRANGER, beganAt: NOON, endsAt: NOON + BANNED_MS, tries: FAILURES_AT_MOST }])
    expect(bans.lift(NOON + BANNED_MS - 1)).toBe(false)
    expect(refused()).toEqual([STRANGER])
    expect(bans.lift(NOON + BANNED_MS)).toBe(true)
    expect(refused()).toEqual([])
  })

  test('for looking for accounts without a password, once it is seen that they do not answer', () => {
    for (let i = 0; i < FAILURES_AT_MOST; i++) expect(bans.asked(STRANGER, NOON)).toBe('counted')
    expect(bans.asked(STRANGER, NOON + ANSWER_WITHIN_MS - 1)).toBe('counted')
    expect(bans.asked(STRANGER, NOON + ANSWER_WITHIN_MS)).toBe('banned')
  })

  test('once for each try: to be asked and to answer wrongly is one', () => {
    for (let i = 1; i < FAILURES_AT_MOST; i++) {
      expect(bans.asked(STRANGER, NOON)).toBe('counted')
      expect(bans.failed(STRANGER, NOON)).toBe('counted')
    }
    expect(bans.asked(STRANGER, NOON + ANSWER_WITHIN_MS)).toBe('counted')
    expect(bans.failed(STRANGER, NOON + ANSWER_WITHIN_MS)).toBe('banned')
  })

  test('not for failures that lie further apart than the window', () => {
    fails(STRANGER, FAILURES_AT_MOST - 1)
    expect(bans.failed(STRANGER, NOON + WINDOW_MS)).toBe('counted')
    expect(fails(STRANGER, FAILURES_AT_MOST - 1, NOON + WINDOW_MS)).toBe('banned')
  })

  test('no longer for what it tries meanwhile', () => {
    fails(STRANGER, FAILURES_AT_MOST)
    expect(fails(STRANGER, 5 * FAILURES_AT_MOST, NOON + 1_000)).toBe('counted')
    expect(bans.all).toMatchObject([{ address: STRANGER, endsAt: NOON + BANNED_MS, tries: FAILURES_AT_MOST }])
  })

  test('by itself: what others fail at is not its own', () => {
    for (let i = 0; i < FAILURES_AT_MOST; i++) expect(bans.failed(`203.0.113.${100 + i}`, NOON)).toBe('counted')
    expect(refused()).toEqual([])
  })
})

describe('nobody is locked out', () => {
  test('where a whole office registers for the first time, all at once', () => {
    const phones = 10 * FAILURES_AT_MOST
    for (let i = 0; i < phones; i++) expect(bans.asked(OFFICE, NOON)).toBe('counted')
    for (let i = 0; i < phones; i++) bans.worked(OFFICE, NOON + 50)
    expect(bans.asked(OFFICE, NOON + ANSWER_WITHIN_MS)).toBe('counted')
    expect(refused()).toEqual([])
  })

  test('where a phone works, whatever another does behind the same address', () => {
    bans.worked(OFFICE, NOON)
    expect(fails(OFFICE, FAILURES_AT_MOST, NOON + WORKS_FOR_MS - 1)).toBe('spared')
    expect(refused()).toEqual([])
  })

  test('but for where it has worked long ago', () => {
    bans.worked(OFFICE, NOON)
    expect(fails(OFFICE, FAILURES_AT_MOST, NOON + WORKS_FOR_MS)).toBe('banned')
  })

  test('where callers come from', () => {
    expect(fails(TRUNK, 3 * FAILURES_AT_MOST)).toBe('counted')
    expect(refused()).toEqual([])
  })

  test('early, once somebody says so; who is refused again after that is', () => {
    fails(STRANGER, FAILURES_AT_MOST)
    expect(bans.pardon(new Map([[STRANGER, NOON]]))).toBe(false)
    expect(bans.pardon(new Map([[OFFICE, NOON + 1]]))).toBe(false)
    expect(refused()).toEqual([STRANGER])
    expect(bans.pardon(new Map([[STRANGER, NOON + 1]]))).toBe(true)
    expect(refused()).toEqual([])
    expect(fails(STRANGER, FAILURES_AT_MOST, NOON + 2)).toBe('banned')
    expect(bans.pardon(new Map([[STRANGER, NOON + 1]]))).toBe(false)
    expect(refused()).toEqual([STRANGER])
  })

  test('for one failure more, once their time is over', () => {
    fails(STRANGER, FAILURES_AT_MOST)
    bans.lift(NOON + BANNED_MS)
    expect(fails(STRANGER, FAILURES_AT_MOST - 1, NOON + BANNED_MS)).toBe('counted')
  })
})

test('somebody who goes on trying where phones work is told of once a window', () => {
  bans.worked(OFFICE, NOON)
  const verdicts = Array.from({ length: 2 * FAILURES_AT_MOST }, () => bans.failed(OFFICE, NOON))
  expect(verdicts.filter(verdict => verdict === 'spared')).toHaveLength(2)
})

test('that an address works is written down once an hour', () => {
  expect(bans.worked(OFFICE, NOON)).toBe(true)
  expect(bans.worked(OFFICE, NOON + 3_599_999)).toBe(false)
  expect(bans.worked(OFFICE, NOON + 3_600_000)).toBe(true)
})

test('what was known before counts: who is refused, and where phones work', () => {
  bans.learn([
    { address: STRANGER, workedAt: null, ban: { beganAt: NOON - 1, endsAt: NOON + 1, tries: 20 } },
    { address: OFFICE, workedAt: NOON - 1, ban: null },
  ])
  expect(refused()).toEqual([STRANGER])
  expect(fails(OFFICE, FAILURES_AT_MOST)).toBe('spared')
})

test('memory has an end, however many addresses try', () => {
  fails(STRANGER, FAILURES_AT_MOST - 1)
  for (let i = 0; i < ADDRESSES_AT_MOST; i++) bans.failed(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, NOON)
  expect(bans.failed(STRANGER, NOON)).toBe('counted')
  for (let i = 0; i <= BANS_AT_MOST; i++) fails(`172.16.${i >> 8}.${i & 255}`, FAILURES_AT_MOST)
  expect(refused()).toHaveLength(BANS_AT_MOST)
  expect(refused()).not.toContain('172.16.0.0')
})
