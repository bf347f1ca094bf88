import { z } from 'zod'
import type { Event } from '../events/event.ts'
import { time } from './answers.ts'
import type { Stamped } from './stamped.ts'

/** Events as they are told, for openapi.json. */

export const EVENT: z.ZodType<Stamped<Event>> = z
  .object({
    id: z.int().meta({ description: 'Grows from event to event; not every number is given' }),
    version: z.literal(1).meta({ description: 'Of this form: fields and types may be added to it' }),
    type: z.string().meta({ example: 'call.queued' }),
    at: time,
    call: z
      .object({
        ...{ id: z.string(), direction: z.string(), caller: z.string(), callerName: z.string(), called: z.string() },
        arrivedAt: time,
      })
      .nullable()
      .meta({ description: 'null: it is about an agent alone' }),
    queue: z.string().nullable(),
    agents: z.array(z.string()).meta({ description: 'Whom it concerns' }),
    details: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .meta({ description: 'What there is to say of its type; docs/api.md lists it' }),
  })
  .meta({ id: 'Event' })
