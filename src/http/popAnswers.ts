import { z } from 'zod'
import { OUTCOMES } from '../call/facts.ts'
import type { PopShown } from '../pop/pop.ts'
import { ms, time } from './answers.ts'
import { PHASES } from './phases.ts'
import type { Stamped } from './stamped.ts'

/** The screen pop, for openapi.json. */

const customer = z.object({
  id: z.string(),
  name: z.string(),
  note: z.string(),
  link: z.string().meta({ description: 'Where the centre keeps more about them; empty where nowhere' }),
})
const lastCall = z.object({
  call: z.string(),
  arrivedAt: time,
  direction: z.string(),
  phase: z.enum(PHASES),
  outcome: z.enum(OUTCOMES).nullable(),
  queue: z.string().nullable(),
  agent: z.string().nullable(),
})
const open = z.object({
  messages: z.array(z.object({ id: z.string(), queue: z.string(), leftAt: time })),
  callbacks: z.array(z.object({ id: z.string(), queue: z.string(), dueAt: time })),
  lowScores: z.array(z.object({ call: z.string(), question: z.string(), score: z.number(), at: time })),
})

export const POP_ANSWER: z.ZodType<Stamped<PopShown>> = z
  .object({
    call: z.string(),
    direction: z.string(),
    queue: z.string().nullable(),
    language: z.string(),
    caller: z
      .object({ number: z.string(), name: z.string() })
      .meta({ description: 'As the trunk tells it; masked without the right numbers:whole' }),
    waitedMs: ms.nullable().meta({ description: 'Up to the offer, ms; null where there was no waiting line' }),
    customers: z.array(customer).meta({ description: 'Those who have this number: none, one, or several' }),
    lastCalls: z.array(lastCall).meta({ description: 'The latest five before this one' }),
    open: open.meta({ description: 'What is still to be done for them' }),
    path: z
      .array(z.object({ at: time, flow: z.string(), node: z.string() }))
      .meta({ description: 'Where in flows they have been' }),
    pressed: z.array(z.object({ at: time, key: z.string() })),
    words: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: 'What was keyed in, and what the flow has learnt of them' }),
    url: z
      .string()
      .nullable()
      .meta({ description: 'What a desk opens; null where none is set, or where it holds a number that is masked' }),
    system: z.unknown().meta({
      description:
        'What the customer system has answered; null where it was not asked, or not in time. Without the right numbers:whole, numbers of seven digits and more are masked',
    }),
  })
  .meta({ id: 'Pop' })
