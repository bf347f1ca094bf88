import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { addPerson } from '../../src/database/people.ts'
import { beginSession } from '../../src/database/sessions.ts'
import type { ApiParts } from '../../src/http/api.ts'
import type { Route } from '../../src/http/route.ts'
import { routes } from '../../src/http/routes.ts'
import { ROLES, type Role } from '../../src/rights/rights.ts'
import { aTalkAndItsActs } from '../switchboard/aTalk.ts'
import { ask, bearer, type Headed, somebody, withKey } from './asker.ts'
import { KEY, NOW, testApi } from './testApi.ts'

/** Who may ask what. `own`: about themselves, and about nobody else. */
type Verdict = 'yes' | 'no' | 'own'

/** A new endpoint has no row here, and fails until somebody has said who may. In the order of ROLES. */
const TABLE: Record<string, [agent: Verdict, supervisor: Verdict, manager: Verdict, administrator: Verdict]> = {
  'get /api/calls': ['no', 'yes', 'yes', 'no'],
  'get /api/calls/{id}': ['no', 'yes', 'yes', 'no'],
  'get /api/calls/{id}/recording': ['no', 'yes', 'yes', 'no'],
  'post /api/calls/{id}/survey': ['no', 'yes', 'no', 'no'],
  'get /api/calls/{id}/talk': ['own', 'yes', 'yes', 'no'],
  'post /api/calls/{id}/hold-call': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/retrieve-call': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/alternate-call': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/conference-call': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/transfer-call': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/clear-connection': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/consultation-call': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/single-step-transfer': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/deflect-call': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/parties': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/generate-digits': ['own', 'own', 'no', 'no'],
  'delete /api/calls/{id}/parties/{party}': ['own', 'own', 'no', 'no'],
  'patch /api/calls/{id}/parties/{party}': ['own', 'own', 'no', 'no'],
  'get /api/messages': ['no', 'yes', 'yes', 'no'],
  'get /api/messages/{id}/recording': ['no', 'yes', 'yes', 'no'],
  'get /api/callbacks': ['no', 'yes', 'yes', 'no'],
  'post /api/callbacks/{id}/cancel': ['yes', 'yes', 'no', 'no'],
  'get /api/survey-answers': ['no', 'yes', 'yes', 'no'],
  'get /api/comments/{id}/recording': ['no', 'yes', 'yes', 'no'],
  'get /api/low-scores': ['no', 'yes', 'yes', 'no'],
  'get /api/reports/agents': ['no', 'yes', 'yes', 'yes'],
  'get /api/reports/queues': ['no', 'yes', 'yes', 'yes'],
  'get /api/reports/surveys': ['no', 'yes', 'yes', 'yes'],
  'get /api/ledger': ['no', 'yes', 'yes', 'yes'],
  'get /api/session': ['yes', 'yes', 'yes', 'yes'],
  'delete /api/session': ['yes', 'yes', 'yes', 'yes'],
  'post /api/session/password': ['yes', 'yes', 'yes', 'yes'],
  'get /api/people': ['no', 'no', 'no', 'yes'],
  'post /api/people': ['no', 'no', 'no', 'yes'],
  'patch /api/people/{id}': ['no', 'no', 'no', 'yes'],
  'post /api/people/{id}/password': ['no', 'no', 'no', 'yes'],
  'get /api/people/{id}/sessions': ['own', 'own', 'own', 'yes'],
  'delete /api/people/{id}/sessions': ['own', 'own', 'own', 'yes'],
  'delete /api/people/{id}/sessions/{session}': ['own', 'own', 'own', 'yes'],
  'get /api/keys': ['no', 'no', 'no', 'yes'],
  'post /api/keys': ['no', 'no', 'no', 'yes'],
  'delete /api/keys/{id}': ['no', 'no', 'no', 'yes'],
  'get /api/bans': ['no', 'no', 'no', 'yes'],
  'delete /api/bans/{address}': ['no', 'no', 'no', 'yes'],
  'get /api/audit': ['no', 'no', 'no', 'yes'],
  'get /api/calls/{id}/legs/{leg}/recording': ['no', 'yes', 'yes', 'no'],
  'get /api/calls/{id}/pop': ['own', 'yes', 'yes', 'no'],
  'post /api/calls/{id}/disposition': ['own', 'yes', 'no', 'no'],
  'post /api/calls/{id}/recording/pause': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/recording/resume': ['own', 'own', 'no', 'no'],
  'post /api/calls/{id}/supervision': ['no', 'yes', 'no', 'no'],
  'patch /api/calls/{id}/supervision': ['no', 'yes', 'no', 'no'],
  'delete /api/calls/{id}/supervision': ['no', 'yes', 'no', 'no'],
  'post /api/calls/{id}/take-over': ['no', 'yes', 'no', 'no'],
  'post /api/calls/{id}/force-clear': ['no', 'yes', 'no', 'no'],
  'post /api/calls/{id}/move': ['no', 'yes', 'no', 'no'],
  'get /api/agents/{id}': ['own', 'yes', 'yes', 'yes'],
  'post /api/agents/{id}/state': ['own', 'yes', 'no', 'no'],
  'post /api/agents/{id}/calls': ['own', 'own', 'no', 'no'],
  'post /api/agents/{id}/answer': ['own', 'own', 'no', 'no'],
  'post /api/agents/{id}/wrap-up': ['own', 'yes', 'no', 'no'],
  'get /api/agents/{id}/messages': ['own', 'yes', 'yes', 'no'],
  'get /api/agents/{id}/callbacks': ['own', 'yes', 'yes', 'no'],
  'post /api/messages/{id}/done': ['yes', 'yes', 'no', 'no'],
  'get /api/agents/{id}/words': ['own', 'yes', 'no', 'no'],
  'post /api/agents/{id}/words/{word}/seen': ['own', 'yes', 'no', 'no'],
  'post /api/agents/{id}/word': ['no', 'yes', 'no', 'no'],
  'post /api/words': ['no', 'yes', 'no', 'no'],
  'get /api/board': ['no', 'yes', 'yes', 'yes'],
  'get /api/events': ['yes', 'yes', 'yes', 'yes'],
  'get /api/webhooks': ['no', 'no', 'no', 'yes'],
  'post /api/webhooks': ['no', 'no', 'no', 'yes'],
  'patch /api/webhooks/{id}': ['no', 'no', 'no', 'yes'],
  'delete /api/webhooks/{id}': ['no', 'no', 'no', 'yes'],
  'get /api/webhooks/{id}/dead': ['no', 'no', 'no', 'yes'],
  'post /api/webhooks/{id}/replay': ['no', 'no', 'no', 'yes'],
  'get /metrics': ['no', 'no', 'no', 'yes'],
}
/** Whoever asks is answered, or told by the answer itself that they are not who they say. */
const OPEN = [
  ...['get /health/live', 'get /health/ready', 'post /api/session'],
  ...['get /api/session/oidc', 'get /api/session/oidc/answer'],
]

