import { z } from 'zod'
import { OUTCOMES } from '../call/facts.ts'
import type { LegRow, StoryLine } from '../report/call.ts'
import type { CallRow } from '../report/calls.ts'
import type { MessageRow } from '../report/messages.ts'
import type { Problem } from './failures.ts'
import { PHASES } from './phases.ts'
import type { Stamped } from './stamped.ts'

/** What is answered, for openapi.json. The compiler holds each against the report that it describes. */

export const time = z.iso.datetime({ offset: true }).meta({ example: '2026-11-23T09:15:02.123+08:00' })
export const count = z.int().min(0)
export const ms = z.number().min(0).meta({ description: 'ms' })
export const NONE = 'null where there is nothing to divide by'
export const share = (formula: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${formula}; 0 to 1, ${NONE}` })
export const outcomes = z.object(
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
      z.union([
        z.object({
          name: z.string(),
          scale: z.enum(['1-5', 'nps', 'yes-no']),
          score: z.int().meta({ description: 'On yes-no 1 is yes and 0 no' }),
          low: z.boolean().meta({ description: 'So low that a person was told' }),
        }),
        z.object({
          name: z.string(),
          scale: z.literal('spoken'),
          message: z.string().meta({ description: 'To be heard at /api/comments/{id}/recording' }),
          ms,
        }),
      ]),
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

export const asked = { from: time, to: time, zone: z.string() }

export const CALLS_ANSWER = z.object({ ...asked, calls: z.array(call), next: z.string().nullable() })
export const CALL_ANSWER = z.object({ call, legs: z.array(leg), story: z.array(storyLine) })

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

/** RFC 9457. */
export const FAILURE: z.ZodType<Problem> = z
  .object({
    type: z.string().meta({ example: 'urn:hotline:bad-input' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence for people' }),
    id: z.string().meta({ description: 'For programs: it stays the same whatever the sentence' }),
    field: z.string().optional().meta({ description: 'What of the request is meant' }),
    allowed: z.array(z.string()).optional().meta({ description: 'What that may be, where it is one of a few' }),
  })
  .meta({ id: 'Problem' })
export const LIVE_ANSWER = z.object({ alive: z.literal(true) })
export const READY_ANSWER = z.object({ ready: z.boolean(), parts: z.record(z.string(), z.string()) })
