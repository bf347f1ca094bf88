import type { Request } from 'express'
import { agentsReport } from '../report/agents.ts'
import { callReport } from '../report/call.ts'
import { CALLBACKS_AT_MOST, callbacksReport } from '../report/callbacks.ts'
import { callsReport } from '../report/calls.ts'
import { csvTable } from '../report/csv.ts'
import { readInterval } from '../report/interval.ts'
import { ledgerReport } from '../report/ledger.ts'
import { MESSAGES_AT_MOST, messageSound, messagesReport } from '../report/messages.ts'
import { queuesReport } from '../report/queues.ts'
import { recordingOf } from '../report/recording.ts'
import { surveysReport } from '../report/surveys.ts'
import { agentColumns, callColumns, queueColumns, surveyColumns } from '../report/tables.ts'
import { may } from '../rights/rights.ts'
import { noteDeed } from './acted.ts'
import { CALL_ANSWER, CALLS_ANSWER, LIVE_ANSWER, MESSAGES_ANSWER, problem, READY_ANSWER } from './answers.ts'
import type { ApiParts } from './api.ts'
import { AGENTS, CALL_ID, CALLBACKS, CALLS, MESSAGE_ID, MESSAGES, NOTHING, NUMBERS, PERIOD, QUEUES } from './asked.ts'
import { CALLBACKS_ANSWER } from './callbackAnswers.ts'
import { control } from './control.ts'
import { sendCsv, wantsCsv, withCsv } from './csv.ts'
import { keys } from './keys.ts'
import { oidcSession } from './oidc.ts'
import { people } from './people.ts'
import { sendRecording, sendSound } from './recording.ts'
import { AGENTS_ANSWER, LEDGER_ANSWER, QUEUES_ANSWER } from './reportAnswers.ts'
import { json, type Route, route } from './route.ts'
import { session } from './session.ts'
import { bounds, stamped } from './stamped.ts'
import { SURVEYS_ANSWER } from './surveyAnswers.ts'
import { surveys } from './surveys.ts'
import { Forbidden, insistOnAll, numbersFor } from './who.ts'

/** So long at most a ledger keeps others from one of the few connections. `npx hotline ledger` has one of its own. */
const LEDGER_WITHIN_MS = 30_000

/** All that the API answers. */
export const routes = (parts: ApiParts): Route[] => [
  ...calls(parts),
  ...messages(parts),
  ...callbacks(parts),
  ...surveys(parts),
  ...control(parts),
  ...reports(parts),
  ...session(parts),
  ...oidcSession(parts),
  ...people(parts),
  ...keys(parts),
  ...health(parts),
]

function calls(parts: ApiParts): Route[] {
  const { reports, recordingsFolder, zone, now } = parts
  return [
    route({
      path: '/api/calls',
      may: 'calls:read',
      summary: 'Calls that arrived, or began, in a period, newest first, a page at a time',
      params: NOTHING,
      query: CALLS,
      answers: {
        200: withCsv(json('A page of calls; `next` (in CSV the header Link) leads to the one after it', CALLS_ANSWER)),
      },
      async handle({ who, query, request, response }) {
        const { limit, after, format, ...filter } = query
        // To be told whether a number has called is to be told it, digit by digit.
        if (query.caller !== undefined && !may(who, 'numbers:whole')) throw new Forbidden(['numbers:whole'])
        const numbers = numbersFor(who, query.numbers)
        const interval = readInterval(query, zone, now())
        const page = await callsReport(reports, interval, filter, { numbers, limit, after, reach: who })
        if (wantsCsv(request, format)) {
          if (page.next !== null) response.links({ next: leadingTo(page.next, request) })
          sendCsv(response, csvTable(callColumns(zone), page.calls))
        } else response.json({ ...bounds(interval, zone), ...stamped(page, zone) })
      },
    }),
    route({
      path: '/api/calls/{id}',
      may: 'calls:read',
      summary: 'One call, or callback: its record, its legs, its story, and why it was offered to whom',
      params: CALL_ID,
      query: NUMBERS,
      answers: { 200: json('The call', CALL_ANSWER) },
      async handle({ who, params, query, response }) {
        response.json(stamped(await callReport(reports, params.id, numbersFor(who, query.numbers), who), zone))
      },
    }),
    route({
      path: '/api/calls/{id}/recording',
      may: 'recordings:play',
      summary: "A call's recording (left: the caller, right: what the caller heard), or a range of its bytes",
      params: CALL_ID,
      query: NOTHING,
      answers: {
        200: {
          description: 'The recording',
          content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
        },
        206: {
          description: 'A part of it',
          content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
        },
        416: problem('It has no such range of bytes'),
      },
      async handle({ who, params, request, response }) {
        const path = await recordingOf(reports, recordingsFolder, params.id, who)
        await noteDeed(parts, request, response)
        await sendRecording(path, request, response)
      },
    }),
  ]
}

