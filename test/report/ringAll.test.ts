import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { agentsReport } from '../../src/report/agents.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { queuesReport } from '../../src/report/queues.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { Centre, ends, offered, queues } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const hour = { from: nine, to: nine + 60 * MIN }
const now = nine + 30 * MIN

const database = testDatabase()

/**
 * Three phones ring for one caller: 8002 answers, and the others are let go. Then two ring for the next: 8003 rejects, 8001
 * does not answer, and the caller gives up. For the third, who hangs up, all who are left ring.
 */
describe('of a line that rings all', () => {
  let knex: Knex
  beforeAll(async () => {
    knex = await database.fresh()
    const centre = await Centre.open(knex)
    for (const agent of ['8001', '8002', '8003']) centre.signIn(agent, nine)
    const ring = (id: string, at: number, ...agents: string[]) => agents.map(agent => offered(centre, id, agent, at))
    const out = (id: string, at: number, leg: string, result: 'withdrawn' | 'rejected' | 'no-answer', cause: number) =>
      centre.fact(id, { at, kind: 'OfferEnded', leg, agent: leg.split('~')[1]!, result, cause })

    queues(centre, { id: 'answered', at: nine + MIN })
    const [first, second, third] = ring('answered', nine + MIN + 2 * S, '8001', '8002', '8003')
    const own = { leg: second!, agent: '8002' }
    centre.fact('answered', { at: nine + MIN + 6 * S, kind: 'AgentAnswered', ...own })
    for (const leg of [first, third]) out('answered', nine + MIN + 6 * S, leg!, 'withdrawn', 26)
    centre.fact('answered', { at: nine + MIN + 8 * S, kind: 'Connected', ...own, bridge: 'answered~talk' })
    ends(centre, 'answered', nine + 2 * MIN + 8 * S)
    centre.wake('8002')

    queues(centre, { id: 'missed', at: nine + 5 * MIN })
    const [misses, rejects] = ring('missed', nine + 5 * MIN + 2 * S, '8001', '8003')
    out('missed', nine + 5 * MIN + 5 * S, rejects!, 'rejected', 21)
    out('missed', nine + 5 * MIN + 17 * S, misses!, 'no-answer', 19)
    ends(centre, 'missed', nine + 6 * MIN, { outcome: 'abandoned-in-queue' })

    for (const agent of ['8001', '8003']) centre.wish(agent, { kind: 'ready' }, nine + 7 * MIN)
    queues(centre, { id: 'gone', at: nine + 10 * MIN })
    const legs = ring('gone', nine + 10 * MIN + 2 * S, '8001', '8002', '8003')
    for (const leg of legs) out('gone', nine + 10 * MIN + 9 * S, leg, 'withdrawn', 16)
    ends(centre, 'gone', nine + 10 * MIN + 9 * S, { outcome: 'abandoned-ringing' })

    queues(centre, { id: 'rings', at: nine + 20 * MIN })
    ring('rings', nine + 20 * MIN + 2 * S, '8001', '8003')
    await centre.save()
  })

  it('the ledger balances', async () => {
    const found = await ledgerReport(knex, hour, now)
    expect(found.culprits).toEqual([])
    expect(found.balances).toBe(true)
  })

  it('queue_log has CONNECT for who answered, and RINGNOANSWER for who let it ring or rejected: for nobody else', async () => {
    const { rows } = await knex.raw(
      `select callid, agent, event, data1 from queue_log where callid <> 'NONE' and agent <> 'NONE' order by time`,
    )
    expect(rows.map((row: Record<string, string>) => [row.callid, row.agent, row.event, row.data1])).toEqual([
      ['answered', 'PJSIP/8002', 'CONNECT', '7'],
      ['answered', 'PJSIP/8002', 'COMPLETECALLER', '7'],
      ['missed', 'PJSIP/8003', 'RINGNOANSWER', '3000'],
      ['missed', 'PJSIP/8001', 'RINGNOANSWER', '15000'],
    ])
  })

  it('the record names who answered', async () => {
    const call = await knex('calls').where({ id: 'answered' }).first('agent_id', 'outcome')
    expect(call).toEqual({ agent_id: '8002', outcome: 'answered' })
  })

  it('each agent was offered what rang, and missed what they missed', async () => {
    const { agents } = await agentsReport(knex, hour, now)
    const told = agents.map(one => [one.agent, one.offered, one.answered, one.missed, one.withdrawn, one.stillRinging])
    expect(told).toEqual([
      ['8001', 4, 0, 1, 2, 1],
      ['8002', 2, 1, 0, 1, 0],
      ['8003', 4, 0, 1, 2, 1],
    ])
  })

  it('each call counts once in the report of its line', async () => {
    const { total } = await queuesReport(knex, hour, 'whole', now)
    expect(total).toMatchObject({ offered: 4, answered: 1, handled: 1 })
  })

  it('two who have both answered the same call are refused by the database itself', async () => {
    const leg = { call_id: 'x', offered_at: new Date(), answered_at: new Date() }
    await knex('legs').insert({ ...leg, id: 'x~1~1', agent_id: '1' })
    await expect(knex('legs').insert({ ...leg, id: 'x~2~1', agent_id: '2' })).rejects.toMatchObject({
      constraint: 'one_answered_leg_a_call',
    })
    await knex('legs').where({ call_id: 'x' }).delete()
  })
})
