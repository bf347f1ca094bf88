import type { Knex } from 'knex'
import { addPerson, type Person } from '../../src/database/people.ts'
import { addKey, beginSession, type Key } from '../../src/database/sessions.ts'
import type { Problem } from '../../src/http/failures.ts'
import type { Method } from '../../src/http/route.ts'
import { NOW } from './testApi.ts'

/** Who asks an API in a test, and what they are answered. */

export type Answered = { status: number; headers: Headers; text: string; body: Record<string, never>; error: Problem }
export type Headed = Record<string, string>

export const bearer = (opener: string): Headed => ({ authorization: `Bearer ${opener}` })

/** A request with all that belongs to one. */
export async function ask(
  port: number,
  method: Method,
  path: string,
  headers: Headed = {},
  body?: unknown,
): Promise<Answered> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: method.toUpperCase(),
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'manual',
  })
  const text = await textOf(response)
  const isJson = response.headers.get('content-type')?.includes('json')
  const read = isJson && text !== '' ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, text, body: read, error: read }
}

/** Of a stream, which has no end, nothing. */
export async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  await response.body!.cancel()
  return ''
}

export const somebody = (id: string, more: Partial<Person> = {}): Person => ({
  ...{ id, name: id, roles: ['supervisor'], teams: null, queues: null, agent: null, sso: null, disabled: false },
  ...more,
})

/** They are added, and signed in. */
export async function signedIn(knex: Knex, person: Person): Promise<Headed> {
  await addPerson(knex, person, NOW)
  return bearer((await beginSession(knex, person.id, { address: '127.0.0.1', program: 'test' }, NOW)).opener)
}

export async function withKey(knex: Knex, key: Partial<Key> & Pick<Key, 'id'>): Promise<Headed> {
  const whole = { rights: [], teams: null, queues: null, madeAt: NOW, madeBy: 'test', endsAt: null, ...key }
  return { 'x-api-key': await addKey(knex, whole) }
}
