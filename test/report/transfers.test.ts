import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Fact } from '../../src/call/facts.ts'
import { endStrayLegs } from '../../src/database/strayLegs.ts'
import { agentsReport } from '../../src/report/agents.ts'
import { callReport } from '../../src/report/call.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { queuesReport } from '../../src/report/queues.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { abandons, Centre, connects, ends, queues } from './centre.ts'

/** Calls that go from agent to agent, from line to line, and with parties in their talks. */

const S = 1_000
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const day = { from: nine - 9 * 3_600 * S, to: nine + 15 * 3_600 * S }
const now = nine + 3_600 * S
const at = (seconds: number) => nine + seconds * S

const database = testDatabase()
let knex: Knex

type Told<F> = F extends unknown ? Omit<F, 'at'> : never

/**
 * From nine on, in seconds: 8001 serves from 15; consults 8002 from 45 (who answers at 50), who has the caller from 70; they ask 110 into
 * the talk (from 80 to 100); at 130 they send the caller on to support, where 8003 serves from 145 to 185.
 */
function throughAll(centre: Centre): void {
  const id = 'through'
  const fact = (seconds: number, one: Told<Fact>) => centre.fact(id, { ...one, at: at(seconds) } as Fact)
  queues(centre, { id, at: at(0) })
  const leg = connects(centre, id, '8001', at(10))
  const party = `${id}~8002~9`
  fact(45, { kind: 'Held', leg, isHere: true, by: 'agent:8001' })
  fact(45, { kind: 'PartyAsked', party, agent: '8002', role: 'consulted', by: 'agent:8001', until: at(90) })
  fact(46, { kind: 'PartyRang', party })
  fact(50, { kind: 'PartyAnswered', party, agent: '8002' })
  fact(50, { kind: 'PartyJoined', party })
  fact(70, { kind: 'Transferred', leg, agent: '8001', to: party, cause: 16, by: 'agent:8001' })
  const outside = `${id}~out14`
  const by = 'agent:8002'
  fact(75, { kind: 'PartyAsked', party: outside, number: '13911112222', role: 'conferee', by, until: at(120) })
  fact(80, { kind: 'PartyAnswered', party: outside })
  fact(80, { kind: 'PartyJoined', party: outside })
  fact(100, { kind: 'PartyEnded', party: outside, result: 'answered', cause: 16 })
  fact(130, { kind: 'TransferredOn', leg: party, agent: '8002', to: { queue: 'support' }, by })
  fact(130, { kind: 'Queued', queue: 'support', ahead: 0, waitMs: null })
  connects(centre, id, '8003', at(140))
  ends(centre, id, at(185))
}

/** Served in sales by 8001 for 20 s, and sent on to support, where nobody serves them for 30 s. */
function sentOnInVain(centre: Centre): void {
  const id = 'in-vain'
  queues(centre, { id, at: at(300) })
  const leg = connects(centre, id, '8001', at(310))
  const sent = { kind: 'TransferredOn', leg, agent: '8001', to: { queue: 'support' }, by: 'agent:8001' } as const
  centre.fact(id, { at: at(335), ...sent })
  centre.fact(id, { at: at(335), kind: 'Queued', queue: 'support', ahead: 0, waitMs: null })
  ends(centre, id, at(365), { lineOutcome: 'abandoned-in-queue' })
}

/** In a conference of 8001, 8002 and the caller from 430 to 460, where all hang up. */
function conferred(centre: Centre): void {
  const id = 'conferred'
  queues(centre, { id, at: at(400) })
  const leg = connects(centre, id, '8001', at(410))
  const party = `${id}~8002~9`
  const by = 'agent:8001'
  centre.fact(id, { at: at(420), kind: 'Held', leg, isHere: true, by })
  centre.fact(id, { at: at(420), kind: 'PartyAsked', party, agent: '8002', role: 'consulted', by, until: at(465) })
  centre.fact(id, { at: at(425), kind: 'PartyAnswered', party, agent: '8002' })
  centre.fact(id, { at: at(425), kind: 'PartyJoined', party })
  centre.fact(id, { at: at(430), kind: 'Conferenced', by })
  centre.fact(id, { at: at(430), kind: 'Retrieved', leg, by })
  centre.fact(id, { at: at(460), kind: 'PartyEnded', party, agent: '8002', result: 'answered', cause: 16 })
  ends(centre, id, at(460))
}

