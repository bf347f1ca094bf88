import { z } from 'zod'
import type { AnswerRow } from '../report/answers.ts'
import type { LowScoreRow } from '../report/lowScores.ts'
import type { SurveyFigures } from '../report/surveys.ts'
import type { SentToSurvey } from '../switchboard/acts.ts'
import { asked, count, ms, NONE, share, time } from './answers.ts'
import type { Stamped } from './stamped.ts'

/** What is answered about surveys, for openapi.json. */

const survey = z.object({ flow: z.string(), release: count })
const scale = z.enum(['1-5', 'nps', 'yes-no', 'spoken'])

const answer: z.ZodType<Stamped<AnswerRow>> = z
  .object({
    arrivedAt: time.meta({ description: 'When the call came' }),
    call: z.string(),
    queue: z.string().nullable(),
    agent: z.string().nullable(),
    survey: survey.nullable().meta({ description: 'Which version of which survey; null where none has asked for it' }),
    question: z.string(),
    scale,
    score: z.int().nullable().meta({ description: 'On yes-no 1 is yes and 0 no; null where it is spoken' }),
    low: z.boolean().meta({ description: 'So low that a person was told' }),
    comment: z.string().nullable().meta({ description: 'To be heard at /api/comments/{id}/recording' }),
    ms: ms.nullable().meta({ description: "A comment's length, ms" }),
  })
  .meta({ id: 'SurveyAnswer' })
export const SURVEY_ANSWERS_ANSWER = z.object({ ...asked, answers: z.array(answer) })

const lowScore: z.ZodType<Stamped<LowScoreRow>> = z
  .object({
    call: z.string(),
    question: z.string(),
    at: time,
    score: z.int(),
    atOrUnder: z.int().meta({ description: 'From this score down a person was to be told' }),
    queue: z.string().nullable(),
    agent: z.string().nullable(),
    comments: count.meta({ description: 'In the call, which may say why' }),
    doneAt: time.nullable().meta({ description: 'null: nobody has looked at it yet' }),
    note: z.string(),
  })
  .meta({ id: 'LowScore' })
export const LOW_SCORES_ANSWER = z.object({ lowScores: z.array(lowScore) })

const question: z.ZodType<SurveyFigures> = z
  .object({
    survey: z.string().nullable(),
    release: count.nullable(),
    surveysOffered: count,
    surveysAnswered: count.meta({ description: 'At least one question of this version was answered' }),
    question: z.string().nullable().meta({ description: 'null: nobody has answered any' }),
    scale: scale.nullable(),
    answers: count.meta({ description: 'Calls in which the question was answered' }),
    goodAnswers: count,
    promoters: count,
    detractors: count,
    yes: count,
    low: count.meta({ description: 'So low that a person was told' }),
    responseRate: share('surveysAnswered ÷ surveysOffered'),
    csat: share('goodAnswers (4 or 5) ÷ answers, on 1 to 5'),
    nps: z
      .number()
      .nullable()
      .meta({ description: `(promoters (9 or 10) − detractors (0 to 6)) ÷ answers, on 0 to 10; -1 to 1, ${NONE}` }),
    yesShare: share('yes ÷ answers, on yes-no'),
  })
  .meta({ id: 'SurveyFigures' })
export const SURVEYS_ANSWER = z.object({ ...asked, surveys: z.array(question) })

export const SENT_ANSWER: z.ZodType<SentToSurvey> = z
  .object({ call: z.string(), agent: z.string().meta({ description: 'With whom they talked' }), survey })
  .meta({ id: 'SentToSurvey' })
