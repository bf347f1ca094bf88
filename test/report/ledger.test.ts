import type { Knex } from 'knex'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LedgerReport, ledgerReport } from '../../src/report/ledger.ts'
import { testDatabase } from '../database/testDatabase.ts'
import {
  abandons,
  answered,
  arrives,
  Centre,
  connects,
  dialsOut,
  ends,
  misses,
  offered,
  putThrough,
  queues,
} from './centre.ts'
import { CRIMES } from './crimes.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const day = { from: nine - 540 * MIN, to: nine + 900 * MIN }
const now = nine + 60 * MIN
const at = (minutes: number) => new Date(nine + minutes * MIN)

const database = testDatabase()
let knex: Knex
const ledger = () => ledgerReport(knex, day, now)

/** Every kind of call there is, two agents with pauses and two sign-ins, one talk and one ring still going on. */
async function busyMorning(centre: Centre): Promise<void> {
  centre.signIn('8001', nine)
  centre.signIn('8002', nine)
  centre.signIn('8003', nine)
  answered(centre, { id: 'rated', at: nine + MIN, agent: '8001', waitMs: 9 * S, talkMs: 60 * S, rating: 4 })
  abandons(centre, { id: 'short', at: nine + 2 * MIN, waitMs: 3 * S })
  queues(centre, { id: 'second', at: nine + 3 * MIN })
  misses(centre, 'second', '8002', nine + 4 * MIN)
  connects(centre, 'second', '8001', nine + 5 * MIN)
  const leg = centre.call('second').leg!.id
  centre.fact('second', { at: nine + 6 * MIN, kind: 'Held', leg })
  ends(centre, 'second', nine + 7 * MIN)
  centre.wake('8001')
  centre.wish('8002', { kind: 'ready' }, nine + 8 * MIN)
  queues(centre, { id: 'gone-while-ringing', at: nine + 9 * MIN })
  const ringing = offered(centre, 'gone-while-ringing', '8002', nine + 10 * MIN)
  const withdrawn = { kind: 'OfferEnded', leg: ringing, agent: '8002', result: 'withdrawn', cause: 16 } as const
  centre.fact('gone-while-ringing', { at: nine + 10 * MIN + S, ...withdrawn })
  ends(centre, 'gone-while-ringing', nine + 10 * MIN + S, { outcome: 'abandoned-ringing' })
  centre.wish('8002', { kind: 'pause', reason: 'meal' }, nine + 11 * MIN)
  centre.wish('8002', { kind: 'sign-out' }, nine + 12 * MIN)
  centre.signIn('8002', nine + 13 * MIN)
  arrives(centre, { id: 'lifeboat', at: nine + 14 * MIN })
  centre.fact('lifeboat', { at: nine + 14 * MIN + S, kind: 'HandedToLifeboat', queue: 'lifeboat' })
  const boat = { kind: 'LifeboatConnected', agent: '8003', leg: 'lifeboat~8003~4' } as const
  centre.fact('lifeboat', { at: nine + 15 * MIN, ...boat })
  ends(centre, 'lifeboat', nine + 16 * MIN)
  centre.wake('8003')
  // The lifeboat reaches someone who has signed out.
  centre.wish('8003', { kind: 'sign-out' }, nine + 17 * MIN)
  arrives(centre, { id: 'lifeboat-2', at: nine + 17 * MIN })
  centre.fact('lifeboat-2', { at: nine + 17 * MIN + S, kind: 'HandedToLifeboat', queue: 'sales' })
  centre.fact('lifeboat-2', { at: nine + 18 * MIN, ...boat, leg: 'lifeboat-2~8003~4' })
  ends(centre, 'lifeboat-2', nine + 19 * MIN)
  centre.wake('8003')
  centre.signIn('8003', nine + 19 * MIN + 30 * S)
  // Two lines, and one place in both.
  queues(centre, { id: 'sent-on', at: nine + 19 * MIN })
  centre.fact('sent-on', {
    at: nine + 19 * MIN + 5 * S,
    kind: 'Overflowed',
    queue: 'sales',
    because: 'wait',
    flow: 'on',
  })
  centre.fact('sent-on', { at: nine + 19 * MIN + 5 * S, kind: 'Queued', queue: 'support', ahead: 0, waitMs: null })
  ends(centre, 'sent-on', nine + 19 * MIN + 20 * S, { outcome: 'abandoned-in-queue' })
  // One line, and from there to a flow that says goodbye; and one turned away at the door of the first.
  queues(centre, { id: 'sent-off', at: nine + 19 * MIN })
  const sentOff = { kind: 'Overflowed', because: 'nobody', flow: 'away' } as const
  centre.fact('sent-off', { at: nine + 19 * MIN + 5 * S, ...sentOff, queue: 'sales' })
  ends(centre, 'sent-off', nine + 19 * MIN + 9 * S, { outcome: 'closed', by: 'hotline' })
  arrives(centre, { id: 'turned-away', at: nine + 19 * MIN })
  centre.fact('turned-away', { at: nine + 19 * MIN + S, ...sentOff, because: 'length', queue: 'sales' })
  centre.fact('turned-away', { at: nine + 19 * MIN + S, kind: 'Queued', queue: 'support', ahead: 0, waitMs: null })
  centre.fact('turned-away', { at: nine + 19 * MIN + 5 * S, ...sentOff, because: 'wait', queue: 'support' })
  centre.fact('turned-away', { at: nine + 19 * MIN + 6 * S, kind: 'HandedToLifeboat', queue: 'support' })
  ends(centre, 'turned-away', nine + 19 * MIN + 9 * S, { outcome: 'abandoned-in-queue' })
  putThrough(centre, { id: 'put-through', at: nine + 19 * MIN, talkMs: 60 * S })
  // Who hangs up while a number outside rings.
  arrives(centre, { id: 'rang-outside', at: nine + 19 * MIN })
  dialsOut(centre, 'rang-outside', nine + 19 * MIN + S)
  ends(centre, 'rang-outside', nine + 19 * MIN + 9 * S, { outcome: 'abandoned-in-flow' })
  queues(centre, { id: 'talking', at: nine + 20 * MIN })
  connects(centre, 'talking', '8001', nine + 21 * MIN)
  queues(centre, { id: 'ringing', at: nine + 22 * MIN })
  offered(centre, 'ringing', '8002', nine + 23 * MIN)
  arrives(centre, { id: 'in-flow', at: nine + 24 * MIN })
  await centre.save()
}

