import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { readInterval } from '../../src/report/interval.ts'
import { type QueuesReport, queuesReport } from '../../src/report/queues.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { abandons, answered, arrives, Centre, connects, ends, offered, queues } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const hour = { from: nine, to: nine + 60 * MIN }
const database = testDatabase()

describe('two lines and the flow before them, worked out by hand', () => {
  let report: QueuesReport
  beforeAll(async () => {
    const knex = await database.fresh()
    const centre = await Centre.open(knex)
    centre.signIn('8001', nine)
    // sales (T = 30 s): waits of 10, 30 and 50 s answered; one abandons after 3 s (short), one after 60 s.
    for (const [i, wait] of [10, 30, 50].entries()) {
      answered(centre, { id: `s${i}`, at: nine + (1 + 5 * i) * MIN, agent: '8001', waitMs: wait * S, talkMs: 60 * S })
    }
    abandons(centre, { id: 's3', at: nine + 20 * MIN, waitMs: 3 * S })
    abandons(centre, { id: 's4', at: nine + 21 * MIN, waitMs: 60 * S })
    // support (T = 20 s): given up while the phone rang, after 15 s; one told that it was too long; one finds nobody on shift.
    queues(centre, { id: 'u0', at: nine + 30 * MIN, queue: 'support' })
    const leg = offered(centre, 'u0', '8001', nine + 30 * MIN + 11 * S)
    const withdrawn = { kind: 'OfferEnded', leg, agent: '8001', result: 'withdrawn', cause: 16 } as const
    centre.fact('u0', { at: nine + 30 * MIN + 16 * S, ...withdrawn })
    ends(centre, 'u0', nine + 30 * MIN + 16 * S, { outcome: 'abandoned-ringing' })
    queues(centre, { id: 'u1', at: nine + 31 * MIN, queue: 'support' })
    ends(centre, 'u1', nine + 46 * MIN, { outcome: 'abandoned-in-queue', by: 'hotline' })
    queues(centre, { id: 'u2', at: nine + 32 * MIN, queue: 'support' })
    ends(centre, 'u2', nine + 32 * MIN + 5 * S, { outcome: 'closed', by: 'hotline' })
    // Never in a line: gone in the menu. Still open: one waits, one talks.
    arrives(centre, { id: 'n0', at: nine + 40 * MIN })
    ends(centre, 'n0', nine + 40 * MIN + 2 * S, { outcome: 'abandoned-in-flow', short: true })
    queues(centre, { id: 'o0', at: nine + 55 * MIN })
    connects(centre, 'o0', '8001', nine + 56 * MIN)
    queues(centre, { id: 'o1', at: nine + 57 * MIN })
    // The interval is half-open.
    arrives(centre, { id: 'x0', at: nine - 1 })
    arrives(centre, { id: 'x1', at: nine + 60 * MIN })
    await centre.save()
    report = await queuesReport(knex, hour, 'whole', nine + 60 * MIN)
  })
  const row = (queue: string | null) => report.queues.find(row => row.queue === queue)!

  it('service level: 2 of 3 answered within T, of 3 answered + 2 abandoned − 1 short', () => {
    expect(row('sales')).toMatchObject({ offered: 7, answered: 3, answeredWithin: 2, abandoned: 2, short: 1, open: 2 })
    expect(row('sales').serviceLevel).toBe(2 / 4)
  })
  it('a line has its names, those who reached none and the total have none', () => {
    expect(row('sales')).toMatchObject({ nameZh: '销售', nameEn: 'Sales' })
    expect(row(null)).toMatchObject({ nameZh: null, nameEn: null })
    expect(report.total).toMatchObject({ queue: 'total', nameZh: null, nameEn: null })
  })
  it('abandonment: (2 − 1) of (7 − 1) offered to the line', () => {
    expect(row('sales').abandonment).toBe(1 / 6)
  })
  it('ASA: 10, 30 and 50 s make 30 s', () => {
    expect(row('sales').asaMs).toBe(30 * S)
  })
  it('AHT: three talks of 60 s, each with 10 s of wrap-up', () => {
    expect(row('sales')).toMatchObject({ handled: 3, ahtMs: 70 * S, talkMs: 180 * S, wrapUpMs: 30 * S })
  })
  it('the longest wait is that of someone who still waits', () => {
    expect(row('sales').longestWaitMs).toBe(3 * MIN - S)
  })
  it('promises of a minute: 3 of 5 kept; one was served late, one waits still, and two left in time, which leaves it unknown', () => {
    expect(row('sales')).toMatchObject({ promised: 7, promisesKept: 3, promisesBroken: 2, keptShare: 3 / 5 })
    expect(report.total).toMatchObject({ promised: 10, promisesKept: 3, promisesBroken: 3 })
  })
  it('the error: waits of 10, 30, 50 and 64 s were 20, 0, 20 and 34 s from a median of half a minute', () => {
    expect(row('sales')).toMatchObject({ promisedServed: 4, promiseErrorMs: 74 * S, meanPromiseErrorMs: 18.5 * S })
    expect(row(null)).toMatchObject({ promised: 0, keptShare: null, meanPromiseErrorMs: null })
  })
  it('given up while ringing is abandoned; closed is not', () => {
    const outcomes = { 'abandoned-ringing': 1, 'abandoned-in-queue': 1, closed: 1, answered: 0 }
    expect(row('support')).toMatchObject({
      offered: 3,
      abandoned: 2,
      abandonedWithin: 1,
      serviceLevelMs: 20 * S,
      outcomes,
    })
  })
  it('who was told that the line is closed does not make its abandonment look smaller', () => {
    expect(row('support')).toMatchObject({ offeredToQueue: 2, abandonment: 1 })
  })
  it('calls that reached no line have a row of their own', () => {
    expect(row(null)).toMatchObject({ offered: 1, offeredToQueue: 0, abandoned: 0, short: 0, serviceLevel: null })
    expect(row(null).outcomes['abandoned-in-flow']).toBe(1)
  })
  it('every row balances, and so does the total', () => {
    for (const row of [...report.queues, report.total]) {
      const sum = Object.values(row.outcomes).reduce((a, b) => a + b, 0)
      expect(row.offered).toBe(sum + row.open)
    }
    expect(report.total).toMatchObject({ offered: 11, offeredToQueue: 9, open: 2 })
  })
})

