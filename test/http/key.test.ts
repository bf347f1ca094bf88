import { describe, expect, it } from 'vitest'
import { WRONG_KEYS_A_MINUTE } from '../../src/http/key.ts'
import { KEY, testApi } from './testApi.ts'

const api = testApi()
const { get } = api

const LOCKED = [
  '/api/calls',
  '/api/calls/c-1',
  '/api/calls/c-1/recording',
  '/api/reports/agents',
  '/api/reports/queues',
  '/api/ledger',
  '/api/openapi.json',
  '/metrics',
  '/',
  '/nothing',
]

describe('the key', () => {
  it.each(LOCKED)('%s does not answer without it', async path => {
    const { status, error, headers } = await get(path, {})
    expect(status).toBe(401)
    expect(error).toEqual({ id: 'unauthorised', message: expect.stringContaining('x-api-key') })
    expect(headers.get('www-authenticate')).toBe('Bearer')
  })
  it('opens as x-api-key and as a bearer token', async () => {
    expect((await get('/api/ledger', { 'x-api-key': KEY })).status).toBe(200)
    expect((await get('/api/ledger', { authorization: `Bearer ${KEY}` })).status).toBe(200)
  })
  it.each(['', KEY.slice(1), `${KEY}x`, KEY.toUpperCase()])('"%s" does not open', async wrong => {
    expect((await get('/api/ledger', { 'x-api-key': wrong })).status).toBe(401)
  })
  it('has to wait, even the right one, after too many wrong ones', async () => {
    const other = await api.open(api.database.unreachable())
    for (let i = 0; i < WRONG_KEYS_A_MINUTE; i += 1) await get('/api/ledger', { 'x-api-key': 'guess' }, other)
    const wrong = await get('/api/ledger', { 'x-api-key': 'guess' }, other)
    const right = await get('/api/ledger', undefined, other)
    expect([wrong.status, right.status]).toEqual([429, 429])
    expect(wrong.error!.id).toBe('too-many-tries')
    expect(wrong.headers.get('retry-after')).toBe('60')
    expect((await get('/health/live', {}, other)).status).toBe(200)
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
