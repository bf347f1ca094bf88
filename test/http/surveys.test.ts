import { describe, expect, it } from 'vitest'
import * as answers from '../../src/http/surveyAnswers.ts'
import { KEY, testApi } from './testApi.ts'

const { get, post, knex, desks } = testApi()
const SENT = { call: 'talk', agent: '8001', survey: { flow: 'survey', release: 0 } }

describe('a caller is sent to the survey', () => {
  it('by nobody without the key, and by no mere question', async () => {
    expect((await post('/api/calls/talk/survey', {})).status).toBe(401)
    expect((await get('/api/calls/talk/survey')).status).toBe(404)
    expect(desks.board.call('talk')).toMatchObject({ phase: 'talking' })
  })
  it('once, and the answer is the same when it is asked for again', async () => {
    const first = await post('/api/calls/talk/survey')
    expect([first.status, answers.SENT_ANSWER.parse(first.body)]).toEqual([200, SENT])
    expect(desks.board.call('talk')).toMatchObject({ phase: 'surveying' })
    const again = await post('/api/calls/talk/survey')
    expect([again.status, again.body]).toEqual([200, SENT])
    expect(desks.remembered.filter(({ kind }) => kind === 'SurveyPushed')).toHaveLength(1)
  })
  it('or it is said why not', async () => {
    const nobody = await post('/api/calls/waiting/survey')
    expect([nobody.status, nobody.error]).toEqual([
      409,
      expect.objectContaining({
        id: 'no-talk',
        detail: 'Nobody talks with the caller of waiting now: the call is queued.',
      }),
    ])
    const none = await post('/api/calls/none/survey')
    expect([none.status, none.error!.id]).toEqual([404, 'not-found'])
    const more = await post('/api/calls/talk/survey?agent=8001')
    expect([more.status, more.error!.field]).toEqual([400, 'agent'])
  })
})

describe('what callers say of talks', () => {
  const day = 'from=2026-11-23&to=2026-11-23'
  const listed = async (query = '') => {
    const { body } = await get(`/api/survey-answers?${day}${query}`)
    return answers.SURVEY_ANSWERS_ANSWER.parse(body).answers
  }

  it('comes as the schema says, and as CSV', async () => {
    const spoken = { name: 'why', scale: 'spoken', message: 'c-1~message9', ms: 8_000 }
    const rating = { name: 'rating', scale: '1-5', score: 1, low: true }
    await knex()('calls')
      .where({ id: 'c-1' })
      .update({ answers: JSON.stringify([rating, spoken]) })
    const about = { call: 'c-1', queue: 'sales', agent: '8001', arrivedAt: '2026-11-23T09:00:00.000+08:00' }
    expect(await listed()).toMatchObject([
      { ...about, question: 'rating', score: 1, low: true, comment: null },
      { ...about, question: 'why', score: null, comment: 'c-1~message9', ms: 8_000 },
    ])
    expect(await listed('&spoken=true')).toHaveLength(1)
    expect(await listed('&agent=8002')).toEqual([])
    const { text } = await get(`/api/survey-answers?${day}&format=csv`)
    expect(text).toContain('why,spoken,,,c-1~message9,8')
  })
  it('is told with the call', async () => {
    const { body } = await get('/api/calls/c-1')
    expect(body).toMatchObject({ call: { answers: [{ name: 'rating' }, { scale: 'spoken', ms: 8_000 }] } })
  })
  it('is told question by question', async () => {
    const { body } = await get(`/api/reports/surveys?${day}`)
    expect(answers.SURVEYS_ANSWER.parse(body).surveys).toMatchObject([
      { question: 'rating', answers: 1, csat: 0, low: 1 },
      { question: 'why', scale: 'spoken', answers: 1, csat: null },
    ])
  })
  it('says why a comment cannot be heard', async () => {
    const { status, error } = await get('/api/comments/none/recording')
    expect([status, error!.detail]).toEqual([404, 'There is no comment none.'])
  })
})

describe('low scores', () => {
  it('come as the schema says, until somebody has looked at them', async () => {
    const at = new Date('2026-11-23T09:02:00+08:00')
    await knex()('low_scores').insert({ call_id: 'c-1', name: 'rating', score: 1, at_or_under: 2, at })
    const waiting = async () => {
      const { body } = await get('/api/low-scores?done=false', { authorization: `Bearer ${KEY}` })
      return answers.LOW_SCORES_ANSWER.parse(body).lowScores
    }
    expect(await waiting()).toEqual([
      {
        ...{ call: 'c-1', question: 'rating', score: 1, atOrUnder: 2, queue: 'sales', agent: '8001', comments: 0 },
        ...{ at: '2026-11-23T09:02:00.000+08:00', doneAt: null, note: '' },
      },
    ])
    await knex()('low_scores').update({ done_at: at })
    expect(await waiting()).toEqual([])
  })
})