/** Still talking: 8001 with the caller on hold, and 8002 whom they consult. */
function consulting(centre: Centre): string {
  const id = 'consulting'
  queues(centre, { id, at: at(600) })
  const leg = connects(centre, id, '8001', at(610))
  const party = `${id}~8002~9`
  const by = 'agent:8001'
  centre.fact(id, { at: at(620), kind: 'Held', leg, isHere: true, by })
  centre.fact(id, { at: at(620), kind: 'PartyAsked', party, agent: '8002', role: 'consulted', by, until: at(665) })
  centre.fact(id, { at: at(625), kind: 'PartyAnswered', party, agent: '8002' })
  return party
}

const TABLES = ['calls', 'legs', 'outside_legs']

beforeAll(async () => {
  knex = await database.fresh()
  const centre = await Centre.open(knex)
  for (const agent of ['8001', '8002', '8003']) centre.signIn(agent, at(0))
  throughAll(centre)
  for (const agent of ['8001', '8002', '8003']) centre.wake(agent)
  sentOnInVain(centre)
  centre.wake('8001')
  conferred(centre)
  centre.wake('8001')
  abandons(centre, { id: 'left', at: at(500), waitMs: 20 * S })
  await centre.save()
  await knex.raw(TABLES.map(table => `create table kept_${table} as table ${table}`).join(';'))
})
beforeEach(() =>
  knex.raw(TABLES.map(table => `delete from ${table}; insert into ${table} table kept_${table}`).join(';')),
)

test('the ledger balances', async () => {
  const { culprits, balances, queues } = await ledgerReport(knex, day, now)
  expect(culprits).toEqual([])
  expect(balances).toBe(true)
  expect(queues).toMatchObject([
    { queue: 'sales', offered: 4, outcomes: { answered: 3, 'abandoned-in-queue': 1 }, sentOn: 0 },
    { queue: 'support', offered: 2, outcomes: { answered: 1, 'abandoned-in-queue': 1 }, sentOn: 0 },
  ])
})

test('a call waited for the first who served it, is that of the last, and was talked in by all', async () => {
  const { call, legs } = await callReport(knex, 'through')
  expect(call).toMatchObject({ agent: '8003', waitMs: 14 * S, outcome: 'answered', connectedAt: at(15) })
  // 55 s of 8001, of which 25 on hold; 60 s of 8002; 40 s of 8003.
  expect(call).toMatchObject({ talkMs: 130 * S, holdMs: 25 * S, talkEndedAt: at(185) })
  expect(legs.map(({ agent, role }) => [agent, role])).toEqual([
    ['8001', 'serves'],
    ['8002', 'serves'],
    [null, 'conferee'],
    ['8003', 'serves'],
  ])
})

test('each line has what came of a caller in it, and the total has them once', async () => {
  const { queues, total } = await queuesReport(knex, day, 'whole', now)
  const sales = { offered: 4, answered: 3, abandoned: 1, waitOfAnsweredMs: 42 * S, handled: 4 }
  const support = { offered: 2, answered: 1, abandoned: 1, waitOfAnsweredMs: 15 * S, handled: 1, talkMs: 40 * S }
  expect(queues).toMatchObject([
    { queue: 'sales', ...sales },
    { queue: 'support', ...support },
  ])
  expect(total).toMatchObject({ offered: 4, answered: 3, abandoned: 1, waitOfAnsweredMs: 42 * S, handled: 5 })
})

