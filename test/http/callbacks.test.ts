import { beforeAll, describe, expect, it } from 'vitest'
import { neededNoMore } from '../../src/database/callbacks.ts'
import { CALL_ANSWER } from '../../src/http/answers.ts'
import { CALLBACKS_ANSWER } from '../../src/http/callbackAnswers.ts'
import { promises, triesInVain } from '../report/callbacks.ts'
import { arrives, Centre, ends } from '../report/centre.ts'
import { KEY, testApi } from './testApi.ts'

const { get, post, knex } = testApi()
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const listed = async (query: string) =>
  CALLBACKS_ANSWER.parse((await get(`/api/callbacks?${query}`)).body).callbacks.map(({ id }) => id)
let open: string
let over: string

describe('callbacks', () => {
  beforeAll(async () => {
    const centre = await Centre.among(knex())
    centre.signIn('8002', nine)
    const asks = (id: string, caller: string, queue: string): string => {
      arrives(centre, { id, at: nine + 300_000, caller })
      const callback = promises(centre, id, { at: nine + 301_000, queue })
      ends(centre, id, nine + 302_000, { outcome: 'callback-booked' })
      return callback
    }
    open = asks('cb-open', '13911112222', 'sales')
    over = asks('cb-over', '13733334444', 'support')
    triesInVain(centre, over, '8002', nine + 310_000, { result: 'wrong-number' })
    await centre.save()
  })

  it('come as the schema says, narrowed as asked', async () => {
    expect((await listed('')).sort()).toEqual([open, over].sort())
    expect(await listed('open=true')).toEqual([open])
    expect(await listed('open=false&queue=support')).toEqual([over])
    expect(await listed('queue=support&open=true')).toEqual([])
  })
  it('are those that an agent was offered, where asked so', async () => {
    expect(await listed('agent=8002')).toEqual([over])
    expect(await listed('agent=8001')).toEqual([])
  })
  it('say when they are due, and what came of each try', async () => {
    const { body } = await get('/api/callbacks?open=false')
    expect(body).toMatchObject({
      callbacks: [
        {
          ...{ id: over, call: 'cb-over', dueAt: '2026-11-23T11:05:01.000+08:00', outcome: 'not-reached' },
          tries: [{ at: '2026-11-23T09:05:18.000+08:00', agent: '8002', result: 'wrong-number' }],
        },
      ],
    })
  })
  it('hide numbers where asked to, in their stories as well', async () => {
    expect((await get('/api/callbacks?numbers=masked')).text).not.toMatch(/13733334444|13911112222/)
    const story = await get(`/api/calls/${over}?numbers=masked`)
    CALL_ANSWER.parse(story.body)
    expect(story.text).not.toContain('13733334444')
    expect((await get('/api/calls/cb-over?numbers=masked')).text).not.toContain('13733334444')
  })
  it('are cancelled with a reason, and stay so; one that is over is not', async () => {
    const cancels = (id: string, sent: object = { reason: 'solved by e-mail' }) =>
      post(`/api/callbacks/${id}/cancel`, { 'x-api-key': KEY }, sent)
    expect((await cancels(open, {})).error).toMatchObject({ status: 400, field: 'reason' })
    expect((await cancels('none')).error).toMatchObject({ status: 404, id: 'not-found' })
    expect((await cancels('cb-open')).error, 'a call that is no callback').toMatchObject({ status: 404 })
    expect((await cancels(over)).error).toMatchObject({ status: 409, id: 'callback-over' })
    const { body } = await cancels(open)
    expect(body).toEqual({ callback: open, cancelled: true })
    expect((await cancels(open, { reason: 'again' })).body).toEqual(body)
    const said = { by: 'key:centre', reason: 'solved by e-mail' }
    expect(await neededNoMore(knex())).toEqual([{ id: open, ...said }])
    // What has come of it does not change the answer.
    await knex()('calls').where({ id: open }).update({ phase: 'ended', is_open: false })
    expect((await cancels(open)).body).toEqual(body)
    expect(await neededNoMore(knex())).toEqual([])
  })
  it('are given to nobody without the key, and refuse what cannot be', async () => {
    expect((await get('/api/callbacks', {})).status).toBe(401)
    expect((await get('/api/callbacks?open=maybe')).error).toMatchObject({ field: 'open' })
  })
})
