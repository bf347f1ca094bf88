import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { down, up } from '../../migrations/022_comments.ts'
import { closeLowScores } from '../../src/database/lowScores.ts'
import { answersReport } from '../../src/report/answers.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { lowScoresReport } from '../../src/report/lowScores.ts'
import { messageSound, messagesReport } from '../../src/report/messages.ts'
import { queuesReport } from '../../src/report/queues.ts'
import { surveysReport } from '../../src/report/surveys.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { arrives, Centre, connects, ends, queues } from './centre.ts'

/** What callers say of talks, on scales and in their own words, in two versions of a survey. */

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const hour = { from: nine, to: nine + 60 * MIN }
const database = testDatabase()
const folder = mkdtempSync(join(tmpdir(), 'hotline-comments-'))
const lengths = { leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000 }
const place = { flow: 'survey', node: 'why', tries: 1, language: 'zh' } as const

let knex: Knex
let centre: Centre

type Said = { rating?: number; solved?: number; why?: number }

/** A talk of a minute, after which the agent leaves, and what is answered: scores, and so many seconds of speech. */
function talk(id: string, minute: number, release: number, { rating, solved, why }: Said): void {
  const at = nine + minute * MIN
  const over = at + 90 * S
  queues(centre, { id, at })
  const leg = connects(centre, id, '8001', at + 20 * S)
  centre.fact(id, { at: over, kind: 'AgentLeft', leg, agent: '8001', cause: 16 })
  centre.fact(id, { at: over, kind: 'SurveyOffered', survey: 'survey', release })
  if (rating !== undefined) rates(id, over + S, { name: 'rating', scale: '1-5', rating })
  if (solved !== undefined) rates(id, over + 2 * S, { name: 'solved', scale: 'yes-no', rating: solved })
  if (why !== undefined) speaks(id, over + 3 * S, why)
  ends(centre, id, over + 20 * S, { by: 'agent' })
  centre.wake('8001')
}

function rates(id: string, at: number, answer: { name: string; scale: '1-5' | 'yes-no'; rating: number }): void {
  centre.fact(id, { at, kind: 'SurveyAnswered', ...answer })
  if (answer.scale === '1-5' && answer.rating <= 2)
    centre.fact(id, { at, kind: 'LowScore', name: answer.name, score: answer.rating, atOrUnder: 2 })
}

function speaks(id: string, at: number, seconds: number): void {
  const message = `${id}~message9`
  centre.fact(id, { at, kind: 'MessageBegun', message, place, name: 'why', ...lengths })
  centre.fact(id, { at: at + seconds * S, kind: 'MessageEnded', message })
  centre.fact(id, { at: at + seconds * S, kind: 'CommentKept', message, name: 'why' })
}

