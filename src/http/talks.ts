import { z } from 'zod'
import { Conflict } from '../errors.ts'
import { CALLBACKS_AT_MOST, callbacksReport, queueOfCallback } from '../report/callbacks.ts'
import { MESSAGES_AT_MOST, messagesReport, queueOfMessage } from '../report/messages.ts'
import { insistOnReach } from '../report/reach.ts'
import { EVERYWHERE, type Reach, reaches } from '../rights/reach.ts'
import { may, type Who } from '../rights/rights.ts'
import { MESSAGES_ANSWER, time } from './answers.ts'
import type { ApiParts } from './api.ts'
import {
  AGENT_ID,
  CALL_ID,
  CALLBACK_ID,
  CANCEL_ASKED,
  DISPOSITION_ASKED,
  MESSAGE_ID,
  NOTE_ASKED,
  NOTHING,
} from './asked.ts'
import { CALLBACKS_ANSWER } from './callbackAnswers.ts'
import { seatFor } from './desk.ts'
import { json, type Route, route } from './route.ts'
import { type Stamped, stamped } from './stamped.ts'
import { Forbidden, numbersFor } from './who.ts'

/** What came of a talk. `by`: who has said so; null: the agent. `at`: ms since 1970. */
export type Disposed = { call: string; agent: string; code: string; note: string; by: string | null; at: number }

/** What is written down for people; each rejects where the database is away. */
export type Records = {
  dispose(given: {
    call: string
    agent?: string | undefined
    code: string
    note?: string | undefined
    by?: string | undefined
    at: number
  }): Promise<Disposed>
  /** Resolves with whether there is such a message. */
  closeMessage(id: string, note: string | undefined): Promise<boolean>
  /** `over`: somebody speaks with them, or it was made or given up; undefined: there is no such callback. */
  cancelCallback(id: string, said: { by: string; reason: string }): Promise<'cancelled' | 'over' | undefined>
}

const DISPOSED_ANSWER: z.ZodType<Stamped<Disposed>> = z.object({
  ...{ call: z.string(), agent: z.string(), code: z.string(), note: z.string() },
  ...{ by: z.string().nullable().meta({ description: 'Who has said so; null: the agent' }), at: time },
})
const CANCELLED_ANSWER = z.object({ callback: z.string(), cancelled: z.literal(true) })
const DONE_ANSWER = z.object({ message: z.string(), done: z.literal(true) })

const OF_OTHERS = ['calls:control', 'calls:supervise'] as const

/** One's own desk is within reach. */
const reachTo = (who: Who, agent: string): Reach => (who.agent === agent ? EVERYWHERE : who)

type Told = { path: string; summary: string; answer: ReturnType<typeof json> }
type Report = (queues: readonly string[], numbers: 'whole' | 'masked', reach: Reach) => Promise<object>

/** What waits in the lines that an agent serves. */
const waiting = ({ agents, zone }: ApiParts, { path, summary, answer }: Told, report: Report): Route =>
  route({
    ...{ path, summary, may: ['own:desk', 'calls:read'], params: AGENT_ID, query: NOTHING, answers: { 200: answer } },
    async handle({ who, params: { id }, response }) {
      seatFor(who, id, ['calls:read'], agents)
      response.json(stamped(await report(agents.queuesOf(id), numbersFor(who), reachTo(who, id)), zone))
    },
  })

