import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadCentre } from '../../src/database/load.ts'
import { agentsReport } from '../../src/report/agents.ts'
import { everyCall } from '../../src/report/calls.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { queuesReport } from '../../src/report/queues.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { answered, Centre, connects, ends, queues } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const hour = { from: nine, to: nine + 60 * MIN }
const database = testDatabase()

describe('surveys of several questions, worked out by hand', () => {
  let knex: Knex
  let centre: Centre

  /** A talk of a minute, after which the agent leaves; `scores`: what is answered to the survey, by question. */
  function talk(id: string, minute: number, scores: { recommend?: number; solved?: number; rating?: number }): void {
    const at = nine + minute * MIN
    const over = at + 90 * S
    queues(centre, { id, at })
    const leg = connects(centre, id, '8001', at + 20 * S)
    centre.fact(id, { at: over, kind: 'AgentLeft', leg, agent: '8001', cause: 16 })
    centre.fact(id, { at: over, kind: 'SurveyOffered', survey: 'nps', release: 4 })
    const scales = { recommend: 'nps', solved: 'yes-no', rating: '1-5' } as const
    for (const name of ['recommend', 'solved', 'rating'] as const) {
      const rating = scores[name]
      if (rating === undefined) continue
      centre.fact(id, { at: over + 3 * S, kind: 'SurveyAnswered', name, scale: scales[name], rating })
      if (rating === 0) centre.fact(id, { at: over + 3 * S, kind: 'LowScore', name, score: 0, atOrUnder: 0 })
    }
    ends(centre, id, over + 5 * S, { by: 'agent' })
    centre.wake('8001')
  }

  beforeAll(async () => {
    knex = await database.fresh()
    centre = await Centre.open(knex)
    centre.signIn('8001', nine)
    talk('ten', 1, { recommend: 10, rating: 5 })
    talk('nine', 5, { recommend: 9 })
    talk('eight', 10, { recommend: 8, rating: 3 })
    talk('seven', 15, { recommend: 7 })
    talk('none', 20, { recommend: 0, solved: 0 })
    talk('yes', 25, { solved: 1 })
    talk('silent', 30, {})
    // By a version that had one question.
    answered(centre, { id: 'old', at: nine + 40 * MIN, agent: '8001', waitMs: 9 * S, talkMs: 60 * S, rating: 4 })
    await centre.save()
  })

  const counted = {
    ...{ surveysOffered: 8, surveysAnswered: 7, responseRate: 7 / 8 },
    ...{ answers: 3, goodAnswers: 2, csat: 2 / 3 },
    ...{ npsAnswers: 5, promoters: 2, detractors: 1, nps: 1 / 5 },
  }
  it('NPS: 2 of 5 are promoters and 1 a detractor; CSAT: 2 of 3; response: 7 of 8, by line', async () => {
    const { queues, total } = await queuesReport(knex, hour, 'whole', nine + 60 * MIN)
    expect(queues).toMatchObject([{ queue: 'sales', ...counted }])
    expect(total).toMatchObject(counted)
  })
  it('and by agent', async () => {
    const { agents, total } = await agentsReport(knex, hour, nine + 60 * MIN)
    expect(agents).toMatchObject([{ agent: '8001', ...counted }])
    expect(total).toMatchObject(counted)
  })
  it('each call has its answers, and the version of the survey', async () => {
    const calls = new Map((await everyCall(knex, hour)).map(call => [call.id, call]))
    expect(calls.get('none')).toMatchObject({
      ...{ survey: { flow: 'nps', release: 4 }, nps: 0, rating: null },
      answers: [
        { name: 'recommend', scale: 'nps', score: 0, low: true },
        { name: 'solved', scale: 'yes-no', score: 0, low: true },
      ],
    })
    expect(calls.get('old')).toMatchObject({ survey: null, rating: 4, nps: null })
  })
  it('the view has a row for each answer, with call, agent, line and version', async () => {
    const answers = await knex('survey_answers').where('call_id', 'ten').orderBy('name')
    const asked = { call_id: 'ten', agent_id: '8001', queue: 'sales', survey: 'nps', survey_release: 4, low: false }
    expect(answers).toMatchObject([
      { ...asked, name: 'rating', scale: '1-5', score: 5 },
      { ...asked, name: 'recommend', scale: 'nps', score: 10 },
    ])
    expect(await knex('survey_answers').count().first()).toEqual({ count: 10 })
  })
  it('an answer from before answers were kept one by one is in the view, too', async () => {
    await knex('calls').where({ id: 'old' }).update({ answers: '[]' })
    const [row] = await knex('survey_answers').where('call_id', 'old')
    expect(row).toMatchObject({ name: 'rating', scale: '1-5', score: 4, survey: null })
  })
  it('the ledger balances', async () => {
    expect((await ledgerReport(knex, hour, nine + 60 * MIN)).culprits).toEqual([])
  })
  it('a line asks the survey of a new centre, unless it is set otherwise', async () => {
    await knex('queues').where({ id: 'sales' }).update({ survey: 'nps', survey_share: 30, survey_every_days: 7 })
    await knex('queues').where({ id: 'support' }).update({ survey: null })
    await knex('queues').insert({ id: 'other', name_zh: '其他', name_en: 'Other', skills: '{}' })
    const { queue } = await loadCentre(knex, 'UTC')
    expect(queue('sales')!.survey).toEqual({ flow: 'nps', share: 30, everyDays: 7 })
    expect(queue('support')!.survey).toBeNull()
    expect(queue('other')!.survey).toEqual({ flow: 'survey', share: 100, everyDays: 0 })
  })
})
