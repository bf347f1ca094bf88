import { z } from 'zod'
import { OUTCOMES } from '../call/facts.ts'
import { BadInput } from '../errors.ts'
import { DIRECTIONS } from '../report/calls.ts'
import { EXTENDS_AT_MOST_S, STATES_ASKED } from '../switchboard/agentActs.ts'

/** What may be asked for. The same schemas check a request, give its types, and are written into openapi.json. */

const WHOLE_CHARACTERS = /^(?:[ -~\u00a0-\ud7ff\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff])*$/

export const word = (name: string, atMost: number) =>
  z
    .string(`${name} must be given once`)
    .min(1, `${name} must not be empty`)
    .max(atMost, `${name} must have at most ${atMost} characters`)
    // Without a flag, which OpenAPI's patterns cannot have.
    // Half a character (a lone surrogate) is refused: Postgres takes none in jsonb, and would refuse all that is written with it.
    .regex(WHOLE_CHARACTERS, `${name} must not hold control characters`)

/** `allowed`: a sentence's end, after “must be”. */
export const shaped = (name: string, shape: RegExp, allowed: string) =>
  z.string(`${name} must be ${allowed}`).regex(shape, `${name} must be ${allowed}`)

export const time = (name: string, meant: string) =>
  word(name, 40)
    .optional()
    .meta({
      description: `${meant}: 2026-11-23, or 2026-11-23T09:15 (on the centre's clocks unless it has an offset)`,
      example: '2026-11-23',
    })

export const period = {
  from: time('from', 'From this moment on; without it from the beginning of today'),
  to: time('to', 'Before this moment; a day alone means up to its end; without it up to the end of today'),
}

export const format = z
  .enum(['json', 'csv'], 'format must be json or csv')
  .optional()
  .meta({ description: 'Instead of the header accept' })

export const numbers = z
  .enum(['whole', 'masked'], 'numbers must be whole or masked')
  .optional()
  .meta({ description: 'masked: 138****8000. Without it whole where one has the right numbers:whole, else masked' })

const AT_MOST = 500
export const limit = z.coerce
  .number(`limit must be a whole number from 1 to ${AT_MOST}`)
  .int(`limit must be a whole number from 1 to ${AT_MOST}`)
  .min(1, `limit must be from 1 to ${AT_MOST}`)
  .max(AT_MOST, `limit must be from 1 to ${AT_MOST}`)
  .default(50)
  .meta({ description: 'Calls a page' })

export const CALL_ID = z.strictObject({
  id: word('id', 200).meta({ description: "The call's id", example: 'hotline-1763871911.12' }),
})

export const AGENT_ID = z.strictObject({
  id: word('id', 8).meta({ description: 'The agent id', example: '8001' }),
})

export const MESSAGE_ID = z.strictObject({
  id: word('id', 200).meta({ description: "The message's id", example: 'hotline-1763871911.12~message7' }),
})

export const NOTHING = z.strictObject({})
export const PERIOD = z.strictObject(period)
export const AGENTS = z.strictObject({ ...period, format })
export const QUEUES = z.strictObject({
  ...period,
  by: z
    .enum(['whole', 'quarter-hour'], 'by must be whole or quarter-hour')
    .default('whole')
    .meta({ description: 'One row a waiting line, or one for each of its quarters of an hour in which calls arrived' }),
  format,
})
export const NUMBERS = z.strictObject({ numbers })
export const CALLS = z.strictObject({
  ...period,
  direction: z
    .enum(DIRECTIONS, `direction must be one of ${DIRECTIONS.join(', ')}`)
    .default('inbound')
    .meta({
      description:
        "inbound: callers'; callback: promised to them; outbound: agents' own; internal: of whoever is on duty",
    }),
  queue: word('queue', 40).optional(),
  agent: word('agent', 8).optional().meta({ description: 'Any agent who was offered the call, or has made it' }),
  outcome: z.enum(OUTCOMES, `outcome must be one of ${OUTCOMES.join(', ')}`).optional(),
  caller: word('caller', 80)
    .optional()
    .meta({ description: 'The whole number of who calls, or is called; takes the right numbers:whole' }),
  open: z
    .enum(['true', 'false'], 'open must be true or false')
    .transform(word => word === 'true')
    .optional(),
  numbers,
  limit,
  format,
  after: word('after', 400).optional().meta({ description: 'What the page before gave as next' }),
})

export const MESSAGES = z.strictObject({
  queue: word('queue', 40).optional(),
  done: z
    .enum(['true', 'false'], 'done must be true or false')
    .transform(word => word === 'true')
    .optional()
    .meta({ description: 'Without it both those that are still to be seen to and those that are done' }),
  numbers,
})

export const CALLBACK_ID = z.strictObject({
  id: word('id', 200).meta({ description: "The callback's id", example: 'cb42-hotline-1763871911.12' }),
})

