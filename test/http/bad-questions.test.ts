import { describe, expect, it } from 'vitest'
import { KEY, testApi } from './testApi.ts'

const api = testApi()
const { get } = api

describe('bad questions get a sentence that names the field and what is allowed', () => {
  it.each([
    ['/api/calls?from=yesterday', 'from', /from must be a date such as 2026-11-23/],
    ['/api/calls?to=2026-02-30', 'to', /that exist/],
    ['/api/ledger?from=2026-13-01', 'from', /that exist/],
    ['/api/reports/agents?from=2026-11-23T25:00', 'from', /that exist/],
    ['/api/reports/agents?from=', 'from', /must not be empty/],
    ['/api/reports/agents?from=2026-11-24&to=2026-11-23', 'from', /from must be before to/],
    ['/api/reports/queues?from=2020-01-01&to=2026-01-01', 'to', /at most 366 days/],
    ['/api/reports/queues?from=0001-01-01', 'from', /between the years 2000 and 2100/],
    ['/api/reports/queues?from=2026-11-01&from=2026-11-02', 'from', /given once/],
    ['/api/reports/queues?by=hour', 'by', /whole or quarter-hour/],
    ['/api/reports/queues?format=xml', 'format', /json or csv/],
    ['/api/calls?limit=0', 'limit', /from 1 to 500/],
    ['/api/calls?limit=1000000', 'limit', /from 1 to 500/],
    ['/api/calls?limit=-1', 'limit', /from 1 to 500/],
    ['/api/calls?limit=1.5', 'limit', /whole number/],
    ['/api/calls?limit=ten', 'limit', /whole number/],
    ['/api/calls?limit=1&limit=2', 'limit', /whole number/],
    ['/api/calls?outcome=lost', 'outcome', /one of answered, abandoned-in-flow/],
    ['/api/calls?direction=out', 'direction', /one of inbound, callback, outbound, internal/],
    ['/api/calls?open=maybe', 'open', /true or false/],
    ['/api/survey-answers?spoken=maybe', 'spoken', /true or false/],
    ['/api/low-scores?done=maybe', 'done', /true or false/],
    ['/api/low-scores?from=2026-11-23', 'from', /allowed are queue, agent, done/],
    ['/api/calls?numbers=none', 'numbers', /whole or masked/],
    ['/api/calls?after=rubbish', 'after', /the page before/],
    ['/api/calls?caller=%00', 'caller', /control characters/],
    ['/api/calls/%00', 'id', /control characters/],
    ['/api/calls?frm=2026-11-23', 'frm', /no parameter "frm" here; allowed are from, to, direction, queue/],
    ['/api/calls?from[]=2026-11-23', 'from[]', /no parameter/],
    ['/api/ledger?__proto__=1', '__proto__', /no parameter/],
    ['/api/calls/c-1/recording?x=1', 'x', /none is allowed/],
  ])('%s', async (path, field, sentence) => {
    const { status, error } = await get(path)
    expect([status, error!.id, error!.field]).toEqual([400, 'bad-input', field])
    expect(error!.detail).toMatch(sentence)
  })
  it('far too much', async () => {
    const time = await get(`/api/reports/queues?from=${'9'.repeat(5_000)}`)
    const id = await get(`/api/calls/${'x'.repeat(300)}`)
    expect([time.status, time.error!.detail]).toEqual([400, 'from must have at most 40 characters.'])
    expect([id.status, id.error!.detail]).toEqual([400, 'id must have at most 200 characters.'])
  })
  it.each(["' or 1=1 --", '$(reboot)', '中文', '"quotes"', '\u202e'])(
    '%s finds nothing and breaks nothing',
    async text => {
      const { status, body } = await get(`/api/calls?queue=${encodeURIComponent(text)}`)
      expect([status, body]).toMatchObject([200, { calls: [] }])
    },
  )
  it('a path that cannot be decoded', async () => {
    const { status, error } = await get('/api/calls/%zz')
    expect([status, error!.id]).toEqual([400, 'bad-request'])
  })
  it('a route or a method that is not there', async () => {
    expect((await get('/api/cals')).error!.detail).toMatch(/no GET \/api\/cals/)
    const response = await fetch(`http://127.0.0.1:${api.port()}/api/calls`, {
      method: 'POST',
      headers: { 'x-api-key': KEY },
    })
    expect(response.status).toBe(404)
  })
})
