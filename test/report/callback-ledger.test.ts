import type { Knex } from 'knex'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type LedgerReport, ledgerReport } from '../../src/report/ledger.ts'
import { ledgerText } from '../../src/report/ledger-text.ts'
import { testDatabase } from '../database/testDatabase.ts'
import {
  callsBack,
  dialledFromDuty,
  dials,
  isDue,
  promises,
  promisesAgain,
  takesOver,
  triesInVain,
  withdraws,
} from './callbacks.ts'
import { arrives, Centre, ends, misses, offered, queues } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const day = { from: nine - 540 * MIN, to: nine + 900 * MIN }
const now = nine + 180 * MIN
const database = testDatabase()
let knex: Knex
const ids: Record<string, string> = {}
const ledger = () => ledgerReport(knex, day, now)

/** Every kind of callback there is. */
async function callbacks(centre: Centre): Promise<void> {
  centre.signIn('8001', nine)
  centre.signIn('8002', nine)
  queues(centre, { id: 'kept', at: nine })
  ids.kept = promises(centre, 'kept', { at: nine + 30 * S, because: 'place-kept', place: nine + S })
  ends(centre, 'kept', nine + 34 * S, { outcome: 'callback-booked', by: 'hotline' })
  misses(centre, ids.kept, '8002', nine + MIN)
  triesInVain(centre, ids.kept, '8001', nine + 2 * MIN, { result: 'busy', again: 5 * MIN })
  isDue(centre, ids.kept, nine + 8 * MIN)
  callsBack(centre, ids.kept, '8001', nine + 9 * MIN, { rating: 5 })
  arrives(centre, { id: 'asked', at: nine + 15 * MIN })
  ids.given = promises(centre, 'asked', { at: nine + 15 * MIN + S, queue: 'support' })
  ends(centre, 'asked', nine + 15 * MIN + 5 * S, { outcome: 'callback-booked', by: 'hotline' })
  triesInVain(centre, ids.given, '8001', nine + 16 * MIN)
  arrives(centre, { id: 'night', at: nine + 17 * MIN, caller: '13900139000' })
  ids.night = promises(centre, 'night', { at: nine + 17 * MIN, due: nine + 40 * MIN })
  promisesAgain(centre, 'night', ids.night, nine + 18 * MIN)
  ends(centre, 'night', nine + 19 * MIN, { outcome: 'callback-booked' })
  // Before it is due, and in line: the earlier of the two places counts there.
  arrives(centre, { id: 'again', at: nine + 20 * MIN, caller: '13900139000' })
  isDue(centre, ids.night, nine + 40 * MIN, nine + 18 * MIN)
  promisesAgain(centre, 'again', ids.night, nine + 41 * MIN)
  ends(centre, 'again', nine + 42 * MIN, { outcome: 'callback-booked' })
  const leg = offered(centre, ids.night, '8001', nine + 43 * MIN)
  const taken = { kind: 'OfferEnded', leg, agent: '8001', result: 'withdrawn', cause: 16 } as const
  centre.fact(ids.night, { at: nine + 43 * MIN + 9 * S, ...taken })
  withdraws(centre, ids.night, nine + 43 * MIN + 9 * S)
  arrives(centre, { id: 'left', at: nine + 45 * MIN, caller: '13600136000' })
  ids.left = promises(centre, 'left', { at: nine + 45 * MIN + 5 * S })
  ends(centre, 'left', nine + 45 * MIN + 6 * S, { outcome: 'callback-booked' })
  dialledFromDuty(centre, ids.left, nine + 46 * MIN, 5 * MIN)
  takesOver(centre, ids.left, nine + 55 * MIN)
  arrives(centre, { id: 'dialled', at: nine + 50 * MIN, caller: '13700137000' })
  ids.dialled = promises(centre, 'dialled', { at: nine + 50 * MIN })
  dials(centre, ids.dialled, '8001', nine + 51 * MIN)
  await centre.save()
}

describe('a day of callbacks as it should be', () => {
  let found: LedgerReport
  beforeAll(async () => {
    knex = await database.fresh()
    await callbacks(await Centre.open(knex))
    found = await ledger()
  })

  it('balances, the seconds in which agents dial as well', () => {
    expect(found.culprits).toEqual([])
    expect(found.balances).toBe(true)
  })
  it('counts callers and callbacks apart, and only callers as offered to a line', () => {
    expect(found.calls).toMatchObject({ offered: 6, open: 1, outcomes: { 'callback-booked': 5, answered: 0 } })
    const outcomes = { answered: 2, 'not-reached': 1, withdrawn: 1 }
    expect(found.callbacks).toMatchObject({ offered: 5, open: 1, outcomes })
    expect(found.queues).toMatchObject([{ queue: 'sales', offered: 1, outcomes: { 'callback-booked': 1 } }])
    expect(ledgerText(found)).toContain('Callbacks  5 promised = 2 answered + 1 not-reached + 1 withdrawn + 1 open\n')
  })
  it('says nothing of callbacks where there are none', async () => {
    const before = { from: day.from, to: nine }
    expect(ledgerText(await ledgerReport(knex, before, now))).not.toContain('Callbacks')
  })

  it.each([
    ['one lost', `delete from calls where id = :given`, 'asked', 'was promised a callback that is not listed'],
    [
      'one that nobody promised',
      `update facts set kind = 'Unknown' where call_id = 'asked' and kind = 'CallbackBooked'`,
      'given',
      'is a callback that call asked has not promised',
    ],
    [
      'a place moved',
      `update calls set queued_at = queued_at + interval '1 s' where id = :night`,
      'night',
      'queued_at is',
    ],
    [
      'an outcome made better',
      `update calls set outcome = 'answered' where id = :given`,
      'given',
      'outcome is answered',
    ],
    [
      'a stay in line moved',
      `update calls set line_at = line_at + interval '1 s' where id = :kept`,
      'kept',
      'line_at is',
    ],
    [
      'a try shortened',
      `update agent_states set ended_at = ended_at - interval '5 s' where state = 'dialling' and call_id = :given`,
      '8001',
      'dialled for 20000 ms by the states, for 25000 ms by the legs of call',
    ],
  ])('%s is a fault', async (_, crime, who, fault) => {
    const undone = await knex.transaction()
    onTestFinished(async () => void (await undone.rollback()))
    await undone.raw(crime, ids)
    const { culprits } = await ledgerReport(undone, day, now)
    expect(culprits).toContainEqual({
      what: who === '8001' ? 'agent' : 'call',
      id: ids[who] ?? who,
      fault: expect.stringContaining(fault),
    })
  })
})
