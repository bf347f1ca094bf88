import type { Request } from 'express'
import { z } from 'zod'
import { callReport } from '../report/call.ts'
import { CALLBACKS_AT_MOST, callbacksReport } from '../report/callbacks.ts'
import { callsReport } from '../report/calls.ts'
import { csvTable } from '../report/csv.ts'
import { readInterval } from '../report/interval.ts'
import { MESSAGES_AT_MOST, messageSound, messagesReport } from '../report/messages.ts'
import { recordingOf } from '../report/recording.ts'
import { callColumns } from '../report/tables.ts'
import { may } from '../rights/rights.ts'
import { noteDeed } from './acted.ts'
import { CALL_ANSWER, CALLS_ANSWER, MESSAGES_ANSWER, problem } from './answers.ts'
import type { ApiParts } from './api.ts'
import { CALL_ID, CALLBACKS, CALLS, MESSAGE_ID, MESSAGES, NOTHING, NUMBERS, word } from './asked.ts'
import { bans } from './bans.ts'
import { board } from './board.ts'
import { CALLBACKS_ANSWER } from './callbackAnswers.ts'
import { control } from './control.ts'
import { sendCsv, wantsCsv, withCsv } from './csv.ts'
import { desk } from './desk.ts'
import { events } from './events.ts'
import { health } from './health.ts'
import { keys } from './keys.ts'
import { oidcSession } from './oidc.ts'
import { people } from './people.ts'
import { pop } from './pop.ts'
import { sendRecording, sendSound } from './recording.ts'
import { reports } from './reports.ts'
import { type Answers, json, type Route, route } from './route.ts'
import { session } from './session.ts'
import { bounds, stamped } from './stamped.ts'
import { supervision } from './supervision.ts'
import { surveys } from './surveys.ts'
import { talks } from './talks.ts'
import { webhooks } from './webhooks.ts'
import { Forbidden, numbersFor } from './who.ts'
import { words } from './words.ts'

/** All that the API answers. */
export const routes = (parts: ApiParts): Route[] => [
  ...calls(parts),
  ...messages(parts),
  ...callbacks(parts),
  ...surveys(parts),
  ...desk(parts),
  ...pop(parts),
  ...talks(parts),
  ...control(parts),
  ...supervision(parts),
  ...reports(parts),
  ...session(parts),
  ...oidcSession(parts),
  ...people(parts),
  ...keys(parts),
  ...bans(parts),
  ...events(parts),
  ...webhooks(parts),
  ...board(parts),
  ...words(parts),
  ...health(parts),
]

const LEG_ID = z.strictObject({ id: CALL_ID.shape.id, leg: word('leg', 240) })

const SOUND: Answers = {
  200: {
    description: 'The recording',
    content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
  },
  206: {
    description: 'A part of it',
    content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
  },
  416: problem('It has no such range of bytes'),
}

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
      answers: SOUND,
      async handle({ who, params, request, response }) {
        const path = await recordingOf(reports, recordingsFolder, params, who)
        await noteDeed(parts, request, response)
        await sendRecording(path, request, response)
      },
    }),
    route({
      path: '/api/calls/{id}/legs/{leg}/recording',
      may: 'recordings:play',
      summary:
        'The recording of somebody who was in a talk beside the caller and the agent (left: they, right: what they heard)',
      params: LEG_ID,
      query: NOTHING,
      answers: SOUND,
      async handle({ who, params, request, response }) {
        const path = await recordingOf(reports, recordingsFolder, params, who)
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

/** The same question, but for the page; relative to it, as a browser would read it. */
function leadingTo(next: string, request: Request): string {
  const asked = new URL(request.originalUrl, 'http://localhost').searchParams
  asked.set('after', next)
  return `?${asked}`
}
