import { z } from 'zod'
import { OUTCOMES } from '../call/facts.ts'
import type { AgentFigures } from '../report/agents.ts'
import type { LegRow, StoryLine } from '../report/call.ts'
import type { CallRow } from '../report/calls.ts'
import type { LedgerReport } from '../report/ledger.ts'
import type { MessageRow } from '../report/messages.ts'
import type { QueueFigures } from '../report/queues.ts'
import { PHASES } from './phases.ts'
import type { Stamped } from './stamped.ts'

/** What is answered, for openapi.json. The compiler holds each against the report that it describes. */

export const time = z.iso.datetime({ offset: true }).meta({ example: '2026-11-23T09:15:02.123+08:00' })
const count = z.int().min(0)
const ms = z.number().min(0).meta({ description: 'ms' })
const NONE = 'null where there is nothing to divide by'
const share = (formula: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${formula}; 0 to 1, ${NONE}` })
const average = (formula: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${formula}; ms, ${NONE}` })
const aht = average('(talk + hold + wrap-up of the handled calls) ÷ handled')
const outcomes = z.object(
  Object.fromEntries(OUTCOMES.map(name => [name, count])) as Record<(typeof OUTCOMES)[number], typeof count>,
)
const recording = z.object({
  file: z.string().nullable(),
  ms: z.number(),
  sha256: z.string().nullable(),
  faults: z.array(z.string()),
})

const call: z.ZodType<Stamped<CallRow>> = z
  .object({
    id: z.string(),
    direction: z.string(),
    phase: z.enum(PHASES),
    caller: z.string(),
    callerName: z.string(),
    called: z.string(),
    flow: z.string(),
    language: z.string(),
    arrivedAt: time,
    answeredAt: time.nullable(),
    queue: z.string().nullable(),
    queuedAt: time.nullable(),
    aheadAtFirst: count.nullable(),
    promisedAt: time
      .nullable()
      .meta({ description: 'When they were first told how long they would have to wait at most' }),
    promisedMs: ms.nullable().meta({ description: 'ms; how long, before it was rounded up to the minute' }),
    promiseKept: z.boolean().nullable().meta({ description: 'Talked in time; null where that is not known' }),
    agent: z.string().nullable(),
    connectedAt: time.nullable(),
    talkEndedAt: time.nullable(),
    endedAt: time.nullable(),
    endedBy: z.enum(['caller', 'agent', 'outside', 'hotline', 'asterisk']).nullable(),
    cause: z.int().nullable().meta({ description: 'Q.850' }),
    outcome: z.enum(OUTCOMES).nullable().meta({ description: 'null while the call is open' }),
    short: z.boolean(),
    waitMs: ms.nullable(),
    talkMs: ms.nullable(),
    holdMs: ms,
    surveyOffered: z.boolean(),
    rating: z.int().nullable().meta({ description: 'The first answer on 1 to 5' }),
    nps: z.int().nullable().meta({ description: 'The first answer on 0 to 10' }),
    survey: z.object({ flow: z.string(), release: count }).nullable().meta({
      description: 'Which survey was offered, and which version of it; null where none, or before surveys were flows',
    }),
    answers: z.array(
      z.object({
        name: z.string(),
        scale: z.enum(['1-5', 'nps', 'yes-no']),
        score: z.int().meta({ description: 'On yes-no 1 is yes and 0 no' }),
        low: z.boolean().meta({ description: 'So low that a person was told' }),
      }),
    ),
    viaLifeboat: z.boolean(),
    recording: recording.nullable(),
  })
  .meta({ id: 'Call' })

const leg: z.ZodType<Stamped<LegRow>> = z
  .object({
    id: z.string(),
    agent: z.string().nullable(),
    number: z.string().nullable().meta({ description: 'Outside, where it is no agent; masked where numbers are' }),
    offeredAt: time,
    rangAt: time.nullable(),
    answeredAt: time.nullable(),
    connectedAt: time.nullable(),
    endedAt: time.nullable(),
    result: z.enum(['answered', 'busy', 'no-answer', 'rejected', 'unreachable', 'withdrawn']).nullable(),
    cause: z.int().nullable(),
    holdMs: ms,
  })
  .meta({ id: 'Leg' })

