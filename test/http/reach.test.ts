import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ApiParts } from '../../src/http/api.ts'
import { routes } from '../../src/http/routes.ts'
import { CALL, narrowToReach } from '../../src/report/reach.ts'
import { type Place, type Reach, reaches } from '../../src/rights/reach.ts'
import { RIGHTS } from '../../src/rights/rights.ts'
import { anAgent } from '../call/given.ts'
import { ask, type Headed, signedIn, somebody, withKey } from './asker.ts'
import { NOW, testApi } from './testApi.ts'

const api = testApi()
const DAY = 'from=2026-11-23&to=2026-11-23'
const get = (path: string, headers: Headed) => ask(api.port(), 'get', path, headers)

beforeAll(async () => {
  const knex = api.knex()
  await knex('agents').where({ id: '8001' }).update({ team: 'north' })
  await knex('agents').where({ id: '8002' }).update({ team: 'south' })
  await knex('queues').insert({ id: 'nothing', name_zh: '', name_en: '' })
  const began = { began_at: new Date(NOW), ended_at: new Date(NOW) }
  await knex('messages').insert({ ...began, id: 'c-2~message7', call_id: 'c-2', queue: 'sales' })
  await knex('low_scores').insert({ call_id: 'c-1', name: 'rating', at: new Date(NOW), score: 1, at_or_under: 2 })
})

const PLACES: [string, string | null, string | null][] = [null, 'sales', 'support'].flatMap(queue =>
  [null, '8001', '8002', '8009'].map((agent): [string, string | null, string | null] => [
    `${queue} ${agent}`,
    queue,
    agent,
  ]),
)
const TEAMS: Record<string, string> = { '8001': 'north', '8002': 'south', '8009': '' }
const BOUNDS = [null, [], ['sales'], ['sales', 'support']].flatMap(queues =>
  [null, [], ['north'], ['north', 'south']].map((teams): Reach => ({ queues, teams })),
)

describe('the rule and its SQL agree on who reaches what:', () => {
  let knex: Knex
  beforeAll(async () => {
    knex = await api.database.fresh()
    await fill(knex)
  })
  it.each(BOUNDS)('%j', async reach => {
    const question = knex('calls').pluck('id')
    narrowToReach(question, reach, CALL)
    const placed = ([, queue, agent]: (typeof PLACES)[number]): Place => ({ queue, team: agent && TEAMS[agent]! })
    const reached = PLACES.filter(place => reaches(reach, placed(place))).map(([id]) => id)
    expect((await question).sort()).toEqual(reached.sort())
  })
})

async function fill(knex: Knex): Promise<void> {
  for (const [agent, team] of Object.entries(TEAMS).slice(0, 2))
    await knex('agents').insert({ id: agent, name: agent, sip_password: 's', team })
  const rest = { seq: 1, phase: 'ended', caller: '', caller_name: '', called: '', flow: '', language: 'zh' }
  for (const [id, queue, agent_id] of PLACES)
    await knex('calls').insert({ ...rest, id, queue, agent_id, arrived_at: new Date(NOW) })
}

