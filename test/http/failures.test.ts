import { describe, expect, it } from 'vitest'
import { serve } from '../../src/http/serve.ts'
import { KEY, testApi } from './testApi.ts'

const api = testApi()
const { get } = api

describe('when things break', () => {
  it('a database that is away is 503, without a stack', async () => {
    const away = api.database.unreachable()
    const other = await api.open(away)
    const { status, text, error } = await get('/api/ledger', undefined, other)
    expect([status, error!.id]).toEqual([503, 'database-away'])
    expect(text).not.toMatch(/stack|\.ts|node_modules/)
    await other.stop()
    await away.destroy()
  })
  it('a failure of our own tells nothing of our inside, and is logged', async () => {
    const broken = await api.database.fresh()
    await broken.raw('drop table calls cascade')
    const other = await api.open(broken)
    const { status, text } = await get('/api/calls?caller=13800138000', undefined, other)
    expect([status, text]).toEqual([500, expect.stringContaining('the log of the service says what')])
    expect(text).not.toContain('calls"')
    expect(api.logged.join('')).toContain('a request failed')
    expect(api.logged.join('')).not.toContain('13800138000')
    await other.stop()
  })
  it('a port in use is said plainly', async () => {
    await expect(serve(() => {}, '127.0.0.1', api.port())).rejects.toThrow(`port ${api.port()}: it is in use`)
  })
})

describe('the log', () => {
  it('knows routes and results, not callers', async () => {
    await get('/api/calls?caller=13800138000')
    await get('/api/calls/13800138000', { 'x-api-key': 'wrong-key' })
    const lines = api.logged.join('')
    expect(lines).toContain('GET /api/calls')
    expect(lines).not.toContain('13800138000')
    expect(lines).not.toContain('wrong-key')
    expect(lines).not.toContain(KEY)
  })
})
