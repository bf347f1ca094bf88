import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { type AgentsReport, agentsReport } from '../../src/report/agents.ts'
import { callbacksReport, queueOfCallback } from '../../src/report/callbacks.ts'
import { callsReport } from '../../src/report/calls.ts'
import { callbackStory, reportCalls, reportQueues } from '../../src/report/commands.ts'
import { type QueuesReport, queuesReport } from '../../src/report/queues.ts'
import { testDatabase } from '../database/testDatabase.ts'
import {
  callsBack,
  dials,
  isDue,
  promises,
  promisesAgain,
  reaches,
  takesOver,
  triesInVain,
  withdraws,
} from './callbacks.ts'
import { answered, arrives, Centre, ends } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const hour = { from: nine, to: nine + 60 * MIN }
const now = nine + 50 * MIN
const database = testDatabase()
let knex: Knex
const ids: Record<string, string> = {}

/** Asks to be called back, and hangs up. */
function asks(centre: Centre, name: string, at: number, set: Partial<Parameters<typeof promises>[2]> = {}): string {
  arrives(centre, { id: name, at, name: '王' })
  const id = promises(centre, name, { at, ...set })
  ends(centre, name, at + S, { outcome: 'callback-booked' })
  ids[name] = id
  return id
}

beforeAll(async () => {
  knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  answered(centre, { id: 'caller', at: nine + MIN, agent: '8001', waitMs: 10 * S, talkMs: 60 * S })
  // Reached at the second try, each in time; a talk of 90 s and a rating.
  const twice = asks(centre, 'twice', nine + 4 * MIN)
  triesInVain(centre, twice, '8001', nine + 5 * MIN, { result: 'busy', again: MIN })
  isDue(centre, twice, nine + 7 * MIN)
  callsBack(centre, twice, '8001', nine + 8 * MIN, { talkMs: 90 * S, rating: 2 })
  // Dialled 38 s after the minute that was promised, and given up.
  triesInVain(
    centre,
    asks(centre, 'late', nine + 12 * MIN, { promisedUntil: nine + 13 * MIN }),
    '8001',
    nine + 14 * MIN,
  )
  // Promised again in time: by the first promise it is too late.
  const again = asks(centre, 'again', nine + 16 * MIN, { queue: 'support', promisedUntil: nine + 18 * MIN })
  arrives(centre, { id: 'again-2', at: nine + 17 * MIN })
  promisesAgain(centre, 'again-2', again, nine + 17 * MIN)
  ends(centre, 'again-2', nine + 18 * MIN, { outcome: 'callback-booked' })
  withdraws(centre, asks(centre, 'withdrawn', nine + 20 * MIN), nine + 21 * MIN)
  // Reached by somebody on duty, in time, and by no try of ours.
  takesOver(centre, asks(centre, 'taken-over', nine + 21 * MIN), nine + 21 * MIN + 30 * S)
  asks(centre, 'night', nine + 22 * MIN, { due: nine + 30 * MIN, promisedUntil: nine + 40 * MIN })
  dials(centre, asks(centre, 'dialling', nine + 45 * MIN), '8001', nine + 46 * MIN)
  await centre.save()
})

describe('figures of callbacks, worked out by hand', () => {
  let report: QueuesReport
  let agents: AgentsReport
  beforeAll(async () => {
    report = await queuesReport(knex, hour, 'whole', now)
    agents = await agentsReport(knex, hour, now)
  })
  const row = (queue: string | null) => report.queues.find(row => row.queue === queue)!

  it('promised = reached + given up + withdrawn + open, and the tries', () => {
    const counted = { callbacksReached: 2, callbacksGivenUp: 1, callbacksWithdrawn: 1, callbacksOpen: 2 }
    expect(row('sales')).toMatchObject({ callbacksPromised: 6, ...counted, callbackTries: 3 })
    expect(row('support')).toMatchObject({ callbacksPromised: 1, callbacksOpen: 1, callbackTries: 0 })
    expect(report.total).toMatchObject({ callbacksPromised: 7, ...counted, callbacksOpen: 3 })
  })
  it('kept: first dialled within the time first promised, of 5 of which it is known; withdrawn in time leaves it unknown', () => {
    expect(row('sales')).toMatchObject({ callbacksKept: 3, callbacksBroken: 2, callbacksKeptShare: 3 / 5 })
    expect(row('support')).toMatchObject({ callbacksKept: 0, callbacksBroken: 1, callbacksKeptShare: 0 })
    expect(report.total).toMatchObject({ callbacksKept: 3, callbacksBroken: 3 })
  })
  it('are no part of any figure on callers', () => {
    expect(row('sales')).toMatchObject({ offered: 1, answered: 1, open: 0, serviceLevel: 1, asaMs: 10 * S })
    expect(row('sales')).toMatchObject({ handled: 1, talkMs: 60 * S, answers: 0, contacts: 1, longestWaitMs: 10 * S })
    expect(row('support')).toMatchObject({ offered: 0, offeredToQueue: 0, open: 0 })
    expect(row(null)).toMatchObject({ offered: 8, callbacksPromised: 0 })
    expect(report.total).toMatchObject({ offered: 9, answered: 1, handled: 1 })
  })
  it('add up from quarters of an hour', async () => {
    const quarters = await queuesReport(knex, hour, 'quarter-hour', now)
    const sum = (of: 'callbacksPromised' | 'callbacksKept' | 'callbacksBroken' | 'callbackTries' | 'offered') =>
      quarters.queues.reduce((all, row) => all + row[of], 0)
    for (const figure of ['callbacksPromised', 'callbacksKept', 'callbacksBroken', 'callbackTries', 'offered'] as const)
      expect(sum(figure), figure).toBe(report.total[figure])
  })
  it('are in the table and in CSV', async () => {
    const asked = { zone: 'Asia/Shanghai', now }
    expect(await reportQueues(knex, asked)).toMatch(
      /callbacks +reached +given up +still to be called +tries +called in time/,
    )
    expect(await reportQueues(knex, { ...asked, from: '2026-11-01' })).toContain('callbacks')
    expect(await reportQueues(knex, { ...asked, to: '2026-11-22', from: '2026-11-22', csv: true })).toContain(
      'callbacks kept',
    )
  })

  it('agents: seconds of dialling are a state of their own, and occupy', () => {
    const [agent] = agents.agents
    const diallingMs = (25 + 12 + 25) * S + (4 * MIN - 3 * S)
    expect(agent).toMatchObject({ signedInMs: 50 * MIN, diallingMs, talkMs: (62 + 90) * S })
    const { readyMs, ringingMs, talkMs, holdMs, wrapUpMs, pausedMs, occupancy } = agent!
    expect(readyMs + ringingMs + diallingMs + talkMs + holdMs + wrapUpMs + pausedMs).toBe(50 * MIN)
    expect(occupancy).toBeCloseTo((ringingMs + diallingMs + talkMs + wrapUpMs) / (50 * MIN))
  })
  it('agents: a talk in a callback is a talk; a try in vain is an offer that was answered, and no talk', () => {
    expect(agents.agents[0]).toMatchObject({ offered: 5, answered: 4, handled: 2, handledTalkMs: 150 * S })
    expect(agents.agents[0]).toMatchObject({ stillRinging: 1, missed: 0, answers: 1, goodAnswers: 0 })
  })
})