it('balances where a talk of the lifeboat was learned of after the agent had dialled again', async () => {
  knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8003', nine)
  arrives(centre, { id: 'boat', at: nine + MIN })
  centre.fact('boat', { at: nine + MIN + S, kind: 'HandedToLifeboat', queue: 'sales' })
  centre.wish('8003', { kind: 'pause', reason: 'rest' }, nine + 2 * MIN + 10 * S)
  centre.fact('boat', { at: nine + 2 * MIN, kind: 'LifeboatConnected', agent: '8003', leg: 'boat~8003~4' })
  ends(centre, 'boat', nine + 3 * MIN)
  await centre.save()
  expect((await ledger()).culprits).toEqual([])
})

describe('a morning as it should be', () => {
  let found: LedgerReport
  beforeAll(async () => {
    knex = await database.fresh()
    await busyMorning(await Centre.open(knex))
    found = await ledger()
  })
  it('balances', () => {
    expect(found.culprits).toEqual([])
    expect(found.balances).toBe(true)
  })
  it('offered = the sum of outcomes + open', () => {
    expect(found.calls).toMatchObject({
      offered: 14,
      open: 3,
      outcomes: {
        answered: 4,
        'abandoned-in-queue': 3,
        'abandoned-ringing': 1,
        closed: 1,
        failed: 0,
        'transferred-out': 1,
      },
    })
  })
  it('and so for each line: whom it has sent on counts there, and in the line to which they went', () => {
    expect(found.queues).toMatchObject([
      { queue: 'lifeboat', offered: 1, outcomes: { answered: 1 }, sentOn: 0, open: 0 },
      { queue: 'sales', offered: 10, outcomes: { answered: 3, closed: 0 }, sentOn: 3, open: 2 },
      { queue: 'support', offered: 3, outcomes: { 'abandoned-in-queue': 2 }, sentOn: 1, open: 0 },
    ])
  })
  it('signed in = the sum of the states', () => {
    expect(found.agents).toEqual([
      { agent: '8001', signedInMs: 60 * MIN, statesMs: 60 * MIN },
      { agent: '8002', signedInMs: 59 * MIN, statesMs: 59 * MIN },
      { agent: '8003', signedInMs: 58 * MIN + 30 * S, statesMs: 58 * MIN + 30 * S },
    ])
  })
  it('is given up where it takes longer than it may', async () => {
    await expect(ledgerReport(knex, day, now, 0)).rejects.toMatchObject({ id: 'too-much' })
    expect(await ledgerReport(knex, day, now, 60_000)).toEqual(found)
  })
  it('balances for any part of it, also one that cuts talks and states', async () => {
    for (const [from, to] of [
      [1, 1.2],
      [1.2, 5.1],
      [5.1, 12.5],
      [12.5, 23.5],
    ] as const) {
      const part = { from: at(from).getTime(), to: at(to).getTime() }
      expect((await ledgerReport(knex, part, now)).culprits).toEqual([])
    }
  })
  it('comes to the same where it is worked out in parts', async () => {
    const week = { from: day.from - 4 * 1_440 * MIN, to: day.to + 3 * 1_440 * MIN }
    expect(await ledgerReport(knex, week, now)).toEqual(found)
  })
  it('balances where there is nothing', async () => {
    const later = { from: now + 60 * MIN, to: now + 120 * MIN }
    expect(await ledgerReport(knex, later, now)).toMatchObject({ balances: true, calls: { offered: 0 } })
  })
})

const TABLES = ['calls', 'facts', 'legs', 'outside_legs', 'agents', 'agent_states']
const KEEP = TABLES.map(table => `create table kept_${table} as table ${table}`).join(';')
const RESTORE = TABLES.map(
  table => `delete from ${table}; insert into ${table} overriding system value table kept_${table}`,
).join(';')

describe('the ledger names the culprit', () => {
  beforeAll(async () => {
    knex = await database.fresh()
    await busyMorning(await Centre.open(knex))
    await knex.raw(KEEP)
  })
  // Each crime is undone, so that the next is found alone.
  beforeEach(() => knex.raw(RESTORE))

  it.each(CRIMES)('%s', async (_, crime, what, id, fault) => {
    await knex.raw(crime)
    const { balances, culprits } = await ledger()
    expect(balances).toBe(false)
    expect(culprits).toContainEqual({ what, id, fault: expect.stringMatching(fault) })
  })
  it('and nobody else', async () => {
    await knex.raw(`update calls set rating = 5 where id = 'rated'`)
    expect((await ledger()).culprits).toHaveLength(1)
  })
})
