import type { Knex } from 'knex'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { filingIn, setDisposition } from '../../src/database/dispositions.ts'
import { CALL_ANSWER, MESSAGES_ANSWER } from '../../src/http/answers.ts'
import { CALLBACKS_ANSWER } from '../../src/http/callbackAnswers.ts'
import { AGENTS_ANSWER } from '../../src/http/reportAnswers.ts'
import { promises } from '../report/callbacks.ts'
import { arrives, Centre, ends } from '../report/centre.ts'
import { KEY, NOW, testApi } from './testApi.ts'

const { get, post, knex } = testApi()
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const posts = (path: string, sent: object = {}) => post(path, { 'x-api-key': KEY }, sent)
const day = 'from=2026-11-23&to=2026-11-23'

describe('what came of a talk', () => {
  beforeAll(async () => {
    await knex()('dispositions').insert([
      { queue: '', code: 'sold', name_zh: '成交', name_en: 'Sold' },
      { queue: 'sales', code: 'later', name_zh: '以后再说', name_en: 'Later' },
      { queue: 'support', code: 'mended', name_zh: '已修复', name_en: 'Mended' },
    ])
  })

  it('is kept as it was said last, for the agent who talked, and by whom', async () => {
    expect((await posts('/api/calls/c-1/disposition', { code: 'later', note: 'calls again' })).body).toMatchObject({
      ...{ call: 'c-1', agent: '8001', code: 'later', note: 'calls again', by: 'key:centre' },
    })
    expect((await posts('/api/calls/c-1/disposition', { code: 'sold', agent: '8001' })).body).toMatchObject({
      ...{ code: 'sold', note: 'calls again' },
    })
    const { call } = CALL_ANSWER.parse((await get('/api/calls/c-1')).body)
    expect(call.dispositions).toEqual([
      expect.objectContaining({ agent: '8001', code: 'sold', note: 'calls again', by: 'key:centre' }),
    ])
    expect((await get('/api/calls/c-1?numbers=masked')).text).not.toContain('calls again')
  })

  it('is in the reports, and in CSV', async () => {
    const { agents, total } = AGENTS_ANSWER.parse((await get(`/api/reports/agents?${day}`)).body)
    expect(agents.map(({ agent, dispositions }) => [agent, dispositions])).toContainEqual(['8001', { sold: 1 }])
    expect(total.dispositions).toEqual({ sold: 1 })
    expect((await get(`/api/reports/agents?${day}&format=csv`)).text).toContain('disposition: sold')
    expect((await get(`/api/calls?${day}&format=csv`)).text).toContain('8001: sold (calls again)')
  })

  it('is said by a key of the agent’s phone, for the talk that they had last', async () => {
    const file = filingIn(knex())
    await setDisposition(knex(), { queue: '', code: 'sold', zh: '成交', en: 'Sold', key: 1 })
    await setDisposition(knex(), { queue: '', code: 'other', zh: '其他', en: 'Other', key: 2 })
    await setDisposition(knex(), { queue: 'sales', code: 'later', zh: '以后再说', en: 'Later', key: 2 })
    await setDisposition(knex(), { queue: 'support', code: 'mended', zh: '已修复', en: 'Mended', key: 3 })
    const given = () => knex()('dispositions_given').where({ call_id: 'c-1', agent_id: '8001' }).first()
    // That of the queue counts before that of any.
    expect(await file('8001', 2, NOW)).toBe('filed')
    expect(await given()).toMatchObject({ code: 'later', note: 'calls again', by: null })
    expect(await file('8001', 1, NOW)).toBe('filed')
    expect(await given()).toMatchObject({ code: 'sold', at: new Date(NOW) })
    expect(await file('8001', 3, NOW), 'a key of another queue').toBe('no-key')
    expect(await file('8002', 1, NOW)).toBe('no-talk')
    expect(await given()).toMatchObject({ code: 'sold' })
  })

  it('which is found without a look at all that they have had', async () => {
    const years = await knex().transaction()
    onTestFinished(async () => void (await years.rollback()))
    await years.raw(`insert into legs (id, call_id, agent_id, offered_at, connected_at, ended_at)
      select 'old-' || i, 'old-' || i, '8001', at, at, at
      from (select i, timestamptz '2025-01-01' + make_interval(mins => i) as at from generate_series(1, 20000) as i) as old`)
    await years.raw('analyze legs')
    const asked: { sql: string; bindings: Knex.Value[] }[] = []
    years.on('query', query => asked.push(query))
    expect(await filingIn(years)('8001', 1, NOW)).toBe('filed')
    const { sql, bindings } = asked.find(one => one.sql.includes('from "legs"'))!
    const { rows } = await years.raw(`explain ${sql.replaceAll(/\$\d+/g, '?')}`, bindings)
    const plan = rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('using legs_of_agent')
    expect(plan).not.toContain('Sort')
  })

  it('is refused with a sentence where it cannot be', async () => {
    const refused: [string, object, number, object][] = [
      ['c-1', { code: 'mended' }, 400, { field: 'code', allowed: ['later', 'other', 'sold'] }],
      ['c-1', {}, 400, { field: 'code' }],
      ['c-1', { code: 'sold', note: 'a\u0000b' }, 400, { field: 'note' }],
      ['c-1', { code: 'sold', agent: '8002' }, 409, { id: 'no-talk' }],
      ['c-2', { code: 'sold' }, 409, { id: 'no-talk' }],
      ['none', { code: 'sold' }, 404, { id: 'not-found' }],
    ]
    for (const [call, sent, status, error] of refused)
      expect((await posts(`/api/calls/${call}/disposition`, sent)).error, JSON.stringify(sent)).toMatchObject({
        ...{ status, ...error },
      })
  })
})

