import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/http/failures.ts'
import { KEY, testApi } from './testApi.ts'

const { desks, get, port } = testApi()

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port()}${path}`, {
    method,
    headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const problem = async (...asked: Parameters<typeof ask>): Promise<Partial<Problem>> => {
  const { status, body } = await ask(...asked)
  expect(status).toBe((body as Problem).status)
  return body as Problem
}

describe('call control', () => {
  it('shows the talk, holds it, and lets it go on', async () => {
    const talk = {
      call: 'talk',
      phase: 'talking',
      agent: '8001',
      callerHeld: false,
      callerGone: false,
      recordingPaused: false,
      parties: [],
    }
    expect((await get('/api/calls/talk/talk')).body).toEqual({ ...talk, supervisors: [] })
    expect(await ask('POST', '/api/calls/talk/hold-call')).toEqual({ status: 200, body: { ...talk, callerHeld: true } })
    expect(await ask('POST', '/api/calls/talk/retrieve-call')).toEqual({ status: 200, body: talk })
  })
  it('says what is wrong with a body, and names the field', async () => {
    expect(await problem('POST', '/api/calls/talk/consultation-call', {})).toMatchObject({
      ...{ status: 400, id: 'bad-input', field: 'body', detail: 'The body must name one destination, and names none.' },
    })
    expect(
      await problem('POST', '/api/calls/talk/single-step-transfer', { agent: '8001', queue: 'sales' }),
    ).toMatchObject({ status: 400, detail: 'The body must name one destination, and names agent and queue.' })
    expect(await problem('POST', '/api/calls/talk/consultation-call', { queue: 'sales' })).toMatchObject({
      ...{ status: 400, field: 'queue', allowed: ['agent', 'number'] },
    })
    expect(await problem('POST', '/api/calls/talk/consultation-call', '{"agent":')).toMatchObject({
      ...{ status: 400, id: 'bad-request' },
    })
    expect(await problem('PATCH', '/api/calls/talk/parties/x', { muted: 'yes' })).toMatchObject({ field: 'muted' })
  })
  it('sends tones, which are kept nowhere', async () => {
    expect(await ask('POST', '/api/calls/talk/generate-digits', { digits: '12#' })).toMatchObject({ status: 200 })
    expect(desks.done.at(-1)).toEqual({ do: 'send-digits', channel: 'talk', digits: '12#' })
    expect(await problem('POST', '/api/calls/talk/generate-digits', { digits: '12a' })).toMatchObject({
      field: 'digits',
    })
  })
  it('says why not, by an id that stays', async () => {
    expect(await problem('POST', '/api/calls/none/hold-call')).toMatchObject({ status: 404, id: 'not-found' })
    expect(await problem('POST', '/api/calls/waiting/hold-call')).toMatchObject({ status: 409, id: 'no-talk' })
    expect(await problem('POST', '/api/calls/talk/transfer-call')).toMatchObject({
      status: 409,
      id: 'nobody-consulted',
    })
    expect(await problem('DELETE', '/api/calls/talk/parties/none')).toMatchObject({ status: 409, id: 'no-such-party' })
  })
})