describe('whose rights reach nothing', () => {
  const asked = routes({} as ApiParts).filter(
    ({ method, may }) =>
      typeof may !== 'string' &&
      may.some(right => ['calls:read', 'recordings:play', 'reports:read', 'board:read'].includes(right)) &&
      method === 'get',
  )
  it.each(asked.map(({ path }) => path))('finds nothing at %s', async path => {
    const id = path.replaceAll(/\W/g, '')
    const key = await withKey(api.knex(), { id: id.toLowerCase(), rights: RIGHTS, queues: ['nothing'], teams: [] })
    const here = path.replace('/messages/{id}', '/messages/c-2~message7').replace('{id}', 'c-1')
    const period = /reports|survey-answers|calls$/.test(path) ? `?${DAY}` : ''
    const { status, text, error } = await get(`${here}${period}`, key)
    if (path.includes('{')) expect([status, error.detail]).toEqual([404, expect.stringMatching(/^There is no /)])
    else if (path === '/api/ledger') expect(status).toBe(403)
    else expect(status).toBe(200)
    if (status === 200) expect(text).not.toMatch(/"c-|800\d|sales|support|north|south/)
  })
})

it('who reaches one queue sees its calls, page by page, and its figures', async () => {
  const key = await withKey(api.knex(), { id: 'support', rights: RIGHTS, queues: ['support'] })
  const { calls, next } = (await get(`/api/calls?${DAY}&limit=3`, key)).body as never
  expect([(calls as []).length, next]).toEqual([3, expect.any(String)])
  const rest = (await get(`/api/calls?${DAY}&limit=3&after=${next}`, key)).body
  expect(rest).toMatchObject({ calls: [{ queue: 'support' }], next: null })
  const { queues, total } = (await get(`/api/reports/queues?${DAY}`, key)).body as never
  expect(queues).toMatchObject([{ queue: 'support', offered: 4 }])
  expect(total).toMatchObject({ offered: 4, answered: 0 })
  expect((await get('/api/calls/c-1', key)).error).toMatchObject({ status: 404, detail: 'There is no call c-1.' })
  expect((await get('/api/calls/c-none', key)).status).toBe(200)
})

it('who reaches one team sees its agents, and what they did', async () => {
  const [north, south] = await Promise.all(
    ['north', 'south'].map(team => withKey(api.knex(), { id: team, rights: RIGHTS, teams: [team] })),
  )
  const agents = async (key: Headed) => (await get(`/api/reports/agents?${DAY}`, key)).body
  expect(await agents(north!)).toMatchObject({ agents: [{ agent: '8001', team: 'north' }], total: { answered: 1 } })
  expect(await agents(south!)).toMatchObject({ agents: [], total: { answered: 0 } })
  expect((await get('/api/calls/c-1/recording', north!)).status).toBe(200)
  expect((await get('/api/calls/c-1/recording', south!)).status).toBe(404)
  expect((await get(`/api/low-scores`, south!)).body).toEqual({ lowScores: [] })
})

it('nobody answers a call that they do not reach, sends it on, or sends one where they do not reach, but at their own phone', async () => {
  const { board } = api.desks
  board.setAgent(anAgent('8003', { team: 'south' }))
  const [support, sales] = await Promise.all(
    ['support', 'sales'].map(id => withKey(api.knex(), { id: `${id}-desk`, rights: RIGHTS, queues: [id] })),
  )
  const own = await signedIn(api.knex(), somebody('bound', { agent: '8003', queues: ['support'] }))
  const post = (path: string, key: Headed, sent: object = {}) => ask(api.port(), 'post', path, key, sent)
  const sendsOn = (key: Headed, queue: string) => post('/api/calls/waiting/deflect-call', key, { from: '8003', queue })
  board.offer(true)
  expect(board.agents.get('8003')).toMatchObject({ state: 'ringing', call: 'waiting' })
  expect((await sendsOn(support!, 'support')).error).toMatchObject({
    ...{ status: 404, detail: 'There is no call waiting, or it is over.' },
  })
  expect((await sendsOn(sales!, 'support')).error).toMatchObject({ status: 400, field: 'queue', allowed: ['sales'] })
  expect((await post('/api/agents/8003/answer', support!)).error).toMatchObject({ status: 409, id: 'nothing-rings' })
  expect(api.desks.pickedUp).toEqual([])
  expect((await post('/api/agents/8003/answer', sales!)).status).toBe(200)
  expect((await post('/api/agents/8003/answer', own)).status).toBe(200)
  expect((await sendsOn(own, 'sales')).status).toBe(200)
})

it('nobody acts on a call that they do not reach, nor sets rights for others while bound themselves', async () => {
  const key = await withKey(api.knex(), { id: 'bound', rights: RIGHTS, queues: ['support'] })
  for (const act of ['survey', 'hold-call', 'clear-connection']) {
    const { error } = await ask(api.port(), 'post', `/api/calls/talk/${act}`, key)
    expect(error).toMatchObject({ status: 404, detail: 'There is no call talk.' })
  }
  for (const path of ['/api/people', '/api/keys', '/api/audit'])
    expect((await get(path, key)).error).toMatchObject({ status: 403, id: 'forbidden' })
  const id = { id: 'mine', rights: ['people:set'] }
  expect((await ask(api.port(), 'post', '/api/keys', key, id)).status).toBe(403)
})
