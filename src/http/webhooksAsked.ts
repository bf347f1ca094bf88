import { z } from 'zod'
import { time } from './asked.ts'
import { eventType } from './eventsAsked.ts'

/** What may be asked for of webhooks. */

export const WEBHOOK_ID = z.strictObject({ id: z.guid('id must be that of a webhook') })

const url = z
  .string('url must be text')
  .max(2_000, 'url must have at most 2000 characters')
  .refine(
    isWebAddress,
    'url must be an address such as https://crm.example.com/hotline, without a user or password in it',
  )
  .meta({ description: 'Where events are sent to, by POST', example: 'https://crm.example.com/hotline' })

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

const types = z
  .array(eventType, 'types must be a list')
  .min(1, 'types must not be empty: without it all are sent')
  .nullable()
  .meta({ description: 'Only these, such as ["call.*"]; null: all' })

export const NEW_WEBHOOK = z.strictObject({
  url,
  types: types.default(null),
  numbers: z
    .enum(['whole', 'masked'], 'numbers must be whole or masked')
    .default('masked')
    .meta({ description: 'whole takes the right numbers:whole; without it they are masked' }),
})

export const WEBHOOK_CHANGE = z.strictObject({
  url: url.optional(),
  types: types.optional(),
  on: z
    .boolean('on must be true or false')
    .optional()
    .meta({ description: 'Switched on, it goes on where it stopped' }),
})

const afterEvent = z.coerce
  .number('after must be the id of an event')
  .int('after must be the id of an event')
  .min(0, 'after must be the id of an event')
  .max(Number.MAX_SAFE_INTEGER, 'after must be the id of an event')

export const DEAD = z.strictObject({
  after: afterEvent.default(0).meta({ description: 'What the page before gave as next' }),
  limit: z.coerce
    .number('limit must be a whole number from 1 to 500')
    .int('limit must be a whole number from 1 to 500')
    .min(1, 'limit must be from 1 to 500')
    .max(500, 'limit must be from 1 to 500')
    .default(50),
})

export const REPLAY = z.strictObject({
  from: time('from', 'All that it has heard from this moment on; without from and to what was given up'),
  to: time('to', 'Before this moment; a day alone means up to its end'),
})