const api = testApi()
const all = routes({} as ApiParts)
const nameOf = ({ method, path }: Route): string => `${method} ${path}`
const locked = all.filter(route => !OPEN.includes(nameOf(route)))

/** Anew for each question: one of them ends the talk. */
let desks = aTalkAndItsActs()
let port: number

beforeAll(async () => {
  const acts = new Proxy(desks.acts, { get: (_, name) => Reflect.get(desks.acts, name) })
  const serving = await api.open(api.knex(), { acts })
  port = serving.port
  afterAll(() => serving.stop())
  for (const role of ROLES) await addPerson(api.knex(), somebody(role, { roles: [role] }), NOW)
})

/** Whose talk it is, is looked at only where it is said what is to be done with it. */
const SAID: Record<string, object> = {
  'post /api/calls/{id}/consultation-call': { agent: '8002' },
  'post /api/calls/{id}/single-step-transfer': { queue: 'sales' },
  'post /api/calls/{id}/deflect-call': { queue: 'sales', from: '8001' },
  'post /api/calls/{id}/parties': { agent: '8002' },
  'patch /api/calls/{id}/parties/{party}': { muted: true },
  'post /api/calls/{id}/generate-digits': { digits: '1' },
  'post /api/calls/{id}/disposition': { code: 'none', agent: '8001' },
  'post /api/calls/{id}/recording/pause': { reason: 'card number' },
  'post /api/agents/{id}/state': { state: 'ready' },
  'post /api/agents/{id}/calls': { number: '12' },
  'post /api/agents/{id}/wrap-up': { end: true },
}

const isAgent = (role: Role, agent_id: string | null) => api.knex()('people').where({ id: role }).update({ agent_id })

/** Anew for each question: one of them ends sessions. */
const as = async (role: Role): Promise<Headed> =>
  bearer((await beginSession(api.knex(), role, { address: '', program: '' }, NOW)).opener)

const OF_THE_TALK = [
  ['/api/calls/', 'talk'],
  ['/api/agents/', '8001'],
] as const