beforeAll(async () => {
  knex = await database.fresh()
  centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  talk('old-5', 1, 3, { rating: 5 })
  talk('old-silent', 5, 3, {})
  talk('new-4', 10, 4, { rating: 4, solved: 1, why: 8 })
  talk('new-1', 15, 4, { rating: 1, solved: 0, why: 12 })
  talk('new-3', 20, 4, { rating: 3, solved: 1 })
  talk('new-spoken', 25, 4, { why: 4 })
  talk('new-silent', 30, 4, {})
  // In a flow that is no survey.
  arrives(centre, { id: 'opinion', at: nine + 40 * MIN })
  speaks('opinion', nine + 40 * MIN + 5 * S, 6)
  ends(centre, 'opinion', nine + 41 * MIN, { outcome: 'self-served', by: 'hotline' })
  await centre.save()
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('comments', () => {
  it('are among the answers, with call, agent, line and the version of the survey', async () => {
    const answers = await answersReport(knex, hour, {})
    expect(answers.filter(({ call }) => call === 'new-4')).toEqual(
      [
        { question: 'rating', scale: '1-5', score: 4, comment: null, ms: null },
        { question: 'solved', scale: 'yes-no', score: 1, comment: null, ms: null },
        { question: 'why', scale: 'spoken', score: null, comment: 'new-4~message9', ms: 8_000 },
      ].map(answer => ({
        ...{ arrivedAt: nine + 10 * MIN, call: 'new-4', queue: 'sales', agent: '8001', low: false },
        ...{ survey: { flow: 'survey', release: 4 }, ...answer },
      })),
    )
  })
  it('are found by line, agent and survey, and alone', async () => {
    const calls = async (filter: Parameters<typeof answersReport>[2]) =>
      (await answersReport(knex, hour, filter)).map(({ call }) => call)
    expect(await calls({ spoken: true })).toEqual(['new-4', 'new-1', 'new-spoken', 'opinion'])
    expect(await calls({ spoken: true, queue: 'sales' })).toEqual(['new-4', 'new-1', 'new-spoken'])
    expect(await calls({ spoken: true, agent: '8002' })).toEqual([])
    expect(await calls({ survey: 'survey', spoken: false })).toHaveLength(7)
  })
  it('are no messages to be called back', async () => {
    expect(await messagesReport(knex, {}, 'whole')).toEqual([])
  })
  it('are heard as Asterisk has kept them; by their own word alone', async () => {
    mkdirSync(join(folder, '2026/11/23'), { recursive: true })
    writeFileSync(join(folder, '2026/11/23/new-1~message9.wav'), 'as it was')
    expect(String(await messageSound(knex, folder, 'new-1~message9', 'comment'))).toBe('as it was')
    await expect(messageSound(knex, folder, 'new-1~message9')).rejects.toThrow('There is no message new-1~message9.')
    await expect(messageSound(knex, folder, 'none', 'comment')).rejects.toThrow('There is no comment none.')
  })
  it('are an answer: who has only spoken has answered the survey', async () => {
    const { queues } = await queuesReport(knex, hour, 'whole', nine + 60 * MIN)
    expect(queues.find(({ queue }) => queue === 'sales')).toMatchObject({
      ...{ surveysOffered: 7, surveysAnswered: 5, responseRate: 5 / 7 },
      ...{ answers: 4, goodAnswers: 2, csat: 1 / 2 },
    })
  })
})

describe('the figures of each version of a survey, worked out by hand', () => {
  it('are told question by question, the latest version first', async () => {
    const { surveys } = await surveysReport(knex, hour)
    const latest = { survey: 'survey', release: 4, surveysOffered: 5, surveysAnswered: 4, responseRate: 4 / 5 }
    const none = { csat: null, nps: null, yesShare: null }
    expect(surveys).toMatchObject([
      { ...latest, question: 'rating', scale: '1-5', answers: 3, goodAnswers: 1, low: 1, ...none, csat: 1 / 3 },
      { ...latest, question: 'solved', scale: 'yes-no', answers: 3, yes: 2, low: 0, ...none, yesShare: 2 / 3 },
      { ...latest, question: 'why', scale: 'spoken', answers: 3, ...none },
      { release: 3, surveysOffered: 2, surveysAnswered: 1, question: 'rating', answers: 1, csat: 1 },
    ])
    expect(surveys).toHaveLength(4)
  })
  it('have a row for a version that nobody has answered', async () => {
    const { surveys } = await surveysReport(knex, { from: nine + 29 * MIN, to: nine + 35 * MIN })
    const silent = { surveysOffered: 1, surveysAnswered: 0, responseRate: 0, question: null, scale: null, answers: 0 }
    expect(surveys).toMatchObject([{ release: 4, ...silent, csat: null }])
  })
})

describe('low scores', () => {
  const low = {
    ...{ call: 'new-1', question: 'rating', score: 1, atOrUnder: 2, queue: 'sales', agent: '8001', comments: 1 },
    ...{ at: nine + 16 * MIN + 31 * S, doneAt: null, note: '' },
  }
  it('are listed until somebody has looked at them, and then with what came of it', async () => {
    expect(await lowScoresReport(knex, { done: false })).toEqual([low])
    expect(await lowScoresReport(knex, { queue: 'support' })).toEqual([])
    expect(await lowScoresReport(knex, { agent: '8001' })).toEqual([low])
    expect(await closeLowScores(knex, 'new-1', 'called and apologised')).toBe(1)
    expect(await lowScoresReport(knex, { done: false })).toEqual([])
    const [done] = await lowScoresReport(knex, {})
    expect(done).toEqual({ ...low, doneAt: expect.any(Number), note: 'called and apologised' })
    await closeLowScores(knex, 'new-1', undefined)
    expect(await lowScoresReport(knex, { done: true })).toEqual([done])
    expect(await closeLowScores(knex, 'new-4', undefined)).toBe(0)
  })
})

describe('the ledger', () => {
  const faults = async () =>
    (await ledgerReport(knex, hour, nine + 60 * MIN)).culprits.map(({ id, fault }) => [id, fault])
  it('balances, and names the call whose comment or low score is not listed', async () => {
    expect(await faults()).toEqual([])
    await knex('comments').where({ call_id: 'new-4' }).delete()
    await knex('low_scores').delete()
    expect(await faults()).toEqual([
      ['new-1', 'has 1 low scores, of which some are not listed'],
      ['new-4', 'has left 1 comments, of which some are not listed'],
    ])
  })
})

describe('an upgrade', () => {
  it('lists the low scores of before as not looked at, and the way back leaves every score', async () => {
    await down(knex)
    expect(await knex('survey_answers').where({ call_id: 'new-1' }).pluck('score')).toEqual([1, 0, null])
    await up(knex)
    const scores = await lowScoresReport(knex, {})
    expect(scores).toMatchObject([
      { call: 'new-1', question: 'rating', score: 1, atOrUnder: 2, doneAt: null, note: '' },
    ])
  })
})
