import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { type AgentFigures, agentsReport } from '../../src/report/agents.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { answered, Centre, connects, ends, misses, queues } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const hour = { from: nine, to: nine + 60 * MIN }

const database = testDatabase()

describe('one agent, one hour, worked out by hand', () => {
  let knex: Knex
  beforeAll(async () => {
    knex = await database.fresh()
    const centre = await Centre.open(knex)
    // In at 9:00. Talk 1: offered 9:05:00, answers :03, connected :05, talks 60 s with 20 s of hold, rated 5.
    centre.signIn('8001', nine)
    queues(centre, { id: 'a', at: nine + 4 * MIN })
    const leg = connects(centre, 'a', '8001', nine + 5 * MIN)
    centre.fact('a', { at: nine + 5 * MIN + 15 * S, kind: 'Held', leg })
    centre.fact('a', { at: nine + 5 * MIN + 35 * S, kind: 'Retrieved', leg })
    centre.fact('a', { at: nine + 6 * MIN + 5 * S, kind: 'AgentLeft', leg, agent: '8001', cause: 16 })
    centre.fact('a', { at: nine + 6 * MIN + 5 * S, kind: 'SurveyOffered' })
    centre.fact('a', { at: nine + 6 * MIN + 9 * S, kind: 'SurveyAnswered', rating: 5 })
    ends(centre, 'a', nine + 6 * MIN + 11 * S, { by: 'agent' })
    centre.wake('8001')
    // Talk 2: 100 s, rated 2.
    answered(centre, { id: 'b', at: nine + 10 * MIN, agent: '8001', waitMs: 9 * S, talkMs: 100 * S, rating: 2 })
    // Talk 3: the caller leaves; no survey.
    answered(centre, { id: 'c', at: nine + 15 * MIN, agent: '8001', waitMs: 9 * S, talkMs: 40 * S })
    // Asked to rate, does not.
    answered(centre, { id: 'd', at: nine + 17 * MIN, agent: '8001', waitMs: 9 * S, talkMs: 40 * S, agentLeaves: true })
    // A meal from 9:20 to 9:40, then a missed call at 9:45 (15 s), paused until 9:50, out at 9:55.
    centre.wish('8001', { kind: 'pause', reason: 'meal', by: 'person:li' }, nine + 20 * MIN)
    centre.wish('8001', { kind: 'ready' }, nine + 40 * MIN)
    queues(centre, { id: 'e', at: nine + 44 * MIN })
    misses(centre, 'e', '8001', nine + 45 * MIN)
    centre.wish('8001', { kind: 'ready' }, nine + 50 * MIN)
    ends(centre, 'e', nine + 46 * MIN, { outcome: 'abandoned-in-queue' })
    centre.wish('8001', { kind: 'sign-out' }, nine + 55 * MIN)
    await centre.save()
  })

  it('spends every signed-in second in one state', async () => {
    const { agents } = await agentsReport(knex, hour, nine + 90 * MIN)
    expect(agents).toHaveLength(1)
    expect(agents[0]).toMatchObject({
      agent: '8001',
      name: '王芳',
      signedInMs: 55 * MIN,
      ringingMs: 4 * 3 * S + 15 * S,
      // From the agent's answer, 2 s before being connected; less the hold.
      talkMs: (62 - 20 + 102 + 42 + 42) * S,
      holdMs: 20 * S,
      wrapUpMs: 4 * 10 * S,
      pausedMs: 20 * MIN + (5 * MIN - 15 * S),
      pausedMsByReason: { meal: 20 * MIN, 'no-answer': 5 * MIN - 15 * S },
      pausedByOthersMs: 20 * MIN,
    })
    const { signedInMs, readyMs, ringingMs, talkMs, holdMs, wrapUpMs, pausedMs } = agents[0]!
    expect(readyMs + ringingMs + talkMs + holdMs + wrapUpMs + pausedMs).toBe(signedInMs)
  })
  it('counts offers, and what became of them', async () => {
    const { agents } = await agentsReport(knex, hour, nine + 90 * MIN)
    expect(agents[0]).toMatchObject({ offered: 5, answered: 4, missed: 1, noAnswer: 1, withdrawn: 0, handled: 4 })
  })
  it('AHT = (talk + hold + wrap-up) of the handled calls ÷ handled', async () => {
    const { agents } = await agentsReport(knex, hour, nine + 90 * MIN)
    expect(agents[0]!.ahtMs).toBe(((60 + 100 + 40 + 40 + 4 * 10) * S) / 4)
  })
  it('occupancy = (ringing + talk + hold + wrap-up) ÷ (signed-in − paused)', async () => {
    const { agents } = await agentsReport(knex, hour, nine + 90 * MIN)
    expect(agents[0]!.occupancy).toBeCloseTo((27 + 248 + 40) / (55 * 60 - 25 * 60 + 15), 10)
  })
  it('CSAT is 1 of 2 answers, beside a response rate of 2 of 3', async () => {
    const { agents } = await agentsReport(knex, hour, nine + 90 * MIN)
    expect(agents[0]).toMatchObject({ csat: 1 / 2, responseRate: 2 / 3 })
  })
  it('is clipped to what is asked: slices of the hour, cutting talks and holds, add up to it', async () => {
    const { total } = await agentsReport(knex, hour, nine + 90 * MIN)
    const slices: AgentFigures[] = []
    for (let from = hour.from; from < hour.to; from += 77 * S) {
      const slice = { from, to: Math.min(from + 77 * S, hour.to) }
      slices.push((await agentsReport(knex, slice, nine + 90 * MIN)).total)
    }
    const sum = (of: (row: AgentFigures) => number) => slices.reduce((all, row) => all + of(row), 0)
    for (const part of ['signedInMs', 'readyMs', 'ringingMs', 'talkMs', 'holdMs', 'wrapUpMs', 'pausedMs'] as const) {
      expect(
        sum(row => row[part]),
        part,
      ).toBe(total[part])
    }
    for (const count of ['offered', 'answered', 'missed', 'handled', 'answers', 'handledTalkMs'] as const) {
      expect(
        sum(row => row[count]),
        count,
      ).toBe(total[count])
    }
  })
})

describe('what still goes on', () => {
  let knex: Knex
  beforeAll(async () => {
    knex = await database.fresh()
    const centre = await Centre.open(knex)
    centre.signIn('8001', nine)
    queues(centre, { id: 'a', at: nine + 4 * MIN })
    const leg = connects(centre, 'a', '8001', nine + 5 * MIN)
    centre.fact('a', { at: nine + 7 * MIN, kind: 'Held', leg })
    await centre.save()
  })
  it('is counted up to now, the hold too', async () => {
    const { agents } = await agentsReport(knex, hour, nine + 10 * MIN)
    const talkMs = 2 * MIN - 3 * S
    expect(agents[0]).toMatchObject({
      signedInMs: 10 * MIN,
      ringingMs: 3 * S,
      talkMs,
      holdMs: 3 * MIN,
      handled: 0,
      ahtMs: null,
    })
  })
  it('is nothing in a time to come', async () => {
    const tomorrow = { from: hour.from + 1_440 * MIN, to: hour.to + 1_440 * MIN }
    const { total } = await agentsReport(knex, tomorrow, nine + 10 * MIN)
    expect(total).toMatchObject({ signedInMs: 0, offered: 0, occupancy: null })
  })
})