const line = z
  .object({
    seq: z.int(),
    at: time,
    sinceArrivalMs: ms,
    kind: z.string(),
    text: z.string(),
    details: z.array(z.string()),
    why: z
      .object({
        rule: z.string(),
        level: z.number(),
        idleMs: ms,
        rivals: z.array(z.object({ agent: z.string(), level: z.number(), idleMs: ms, because: z.string() })),
        others: z.record(z.string(), count),
        named: z.record(z.string(), z.array(z.string())).exactOptional().meta({ description: 'Some of the others' }),
      })
      .nullable()
      .meta({ description: 'Of an offer: why this agent, and why not the others' }),
  })
  .meta({ id: 'StoryLine' })
const storyLine: z.ZodType<Loosely<Stamped<StoryLine>>> = line

/** Words that the rules may add to later are plain text in openapi.json. */
type Loosely<T> = T extends string ? string : T extends object ? { [K in keyof T]: Loosely<T[K]> } : T

const agent: z.ZodType<AgentFigures> = z
  .object({
    agent: z.string(),
    name: z.string(),
    team: z.string(),
    signedInMs: ms.meta({ description: 'ms; ready + ringing + dialling + talk + hold + wrap-up + paused' }),
    readyMs: ms,
    ringingMs: ms,
    diallingMs: ms.meta({ description: 'ms; where we call, until the customer is reached, or is not' }),
    talkMs: ms.meta({ description: "ms; from the agent's answer, without hold" }),
    holdMs: ms,
    wrapUpMs: ms,
    pausedMs: ms,
    pausedMsByReason: z.record(z.string(), ms),
    offered: count.meta({ description: 'answered + missed + withdrawn + still ringing' }),
    answered: count,
    missed: count.meta({ description: 'noAnswer + rejected + unreachable' }),
    noAnswer: count,
    rejected: count,
    unreachable: count,
    withdrawn: count,
    stillRinging: count,
    dialled: count.meta({ description: 'Calls that they made themselves' }),
    reached: count.meta({ description: 'Those of them in which they talked' }),
    handled: count,
    handledTalkMs: ms,
    handledHoldMs: ms,
    handledWrapUpMs: ms,
    surveysOffered: count,
    surveysAnswered: count.meta({ description: 'At least one question of the survey was answered' }),
    answers: count.meta({ description: 'On 1 to 5' }),
    goodAnswers: count,
    npsAnswers: count.meta({ description: 'On 0 to 10' }),
    promoters: count,
    detractors: count,
    ahtMs: aht,
    occupancy: share('(ringing + dialling + talk + hold + wrap-up) ÷ (signed-in − paused)'),
    utilisation: share('(talk + hold + wrap-up) ÷ signed-in'),
    csat: share('goodAnswers (4 or 5) ÷ answers'),
    nps: z
      .number()
      .nullable()
      .meta({ description: `(promoters (9 or 10) − detractors (0 to 6)) ÷ npsAnswers; -1 to 1, ${NONE}` }),
    responseRate: share('surveysAnswered ÷ surveysOffered'),
  })
  .meta({ id: 'AgentFigures' })

