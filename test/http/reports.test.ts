import { describe, expect, it } from 'vitest'
import * as answers from '../../src/http/reportAnswers.ts'
import { KEY, testApi } from './testApi.ts'

const { get } = testApi()

describe('reports', () => {
  it('of agents and queues are as their schemas say', async () => {
    const agents = await get('/api/reports/agents')
    const queues = await get('/api/reports/queues?by=quarter-hour')
    answers.AGENTS_ANSWER.parse(agents.body)
    answers.QUEUES_ANSWER.parse(queues.body)
    expect(agents.body).toMatchObject({ from: '2026-11-23T00:00:00.000+08:00', to: '2026-11-24T00:00:00.000+08:00' })
  })
  it('come as CSV by accept and by format', async () => {
    const accepted = await get('/api/reports/agents', { 'x-api-key': KEY, accept: 'text/csv' })
    const formatted = await get('/api/reports/queues?format=csv')
    const overruled = await get('/api/reports/queues?format=json', { 'x-api-key': KEY, accept: 'text/csv' })
    expect(accepted.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(accepted.text).toMatch(/agent,name,/)
    expect(formatted.text).toMatch(/from,queue,/)
    expect(overruled.body).toMatchObject({ total: { offered: 8 } })
  })
  it('of the ledger balance', async () => {
    const { body } = await get('/api/ledger')
    answers.LEDGER_ANSWER.parse(body)
    expect(body).toMatchObject({ balances: true, culprits: [], calls: { offered: 8, open: 1 } })
  })
})

describe('metrics', () => {
  it('come as Prometheus reads them', async () => {
    const { status, headers, text } = await get('/metrics')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/plain; .*version=/)
    expect(text).toContain('hotline_test 1')
  })
})