/** What is left to do after talks, and of messages and callbacks. */
export function talks(parts: ApiParts): Route[] {
  const { reports, agents, records, zone, now } = parts
  return [
    route({
      path: '/api/calls/{id}/disposition',
      method: 'post',
      may: ['own:desk', ...OF_OTHERS],
      summary: 'What came of an agent’s talk in this call, during it, after it, or later: what is said last counts',
      params: CALL_ID,
      query: NOTHING,
      body: DISPOSITION_ASKED,
      answers: { 200: json('As it is kept', DISPOSED_ANSWER) },
      async handle({ who, params, body, response }) {
        const { endWrapUp, agent, ...said } = body
        const whose = whoseTalk(who, agent)
        if (whose.agent !== undefined) seatFor(who, whose.agent, OF_OTHERS, agents)
        if (whose.by !== undefined) await insistOnReach(reports, params.id, who)
        const disposed = await records.dispose({ call: params.id, ...said, ...whose, at: now() })
        if (endWrapUp && whose.by !== undefined) seatFor(who, disposed.agent, ['agents:direct'], agents)
        if (endWrapUp) await agents.wrapUp(disposed.agent, 'end')
        response.json(stamped(disposed, zone))
      },
    }),
    waiting(
      parts,
      {
        path: '/api/agents/{id}/messages',
        summary: `Messages in queues that the agent serves and nobody has seen to, the oldest first, at most ${MESSAGES_AT_MOST}`,
        answer: json('The messages', MESSAGES_ANSWER),
      },
      async (queues, numbers, reach) => ({
        messages: await messagesReport(reports, { queues, done: false }, numbers, reach),
      }),
    ),
    waiting(
      parts,
      {
        path: '/api/agents/{id}/callbacks',
        summary: `Callbacks of queues that the agent serves and that are still to be made, the first due first, at most ${CALLBACKS_AT_MOST}`,
        answer: json('The callbacks', CALLBACKS_ANSWER),
      },
      async (queues, numbers, reach) => ({
        callbacks: await callbacksReport(reports, { queues, open: true }, numbers, now(), reach),
      }),
    ),
    route({
      path: '/api/messages/{id}/done',
      method: 'post',
      may: ['own:desk', ...OF_OTHERS],
      summary: 'Somebody has seen to the message, and nobody need be called back for it alone',
      params: MESSAGE_ID,
      query: NOTHING,
      body: NOTE_ASKED,
      answers: { 200: json('It is done; asked for again, it stays so', DONE_ANSWER) },
      async handle({ who, params, body, response }) {
        insistOnTheirs(who, await queueOfMessage(reports, params.id), agents)
        await records.closeMessage(params.id, body.note)
        response.json({ message: params.id, done: true })
      },
    }),
    route({
      path: '/api/callbacks/{id}/cancel',
      method: 'post',
      may: ['own:desk', ...OF_OTHERS],
      summary: 'Nobody need call them back any more. Who is spoken with at this moment is not cut off',
      params: CALLBACK_ID,
      query: NOTHING,
      body: CANCEL_ASKED,
      answers: { 200: json('It is cancelled; asked for again, it stays so', CANCELLED_ANSWER) },
      async handle({ who, params, body, response }) {
        insistOnTheirs(who, await queueOfCallback(reports, params.id), agents)
        const cancelled = await records.cancelCallback(params.id, { by: who.name, reason: body.reason })
        if (cancelled !== 'cancelled') throw new CallbackOver(params.id)
        response.json({ callback: params.id, cancelled: true })
      },
    }),
  ]
}

class CallbackOver extends Conflict {
  constructor(id: string) {
    super('callback-over', `The callback ${id} is being made, or is over.`)
  }
}

/** An agent sees to what waits in the queues that they serve, others to what is within their reach. Throws Forbidden. */
function insistOnTheirs(who: Who, queue: string, agents: ApiParts['agents']): void {
  const isTheirs = who.agent !== null && may(who, 'own:desk') && agents.queuesOf(who.agent).includes(queue)
  if (!isTheirs && !(may(who, ...OF_OTHERS) && reaches(who, { queue }))) throw new Forbidden(OF_OTHERS)
}

/** One's own talk, or that of others, if one may: `agent` undefined is then whoever talked last. Throws Forbidden. */
export function whoseTalk(who: Who, agent: string | undefined): { agent?: string | undefined; by?: string } {
  const isTheirs = who.agent !== null && (agent ?? who.agent) === who.agent && may(who, 'own:desk')
  if (isTheirs) return { agent: who.agent! }
  if (!may(who, ...OF_OTHERS)) throw new Forbidden(OF_OTHERS)
  return { agent, by: who.name }
}