describe('where callbacks are listed', () => {
  it('calls are those of callers', async () => {
    const { calls } = await callsReport(knex, hour, {}, { limit: 50, numbers: 'whole' })
    expect(calls).toHaveLength(9)
    expect(await reportCalls(knex, { zone: 'Asia/Shanghai', now })).not.toContain('cb')
  })
  it('open ones, the first due first, and overdue until somebody dials', async () => {
    const open = await callbacksReport(knex, { open: true }, 'whole', now)
    expect(open.map(({ id, overdue }) => [id, overdue])).toEqual([
      [ids.night, true],
      [ids.again, false],
      [ids.dialling, false],
    ])
    const late = await callbacksReport(knex, { open: true }, 'whole', now + 300 * MIN)
    expect(late.map(({ overdue }) => overdue)).toEqual([true, true, false])
  })
  it('all, with what came of each try, and numbers hidden where asked to', async () => {
    const all = await callbacksReport(knex, { queue: 'sales' }, 'masked', now)
    expect(all).toHaveLength(6)
    expect(all.find(({ id }) => id === ids.twice)).toMatchObject({
      ...{ call: 'twice', customer: '138****8000', customerName: '*', because: 'asked', outcome: 'answered' },
      tries: [
        { at: nine + 5 * MIN + 8 * S, agent: '8001', result: 'busy' },
        { at: nine + 8 * MIN + 8 * S, agent: '8001', result: 'reached' },
      ],
    })
  })
  it('one tells its story: whom we call, and no recording where nobody was reached', async () => {
    const text = await callbackStory(knex, ids.late!, 'Asia/Shanghai')
    expect(text).toMatch(/^Callback cb3-late\n {2}customer +13800138000 "王"\n {2}promised +2026-11-23 09:12:00/)
    expect(text).toContain('Dials 13800138000, showing 4008001000')
    expect(text).toMatch(/outcome +not-reached, ended by the hotline\n\n/)
    await expect(callbackStory(knex, 'caller', 'UTC')).rejects.toThrow('There is no callback caller.')
  })
})

it('are those of the line that promised them, wherever the customer is sent on to after the talk', async () => {
  const knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  arrives(centre, { id: 'asker', at: nine })
  const id = promises(centre, 'asker', { at: nine })
  ends(centre, 'asker', nine + S, { outcome: 'callback-booked' })
  const leg = reaches(centre, id, '8001', nine + MIN)
  const sent = { kind: 'TransferredOn', leg, agent: '8001', to: { queue: 'support' }, by: 'agent:8001' } as const
  centre.fact(id, { at: nine + 3 * MIN, ...sent })
  centre.fact(id, { at: nine + 3 * MIN, kind: 'Queued', queue: 'support', ahead: 0, waitMs: null })
  await centre.save()
  expect(centre.call(id)).toMatchObject({ phase: 'queued', queue: 'support' })

  const inSales = { queues: ['sales'], teams: null }
  const inSupport = { queues: ['support'], teams: null }
  for (const [reach, promised] of [
    [undefined, 1],
    [inSales, 1],
    [inSupport, 0],
  ] as const) {
    const { total, queues } = await queuesReport(knex, hour, 'whole', now, reach)
    expect(total).toMatchObject({ callbacksPromised: promised, callbacksReached: promised, callbacksKept: promised })
    expect(queues.filter(row => row.callbacksPromised > 0).map(row => row.queue)).toEqual(promised ? ['sales'] : [])
    expect(await callbacksReport(knex, {}, 'whole', now, reach)).toHaveLength(promised)
  }
  for (const filter of [{ queue: 'sales' }, { queues: ['sales'] }])
    expect(await callbacksReport(knex, filter, 'whole', now)).toMatchObject([{ id, queue: 'sales' }])
  for (const filter of [{ queue: 'support' }, { queues: ['support'] }])
    expect(await callbacksReport(knex, filter, 'whole', now)).toEqual([])
  expect(await queueOfCallback(knex, id)).toBe('sales')
})