const queue: z.ZodType<Stamped<QueueFigures>> = z
  .object({
    queue: z.string().nullable().meta({
      description: 'null: calls that never reached a waiting line, or ended elsewhere after one had sent them on',
    }),
    nameZh: z
      .string()
      .nullable()
      .meta({ description: 'For people; null for no line, or one that is no longer set up' }),
    nameEn: z.string().nullable(),
    startAt: time,
    serviceLevelMs: ms.nullable().meta({ description: 'T, ms; null where lines with different ones are added up' }),
    offered: count.meta({
      description: 'The sum of outcomes + sentOn + open; in the total, where each call counts once, of outcomes + open',
    }),
    outcomes,
    sentOn: count.meta({ description: 'Whom the line has sent on, or turned away at the door' }),
    open: count,
    offeredToQueue: count.meta({ description: 'Joined the line, and were not told that it is closed' }),
    answered: count,
    abandoned: count.meta({ description: "In the line, or while an agent's phone rang" }),
    short: count.meta({ description: 'Of the abandoned, those sooner than the short-abandon threshold' }),
    answeredWithin: count,
    abandonedWithin: count,
    waitOfAnsweredMs: ms,
    longestWaitMs: ms,
    promised: count.meta({ description: 'Were told how long they would have to wait at most; the first time counts' }),
    promisesKept: count.meta({ description: 'Talked within that time' }),
    promisesBroken: count.meta({
      description: 'Talked later, or left or wait still when it was over; who left sooner leaves it unknown',
    }),
    promisedServed: count.meta({ description: 'Of the promised, those who talked' }),
    promiseErrorMs: ms.meta({ description: 'ms; how far their waits were from the median forecast, added up' }),
    handled: count,
    talkMs: ms,
    holdMs: ms,
    wrapUpMs: ms,
    surveysOffered: count,
    surveysAnswered: count.meta({ description: 'At least one question of the survey was answered' }),
    answers: count.meta({ description: 'On 1 to 5' }),
    goodAnswers: count,
    npsAnswers: count.meta({ description: 'On 0 to 10' }),
    promoters: count,
    detractors: count,
    contacts: count.meta({ description: 'Answered calls from known numbers' }),
    resolved: count.meta({ description: 'Of the contacts, those without a second call to the line within 7 days' }),
    serviceLevel: share('answeredWithin ÷ (answered + abandoned − short)'),
    abandonment: share('(abandoned − short) ÷ (offeredToQueue − short)'),
    asaMs: average('waitOfAnsweredMs ÷ answered'),
    keptShare: share('promisesKept ÷ (promisesKept + promisesBroken), which is to be 0.9'),
    meanPromiseErrorMs: average('promiseErrorMs ÷ promisedServed'),
    ahtMs: aht,
    csat: share('goodAnswers (4 or 5) ÷ answers'),
    nps: z
      .number()
      .nullable()
      .meta({ description: `(promoters (9 or 10) − detractors (0 to 6)) ÷ npsAnswers; -1 to 1, ${NONE}` }),
    responseRate: share('surveysAnswered ÷ surveysOffered'),
    fcr: share('resolved ÷ contacts'),
    callbacksPromised: count.meta({
      description:
        'Promised first in the interval: reached + given up + withdrawn + open; of calls, above, they are no part',
    }),
    callbacksReached: count,
    callbacksGivenUp: count,
    callbacksWithdrawn: count,
    callbacksOpen: count,
    callbackTries: count,
    callbacksKept: count.meta({ description: 'Dialled first within the promised time' }),
    callbacksBroken: count.meta({ description: 'Dialled later, or not at all when it was over' }),
    callbacksKeptShare: share('callbacksKept ÷ (callbacksKept + callbacksBroken)'),
  })
  .meta({ id: 'QueueFigures' })

const asked = { from: time, to: time, zone: z.string() }

export const CALLS_ANSWER = z.object({ ...asked, calls: z.array(call), next: z.string().nullable() })
export const CALL_ANSWER = z.object({ call, legs: z.array(leg), story: z.array(storyLine) })
export const AGENTS_ANSWER = z.object({ ...asked, agents: z.array(agent), total: agent })
export const QUEUES_ANSWER = z.object({ ...asked, queues: z.array(queue), total: queue })

const counted = z.object({ offered: count, outcomes, open: count })
const ledger: z.ZodType<LedgerReport> = z.object({
  balances: z.boolean(),
  calls: counted,
  callbacks: counted,
  outbound: counted,
  queues: z.array(z.object({ queue: z.string(), offered: count, outcomes, sentOn: count, open: count })),
  agents: z.array(z.object({ agent: z.string(), signedInMs: z.number(), statesMs: z.number() })),
  culprits: z.array(z.object({ what: z.enum(['call', 'leg', 'agent', 'queue']), id: z.string(), fault: z.string() })),
})
export const LEDGER_ANSWER = z.object(asked).and(ledger)

const message: z.ZodType<Stamped<MessageRow>> = z
  .object({
    id: z.string(),
    call: z.string(),
    queue: z.string().meta({ description: 'Whose agents call back' }),
    caller: z.string(),
    callerName: z.string(),
    language: z.string(),
    leftAt: time,
    ms: ms.meta({ description: 'From the tone on, ms' }),
    doneAt: time.nullable().meta({ description: 'Somebody has seen to it, or its callback has reached the caller' }),
    note: z.string(),
    callback: z
      .object({ id: z.string(), phase: z.enum(PHASES), outcome: z.enum(OUTCOMES).nullable() })
      .nullable()
      .meta({ description: 'null: nobody is to call back, as where no number is known' }),
  })
  .meta({ id: 'Message' })
export const MESSAGES_ANSWER = z.object({ messages: z.array(message) })

export const FAILURE = z
  .object({ error: z.object({ id: z.string(), message: z.string(), field: z.string().optional() }) })
  .meta({ id: 'Failure' })
export const LIVE_ANSWER = z.object({ alive: z.literal(true) })
export const READY_ANSWER = z.object({ ready: z.boolean(), parts: z.record(z.string(), z.string()) })
