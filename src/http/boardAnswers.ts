import { z } from 'zod'
import type { AgentRow } from '../live/agents.ts'
import type { Board } from '../live/board.ts'
import type { CallbackRow, CallRow } from '../live/calls.ts'
import type { QueueRow } from '../live/queues.ts'
import type { MovedTo } from '../switchboard/moves.ts'
import { count, ms, share, time } from './answers.ts'
import type { Stamped } from './stamped.ts'

/** What the board shows, for openapi.json. The compiler holds each against what it describes. */

const AGENT_STATES = ['signed-out', 'ready', 'ringing', 'dialling', 'talking', 'wrapping-up', 'paused'] as const

const queue: z.ZodType<Stamped<QueueRow>> = z
  .object({
    queue: z.string(),
    nameZh: z.string().nullable(),
    nameEn: z.string().nullable(),
    waiting: count.meta({
      description: 'On the line and with nobody yet; `ringing` of them while phones ring for them',
    }),
    ringing: count,
    longestWaitMs: ms,
    callbacks: count.meta({ description: 'To be called back, in line' }),
    staff: z
      .object({ ready: count, ringing: count, dialling: count, talking: count, 'wrapping-up': count, paused: count })
      .meta({ description: 'Agents who are signed in and can serve it, by state' }),
    serviceLevelMs: ms,
    today: z.object({
      offered: count,
      answered: count.meta({ description: 'Whoever talks is; in the report they are once their call is over' }),
      abandoned: count,
      short: count.meta({ description: 'Of the abandoned' }),
      sentOn: count,
      answeredWithin: count,
      serviceLevel: share('answeredWithin ÷ (answered + abandoned − short)'),
      abandonment: share('(abandoned − short) ÷ (offered to the queue − short)'),
    }),
  })
  .meta({ id: 'QueueNow' })

const agent: z.ZodType<Stamped<AgentRow>> = z
  .object({
    agent: z.string(),
    name: z.string(),
    team: z.string(),
    skills: z.record(z.string(), z.number()),
    state: z.enum(AGENT_STATES),
    phone: z.string().nullable().meta({ description: 'At which they sit; null: signed out' }),
    reason: z.string().nullable().meta({ description: 'Of a pause' }),
    sinceAt: time,
    held: z.boolean().meta({ description: 'Their caller is on hold' }),
    wish: z
      .object({ kind: z.enum(['ready', 'pause', 'sign-out']), reason: z.string().nullable() })
      .nullable()
      .meta({ description: 'Takes place when their call is over' }),
    call: z.string().nullable().meta({ description: 'That they are with, or wrap up' }),
    queue: z.string().nullable(),
    caller: z.string().nullable(),
    endsAt: time.nullable().meta({ description: 'Of wrapping up' }),
    signedInAt: time.nullable(),
    talks: count.meta({ description: 'Since they signed in' }),
  })
  .meta({ id: 'AgentNow' })

const call: z.ZodType<Stamped<CallRow>> = z
  .object({
    call: z.string(),
    direction: z.string(),
    phase: z.string(),
    sinceAt: time.meta({ description: 'Since when it is in that phase' }),
    queue: z.string().nullable(),
    queuedAt: time.nullable().meta({ description: 'When they joined their first line' }),
    headStartMs: ms,
    first: z.string().nullable().meta({ description: 'The agent for whom alone they wait' }),
    agents: z.array(z.string()).meta({ description: 'Who talks with them, or whose phones ring' }),
    held: z.boolean(),
    caller: z.string().meta({ description: 'Masked for who lacks the right numbers:whole' }),
    callerName: z.string(),
    called: z.string(),
    language: z.string(),
    arrivedAt: time,
    inLifeboat: z.boolean(),
  })
  .meta({ id: 'CallNow' })

const callback: z.ZodType<Stamped<CallbackRow>> = z
  .object({
    callback: z.string(),
    queue: z.string(),
    phase: z.string(),
    because: z.string(),
    caller: z.string(),
    promisedAt: time,
    dueAt: time.meta({ description: 'By when they were promised to be called' }),
    overdue: z.boolean(),
    notBeforeAt: time.nullable(),
    tries: count,
    agent: z.string().nullable(),
  })
  .meta({ id: 'CallbackNow' })

export const BOARD_ANSWER: z.ZodType<Stamped<Board>> = z.object({
  at: time,
  today: z.object({
    fromAt: time,
    isWhole: z
      .boolean()
      .meta({ description: 'false: calls that ended before the service started are still to be read' }),
  }),
  queues: z.array(queue),
  agents: z.array(agent),
  calls: z.array(call),
  callbacks: z.array(callback),
})

export const MOVED_ANSWER: z.ZodType<MovedTo> = z.object({
  call: z.string(),
  queue: z.string(),
  ahead: count.meta({ description: 'How many of that line come before them' }),
  headStartMs: ms,
  agent: z.string().nullable().meta({ description: 'For whom they wait alone, or whose phone rings' }),
})
