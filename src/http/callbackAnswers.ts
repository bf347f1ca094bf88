import { z } from 'zod'
import { OUTCOMES } from '../call/facts.ts'
import type { CallbackRow } from '../report/callbacks.ts'
import { time } from './answers.ts'
import { PHASES } from './phases.ts'
import type { Stamped } from './stamped.ts'

const callback: z.ZodType<Stamped<CallbackRow>> = z
  .object({
    id: z.string().meta({ description: 'Of a call of its own, whose story is in /api/calls/{id}' }),
    call: z.string().meta({ description: 'In which it was promised first' }),
    queue: z.string().meta({ description: 'Whose agents call back' }),
    customer: z.string(),
    customerName: z.string(),
    language: z.string(),
    because: z.enum(['asked', 'place-kept', 'message', 'low-score']),
    promisedAt: time.meta({ description: 'Last, where it was promised more than once' }),
    dueAt: time.meta({ description: 'By when they were promised to be called' }),
    overdue: z.boolean().meta({ description: 'That time is over, and nobody has dialled yet' }),
    phase: z.enum(PHASES),
    outcome: z
      .enum(OUTCOMES)
      .nullable()
      .meta({ description: 'answered, not-reached or withdrawn; null while it is open' }),
    tries: z.array(
      z.object({
        at: time,
        agent: z.string(),
        result: z.enum([
          'reached',
          'busy',
          'no-answer',
          'rejected',
          'wrong-number',
          'unreachable',
          'hung-up',
          'unknown',
          'agent-left',
          'rang-back',
        ]),
      }),
    ),
    endedAt: time.nullable(),
    messages: z.array(z.string()).meta({ description: 'Messages in which it was asked for' }),
  })
  .meta({ id: 'Callback' })
export const CALLBACKS_ANSWER = z.object({ callbacks: z.array(callback) })
