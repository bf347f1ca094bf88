import type { Knex } from 'knex'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Connecting, connectDatabase } from '../../src/database/connect.ts'
import { serve } from '../../src/http/serve.ts'
import { Wire } from '../phones/wire.ts'
import { KEY, testApi } from './testApi.ts'

const api = testApi()
const { get } = api
const WIRE = 28_935
const urlOf = (knex: Knex): string => knex.client.config.connection.connectionString

/** The API over a wire to a database of its own. */
async function overWire(options: Connecting = {}) {
  const { wire, url } = await Wire.before(urlOf(await api.database.fresh()), WIRE)
  const reports = connectDatabase(url.href, options)
  const over = await api.open(reports)
  onTestFinished(async () => {
    await over.stop()
    await wire.close()
    await reports.destroy()
  })
  return { wire, over }
}

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
  it('a database that falls silent when a connection to it is up is 503', async () => {
    const { wire, over } = await overWire({ answerWithinMs: 2_000 })
    expect((await get('/api/ledger', undefined, over)).status).toBe(200)
    await wire.cut('silently')
    const { status, error } = await get('/api/ledger', undefined, over)
    expect([status, error!.id]).toEqual([503, 'database-away'])
  })
  it('a database that does not let us in is 503, and not too many reports', async () => {
    const { wire, over } = await overWire()
    await wire.cut('silently')
    const { status, error } = await get('/api/ledger', undefined, over)
    expect([status, error!.id]).toEqual([503, 'database-away'])
  })
  it('too many reports at once are 503, and called so', async () => {
    const reports = connectDatabase(urlOf(await api.database.fresh()), { connections: 1 })
    const other = await api.open(reports)
    const taken = await reports.client.acquireConnection()
    onTestFinished(async () => {
      await other.stop()
      await reports.client.releaseConnection(taken)
      await reports.destroy()
    })
    const { status, error, headers } = await get('/api/ledger', undefined, other)
    expect([status, error]).toEqual([
      503,
      expect.objectContaining({
        id: 'too-many-reports',
        detail: 'Too many reports at once, or the database is silent. Try again soon.',
      }),
    ])
    expect(headers.get('retry-after')).toBe('10')
  })
  it('a database that is stopped in the midst of a report is 503', async () => {
    const reports = await api.database.fresh()
    const stopping = connectDatabase(urlOf(reports))
    const lock = await stopping.transaction()
    const other = await api.open(reports)
    onTestFinished(async () => {
      await lock.rollback()
      await stopping.destroy()
      await other.stop()
    })
    await lock.raw('lock table calls')
    const answer = get('/api/reports/queues', undefined, other)
    // Postgres says goodbye to each session in this way when it is stopped.
    const sayGoodbye = () =>
      stopping.raw(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)
    await vi.waitFor(async () => expect((await sayGoodbye()).rows).toHaveLength(1), 5_000)
    const { status, error } = await answer
    expect([status, error!.id]).toEqual([503, 'database-away'])
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
