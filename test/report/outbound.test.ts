import type { Knex } from 'knex'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { TryResult } from '../../src/call/promises.ts'
import { bridgeId, customerId } from '../../src/ids.ts'
import { agentsReport } from '../../src/report/agents.ts'
import { callReport } from '../../src/report/call.ts'
import { callsReport } from '../../src/report/calls.ts'
import { reportCalls } from '../../src/report/commands.ts'
import { type LedgerReport, ledgerReport } from '../../src/report/ledger.ts'
import { ledgerText } from '../../src/report/ledger-text.ts'
import { queuesReport } from '../../src/report/queues.ts'
import { storyText } from '../../src/report/story-text.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { promises } from './callbacks.ts'
import { answered, arrives, Centre, ends } from './centre.ts'

/** Agents' own calls, as they are counted: beside those of callers, and never among them. */

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const day = { from: nine - 540 * MIN, to: nine + 900 * MIN }
const now = nine + 180 * MIN
const ZONE = 'Asia/Shanghai'
const database = testDatabase()
let knex: Knex

type Own = { id: string; agent: string; at: number; queue?: string | null }

function dials(centre: Centre, { id: leg, agent, at, queue = 'sales' }: Own): string {
  const from = '13800138000'
  centre.fact(leg, { at, kind: 'AgentDialled', leg, agent, from, to: '4008001000', queue, language: 'zh' })
  const channel = customerId(leg, 2)
  centre.fact(leg, { at, kind: 'CustomerDialled', channel, number: from, shows: '4008001000' })
  return leg
}

/** Reached after 10 s, and talked with for 50 s, of which 5 s on hold; the wrap-up is over before the scene is. */
function talks(centre: Centre, own: Own, by: 'agent' | 'caller'): void {
  const leg = dials(centre, own)
  const { agent, at } = own
  centre.fact(leg, { at: at + 9 * S, kind: 'CustomerReached' })
  centre.fact(leg, { at: at + 10 * S, kind: 'CallAnswered' })
  centre.fact(leg, { at: at + 10 * S, kind: 'Connected', leg, agent, bridge: bridgeId(leg) })
  centre.fact(leg, { at: at + 20 * S, kind: 'Held', leg })
  centre.fact(leg, { at: at + 25 * S, kind: 'Retrieved', leg })
  if (by === 'agent') {
    centre.fact(leg, { at: at + 60 * S, kind: 'AgentLeft', leg, agent, cause: 16 })
    centre.fact(leg, { at: at + 60 * S, kind: 'Dismissed', outcome: 'answered', atOnce: true })
  }
  ends(centre, leg, at + 60 * S, { by })
  centre.wake(agent)
}

/** For 20 s, and another 3 s in which the agent hears why. */
function dialsInVain(centre: Centre, own: Own, result: TryResult): void {
  const leg = dials(centre, own)
  const { at } = own
  centre.fact(leg, { at: at + 20 * S, kind: 'NotReached', result, cause: 17 })
  const end = { outcome: 'not-reached', short: false, by: 'hotline', cause: 16 } as const
  centre.fact(leg, { at: at + 23 * S, kind: 'CallEnded', ...end })
}

beforeAll(async () => {
  knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  centre.signIn('8002', nine)
  answered(centre, { id: 'caller', at: nine, agent: '8001', waitMs: 10 * S, talkMs: 60 * S })
  talks(centre, { id: 'own-1', agent: '8001', at: nine + 5 * MIN }, 'agent')
  talks(centre, { id: 'own-2', agent: '8001', at: nine + 10 * MIN, queue: null }, 'caller')
  centre.wish('8002', { kind: 'pause', reason: 'rest' }, nine + MIN)
  dialsInVain(centre, { id: 'own-3', agent: '8002', at: nine + 15 * MIN }, 'busy')
  dials(centre, { id: 'own-4', agent: '8002', at: now - 7 * S })
  await centre.save()
})

describe('the ledger', () => {
  let found: LedgerReport
  beforeAll(async () => {
    found = await ledgerReport(knex, day, now)
  })

  it('balances, own calls being counted beside those of callers', () => {
    expect(found.culprits).toEqual([])
    expect(found.balances).toBe(true)
    expect(found.calls).toMatchObject({ offered: 1, open: 0, outcomes: { answered: 1 } })
    expect(found.outbound).toMatchObject({ offered: 4, open: 1, outcomes: { answered: 2, 'not-reached': 1 } })
    expect(found.queues).toMatchObject([{ queue: 'sales', offered: 1 }])
  })
  it('says so, and nothing where there are none', async () => {
    expect(ledgerText(found)).toContain('Outbound  4 dialled = 2 answered + 1 not-reached + 1 open\n')
    expect(ledgerText(await ledgerReport(knex, { from: day.from, to: nine }, now))).not.toContain('Outbound')
  })
  it.each([
    ['one lost', `delete from calls where id = 'own-3'`, 'call', 'own-3', 'has facts but no record'],
    ['a line that was another', `update calls set queue = 'support' where id = 'own-1'`, 'call', 'own-1', 'queue is'],
    [
      'an agent who was another',
      `update calls set agent_id = '8003' where id = 'own-1'`,
      'call',
      'own-1',
      'agent_id is',
    ],
    ['a leg that was no answer', `update legs set result = 'rejected' where id = 'own-3'`, 'leg', 'own-3', 'result is'],
    [
      'a dialling shortened',
      `update agent_states set ended_at = ended_at - interval '5 s' where state = 'dialling' and call_id = 'own-3'`,
      ...['agent', '8002', 'dialled for 18000 ms by the states, for 23000 ms by the legs of call own-3'],
    ],
  ])('%s is a fault', async (_, crime, what, id, fault) => {
    const undone = await knex.transaction()
    onTestFinished(async () => void (await undone.rollback()))
    await undone.raw(crime!)
    const { culprits } = await ledgerReport(undone, day, now)
    expect(culprits).toContainEqual({ what, id, fault: expect.stringContaining(fault!) })
  })
})