describe('what waits for an agent', () => {
  let callback: string
  beforeAll(async () => {
    const centre = await Centre.among(knex())
    for (const [id, queue] of [
      ['asks-1', 'sales'],
      ['asks-2', 'elsewhere'],
    ] as const) {
      arrives(centre, { id, at: nine, caller: '13911112222' })
      const promised = promises(centre, id, { at: nine + 1_000, queue })
      if (queue === 'sales') callback = promised
      ends(centre, id, nine + 2_000, { outcome: 'callback-booked' })
    }
    await centre.save()
    const spoken = { began_at: new Date(nine), ended_at: new Date(nine + 5_000) }
    await knex()('messages').insert([
      { id: 'c-3~message3', call_id: 'c-3', queue: 'sales', ...spoken },
      { id: 'c-2~message3', call_id: 'c-2', queue: 'elsewhere', ...spoken },
    ])
  })
  const waiting = async (agent: string) =>
    MESSAGES_ANSWER.parse((await get(`/api/agents/${agent}/messages`)).body).messages.map(({ id }) => id)

  it('is what concerns the queues that they serve', async () => {
    expect(await waiting('8001')).toEqual(['c-3~message3'])
    expect(await waiting('8002')).toEqual([])
    const { callbacks } = CALLBACKS_ANSWER.parse((await get('/api/agents/8001/callbacks')).body)
    expect(callbacks.map(({ id }) => id)).toEqual([callback])
  })

  it('and is done when somebody says so, with a note', async () => {
    const id = encodeURIComponent('c-3~message3')
    for (const note of ['called back', undefined]) {
      const done = await posts(`/api/messages/${id}/done`, note === undefined ? {} : { note })
      expect(done.body).toEqual({ message: 'c-3~message3', done: true })
    }
    expect(await waiting('8001')).toEqual([])
    expect(await knex()('messages').where({ id: 'c-3~message3' }).first('note')).toEqual({ note: 'called back' })
    expect((await posts('/api/messages/none/done')).error).toMatchObject({ status: 404 })
  })
})
