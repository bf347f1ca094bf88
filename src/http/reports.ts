import { agentsReport } from '../report/agents.ts'
import { csvTable } from '../report/csv.ts'
import { readInterval } from '../report/interval.ts'
import { ledgerReport } from '../report/ledger.ts'
import { queuesReport } from '../report/queues.ts'
import { surveysReport } from '../report/surveys.ts'
import { agentColumns, queueColumns, surveyColumns } from '../report/tables.ts'
import type { ApiParts } from './api.ts'
import { AGENTS, NOTHING, PERIOD, QUEUES } from './asked.ts'
import { sendCsv, wantsCsv, withCsv } from './csv.ts'
import { AGENTS_ANSWER, LEDGER_ANSWER, QUEUES_ANSWER } from './reportAnswers.ts'
import { json, type Route, route } from './route.ts'
import { bounds, stamped } from './stamped.ts'
import { SURVEYS_ANSWER } from './surveyAnswers.ts'
import { insistOnAll } from './who.ts'

/** So long at most a ledger keeps others from one of the few connections. `npx hotline ledger` has one of its own. */
const LEDGER_WITHIN_MS = 30_000

/** Questions about a period. */
export function reports({ reports, zone, now }: ApiParts): Route[] {
  return [
    route({
      path: '/api/reports/agents',
      may: 'reports:read',
      summary: 'How agents spent a period, and what became of the calls that arrived in it',
      params: NOTHING,
      query: AGENTS,
      answers: { 200: withCsv(json('Agents', AGENTS_ANSWER)) },
      async handle({ who, query, request, response }) {
        const interval = readInterval(query, zone, now())
        const report = await agentsReport(reports, interval, now(), who)
        if (wantsCsv(request, query.format)) sendCsv(response, csvTable(agentColumns(report.agents), report.agents))
        else response.json({ ...bounds(interval, zone), ...report })
      },
    }),
    route({
      path: '/api/reports/queues',
      may: 'reports:read',
      summary: 'What became of the calls that arrived in a period, by waiting line',
      params: NOTHING,
      query: QUEUES,
      answers: { 200: withCsv(json('Waiting lines', QUEUES_ANSWER)) },
      async handle({ who, query, request, response }) {
        const interval = readInterval(query, zone, now())
        const report = await queuesReport(reports, interval, query.by, now(), who)
        const columns = queueColumns(zone, report.queues)
        if (wantsCsv(request, query.format)) sendCsv(response, csvTable(columns, report.queues))
        else response.json({ ...bounds(interval, zone), ...stamped(report, zone) })
      },
    }),
    route({
      path: '/api/reports/surveys',
      may: 'reports:read',
      summary:
        'What was asked about the talks of calls that arrived in a period, by version of the survey and question',
      params: NOTHING,
      query: AGENTS,
      answers: { 200: withCsv(json('Questions', SURVEYS_ANSWER)) },
      async handle({ who, query, request, response }) {
        const interval = readInterval(query, zone, now())
        const report = await surveysReport(reports, interval, who)
        if (wantsCsv(request, query.format)) sendCsv(response, csvTable(surveyColumns(), report.surveys))
        else response.json({ ...bounds(interval, zone), ...report })
      },
    }),
    route({
      path: '/api/ledger',
      may: 'reports:read',
      summary: 'Whether the books balance, and who is to blame where they do not',
      params: NOTHING,
      query: PERIOD,
      answers: { 200: json('The ledger; `balances` is its verdict', LEDGER_ANSWER) },
      async handle({ who, query, response }) {
        insistOnAll(who)
        const interval = readInterval(query, zone, now())
        const ledger = await ledgerReport(reports, interval, now(), LEDGER_WITHIN_MS)
        response.json({ ...bounds(interval, zone), ...ledger })
      },
    }),
  ]
}