it("agents' figures count them apart: the time is their own, the handled and offered are callers'", async () => {
  const { agents } = await agentsReport(knex, day, now)
  const [first, second] = agents
  expect(first).toMatchObject({ agent: '8001', dialled: 2, reached: 2, diallingMs: 20 * S, holdMs: 10 * S })
  expect(first).toMatchObject({ offered: 1, answered: 1, handled: 1, handledTalkMs: 60 * S })
  expect(first!.talkMs).toBe(62 * S + 2 * 45 * S)
  expect(second).toMatchObject({
    agent: '8002',
    dialled: 2,
    reached: 0,
    diallingMs: 30 * S,
    offered: 0,
    stillRinging: 0,
  })
})

it('they are no part of the figures and lists on callers', async () => {
  const { calls } = await callsReport(knex, day, {}, { limit: 10, numbers: 'whole' })
  expect(calls.map(({ id }) => id)).toEqual(['caller'])
  const { total } = await queuesReport(knex, day, 'whole', now)
  expect(total).toMatchObject({ offered: 1, answered: 1 })
})

it('are listed where they are asked for', async () => {
  const direction = 'outbound'
  const { calls } = await callsReport(knex, day, { direction }, { limit: 10, numbers: 'whole' })
  expect(calls.map(({ id }) => id)).toEqual(['own-4', 'own-3', 'own-2', 'own-1'])
  const { calls: theirs } = await callsReport(knex, day, { direction, agent: '8002' }, { limit: 10, numbers: 'whole' })
  expect(theirs.map(({ id }) => id)).toEqual(['own-4', 'own-3'])
  const csv = await reportCalls(knex, { from: '2026-11-23', to: '2026-11-23', zone: ZONE, now, csv: true, direction })
  expect(csv.split('\r\n')[1]).toMatch(/,own-4,13800138000,.*,outbound$/)
})

it('one by which a callback was served has kept its promise, where the customer was dialled in time', async () => {
  const knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  arrives(centre, { id: 'asker', at: nine })
  const callback = promises(centre, 'asker', { at: nine + MIN, promisedUntil: nine + 5 * MIN })
  ends(centre, 'asker', nine + MIN + S, { outcome: 'callback-booked' })
  talks(centre, { id: 'own', agent: '8001', at: nine + 5 * MIN - S }, 'agent')
  centre.fact(callback, { at: nine + 6 * MIN, kind: 'CallbackWithdrawn', because: 'served', call: 'own' })
  const end = { outcome: 'withdrawn', short: false, by: 'hotline', cause: 16 } as const
  centre.fact(callback, { at: nine + 6 * MIN, kind: 'CallEnded', ...end })
  await centre.save()
  const { total } = await queuesReport(knex, day, 'whole', now)
  expect(total).toMatchObject({ callbacksPromised: 1, callbacksWithdrawn: 1, callbacksKept: 1, callbacksBroken: 0 })
})

it("in Asterisk's words they are calls that we make, and queue_log knows nothing of them", async () => {
  const rows = await knex('cdr').where('dcontext', 'outbound').orderBy('calldate')
  const ends = { src: '4008001000', dst: '13800138000' }
  expect(rows).toMatchObject([
    { ...ends, uniqueid: 'own-1', channel: 'own-1', dstchannel: 'own-1~customer2', disposition: 'ANSWERED' },
    { ...ends, uniqueid: 'own-2', accountcode: '8001', duration: 60, billsec: 50, userfield: 'answered' },
    { ...ends, uniqueid: 'own-3', accountcode: '8002', duration: 23, billsec: 0, disposition: 'BUSY' },
  ])
  expect(await knex('queue_log').where('callid', 'like', 'own%')).toEqual([])
})

it('one tells its story', async () => {
  const report = await callReport(knex, 'own-3', 'masked')
  const text = storyText(report!, ZONE)
  expect(text).toMatch(/^Own call own-3\n {2}customer {3}138\*+8000\n {2}dialled /)
  expect(text).toContain('Agent 8002 dials 138')
  expect(text).not.toContain('13800138000')
  expect(text).toContain('Not reached: busy (cause 17)')
})
