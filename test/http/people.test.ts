import { expect, it } from 'vitest'
import * as answers from '../../src/http/peopleAnswers.ts'
import { ask, bearer, type Headed } from './asker.ts'
import { KEY, testApi } from './testApi.ts'

const api = testApi()
const OWN: Headed = { 'x-api-key': KEY }
const asks = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: unknown, headers = OWN) =>
  ask(api.port(), method, path, headers, body)
const LI = { id: 'li', name: '李娜', roles: ['supervisor', 'agent'], queues: ['sales'], agent: '8001' }
const signIn = async (person: string, password: string) =>
  bearer(
    answers.SIGNED_IN_ANSWER.parse((await asks('post', '/api/session', { person, password, as: 'bearer' }, {})).body)
      .token!,
  )

it('somebody is added, listed, changed, and given a new password', async () => {
  const added = await asks('post', '/api/people', LI)
  const { person, password } = answers.NEW_PERSON_ANSWER.parse(added.body)
  expect([added.status, person]).toEqual([201, { ...LI, teams: null, sso: null, disabled: false }])
  const listed = answers.PEOPLE_ANSWER.parse((await asks('get', '/api/people')).body)
  expect(listed.people).toContainEqual(person)

  const li = await signIn('li', password)
  const changed = await asks('patch', '/api/people/li', { queues: null, name: '李丽' })
  expect(answers.PERSON_ANSWER.parse(changed.body).person).toEqual({ ...person, queues: null, name: '李丽' })
  expect((await asks('get', '/api/session', undefined, li)).body).toMatchObject({ queues: null, agent: '8001' })

  const renewed = answers.PASSWORD_ANSWER.parse((await asks('post', '/api/people/li/password')).body)
  expect((await asks('get', '/api/session', undefined, li)).status).toBe(401)
  expect((await asks('post', '/api/session', { person: 'li', password }, {})).status).toBe(401)
  const again = await signIn('li', renewed.password)
  await asks('patch', '/api/people/li', { disabled: true })
  expect((await asks('get', '/api/session', undefined, again)).status).toBe(401)
})

it('one’s sessions are listed, and revoked one by one or all', async () => {
  const { password } = answers.NEW_PERSON_ANSWER.parse(
    (await asks('post', '/api/people', { ...LI, id: 'tang', agent: null })).body,
  )
  const phone = await signIn('tang', password)
  api.health.laterMs = 1_000
  const desk = await signIn('tang', password)
  const list = async () =>
    answers.SESSIONS_ANSWER.parse((await asks('get', '/api/people/tang/sessions', undefined, desk)).body).sessions
  const sessions = await list()
  expect(sessions).toMatchObject([{ address: '127.0.0.1', program: 'node' }, { endsAt: expect.any(String) }])
  await asks('delete', `/api/people/tang/sessions/${sessions[1]!.id}`, undefined, desk)
  expect((await asks('get', '/api/session', undefined, phone)).status).toBe(401)
  expect(await list()).toEqual(sessions.slice(0, 1))
  expect((await asks('delete', '/api/people/tang/sessions/none')).error).toMatchObject({ status: 404 })
  expect((await asks('delete', '/api/people/tang/sessions')).status).toBe(204)
  expect((await asks('get', '/api/session', undefined, desk)).status).toBe(401)
  api.health.laterMs = 0
  expect((await asks('get', '/api/people/no-one/sessions')).error).toMatchObject({ detail: 'There is nobody no-one.' })
})

it.each([
  ['id', { ...LI, id: 'Li Na' }, /small letters/],
  ['id', { ...LI, id: 'taken', agent: null }, /nobody's yet: there is a taken/],
  ['roles.0', { ...LI, id: 'a', roles: ['boss'] }, /agent, supervisor, manager, administrator/],
  ['roles', { ...LI, id: 'a', roles: [] }, /one at least/],
  ['queues', { ...LI, id: 'a', queues: ['nowhere'] }, /there is no nowhere/],
  ['teams', { ...LI, id: 'a', teams: ['nobodys'] }, /there is no nobodys/],
  ['agent', { ...LI, id: 'a', agent: '9999' }, /there is no 9999/],
  ['agent', { ...LI, id: 'a', agent: '8003' }, /somebody else has it/],
  ['sso', { ...LI, id: 'a', agent: null, sso: 'taken@example.com' }, /somebody else has it/],
])('nobody is added whose %s is amiss: %j', async (field, person, sentence) => {
  await asks('post', '/api/people', { ...LI, id: 'taken', agent: '8003', sso: 'taken@example.com' })
  const { status, error } = await asks('post', '/api/people', person)
  expect([status, error.field, error.detail]).toEqual([400, field, expect.stringMatching(sentence)])
})

it('a key may what it was given, as far as it was given, until its end or its revocation', async () => {
  const made = await asks('post', '/api/keys', { id: 'crm', rights: ['calls:read'], queues: ['support'], days: 1 })
  const { key, opener } = answers.NEW_KEY_ANSWER.parse(made.body)
  expect([made.status, key]).toEqual([
    201,
    {
      ...{ id: 'crm', rights: ['calls:read'], teams: null, queues: ['support'], madeBy: 'key:centre' },
      ...{ madeAt: '2026-11-23T10:00:00.000+08:00', endsAt: '2026-11-24T10:00:00.000+08:00' },
    },
  ])
  const crm = { 'x-api-key': opener }
  expect((await asks('get', '/api/calls', undefined, crm)).status).toBe(200)
  expect((await asks('get', '/api/calls', undefined, bearer(opener))).status).toBe(200)
  expect((await asks('get', '/api/calls', undefined, { cookie: `hotline_session=${opener}` })).status).toBe(200)
  expect((await asks('get', '/api/reports/agents', undefined, crm)).status).toBe(403)
  api.health.laterMs = 86_400_000
  expect((await asks('get', '/api/calls', undefined, crm)).status).toBe(401)
  api.health.laterMs = 0
  expect((await asks('post', '/api/keys', { id: 'crm', rights: [] })).error.field).toBe('id')
  expect(answers.KEYS_ANSWER.parse((await asks('get', '/api/keys')).body).keys).toEqual([key])
  expect(JSON.stringify(await api.knex()('api_keys'))).not.toContain(opener)
  expect((await asks('delete', '/api/keys/crm')).status).toBe(204)
  expect((await asks('get', '/api/calls', undefined, crm)).status).toBe(401)
  expect((await asks('delete', '/api/keys/crm')).error).toMatchObject({ status: 404, detail: 'There is no key crm.' })
})