/** Of what is about a person, theirs; of a talk, that of agent 8001. Most bodies hold nothing: whoever may is told what is amiss. */
async function refused(route: Route, headers: Headed, own = 'nobody-s'): Promise<number | 'no'> {
  desks = aTalkAndItsActs()
  const id = OF_THE_TALK.find(([under]) => route.path.startsWith(under))?.[1] ?? own
  const path = route.path
    .replace('{id}', id)
    .replace('{word}', '1')
    .replace(/\{\w+\}/, 'none')
  const { status, error } = await ask(port, route.method, path, headers, route.body && (SAID[nameOf(route)] ?? {}))
  expect(status, `${nameOf(route)}: ${error?.detail}`).toBeLessThan(500)
  return [401, 403].includes(status) ? status : 'no'
}

test('every endpoint has its row, and no row is of none', () => {
  expect(all.map(nameOf).sort()).toEqual([...Object.keys(TABLE), ...OPEN].sort())
})

describe.each(locked.map(route => [nameOf(route), route] as const))('%s', (name, route) => {
  it.each(ROLES.map((role, i) => [role, TABLE[name]?.[i]] as const))('as %s: %s', async (role, verdict) => {
    const others = await refused(route, await as(role))
    expect(others).toBe(verdict === 'yes' ? 'no' : 403)
    if (verdict !== 'own') return
    await isAgent(role, '8001')
    expect(await refused(route, await as(role), role)).toBe('no')
    await isAgent(role, '8002')
    if (!route.path.startsWith('/api/people/')) expect(await refused(route, await as(role), role)).toBe(403)
    await isAgent(role, null)
  })
  it('opens to the centre’s key, and to nobody without one', async () => {
    expect(await refused(route, { 'x-api-key': KEY })).toBe('no')
    // Wrong keys are counted for each address.
    const elsewhere = { 'x-forwarded-for': `198.51.100.${locked.indexOf(route)}` }
    expect(await refused(route, elsewhere)).toBe(401)
  })
})

it('a key without a right may ask who it is, and no more', async () => {
  const key = await withKey(api.knex(), { id: 'bare' })
  const known = locked.filter(({ may }) => may === 'known').map(nameOf)
  for (const route of locked) {
    const mayNot = await refused(route, key)
    const isOwn = TABLE[nameOf(route)]!.includes('own')
    expect(mayNot, nameOf(route)).toBe(known.includes(nameOf(route)) && !isOwn ? 'no' : 403)
  }
})

it.each(['get /api/calls', 'get /api/calls/{id}', 'get /api/messages', 'get /api/callbacks'])(
  '%s: numbers are whole for managers, masked for supervisors, who may not ask for more',
  async name => {
    const path = name.slice('get '.length).replace('{id}', 'c-2')
    const [whole, hidden] = await Promise.all([as('manager'), as('supervisor')])
    await api
      .knex()('messages')
      .insert({ ...MESSAGE })
      .onConflict('id')
      .ignore()
    await api
      .knex()('calls')
      .insert({ ...CALLBACK })
      .onConflict('id')
      .ignore()
    const asking = (headers: Headed, more = '') => ask(port, 'get', `${path}${more}`, headers)
    expect((await asking(whole)).text).toContain('13911112222')
    expect((await asking(whole, '?numbers=masked')).text).not.toContain('13911112222')
    const { text } = await asking(hidden)
    expect(text).toMatch(/\*{4}2222/)
    expect(text).not.toContain('13911112222')
    const more = await asking(hidden, '?numbers=whole')
    expect([more.status, more.error.id]).toEqual([403, 'forbidden'])
  },
)

it('nobody who may not see numbers is told whether a number has called', async () => {
  const asked = '/api/calls?caller=%2B8613911112222'
  expect((await ask(port, 'get', asked, await as('manager'))).body.calls).toHaveLength(1)
  expect((await ask(port, 'get', asked, await as('supervisor'))).status).toBe(403)
})

it('a role that is taken away is gone with the next request', async () => {
  const headers = await as('manager')
  expect((await ask(port, 'get', '/api/calls', headers)).status).toBe(200)
  const roles = { roles: ['agent'] }
  const changed = await ask(port, 'patch', '/api/people/manager', await as('administrator'), roles)
  expect(changed.body).toMatchObject({ person: { id: 'manager', roles: ['agent'], name: 'manager' } })
  expect((await ask(port, 'get', '/api/calls', headers)).status).toBe(403)
})

const MESSAGE = { id: 'c-2~m', call_id: 'c-2', queue: 'sales', began_at: new Date(NOW), ended_at: new Date(NOW) }
const CALLBACK = {
  ...{ id: 'cb-1', seq: 1, phase: 'scheduled', direction: 'callback', caller: '+8613911112222', caller_name: '' },
  ...{ called: '', flow: '', language: 'zh', arrived_at: new Date(NOW), queue: 'sales' },
  callback: JSON.stringify({
    of: 'c-2',
    because: 'wait',
    promisedAt: NOW,
    promisedUntil: NOW,
    tries: [],
    messages: [],
  }),
}
