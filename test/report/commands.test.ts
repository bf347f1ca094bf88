import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { callStory, ledger, reportAgents, reportCalls, reportQueues } from '../../src/report/commands.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { abandons, answered, arrives, Centre, connects, misses, queues } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const zone = 'Asia/Shanghai'
const asked = { zone, now: nine + 60 * MIN }
const database = testDatabase()
let knex: Knex

beforeAll(async () => {
  knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  centre.signIn('8002', nine)
  answered(centre, {
    id: 'h-1',
    at: nine + MIN,
    agent: '8001',
    waitMs: 9 * S,
    talkMs: 70 * S,
    rating: 5,
    name: '=王\u001b[31m',
  })
  abandons(centre, { id: 'h-2', at: nine + 2 * MIN, waitMs: 3 * S, queue: 'support', caller: '' })
  queues(centre, { id: 'h-3', at: nine + 20 * MIN })
  misses(centre, 'h-3', '8002', nine + 20 * MIN + 5 * S)
  connects(centre, 'h-3', '8001', nine + 21 * MIN)
  arrives(centre, { id: 'h-4', at: nine + 23 * MIN, caller: '+8613800138000' })
  await centre.save()
})

describe('hotline report', () => {
  it('agents: a table with a total, pauses by reason, and the formulas', async () => {
    const text = await reportAgents(knex, asked)
    expect(text).toMatch(/^Agents {2}2026-11-23 00:00 – 2026-11-24 00:00 \(Asia\/Shanghai\)\n/)
    expect(text).toMatch(/^8001 {3}王芳 /m)
    expect(text).toMatch(/^total /m)
    expect(text).toContain('8002 paused: no-answer 0:39:40')
    expect(text).toContain('CSAT = answers of 4 or 5 ÷ answers')
  })
  it('queues: one row a line, and one for those who reached none', async () => {
    const text = await reportQueues(knex, asked)
    for (const row of [/^sales /m, /^support /m, /^\(none\) /m, /^total /m]) expect(text).toMatch(row)
  })
  it('queues by quarter of an hour', async () => {
    const text = await reportQueues(knex, { ...asked, quarters: true })
    expect(text).toMatch(/^2026-11-23 09:15:00 {2}sales /m)
  })
  it('calls: newest first, no escape of a caller’s making', async () => {
    const text = await reportCalls(knex, asked)
    expect(text.indexOf('h-4')).toBeLessThan(text.indexOf('h-1'))
    expect(text).not.toContain('\u001b')
  })
  it('--csv: the same rows without a total, formulas disarmed', async () => {
    const agents = (await reportAgents(knex, { ...asked, csv: true })).trimEnd().split('\r\n')
    expect(agents.map(line => line.split(',')[0])).toEqual(['agent', '8001', '8002'])
    const calls = await reportCalls(knex, { ...asked, csv: true })
    expect(calls).toContain(",'+8613800138000,")
    expect(calls).toContain(",'=王·[31m,")
  })
  it('--csv: names the line and the team; the terminal has no room for them', async () => {
    await knex('agents').where({ id: '8001' }).update({ team: 'Early' })
    expect(await reportAgents(knex, { ...asked, csv: true })).toContain('\n8001,王芳,Early,')
    expect(await reportQueues(knex, { ...asked, csv: true })).toContain(',sales,销售,Sales,')
    expect(await reportAgents(knex, asked)).not.toContain('Early')
    expect(await reportQueues(knex, asked)).not.toContain('销售')
  })
  it('has the same columns in CSV, whatever happened', async () => {
    const heads = async (from: string) => (await reportQueues(knex, { ...asked, from, csv: true })).split('\r\n')[0]
    expect(await heads('2026-11-01')).toBe(await heads('2026-11-23T09:23'))
  })
  it('says so where there is nothing', async () => {
    const text = await reportCalls(knex, { ...asked, from: '2026-11-01', to: '2026-11-02' })
    expect(text).toContain('Nothing in this time.')
  })
  it('refuses what it cannot read', async () => {
    await expect(reportAgents(knex, { ...asked, from: 'monday' })).rejects.toMatchObject({
      id: 'bad-input',
      field: 'from',
    })
  })
})

describe('hotline call', () => {
  it('tells the story with times, and why an agent was chosen and the others were not', async () => {
    const lines = (await callStory(knex, 'h-3', zone)).split('\n')
    expect(lines[0]).toBe('Call h-3')
    expect(lines).toContain(
      '09:20:05.000    +5.000  Offered to agent 8002, the most skilled: skill level 8, idle for 2 min 3 s',
    )
    const offer = lines.findIndex(line => line.includes('Offered to agent 8001'))
    expect(lines.slice(offer + 1, offer + 3).map(line => line.trim())).toEqual([
      'not 8002: less skilled (skill level 5, idle for 4 min 0 s)',
      'could not be asked: 2 talking',
    ])
    expect(lines).toContain('09:20:20.000   +20.000  Agent 8002 did not answer (cause 19)')
  })
  it('begins with what it came to', async () => {
    const text = await callStory(knex, 'h-1', zone)
    expect(text).toMatch(/outcome +answered, ended by the agent/)
    expect(text).toMatch(/recording +2026\/11\/23\/h-1.wav, 1 min 24 s, whole/)
  })
  it('knows of withheld numbers', async () => {
    expect(await callStory(knex, 'h-2', zone)).toContain('Arrived from a withheld number at 4008001000')
  })
  it('says that there is none', async () => {
    await expect(callStory(knex, 'h-9', zone)).rejects.toMatchObject({
      id: 'not-found',
      message: 'There is no call h-9.',
    })
  })
})

describe('hotline ledger', () => {
  it('shows both sides of both accounts', async () => {
    const { text, balances } = await ledger(knex, asked)
    expect(balances).toBe(true)
    expect(text).toContain('Calls   4 offered = 1 answered + 1 abandoned-in-queue + 2 open')
    expect(text).toContain('Agents  2 signed in for 2:00:00 (7200000 ms) = 7200000 ms in their states')
    expect(text).toContain('The ledger balances.')
  })
  it('names the culprits', async () => {
    await knex.transaction(async trx => trx.raw(`update calls set rating = 1 where id = 'h-1'`))
    const { text, balances } = await ledger(knex, asked)
    expect(balances).toBe(false)
    expect(text).toContain('✗ call h-1: rating is 1, the facts say 5')
    expect(text).toContain('The ledger does NOT balance.')
  })
})
