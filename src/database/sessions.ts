import { createHash, randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { BadInput, NotFound } from '../errors.ts'
import { type Right, rightsOf, type Who } from '../rights/rights.ts'
import { insistThere, PERSON_COLUMNS, type Person, type PersonRow, personOf } from './people.ts'

/** What opens: sessions of people, keys of programs. Only a hash is kept. Times in ms since 1970. */

/** A shift, and some more. */
export const SESSION_MS = 12 * 3_600_000

export type Session = { id: string; beganAt: number; endsAt: number; address: string; program: string }

/** What opens says what it is, so that whoever finds one knows what to revoke. */
const SESSION = 'hs_'
const KEY = 'hk_'
const FORM = /^h[sk]_[\w-]{43}$/

const draw = (kind: string): string => kind + randomBytes(32).toString('base64url')
const hashOf = (opener: string): string => createHash('sha256').update(opener).digest('hex')

export type Begun = { readonly opener: string; readonly endsAt: number }
export type From = { readonly address: string; readonly program: string }

/** They have shown who they are. */
export async function beginSession(knex: Knex, person: string, { address, program }: From, at: number): Promise<Begun> {
  const opener = draw(SESSION)
  const endsAt = at + SESSION_MS
  await knex('sessions').insert({
    ...{ id: randomBytes(9).toString('base64url'), hash: hashOf(opener), person_id: person, address },
    ...{ began_at: new Date(at), ends_at: new Date(endsAt), program: program.slice(0, 200) },
  })
  return { opener, endsAt }
}

/** Who shows this; `session` where it is one of somebody's. */
export type Shown = { readonly who: Who; readonly session: { readonly id: string; readonly person: Person } | null }

/** undefined: it opens nothing (any more). */
export async function whoShows(knex: Knex, opener: string, at: number): Promise<Shown | undefined> {
  if (!FORM.test(opener)) return undefined
  return opener.startsWith(SESSION) ? inSession(knex, opener, at) : withKey(knex, opener, at)
}

async function inSession(knex: Knex, opener: string, at: number): Promise<Shown | undefined> {
  const row: (PersonRow & { session: string }) | undefined = await knex('sessions')
    .join('people', 'people.id', 'sessions.person_id')
    .where({ hash: hashOf(opener), disabled: false })
    .where('ends_at', '>', new Date(at))
    .first(...PERSON_COLUMNS, 'sessions.id as session')
  if (!row) return undefined
  const person = personOf(row)
  return { who: whoIs(person), session: { id: row.session, person } }
}

export const whoIs = ({ id, roles, agent, teams, queues }: Person): Who => ({
  ...{ name: `person:${id}`, rights: rightsOf(roles), agent, teams, queues },
})

async function withKey(knex: Knex, opener: string, at: number): Promise<Shown | undefined> {
  const row: KeyRow | undefined = await knex('api_keys')
    .where({ hash: hashOf(opener) })
    .first(KEY_COLUMNS)
  if (!row || (row.ends_at && row.ends_at.getTime() <= at)) return undefined
  return { who: programOf(row), session: null }
}

const programOf = ({ id, rights, teams, queues }: KeyRow): Who => ({
  ...{ name: `key:${id}`, rights: new Set(rights), agent: null, teams, queues },
})

/** The program that has it; undefined: there is none (any more). */
export async function keyNamed(knex: Knex, id: string): Promise<Who | undefined> {
  const row: KeyRow | undefined = await knex('api_keys')
    .where({ id })
    .whereRaw('(ends_at is null or ends_at > now())')
    .first(KEY_COLUMNS)
  return row && programOf(row)
}

/** The latest first. */
export async function sessionsOf(knex: Knex, person: string, at: number): Promise<Session[]> {
  const rows = await knex('sessions')
    .where({ person_id: person })
    .where('ends_at', '>', new Date(at))
    .orderBy([
      { column: 'began_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
  return rows.map(({ id, began_at, ends_at, address, program }) => ({
    ...{ id, beganAt: began_at.getTime(), endsAt: ends_at.getTime(), address, program },
  }))
}

/** All of theirs, or that one. Throws NotFound where there is no such one. */
export async function endSessions(knex: Knex, person: string, id?: string): Promise<void> {
  const ended = await knex('sessions')
    .where({ person_id: person, ...(id !== undefined && { id }) })
    .delete()
  if (id !== undefined && ended === 0) throw new NotFound(`${person} has no session ${id}.`)
}

export type Key = Pick<Who, 'teams' | 'queues'> & {
  readonly id: string
  readonly rights: readonly Right[]
  readonly madeAt: number
  readonly madeBy: string
  /** null: it has no end. */
  readonly endsAt: number | null
}

type KeyRow = {
  id: string
  rights: Right[]
  teams: string[] | null
  queues: string[] | null
  made_at: Date
  made_by: string
  ends_at: Date | null
}
const KEY_COLUMNS = ['id', 'rights', 'teams', 'queues', 'made_at', 'made_by', 'ends_at']

export async function loadKeys(knex: Knex): Promise<Key[]> {
  const rows: KeyRow[] = await knex('api_keys').select(KEY_COLUMNS).orderBy('id')
  return rows.map(({ id, rights, teams, queues, made_at, made_by: madeBy, ends_at }) => ({
    ...{ id, rights, teams, queues, madeAt: made_at.getTime(), madeBy, endsAt: ends_at?.getTime() ?? null },
  }))
}

/** Resolves with what opens, which is shown this once. Throws BadInput where the id is taken, or a queue or team is not there. */
export async function addKey(knex: Knex, key: Key): Promise<string> {
  await insistThere(knex, key)
  const { id, rights, teams, queues, madeAt, madeBy, endsAt } = key
  const opener = draw(KEY)
  const added = await knex('api_keys')
    .insert({
      ...{ id, hash: hashOf(opener), rights, teams, queues, made_at: new Date(madeAt), made_by: madeBy },
      ends_at: endsAt === null ? null : new Date(endsAt),
    })
    .onConflict('id')
    .ignore()
    .returning('id')
  if (added.length === 0) throw new BadInput('id', `id must be no key's yet: there is a ${id}`)
  return opener
}

/** Throws NotFound. */
export async function removeKey(knex: Knex, id: string): Promise<void> {
  if ((await knex('api_keys').where({ id }).delete()) === 0) throw new NotFound(`There is no key ${id}.`)
}