describe('what callers thought of it, and whether they called again', () => {
  const DAY = 24 * 60 * MIN
  let report: QueuesReport
  beforeAll(async () => {
    const knex = await database.fresh()
    const centre = await Centre.open(knex)
    centre.signIn('8001', nine)
    const talk = (id: string, at: number, caller: string, more: { queue?: string; rating?: number } = {}) =>
      answered(centre, { id, at, caller, agent: '8001', waitMs: 10 * S, talkMs: 30 * S, agentLeaves: true, ...more })
    talk('once', nine + MIN, '1', { rating: 5 })
    talk('again', nine + 3 * MIN, '2', { rating: 3 })
    talk('other-line', nine + 5 * MIN, '3')
    talk('withheld', nine + 7 * MIN, '', { rating: 4 })
    talk('late', nine + 9 * MIN, '4')
    abandons(centre, { id: 'given-up', at: nine + 11 * MIN, caller: '5', waitMs: 9 * S })
    // After the hour that is asked about.
    talk('other-line-2', nine + 2 * DAY, '3', { queue: 'support' })
    abandons(centre, { id: 'again-2', at: nine + 3 * MIN + 7 * DAY, caller: '2', waitMs: 9 * S })
    abandons(centre, { id: 'late-2', at: nine + 9 * MIN + 7 * DAY + 1, caller: '4', waitMs: 9 * S })
    await centre.save()
    report = await queuesReport(knex, hour, 'whole', nine + 30 * DAY)
  })

  it('CSAT: 2 of 3 answers are 4 or 5; response: 3 answers to 5 surveys', () => {
    const counted = { surveysOffered: 5, surveysAnswered: 3, answers: 3, goodAnswers: 2 }
    expect(report.queues[0]).toMatchObject({ queue: 'sales', ...counted, csat: 2 / 3, responseRate: 3 / 5 })
    expect(report.total).toMatchObject(counted)
  })
  it('FCR: of 4 answered calls from known numbers one was followed by another to the line within 7 days', () => {
    expect(report.queues[0]).toMatchObject({ contacts: 4, resolved: 3, fcr: 3 / 4 })
    expect(report.total.fcr).toBe(3 / 4)
  })
})

describe('days on which the clock is changed', () => {
  const BERLIN = 'Europe/Berlin'
  let knex: Knex
  beforeAll(async () => {
    knex = await database.fresh()
    const centre = await Centre.open(knex)
    // One call every five minutes over both days.
    for (const date of ['2026-03-29', '2026-10-25']) {
      const { from, to } = readInterval({ from: date, to: date }, BERLIN, 0)
      for (let at = from; at < to; at += 5 * MIN) abandons(centre, { id: `${date}-${at}`, at, waitMs: 6 * S })
    }
    await centre.save()
  })
  it.each([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
  ])('%s has %i hours, and its quarters add up to the day', async (date, hours) => {
    const day = readInterval({ from: date, to: date }, BERLIN, 0)
    const quarters = await queuesReport(knex, day, 'quarter-hour', day.to)
    const whole = await queuesReport(knex, day, 'whole', day.to)
    expect(quarters.queues).toHaveLength(hours * 4)
    expect(quarters.queues.every(row => row.offered === 3)).toBe(true)
    expect(whole.total.offered).toBe(hours * 12)
    expect({ ...quarters.total, startAt: 0 }).toEqual({ ...whole.total, startAt: 0 })
  })
})

