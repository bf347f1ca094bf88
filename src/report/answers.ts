import type { Knex } from 'knex'
import type { Answer } from '../call/call.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import type { Interval } from './interval.ts'
import { narrowToReach } from './reach.ts'

/** An answer of a caller: on a scale, or in their own words. */
export type AnswerRow = {
  /** When the call came; ms since 1970. */
  arrivedAt: number
  call: string
  /** null: they never were in a line, or talked with nobody. */
  queue: string | null
  agent: string | null
  /** null: no survey asked for it, or it was answered before surveys were flows. */
  survey: { flow: string; release: number } | null
  question: string
  scale: Answer['scale']
  /** null where it is spoken. */
  score: number | null
  low: boolean
  /** By this id it can be heard, and so long it is in ms; null where it is a score. */
  comment: string | null
  ms: number | null
}

export type AnswerFilter = {
  queue?: string | undefined
  agent?: string | undefined
  survey?: string | undefined
  spoken?: boolean | undefined
}

export const ANSWERS_AT_MOST = 1_000

/** Of the calls that arrived in the interval, the oldest first; of more than so many, the latest. */
export async function answersReport(
  knex: Knex,
  interval: Interval,
  filter: AnswerFilter,
  reach: Reach = EVERYWHERE,
): Promise<AnswerRow[]> {
  const { queue, agent, survey, spoken } = filter
  const question = knex('survey_answers')
    .where('arrived_at', '>=', new Date(interval.from))
    .where('arrived_at', '<', new Date(interval.to))
    .orderBy([
      { column: 'arrived_at', order: 'desc' },
      { column: 'call_id', order: 'desc' },
      { column: 'place', order: 'desc' },
    ])
    .limit(ANSWERS_AT_MOST)
  narrowToReach(question, reach, { queue: 'queue', agent: 'agent_id' })
  if (queue !== undefined) question.where({ queue })
  if (agent !== undefined) question.where({ agent_id: agent })
  if (survey !== undefined) question.where({ survey })
  if (spoken !== undefined) question.where('scale', spoken ? '=' : '<>', 'spoken')
  const rows: Row[] = await question
  return rows.reverse().map(answerOf)
}

type Row = {
  arrived_at: Date
  call_id: string
  queue: string | null
  agent_id: string | null
  survey: string | null
  survey_release: number | null
  name: string
  scale: Answer['scale']
  score: number | null
  low: boolean
  message: string | null
  ms: number | null
}

const answerOf = (row: Row): AnswerRow => ({
  arrivedAt: row.arrived_at.getTime(),
  call: row.call_id,
  queue: row.queue,
  agent: row.agent_id,
  survey: row.survey === null ? null : { flow: row.survey, release: row.survey_release ?? 0 },
  question: row.name,
  scale: row.scale,
  score: row.score,
  low: row.low,
  comment: row.message,
  ms: row.ms,
})
