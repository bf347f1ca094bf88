import { expect, it } from 'vitest'
import { LOCKED_MINUTES } from '../../src/database/lock.ts'
import { addPerson, WRONG_PASSWORDS_AT_MOST } from '../../src/database/people.ts'
import { SESSION_MS } from '../../src/database/sessions.ts'
import { sweepPeople } from '../../src/database/sweep.ts'
import * as answers from '../../src/http/peopleAnswers.ts'
import { ask, bearer, somebody } from './asker.ts'
import { NOW, testApi } from './testApi.ts'

const api = testApi()
const asks = (...asked: Parameters<typeof ask> extends [number, ...infer Rest] ? Rest : never) =>
  ask(api.port(), ...asked)
const add = (id: string, more = {}) => addPerson(api.knex(), somebody(id, more), NOW)
const signIn = (person: string, password: string, more = {}) =>
  asks('post', '/api/session', {}, { person, password, ...more })

it('who signs in with a bearer token is who they are until they sign out', async () => {
  const password = await add('li', { roles: ['manager'], queues: ['sales'] })
  const { status, body } = await signIn('li', password, { as: 'bearer' })
  const { token, ...signedIn } = answers.SIGNED_IN_ANSWER.parse(body)
  expect([status, signedIn]).toMatchObject([
    200,
    { name: 'person:li', queues: ['sales'], teams: null, csrfToken: null, endsAt: '2026-11-23T22:00:00.000+08:00' },
  ])
  const me = answers.ME_ANSWER.parse((await asks('get', '/api/session', bearer(token!))).body)
  expect(me).toMatchObject({ name: 'person:li', person: { id: 'li', roles: ['manager'] } })
  expect(me.rights).toContain('numbers:whole')
  expect((await asks('delete', '/api/session', bearer(token!))).status).toBe(204)
  expect((await asks('get', '/api/session', bearer(token!))).status).toBe(401)
})

it('a cookie is no script’s and no other site’s, and changes nothing without the token that only our pages can read', async () => {
  const { headers, body } = await signIn('chen', await add('chen'))
  const given = headers.get('set-cookie')!
  expect(given).toMatch(/^hotline_session=hs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  const { csrfToken, token } = answers.SIGNED_IN_ANSWER.parse(body)
  expect(token).toBeNull()
  const cookie = { cookie: `other=1; ${given.split(';')[0]}` }
  expect(answers.ME_ANSWER.parse((await asks('get', '/api/session', cookie)).body).csrfToken).toBe(csrfToken)
  for (const forged of [{}, { 'x-csrf-token': 'x' }, { 'x-csrf-token': given.slice(16, 62) }]) {
    const refused = await asks('delete', '/api/session', { ...cookie, ...forged })
    expect([refused.status, refused.error.id]).toEqual([403, 'csrf'])
  }
  const signedOut = await asks('delete', '/api/session', { ...cookie, 'x-csrf-token': csrfToken! })
  expect([signedOut.status, signedOut.headers.get('set-cookie')]).toEqual([
    204,
    expect.stringContaining('hotline_session=; '),
  ])
  expect((await asks('get', '/api/session', cookie)).status).toBe(401)
})

it('over TLS the cookie is sent over nothing else', async () => {
  const password = await add('zhou')
  const { headers } = await asks('post', '/api/session', { 'x-forwarded-proto': 'https' }, { person: 'zhou', password })
  expect(headers.get('set-cookie')).toContain('; Secure; SameSite=Strict')
})

it('a wrong name and a wrong password are told alike, and so many lock the name, also for many tries at once', async () => {
  const password = await add('wu')
  const nobody = await signIn('no-one', 'guess')
  const tries = await Promise.all(Array.from({ length: WRONG_PASSWORDS_AT_MOST }, (_, i) => signIn('wu', `guess ${i}`)))
  expect(nobody.error).toMatchObject({ status: 401, id: 'wrong-password' })
  for (const { error } of tries) expect(error).toEqual(nobody.error)
  expect((await signIn('wu', password)).error).toEqual(nobody.error)
  expect(api.logged.join('')).toContain('"person":"wu"')
  api.health.laterMs = LOCKED_MINUTES * 60_000
  expect((await signIn('wu', 'guess')).status).toBe(401)
  expect((await signIn('wu', password)).status).toBe(200)
  api.health.laterMs = 0
})

it('nobody whose name is disabled is let in, nor stays', async () => {
  const password = await add('sun')
  const { body } = await signIn('sun', password, { as: 'bearer' })
  const { token } = answers.SIGNED_IN_ANSWER.parse(body)
  await api.knex()('people').where({ id: 'sun' }).update({ disabled: true })
  expect((await asks('get', '/api/session', bearer(token!))).status).toBe(401)
  expect((await signIn('sun', password)).status).toBe(401)
})

it('a session ends by itself, and is then swept', async () => {
  const { body } = await signIn('qian', await add('qian'), { as: 'bearer' })
  const { token } = answers.SIGNED_IN_ANSWER.parse(body)
  api.health.laterMs = SESSION_MS - 1
  expect((await asks('get', '/api/session', bearer(token!))).status).toBe(200)
  api.health.laterMs = SESSION_MS
  expect((await asks('get', '/api/session', bearer(token!))).status).toBe(401)
  api.health.laterMs = 0
  const held = () => api.knex()('sessions').where({ person_id: 'qian' })
  await sweepPeople(api.knex(), NOW + SESSION_MS - 1)
  expect(await held()).toHaveLength(1)
  await sweepPeople(api.knex(), NOW + SESSION_MS)
  expect(await held()).toHaveLength(0)
})

it('whoever chooses a password of their own must know the old one, and signs in anew everywhere', async () => {
  const password = await add('zheng')
  const { body } = await signIn('zheng', password, { as: 'bearer' })
  const mine = bearer(answers.SIGNED_IN_ANSWER.parse(body).token!)
  const choose = (current: string, chosen: string) =>
    asks('post', '/api/session/password', mine, { currentPassword: current, password: chosen })
  expect((await choose(password, 'short')).error).toMatchObject({ status: 400, field: 'password' })
  expect((await choose('guess', 'correct horse battery')).status).toBe(401)
  expect((await choose(password, 'correct horse battery')).status).toBe(204)
  expect((await asks('get', '/api/session', mine)).status).toBe(401)
  expect((await signIn('zheng', password)).status).toBe(401)
  expect((await signIn('zheng', 'correct horse battery')).status).toBe(200)
})

it('no password and nothing that opens is in the log, the audit log or the tables', async () => {
  const password = await add('feng')
  const { body } = await signIn('feng', password, { as: 'bearer' })
  const { token } = answers.SIGNED_IN_ANSWER.parse(body)
  await asks('get', '/api/session', bearer(token!))
  const chosen = { currentPassword: password, password: 'correct horse battery' }
  const headers = { ...bearer(token!), 'idempotency-key': 'chosen' }
  expect((await asks('post', '/api/session/password', headers, chosen)).status).toBe(204)
  const kept: string[] = [api.logged.join('')]
  for (const table of ['people', 'sessions', 'audit_log', 'idempotency_keys'])
    kept.push(JSON.stringify(await api.knex()(table)))
  expect(kept.join('')).toContain('feng')
  for (const secret of [password, chosen.password, token!]) expect(kept.join('')).not.toContain(secret)
})