describe('lines that send their callers on', () => {
  let report: QueuesReport
  beforeAll(async () => {
    const knex = await database.fresh()
    const centre = await Centre.open(knex)
    centre.signIn('8001', nine)
    const sentOn = (id: string, at: number, queue: string, because: 'wait' | 'length' | 'nobody') =>
      centre.fact(id, { at, kind: 'Overflowed', queue, because, flow: 'on' })
    const joins = (id: string, at: number, queue: string) =>
      centre.fact(id, { at, kind: 'Queued', queue, ahead: 0, waitMs: null })
    // 25 s in sales, 15 s in support, answered.
    queues(centre, { id: 'both', at: nine + MIN })
    sentOn('both', nine + MIN + 26 * S, 'sales', 'wait')
    joins('both', nine + MIN + 26 * S, 'support')
    connects(centre, 'both', '8001', nine + MIN + 36 * S)
    ends(centre, 'both', nine + 2 * MIN + 41 * S)
    // Turned away from sales, given up in support after 30 s.
    arrives(centre, { id: 'full', at: nine + 5 * MIN })
    sentOn('full', nine + 5 * MIN, 'sales', 'length')
    joins('full', nine + 5 * MIN, 'support')
    ends(centre, 'full', nine + 5 * MIN + 30 * S, { outcome: 'abandoned-in-queue' })
    // 40 s in sales, then a flow, in which they hang up; one still waits, in the second line.
    queues(centre, { id: 'flow', at: nine + 10 * MIN })
    sentOn('flow', nine + 10 * MIN + 41 * S, 'sales', 'wait')
    ends(centre, 'flow', nine + 11 * MIN, { outcome: 'abandoned-in-queue' })
    queues(centre, { id: 'waits', at: nine + 19 * MIN })
    sentOn('waits', nine + 19 * MIN + 31 * S, 'sales', 'wait')
    joins('waits', nine + 19 * MIN + 31 * S, 'support')
    await centre.save()
    report = await queuesReport(knex, hour, 'whole', nine + 20 * MIN)
  })
  const row = (queue: string | null) => report.queues.find(row => row.queue === queue)!

  it('count each caller in each line, with the wait there', () => {
    expect(row('sales')).toMatchObject({ offered: 4, sentOn: 4, open: 0, answered: 0, offeredToQueue: 3 })
    expect(row('sales')).toMatchObject({ longestWaitMs: 40 * S })
    expect(row('support')).toMatchObject({
      offered: 3,
      sentOn: 0,
      open: 1,
      answered: 1,
      abandoned: 1,
      offeredToQueue: 3,
    })
    expect(row('support')).toMatchObject({
      waitOfAnsweredMs: 15 * S,
      answeredWithin: 1,
      longestWaitMs: 30 * S,
      handled: 1,
    })
    expect(row(null)).toMatchObject({ offered: 1, outcomes: { 'abandoned-in-queue': 1 }, offeredToQueue: 0 })
  })
  it('who hung up elsewhere after one had sent them on waited in no line that has a service level', () => {
    expect(row(null)).toMatchObject({ abandoned: 1, serviceLevelMs: null, serviceLevel: null })
    expect(report.total.serviceLevel).toBe(0)
  })
  it('a promise is that of the line in which it was told, whatever came of it in another', () => {
    expect(row('sales').promised + row('support').promised).toBe(report.total.promised)
    expect(row('sales').promised).toBe(3)
    expect(row(null).promised).toBe(0)
  })
  it('every line balances: offered = outcomes + sent on + open', () => {
    for (const { outcomes, sentOn, open, offered } of report.queues) {
      expect(Object.values(outcomes).reduce((a, b) => a + b, sentOn + open)).toBe(offered)
    }
  })
  it('in the total each call counts once, and its whole wait: two lines make no slow answer quick', () => {
    expect(report.total).toMatchObject({ offered: 4, sentOn: 4, open: 1, answered: 1, abandoned: 2, offeredToQueue: 4 })
    expect(report.total).toMatchObject({
      waitOfAnsweredMs: 40 * S,
      answeredWithin: 0,
      handled: 1,
      longestWaitMs: 59 * S,
    })
  })
})
