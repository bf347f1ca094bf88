import type { Knex } from 'knex'
import { NotFound } from '../errors.ts'
import { type AgentFigures, agentsReport } from './agents.ts'
import { callReport } from './call.ts'
import { type CallFilter, everyCall } from './calls.ts'
import { csvTable } from './csv.ts'
import { type Asked, named, readInterval } from './interval.ts'
import { ledgerReport } from './ledger.ts'
import { ledgerText } from './ledger-text.ts'
import { queuesReport } from './queues.ts'
import { storyText } from './story-text.ts'
import { surveysReport } from './surveys.ts'
import {
  AGENT_FORMULAS,
  agentColumns,
  type Column,
  callColumns,
  QUEUE_FORMULAS,
  queueColumns,
  SURVEY_FORMULAS,
  surveyColumns,
} from './tables.ts'
import { duration, textTable } from './text.ts'

/** `zone`: the centre's, such as Asia/Shanghai. `now`: ms since 1970. */
export type ReportOptions = Asked & { csv?: boolean | undefined; zone: string; now: number }

/** `hotline report agents`: what is to be printed. Throws BadInput. */
export async function reportAgents(knex: Knex, options: ReportOptions): Promise<string> {
  const interval = readInterval(options, options.zone, options.now)
  const { agents, total } = await agentsReport(knex, interval, options.now)
  const table = printed('Agents', interval, options, agentColumns(agents), agents, total)
  return options.csv ? table : [table, ...agents.flatMap(pauses), AGENT_FORMULAS, ''].join('\n')
}

/** `hotline report queues`. Throws BadInput. */
export async function reportQueues(knex: Knex, options: ReportOptions & { quarters?: boolean }): Promise<string> {
  const interval = readInterval(options, options.zone, options.now)
  const grain = options.quarters ? 'quarter-hour' : 'whole'
  const { queues, total } = await queuesReport(knex, interval, grain, options.now)
  const table = printed('Queues', interval, options, queueColumns(options.zone, queues), queues, total)
  return options.csv ? table : [table, QUEUE_FORMULAS, ''].join('\n')
}

/** `hotline report calls`: all of them. Throws BadInput. */
export async function reportCalls(knex: Knex, options: ReportOptions & CallFilter): Promise<string> {
  const interval = readInterval(options, options.zone, options.now)
  const { direction } = options
  return printed('Calls', interval, options, callColumns(options.zone), await everyCall(knex, interval, { direction }))
}

/** `hotline report surveys`. Throws BadInput. */
export async function reportSurveys(knex: Knex, options: ReportOptions): Promise<string> {
  const interval = readInterval(options, options.zone, options.now)
  const { surveys } = await surveysReport(knex, interval)
  const table = printed('Surveys', interval, options, surveyColumns(), surveys)
  return options.csv ? table : [table, SURVEY_FORMULAS, ''].join('\n')
}

/** `hotline call ID`: the call's story. Throws NotFound. */
export async function callStory(knex: Knex, id: string, zone: string): Promise<string> {
  return storyText(await callReport(knex, id), zone)
}

/** `hotline callback show ID`: the same. Throws NotFound. */
export async function callbackStory(knex: Knex, id: string, zone: string): Promise<string> {
  const isThere = await knex('calls').where({ id, direction: 'callback' }).first('id')
  if (!isThere) throw new NotFound(`There is no callback ${id}.`)
  return callStory(knex, id, zone)
}

/** `hotline ledger`: exit 1 where it does not balance. Throws BadInput. */
export async function ledger(
  knex: Knex,
  options: Asked & { zone: string; now: number },
): Promise<{ text: string; balances: boolean }> {
  const interval = readInterval(options, options.zone, options.now)
  const report = await ledgerReport(knex, interval, options.now)
  return { text: `Ledger  ${named(interval, options.zone)}\n\n${ledgerText(report)}`, balances: report.balances }
}

/** `8001 paused: meal 0:20:00, rest 0:05:00`. */
function pauses({ agent, pausedMsByReason }: AgentFigures): string[] {
  const reasons = Object.entries(pausedMsByReason).map(([reason, ms]) => `${reason} ${duration(ms)}`)
  return reasons.length > 0 ? [`${agent} paused: ${reasons.join(', ')}`] : []
}

function printed<Row>(
  title: string,
  interval: ReturnType<typeof readInterval>,
  { csv, zone }: ReportOptions,
  columns: Column<Row>[],
  rows: Row[],
  total?: Row,
): string {
  // A sum among the rows would be counted twice by whoever adds up the file.
  if (csv) return csvTable(columns, rows)
  const heading = `${title}  ${named(interval, zone)}`
  if (rows.length === 0) return `${heading}\n\nNothing in this time.\n`
  return `${heading}\n\n${textTable(columns, total === undefined ? rows : [...rows, total])}\n`
}
