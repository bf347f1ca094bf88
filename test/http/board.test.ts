import { describe, expect, it } from 'vitest'
import { BOARD_ANSWER, MOVED_ANSWER } from '../../src/http/boardAnswers.ts'
import type { Problem } from '../../src/http/failures.ts'
import { KEY, testApi } from './testApi.ts'

const { get, desks, port } = testApi()

async function move(call: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const headers = { 'x-api-key': KEY, 'content-type': 'application/json' }
  const address = `http://127.0.0.1:${port()}/api/calls/${call}/move`
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

describe('the board', () => {
  it('comes as the schema says, for whoever has the key', async () => {
    expect((await get('/api/board', {})).status).toBe(401)
    const { status, body } = await get('/api/board')
    const { queues, agents, calls, callbacks, at } = BOARD_ANSWER.parse(body)
    expect({ status, at }).toEqual({ status: 200, at: '2026-01-05T20:00:00.000+08:00' })
    expect(queues).toMatchObject([{ queue: 'sales', nameZh: '销售', waiting: 1, staff: { talking: 1 } }])
    expect(agents).toMatchObject([
      { agent: '8001', name: '王芳', team: 'A', state: 'talking', call: 'talk' },
      { agent: '8002', state: 'signed-out', call: null },
    ])
    expect(calls.map(({ call, phase }) => `${call} ${phase}`)).toEqual(['talk talking', 'waiting queued'])
    expect(callbacks).toEqual([])
  })

  it('of a queue or a team, or says which there are', async () => {
    expect(BOARD_ANSWER.parse((await get('/api/board?queue=sales&team=A')).body).agents).toHaveLength(1)
    const queue = await get('/api/board?queue=x')
    expect([queue.status, queue.error]).toEqual([
      400,
      expect.objectContaining({
        field: 'queue',
        allowed: ['sales'],
        detail: 'There is no queue "x" here; there are sales.',
      }),
    ])
    expect((await get('/api/board?team=x')).error).toMatchObject({ field: 'team', allowed: ['A'] })
  })
})

describe('a waiting caller is moved', () => {
  it('and it is answered where they stand now, however often it is asked for', async () => {
    const stands = { call: 'waiting', queue: 'sales', ahead: 0, headStartMs: 60_000, agent: '8001' }
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await move('waiting', { ahead: 60, agent: '8001' })
      expect({ status, body: MOVED_ANSWER.parse(body) }).toEqual({ status: 200, body: stands })
    }
    expect(desks.remembered.filter(({ kind }) => kind === 'PlaceRaised')).toMatchObject([{ by: 'key:centre' }])
  })

  it.each<[string, unknown, number, Partial<Problem>]>([
    ['waiting', {}, 400, { field: 'queue', detail: 'One of queue, ahead and agent must be given at least.' }],
    [
      'waiting',
      { ahead: 'last' },
      400,
      { field: 'ahead', detail: 'ahead must be "first", or a number of seconds from 0 to 86400.' },
    ],
    ['waiting', { place: 1 }, 400, { field: 'place' }],
    ['waiting', { queue: 'x' }, 400, { field: 'queue', allowed: ['sales'] }],
    ['none', { ahead: 'first' }, 404, { id: 'not-found' }],
    ['talk', { ahead: 'first' }, 409, { id: 'not-moved' }],
  ])('or it is said why not: %s %j', async (call, asked, status, problem) => {
    expect(await move(call, asked)).toEqual({ status, body: expect.objectContaining(problem) })
  })
})