test('each agent is charged their own seconds, and has whom they were asked about apart', async () => {
  const { agents } = await agentsReport(knex, day, now)
  const none = { consulted: 0, conferences: 0, blindTransfers: 0, attendedTransfers: 0, transfersReceived: 0 }
  expect(agents).toMatchObject([
    { agent: '8001', ...none, handled: 3, handledHoldMs: 35 * S, blindTransfers: 1, attendedTransfers: 1 },
    {
      ...{ agent: '8002', offered: 0, handled: 1, handledTalkMs: 60 * S, blindTransfers: 1, transfersReceived: 1 },
      ...{ consulted: 2, consultMs: 25 * S, conferences: 1, attendedTransfers: 0 },
    },
    { agent: '8003', ...none, handled: 1, handledTalkMs: 40 * S },
  ])
})

test('Asterisk’s queue_log has it in its words', async () => {
  const log = await knex('queue_log').where({ callid: 'through' }).orderBy('time')
  expect(log.map(({ queuename, event, agent, data1, data4 }) => [queuename, event, agent, data1, data4])).toEqual([
    ['sales', 'ENTERQUEUE', 'NONE', '', ''],
    ['sales', 'CONNECT', 'PJSIP/8001', '14', ''],
    ['sales', 'ATTENDEDTRANSFER', 'PJSIP/8001', 'BRIDGE', '55'],
    ['support', 'ENTERQUEUE', 'NONE', '', ''],
    ['support', 'CONNECT', 'PJSIP/8003', '15', ''],
    ['support', 'COMPLETECALLER', 'PJSIP/8003', '15', ''],
  ])
  const vain = await knex('queue_log').where({ callid: 'in-vain' }).orderBy('time').pluck('event')
  expect(vain).toEqual(['ENTERQUEUE', 'CONNECT', 'BLINDTRANSFER', 'ENTERQUEUE', 'ABANDON'])
})

test('whom an agent consults is no stray when the service starts, and a recording that is filed twice is the later', async () => {
  const party = 'conferred~8002~9'
  const file = (ms: number, faults: string[]) =>
    ({ file: `2026/11/23/${party}.wav`, ms, sha256: 'f'.repeat(64), faults }) as const
  const other = await database.fresh()
  const centre = await Centre.open(other)
  for (const agent of ['8001', '8002']) centre.signIn(agent, at(0))
  conferred(centre)
  const own = { file: 'own.wav', ms: 1, sha256: 'f', faults: [] }
  for (const parties of [{ [party]: file(1_000, ['the disk']) }, { [party]: file(35_000, []) }])
    centre.fact('conferred', { at: at(470), kind: 'RecordingFiled', recording: own, parties })
  centre.wake('8001')
  const open = consulting(centre)
  await centre.save()
  const { legs } = await callReport(other, 'conferred')
  expect(legs.map(({ recording }) => recording)).toEqual([null, file(35_000, [])])
  await endStrayLegs(other, pino({ level: 'silent' }))
  expect(await other('legs').where({ id: open }).first()).toMatchObject({ ended_at: null, role: 'consulted' })
})

test.each([
  [
    'a consult made a talk',
    `update legs set role = 'serves' where call_id = 'conferred' and agent_id = '8002'`,
    /role is serves, the facts say conferee/,
  ],
  [
    'a talk passed on too early',
    `update legs set connected_at = answered_at where agent_id = '8002'`,
    /connected_at is/,
  ],
  ['a party lost', `delete from outside_legs where call_id = 'through'`, /has facts but no record/],
  [
    'a conferee put through',
    `update outside_legs set role = 'transferred'`,
    /role is transferred, the facts say conferee/,
  ],
  ['a rating moved to the first', `update calls set agent_id = '8001' where id = 'through'`, /agent_id is 8001/],
  [
    'a wait in vain made an answer',
    `update calls set line_outcome = null where id = 'in-vain'`,
    /line_outcome is empty/,
  ],
])('the ledger names %s', async (_, crime, fault) => {
  await knex.raw(crime)
  const { culprits } = await ledgerReport(knex, day, now)
  expect(culprits).toContainEqual(expect.objectContaining({ fault: expect.stringMatching(fault) }))
})
