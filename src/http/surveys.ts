import { ANSWERS_AT_MOST, answersReport } from '../report/answers.ts'
import { csvTable } from '../report/csv.ts'
import { readInterval } from '../report/interval.ts'
import { LOW_SCORES_AT_MOST, lowScoresReport } from '../report/lowScores.ts'
import { messageSound } from '../report/messages.ts'
import { answerColumns } from '../report/tables.ts'
import type { ApiParts } from './api.ts'
import { CALL_ID, COMMENT_ID, LOW_SCORES, NOTHING, SURVEY_ANSWERS } from './asked.ts'
import { sendCsv, wantsCsv, withCsv } from './csv.ts'
import { json, type Route, route } from './route.ts'
import { bounds, stamped } from './stamped.ts'
import { LOW_SCORES_ANSWER, SENT_ANSWER, SURVEY_ANSWERS_ANSWER } from './surveyAnswers.ts'

/** What callers are asked about a talk, and what they say. */
export function surveys({ reports, recordingsFolder, acts, zone, now }: ApiParts): Route[] {
  return [
    route({
      path: '/api/calls/{id}/survey',
      method: 'post',
      may: 'calls:supervise',
      summary:
        'Sends the caller to the survey, as the agent’s *6 does: the talk is over. Asked for again, it does no more',
      params: CALL_ID,
      query: NOTHING,
      answers: { 200: json('They are being asked, or have been', SENT_ANSWER) },
      async handle({ params, response }) {
        response.json(await acts.sendToSurvey(params.id))
      },
    }),
    route({
      path: '/api/survey-answers',
      may: 'calls:read',
      summary: `What callers that arrived in a period have answered, the oldest first; of more than ${ANSWERS_AT_MOST} the latest`,
      params: NOTHING,
      query: SURVEY_ANSWERS,
      answers: { 200: withCsv(json('The answers', SURVEY_ANSWERS_ANSWER)) },
      async handle({ query, request, response }) {
        const interval = readInterval(query, zone, now())
        const answers = await answersReport(reports, interval, query)
        if (wantsCsv(request, query.format)) sendCsv(response, csvTable(answerColumns(zone), answers))
        else response.json({ ...bounds(interval, zone), ...stamped({ answers }, zone) })
      },
    }),
    route({
      path: '/api/comments/{id}/recording',
      may: 'recordings:play',
      summary: 'What the caller said of the talk',
      params: COMMENT_ID,
      query: NOTHING,
      answers: {
        200: {
          description: 'The comment',
          content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
        },
      },
      async handle({ params, response }) {
        const sound = await messageSound(reports, recordingsFolder, params.id, 'comment')
        response.set({ 'content-disposition': 'inline', 'cache-control': 'private, no-cache' })
        response.type('audio/wav').send(sound)
      },
    }),
    route({
      path: '/api/low-scores',
      may: 'calls:read',
      summary: `Answers so low that a person is to look at them, the oldest first, at most ${LOW_SCORES_AT_MOST}: of those not done the oldest, else the latest`,
      params: NOTHING,
      query: LOW_SCORES,
      answers: { 200: json('The low scores', LOW_SCORES_ANSWER) },
      async handle({ query, response }) {
        response.json(stamped({ lowScores: await lowScoresReport(reports, query) }, zone))
      },
    }),
  ]
}
