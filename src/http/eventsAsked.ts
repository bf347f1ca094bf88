import { z } from 'zod'
import { EVENT_TYPES } from '../events/names.ts'
import { numbers, word } from './asked.ts'

/** What may be asked for of events. */

const KINDS = [...new Set(EVENT_TYPES.map(type => `${type.split('.')[0]}.*`))]
const TYPES = [...KINDS, ...EVENT_TYPES]

/** One, or all of a kind. */
export const eventType = z.enum(TYPES, `types must be some of ${TYPES.join(', ')}`)

export const EVENTS = z.strictObject({
  types: word('types', 2_000)
    .transform(list => list.split(','))
    .pipe(z.array(eventType))
    .optional()
    .meta({ description: 'Only these, such as call.*,agent.state; of a kind all with .*', example: 'call.*' }),
  queue: word('queue', 40).optional().meta({ description: 'Only what is this waiting line’s affair' }),
  agent: word('agent', 8).optional().meta({ description: 'Only what concerns this agent' }),
  numbers,
  after: z.coerce
    .number('after must be the id of an event')
    .int('after must be the id of an event')
    .min(0, 'after must be the id of an event')
    .max(Number.MAX_SAFE_INTEGER, 'after must be the id of an event')
    .optional()
    .meta({
      description: 'Begin after this event, unless the header Last-Event-ID says otherwise; without either from now on',
    }),
})
