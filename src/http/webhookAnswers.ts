import { z } from 'zod'
import { count, time } from './answers.ts'
import { EVENT } from './eventAnswers.ts'
import type { DeadTold, WebhookTold } from './webhooks.ts'

/** What is answered of webhooks, for openapi.json. The compiler holds each against what is told. */

const webhook: z.ZodType<WebhookTold> = z
  .object({
    id: z.string(),
    url: z.string(),
    types: z.array(z.string()).nullable().meta({ description: 'null: all' }),
    numbers: z.enum(['whole', 'masked']),
    on: z.boolean(),
    offAt: time.nullable(),
    offBecause: z.string().nullable().meta({ description: 'As where it has taken nothing for a day' }),
    createdAt: time,
    createdBy: z.string(),
    deliveredAt: time.nullable().meta({ description: 'When it took an event last' }),
    failingSinceAt: time.nullable().meta({ description: 'Since when it takes none; null: it took the last one' }),
    failure: z.string().nullable().meta({ description: 'Why it did not take the last one' }),
    nextTryAt: time.nullable(),
    dead: count.meta({ description: 'How many events were given up' }),
  })
  .meta({ id: 'Webhook' })

export const WEBHOOK_ANSWER = z.object({ webhook })
export const WEBHOOKS_ANSWER = z.object({ webhooks: z.array(webhook) })
export const NEW_WEBHOOK_ANSWER = z.object({
  webhook,
  secret: z.string().meta({ description: 'With which what it is sent is signed: told now, and never again' }),
})

const dead: z.ZodType<DeadTold> = z
  .object({ event: EVENT, deadAt: time, failure: z.string() })
  .meta({ id: 'DeadLetter' })
export const DEAD_ANSWER = z.object({ dead: z.array(dead), next: z.int().nullable() })
export const REPLAY_ANSWER = z.object({ events: count.meta({ description: 'So many are sent once more' }) })
