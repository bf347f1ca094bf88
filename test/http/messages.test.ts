import { describe, expect, it } from 'vitest'
import * as answers from '../../src/http/answers.ts'
import { KEY, testApi } from './testApi.ts'

const { get, knex } = testApi()

describe('messages that callers have left', () => {
  it('come as the schema says, narrowed as asked, and their numbers hidden where asked to', async () => {
    const nine = new Date('2026-11-23T09:00:00+08:00')
    const row = { call_id: 'c-2', queue: 'sales', began_at: nine, ended_at: new Date(nine.getTime() + 7_000) }
    await knex()('messages').insert([
      { ...row, id: 'c-2~message7' },
      { ...row, id: 'c-2~message9', done_at: new Date(nine.getTime() + 60_000), note: 'called back' },
    ])
    const listed = async (query: string) =>
      answers.MESSAGES_ANSWER.parse((await get(`/api/messages?${query}`)).body).messages
    expect(await listed('done=false')).toMatchObject([
      { id: 'c-2~message7', call: 'c-2', queue: 'sales', leftAt: '2026-11-23T09:00:00.000+08:00', ms: 7_000 },
    ])
    expect(await listed('done=true')).toMatchObject([{ note: 'called back', doneAt: '2026-11-23T09:01:00.000+08:00' }])
    expect(await listed('queue=support')).toEqual([])
    expect((await listed('')).map(({ caller }) => caller)).toEqual(['+8613911112222', '+8613911112222'])
    expect((await get('/api/messages?numbers=masked')).text).not.toContain('13911112222')
  })

  it('that cannot be heard say why', async () => {
    const { status, error } = await get('/api/messages/none/recording')
    expect({ status, error }).toMatchObject({ status: 404, error: { detail: 'There is no message none.' } })
  })

  it('are given to nobody without the key', async () => {
    expect((await get('/api/messages', {})).status).toBe(401)
    expect((await get('/api/messages?done=maybe', { 'x-api-key': KEY })).error).toMatchObject({ field: 'done' })
  })
})
