import type { Config } from '../config.ts'
import { queueRow } from '../database/lines.ts'
import { closeLowScores } from '../database/lowScores.ts'
import { NotFound } from '../errors.ts'
import { ANSWERS_AT_MOST, answersReport } from '../report/answers.ts'
import { csvTable } from '../report/csv.ts'
import { type Asked, readInterval } from '../report/interval.ts'
import { LOW_SCORES_AT_MOST, lowScoresReport } from '../report/lowScores.ts'
import { answerColumns, lowScoreColumns } from '../report/tables.ts'
import { textTable } from '../report/text.ts'
import { withDatabase } from './ask.ts'
import { soundSave } from './messages.ts'

/** What callers say of a talk, and what a person is to look at. */

type AskedAnswers = Asked & { queue?: string; agent?: string; spoken: boolean; csv: boolean }

export const surveyAnswers = (config: Config, { queue, agent, spoken, csv, ...asked }: AskedAnswers): Promise<string> =>
  withDatabase(config, async knex => {
    if (queue !== undefined && !(await queueRow(knex, queue))) throw new NotFound(`There is no queue ${queue}.`)
    const interval = readInterval(asked, config.zone, Date.now())
    const answers = await answersReport(knex, interval, { queue, agent, ...(spoken && { spoken }) })
    const columns = answerColumns(config.zone)
    if (csv) return csvTable(columns, answers).trimEnd()
    if (answers.length === 0) return 'Nobody has answered in this time.'
    const table = textTable(columns, answers).trimEnd()
    return answers.length < ANSWERS_AT_MOST
      ? table
      : `${table}\n\nThere may be more: these are the latest ${ANSWERS_AT_MOST}.`
  })

/** Throws NotFound with the reason where it cannot be heard. */
export const commentSave = (config: Config, id: string, file: string): Promise<string> =>
  soundSave(config, 'comment', id, file)

type AskedLow = { all: boolean; queue?: string; csv: boolean }

export const lowScoreList = (config: Config, { all, queue, csv }: AskedLow): Promise<string> =>
  withDatabase(config, async knex => {
    if (queue !== undefined && !(await queueRow(knex, queue))) throw new NotFound(`There is no queue ${queue}.`)
    const scores = await lowScoresReport(knex, { queue, ...(!all && { done: false }) })
    const columns = lowScoreColumns(config.zone)
    if (csv) return csvTable(columns, scores).trimEnd()
    if (scores.length === 0) return all ? 'No score was low.' : 'No low score is waiting to be looked at.'
    const table = textTable(columns, scores).trimEnd()
    if (scores.length < LOW_SCORES_AT_MOST) return table
    return `${table}\n\nThere may be more: these are the ${all ? 'latest' : 'oldest'} ${LOW_SCORES_AT_MOST}.`
  })

export const lowScoreDone = (config: Config, call: string, { note }: { note?: string }): Promise<string> =>
  withDatabase(config, async knex => {
    if ((await closeLowScores(knex, call, note)) === 0) throw new NotFound(`Call ${call} has no low score.`)
    return `The low scores of ${call} are done.`
  })
