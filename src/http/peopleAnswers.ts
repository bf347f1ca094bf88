import { z } from 'zod'
import type { Deed } from '../database/auditLog.ts'
import type { Person } from '../database/people.ts'
import type { Key, Session } from '../database/sessions.ts'
import { RIGHTS, ROLES } from '../rights/rights.ts'
import { asked, time } from './answers.ts'
import type { Stamped } from './stamped.ts'

/** What is answered of people, their sessions, keys and the audit log. */

const bound = (what: string) =>
  z
    .array(z.string())
    .nullable()
    .meta({ description: `${what}; null: all` })
const bounds = { teams: bound('Teams'), queues: bound('Queues') }
const rights = z.array(z.enum(RIGHTS))
const secret = (what: string) => z.string().meta({ description: `${what}; it is shown this once` })

const person: z.ZodType<Stamped<Person>> = z
  .object({
    id: z.string(),
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    ...bounds,
    agent: z.string().nullable(),
    sso: z.string().nullable(),
    disabled: z.boolean(),
  })
  .meta({ id: 'Person' })

const session: z.ZodType<Stamped<Session>> = z
  .object({ id: z.string(), beganAt: time, endsAt: time, address: z.string(), program: z.string() })
  .meta({ id: 'Session' })

const key: z.ZodType<Stamped<Key>> = z
  .object({ id: z.string(), rights, ...bounds, madeAt: time, madeBy: z.string(), endsAt: time.nullable() })
  .meta({ id: 'Key' })

const deed: z.ZodType<Stamped<Omit<Deed, 'details'> & { id: number; details: Record<string, unknown> }>> = z
  .object({
    id: z.int(),
    at: time,
    who: z.string().meta({ example: 'person:li' }),
    what: z.string().meta({ example: 'POST /api/people' }),
    whom: z.string().nullable().meta({ description: 'The id of what it was done to' }),
    details: z.record(z.string(), z.unknown()).meta({ description: 'Without secrets, and without telephone numbers' }),
    outcome: z.string().meta({ description: 'done, or the id of the failure' }),
    address: z.string(),
  })
  .meta({ id: 'Deed' })

const me = {
  name: z.string().meta({ description: 'As the audit log has it: person:…, key:…' }),
  person: person.nullable().meta({ description: 'null: it is a key' }),
  rights,
  ...bounds,
  agent: z.string().nullable().meta({ description: 'The agent who they are' }),
  csrfToken: z
    .string()
    .nullable()
    .meta({ description: 'With a cookie: what goes into the header x-csrf-token of all that is not a GET' }),
}

export const ME_ANSWER = z.object(me)
export const SIGNED_IN_ANSWER = z.object({
  ...me,
  endsAt: time,
  token: z
    .string()
    .nullable()
    .meta({ description: 'Of a bearer: goes into the header authorization. With a cookie: null' }),
})
export const PEOPLE_ANSWER = z.object({ people: z.array(person) })
export const PERSON_ANSWER = z.object({ person })
export const NEW_PERSON_ANSWER = z.object({ person, password: secret('What lets them in') })
export const PASSWORD_ANSWER = z.object({ password: secret('What lets them in from now on') })
export const SESSIONS_ANSWER = z.object({ sessions: z.array(session) })
export const KEYS_ANSWER = z.object({ keys: z.array(key) })
export const NEW_KEY_ANSWER = z.object({ key, opener: secret('The key') })
export const DEEDS_ANSWER = z.object({ ...asked, deeds: z.array(deed), next: z.string().nullable() })