export const CALLBACKS = z.strictObject({
  queue: word('queue', 40).optional(),
  agent: word('agent', 8).optional().meta({ description: 'Any agent who was offered it, or has tried it' }),
  open: z
    .enum(['true', 'false'], 'open must be true or false')
    .transform(word => word === 'true')
    .optional()
    .meta({ description: 'Without it both those that are still to be made and those that are over' }),
  numbers,
})

export const COMMENT_ID = z.strictObject({
  id: word('id', 200).meta({ description: "The comment's id", example: 'hotline-1763871911.12~message7' }),
})

export const SURVEY_ANSWERS = z.strictObject({
  ...period,
  queue: word('queue', 40).optional(),
  agent: word('agent', 8).optional(),
  survey: word('survey', 40).optional().meta({ description: 'The flow that has asked' }),
  spoken: z
    .enum(['true', 'false'], 'spoken must be true or false')
    .transform(word => word === 'true')
    .optional()
    .meta({ description: 'Comments alone, or scores alone' }),
  format,
})

export const LOW_SCORES = z.strictObject({
  queue: word('queue', 40).optional(),
  agent: word('agent', 8).optional(),
  done: z
    .enum(['true', 'false'], 'done must be true or false')
    .transform(word => word === 'true')
    .optional()
    .meta({ description: 'Without it both those that nobody has looked at yet and those that are done' }),
})

export const STATE_ASKED = z.strictObject({
  state: z.enum(STATES_ASKED, `state must be one of ${STATES_ASKED.join(', ')}`),
  reason: word('reason', 40).optional().meta({
    description: 'Of a pause: rest (which it is without), meal, training, meeting, or one of the centre’s own',
  }),
  phone: word('phone', 8).optional().meta({
    description:
      'Of ready: at which they sign in, or to which they move: their own (their id), or one of the centre’s (hotline phone list)',
  }),
})

export const DIAL_ASKED = z
  .strictObject({
    number: word('number', 40).optional().meta({ description: 'As a person writes it' }),
    customer: word('customer', 100).optional().meta({ description: 'One of the centre’s: their first number' }),
    callback: word('callback', 200).optional().meta({ description: 'One that is still to be made, which it keeps' }),
  })
  .refine(asked => Object.values(asked).filter(one => one !== undefined).length === 1, {
    path: ['number'],
    message: 'number, customer or callback must be given, and only one of them',
  })

const note = z
  .string('note must be a text')
  .max(2_000, 'note must have at most 2000 characters')
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'note must not hold control characters')
  .optional()

export const DISPOSITION_ASKED = z.strictObject({
  code: word('code', 40).meta({ description: 'One of the centre’s, for this queue or any' }),
  note: note.meta({ description: 'In their own words; without it the one before stays' }),
  agent: word('agent', 8)
    .optional()
    .meta({ description: 'Whose talk it was; without it one’s own, or for who is no agent that of who talked last' }),
  endWrapUp: z.literal(true, 'endWrapUp must be true').optional().meta({ description: 'With it the wrap-up is over' }),
})

export const CANCEL_ASKED = z.strictObject({
  reason: word('reason', 200).meta({ description: 'Why nobody need call, for its story', example: 'solved by e-mail' }),
})

export const NOTE_ASKED = z.strictObject({ note: note.meta({ description: 'What came of it, for people' }) })

const EXTENDS = `extendS must be a whole number from 1 to ${EXTENDS_AT_MOST_S}`
export const WRAP_UP_ASKED = z
  .strictObject({
    extendS: z.int(EXTENDS).min(1, EXTENDS).max(EXTENDS_AT_MOST_S, EXTENDS).optional(),
    end: z.literal(true, 'end must be true').optional(),
  })
  .refine(({ extendS, end }) => (extendS === undefined) !== (end === undefined), {
    path: ['extendS'],
    message: 'extendS or end must be given, and not both',
  })

/** What a request holds, or BadInput with a sentence that names the field and what is allowed. */
export function read<Schema extends z.ZodObject>(schema: Schema, given: unknown): z.infer<Schema> {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  if (issue.code === 'unrecognized_keys') throw unknownParameter(issue.keys[0]!, Object.keys(schema.shape))
  const allowed = issue.code === 'invalid_value' ? issue.values.map(String) : undefined
  throw new BadInput(issue.path.join('.'), `${issue.message}.`, allowed)
}

function unknownParameter(name: string, allowed: string[]): BadInput {
  const shown = JSON.stringify(name.slice(0, 40))
  const known = allowed.length > 0 ? `allowed are ${allowed.join(', ')}` : 'none is allowed'
  return new BadInput(name.slice(0, 40), `There is no parameter ${shown} here; ${known}.`, allowed)
}
