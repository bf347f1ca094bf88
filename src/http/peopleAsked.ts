import { z } from 'zod'
import { NAME, NAME_ALLOWED, RIGHTS, ROLES } from '../rights/rights.ts'
import { limit, period, shaped, word } from './asked.ts'

/** What may be asked for of people, their sessions, keys and the audit log. */

const id = (name: string) => shaped(name, NAME, NAME_ALLOWED)

const listOf = (name: string, what: string, atMost: number) =>
  z
    .array(word(name, 40), `${name} must be a list of ${what}, or null for all`)
    .max(atMost, `${name} must have at most ${atMost} of them`)
    .nullable()
    .meta({ description: `${what} to which it reaches; null: all` })

const bounds = { teams: listOf('teams', 'teams', 100), queues: listOf('queues', 'queues', 100) }

const roles = z
  .array(z.enum(ROLES, `roles must be some of ${ROLES.join(', ')}`), `roles must be a list of ${ROLES.join(', ')}`)
  .min(1, `roles must have one at least of ${ROLES.join(', ')}`)
  .max(ROLES.length, `roles must have each of ${ROLES.join(', ')} once at most`)

const person = {
  name: word('name', 80),
  roles,
  ...bounds,
  agent: shaped('agent', /^\d{2,8}$/, 'the id of an agent, such as 8001, or null')
    .nullable()
    .meta({ description: 'The agent who they are' }),
  sso: word('sso', 200)
    .nullable()
    .meta({ description: "Their sub, or their verified e-mail, at the company's sign-in" }),
}

export const PERSON_ID = z.strictObject({ id: id('id').meta({ example: 'li' }) })
export const NEW_PERSON = z.strictObject({
  id: id('id').meta({ description: 'By which they sign in', example: 'li' }),
  ...person,
  teams: bounds.teams.default(null),
  queues: bounds.queues.default(null),
  agent: person.agent.default(null),
  sso: person.sso.default(null),
})
export const CHANGED_PERSON = z
  .strictObject({
    ...person,
    disabled: z.boolean('disabled must be true or false').meta({ description: 'They are let in no longer' }),
  })
  .partial()

export const SESSION_ID = z.strictObject({ ...PERSON_ID.shape, session: word('session', 40) })

const SHORTEST_PASSWORD = 12
export const SIGN_IN = z.strictObject({
  person: word('person', 40).meta({ example: 'li' }),
  password: word('password', 200),
  as: z
    .enum(['cookie', 'bearer'], 'as must be cookie or bearer')
    .default('cookie')
    .meta({ description: 'cookie: for browsers, none of whose scripts sees it; bearer: for programs, in the answer' }),
})
export const NEW_PASSWORD = z.strictObject({
  currentPassword: word('currentPassword', 200),
  password: word('password', 200).min(SHORTEST_PASSWORD, `password must have ${SHORTEST_PASSWORD} characters or more`),
})

export const KEY_ID = z.strictObject({ id: id('id').meta({ example: 'crm' }) })
const LONGEST_DAYS = 3_660
export const NEW_KEY = z.strictObject({
  id: id('id').meta({ description: 'For the audit log', example: 'crm' }),
  rights: z
    .array(z.enum(RIGHTS, `rights must be some of ${RIGHTS.join(', ')}`), 'rights must be a list of rights')
    .max(RIGHTS.length, 'rights must have each right once at most')
    .meta({ description: 'What it may' }),
  teams: bounds.teams.default(null),
  queues: bounds.queues.default(null),
  days: z
    .int(`days must be a whole number from 1 to ${LONGEST_DAYS}, or null`)
    .min(1, `days must be from 1 to ${LONGEST_DAYS}`)
    .max(LONGEST_DAYS, `days must be from 1 to ${LONGEST_DAYS}`)
    .nullable()
    .default(null)
    .meta({ description: 'For so long; null: without end' }),
})

export const DEEDS = z.strictObject({
  ...period,
  who: word('who', 80).optional().meta({ example: 'person:li' }),
  what: word('what', 200).optional().meta({ example: 'POST /api/people' }),
  whom: word('whom', 200).optional().meta({ description: 'The id of what it was done to' }),
  limit,
  after: shaped('after', /^\d{1,15}$/, 'what the page before gave as next')
    .optional()
    .meta({ description: 'What the page before gave as next' }),
})
