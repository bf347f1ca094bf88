import { describe, expect, it } from 'vitest'
import { WRONG_KEYS_A_MINUTE } from '../../src/http/key.ts'
import { KEY, testApi } from './testApi.ts'

const api = testApi()
const { get } = api

const DESCRIPTION = '/api/openapi.json'

const LOCKED = [
  '/api/calls',
  '/api/calls/c-1',
  '/api/calls/c-1/recording',
  '/api/reports/agents',
  '/api/reports/queues',
  '/api/ledger',
  '/api/low-scores',
  '/api/survey-answers',
  '/api/comments/c-1/recording',
  '/api/openapi.json',
  '/metrics',
  '/',
  '/nothing',
]

describe('the key', () => {
  it.each(LOCKED)('%s does not answer without it', async path => {
    const { status, error, headers } = await get(path, {})
    expect(status).toBe(401)
    expect(error).toEqual({
      ...{ type: 'urn:hotline:unauthorised', title: 'Unauthorized', status: 401, id: 'unauthorised' },
      detail: expect.stringContaining('x-api-key'),
    })
    expect(headers.get('www-authenticate')).toBe('Bearer')
  })
  it('opens as x-api-key and as a bearer token', async () => {
    expect((await get('/api/ledger', { 'x-api-key': KEY })).status).toBe(200)
    expect((await get('/api/ledger', { authorization: `Bearer ${KEY}` })).status).toBe(200)
  })
  it.each(['', KEY.slice(1), `${KEY}x`, KEY.toUpperCase()])('"%s" does not open', async wrong => {
    expect((await get('/api/ledger', { 'x-api-key': wrong })).status).toBe(401)
  })
  it('opens also after too many wrong ones, which have to wait', async () => {
    const other = await api.open(api.database.unreachable())
    const guess = { 'x-api-key': 'guess' }
    for (let i = 0; i < WRONG_KEYS_A_MINUTE; i += 1) expect((await get(DESCRIPTION, guess, other)).status).toBe(401)
    const wrong = await get(DESCRIPTION, guess, other)
    expect(wrong.status).toBe(429)
    expect(wrong.error!.id).toBe('too-many-tries')
    expect(wrong.headers.get('retry-after')).toBe('60')
    expect((await get(DESCRIPTION, undefined, other)).status).toBe(200)
    expect((await get('/health/live', {}, other)).status).toBe(200)
    await other.stop()
  })
  it('is counted for each address by itself behind a proxy on this machine', async () => {
    const other = await api.open(api.database.unreachable())
    const guessFrom = (address: string) =>
      get(DESCRIPTION, { 'x-api-key': 'guess', 'x-forwarded-for': address }, other).then(({ status }) => status)
    for (let i = 0; i < WRONG_KEYS_A_MINUTE; i += 1) await guessFrom('198.51.100.1')
    expect(await guessFrom('198.51.100.1')).toBe(429)
    expect(await guessFrom('198.51.100.2')).toBe(401)
    await other.stop()
  })
  it('is not used up by right ones, however many at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => get('/api/openapi.json')))
    expect(new Set(all.map(answer => answer.status))).toEqual(new Set([200]))
  })
})

describe('health', () => {
  it('lives without the key', async () => {
    expect((await get('/health/live', {})).body).toEqual({ alive: true })
  })
  it('is 503 while a part is away', async () => {
    expect((await get('/health/ready', {})).status).toBe(200)
    api.health.ready = false
    const { status, body } = await get('/health/ready', {})
    api.health.ready = true
    expect([status, body]).toEqual([503, { ready: false, parts: { database: 'away' } }])
  })
})