function messages(parts: ApiParts): Route[] {
  const { reports, recordingsFolder, zone } = parts
  return [
    route({
      path: '/api/messages',
      may: 'calls:read',
      summary: `Messages that callers have left, the oldest first, at most ${MESSAGES_AT_MOST}: of those not done the oldest, else the latest`,
      params: NOTHING,
      query: MESSAGES,
      answers: { 200: json('The messages', MESSAGES_ANSWER) },
      async handle({ who, query: { numbers, ...filter }, response }) {
        const messages = await messagesReport(reports, filter, numbersFor(who, numbers), who)
        response.json(stamped({ messages }, zone))
      },
    }),
    route({
      path: '/api/messages/{id}/recording',
      may: 'recordings:play',
      summary: 'What the caller said',
      params: MESSAGE_ID,
      query: NOTHING,
      answers: {
        200: {
          description: 'The message',
          content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
        },
      },
      async handle({ who, params, request, response }) {
        const sound = await messageSound(reports, recordingsFolder, params.id, 'message', who)
        await noteDeed(parts, request, response)
        sendSound(sound, response)
      },
    }),
  ]
}

function callbacks({ reports, zone, now }: ApiParts): Route[] {
  return [
    route({
      path: '/api/callbacks',
      may: 'calls:read',
      summary: `Promises to call back, the first due first, at most ${CALLBACKS_AT_MOST}: of open ones the first due, else the latest promised`,
      params: NOTHING,
      query: CALLBACKS,
      answers: { 200: json('The callbacks', CALLBACKS_ANSWER) },
      async handle({ who, query: { numbers, ...filter }, response }) {
        const callbacks = await callbacksReport(reports, filter, numbersFor(who, numbers), now(), who)
        response.json(stamped({ callbacks }, zone))
      },
    }),
  ]
}

function reports({ reports, zone, now }: ApiParts): Route[] {
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

function health({ health, metrics }: ApiParts): Route[] {
  return [
    route({
      path: '/health/live',
      may: 'anyone',
      summary: 'Whether the service runs',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: json('It runs', LIVE_ANSWER) },
      async handle({ response }) {
        response.json({ alive: true })
      },
    }),
    route({
      path: '/health/ready',
      may: 'anyone',
      summary: 'Whether the service can answer calls: the database, ARI, AMI and recovery, each `up` or `away`',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: json('Ready', READY_ANSWER), 503: json('Not ready', READY_ANSWER) },
      async handle({ response }) {
        const state = await health()
        response.status(state.ready ? 200 : 503).json(state)
      },
    }),
    route({
      path: '/metrics',
      may: 'metrics:read',
      summary: 'Measurements for Prometheus',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: { description: 'Measurements', content: { 'text/plain': { schema: { type: 'string' } } } } },
      async handle({ response }) {
        response.type(metrics.contentType).send(await metrics.metrics())
      },
    }),
  ]
}

/** The same question, but for the page; relative to it, as a browser would read it. */
function leadingTo(next: string, request: Request): string {
  const asked = new URL(request.originalUrl, 'http://localhost').searchParams
  asked.set('after', next)
  return `?${asked}`
}
