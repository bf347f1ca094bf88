import type { Knex } from 'knex'
import { beforeAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { callReport } from '../../src/report/call.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { callsBack, isDue, promises, triesInVain, withdraws } from './callbacks.ts'
import { abandons, answered, arrives, Centre, connects, ends, misses, offered, putThrough, queues } from './centre.ts'

const S = 1_000
const MIN = 60 * S
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const database = testDatabase()
let knex: Knex
let kept: string
let busy: string

beforeAll(async () => {
  knex = await database.fresh()
  const centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  answered(centre, {
    id: 'agent-left',
    at: nine + MIN,
    agent: '8001',
    waitMs: 9_900,
    talkMs: 60_700,
    rating: 5,
    name: 'A "B"',
  })
  answered(centre, { id: 'caller-left', at: nine + 5 * MIN, agent: '8001', waitMs: 9 * S, talkMs: 60 * S })
  queues(centre, { id: 'gave-up', at: nine + 10 * MIN })
  centre.fact('gave-up', { at: nine + 10 * MIN + 31 * S, kind: 'PlaceTold', ahead: 0, waitMs: null })
  misses(centre, 'gave-up', '8001', nine + 11 * MIN)
  ends(centre, 'gave-up', nine + 12 * MIN, { outcome: 'abandoned-in-queue' })
  centre.wish('8001', { kind: 'pause', reason: 'meal' }, nine + 13 * MIN)
  centre.wish('8001', { kind: 'ready' }, nine + 14 * MIN)
  queues(centre, { id: 'too-long', at: nine + 15 * MIN })
  ends(centre, 'too-long', nine + 30 * MIN, { outcome: 'abandoned-in-queue', by: 'hotline' })
  queues(centre, { id: 'rates', at: nine + 16 * MIN })
  const over = { leg: connects(centre, 'rates', '8001', nine + 16 * MIN + 5 * S), agent: '8001', cause: 16 }
  centre.fact('rates', { at: nine + 17 * MIN, kind: 'AgentLeft', ...over })
  centre.fact('rates', { at: nine + 17 * MIN, kind: 'SurveyOffered' })
  centre.wake('8001')
  queues(centre, { id: 'closed', at: nine + 31 * MIN, queue: 'support' })
  ends(centre, 'closed', nine + 31 * MIN + 5 * S, { outcome: 'closed', by: 'hotline' })
  queues(centre, { id: 'while-ringing', at: nine + 32 * MIN })
  const leg = offered(centre, 'while-ringing', '8001', nine + 32 * MIN + 5 * S)
  const withdrawn = { kind: 'OfferEnded', leg, agent: '8001', result: 'withdrawn', cause: 16 } as const
  centre.fact('while-ringing', { at: nine + 32 * MIN + 8 * S, ...withdrawn })
  ends(centre, 'while-ringing', nine + 32 * MIN + 8 * S, { outcome: 'abandoned-ringing' })
  arrives(centre, { id: 'boat', at: nine + 33 * MIN })
  centre.fact('boat', { at: nine + 33 * MIN + S, kind: 'HandedToLifeboat', queue: 'lifeboat' })
  centre.fact('boat', { at: nine + 34 * MIN, kind: 'LifeboatConnected', agent: '8001', leg: 'boat~8001~4' })
  ends(centre, 'boat', nine + 35 * MIN)
  centre.wake('8001')
  queues(centre, { id: 'boat-left', at: nine + 35 * MIN + 10 * S })
  centre.fact('boat-left', { at: nine + 35 * MIN + 15 * S, kind: 'HandedToLifeboat', queue: 'sales' })
  const took = { agent: '8001', leg: 'boat-left~8001~5' }
  centre.fact('boat-left', { at: nine + 35 * MIN + 20 * S, kind: 'LifeboatConnected', ...took })
  ends(centre, 'boat-left', nine + 35 * MIN + 40 * S, { by: 'agent' })
  centre.wake('8001')
  centre.wish('8001', { kind: 'pause', reason: 'rest' }, nine + 36 * MIN)
  centre.wish('8001', { kind: 'sign-out' }, nine + 37 * MIN)
  abandons(centre, { id: 'open-flow', at: nine + 38 * MIN, waitMs: 7 * S })
  arrives(centre, { id: 'still-open', at: nine + 39 * MIN })
  queues(centre, { id: 'sent-on', at: nine + 40 * MIN })
  centre.signIn('8002', nine + 40 * MIN)
  misses(centre, 'sent-on', '8002', nine + 41 * MIN)
  centre.fact('sent-on', { at: nine + 42 * MIN, kind: 'PlaceTold', ahead: 1, waitMs: null })
  const sent = { kind: 'Overflowed', flow: 'on' } as const
  centre.fact('sent-on', { at: nine + 43 * MIN, ...sent, queue: 'sales', because: 'wait' })
  centre.fact('sent-on', { at: nine + 43 * MIN, kind: 'Queued', queue: 'support', ahead: 4, waitMs: null })
  ends(centre, 'sent-on', nine + 43 * MIN + 20 * S, { outcome: 'abandoned-in-queue' })
  arrives(centre, { id: 'at-the-door', at: nine + 44 * MIN })
  centre.fact('at-the-door', { at: nine + 44 * MIN + S, ...sent, queue: 'sales', because: 'length' })
  centre.fact('at-the-door', { at: nine + 44 * MIN + S, ...sent, queue: 'support', because: 'nobody' })
  ends(centre, 'at-the-door', nine + 45 * MIN, { outcome: 'closed', by: 'hotline' })
  queues(centre, { id: 'keeps', at: nine + 46 * MIN })
  centre.fact('keeps', { at: nine + 46 * MIN + 31 * S, kind: 'PlaceTold', ahead: 1, waitMs: null })
  kept = promises(centre, 'keeps', { at: nine + 47 * MIN, because: 'place-kept', place: nine + 46 * MIN + S })
  ends(centre, 'keeps', nine + 47 * MIN + 5 * S, { outcome: 'callback-booked', by: 'hotline' })
  centre.wish('8002', { kind: 'ready' }, nine + 48 * MIN)
  triesInVain(centre, kept, '8002', nine + 48 * MIN, { again: S })
  isDue(centre, kept, nine + 49 * MIN)
  callsBack(centre, kept, '8002', nine + 49 * MIN)
  arrives(centre, { id: 'asks', at: nine + 53 * MIN, caller: '13900139000', name: '王' })
  busy = promises(centre, 'asks', { at: nine + 53 * MIN })
  triesInVain(centre, busy, '8002', nine + 54 * MIN, { result: 'busy' })
  const never = promises(centre, 'asks', { at: nine + 55 * MIN, queue: 'support' })
  withdraws(centre, never, nine + 56 * MIN)
  putThrough(centre, { id: 'put-through', at: nine + 57 * MIN, talkMs: 60 * S })
  await centre.save()
})

/** As a tool would read it, in a session of the centre's zone. */
const log = (where: string) =>
  knex.transaction(async session => {
    await session.raw(`set local timezone to 'Asia/Shanghai'`)
    const { rows } = await session.raw(`select * from queue_log where ${where} order by time`)
    return rows.map((row: Record<string, string>) =>
      [row.time!.slice(11, 19), row.queuename, row.agent, row.event, row.data1, row.data2, row.data3].join('|'),
    )
  })

describe('queue_log, in Asterisk’s words', () => {
  it('has its columns, and times to the microsecond', async () => {
    const { rows } = await knex.raw(`select * from queue_log where callid = 'caller-left' limit 1`)
    expect(Object.keys(rows[0])).toEqual('time callid queuename agent event data1 data2 data3 data4 data5'.split(' '))
    expect(rows[0].time).toMatch(/^2026-11-23 \d\d:\d\d:\d\d\.\d{6}$/)
  })
  it('COMPLETEAGENT where the agent left first: whole seconds of wait and talk', async () => {
    expect(await log(`callid = 'agent-left'`)).toEqual([
      '09:01:01|sales|NONE|ENTERQUEUE||13800138000|3',
      '09:01:10|sales|PJSIP/8001|CONNECT|9|agent-left~8001~4|2',
      '09:02:11|sales|PJSIP/8001|COMPLETEAGENT|9|60|3',
    ])
  })
  it('COMPLETECALLER where the caller did', async () => {
    const [, , last] = await log(`callid = 'caller-left'`)
    expect(last).toBe('09:06:10|sales|PJSIP/8001|COMPLETECALLER|9|60|3')
  })
  it('RINGNOANSWER in ms, and ABANDON with the place last told', async () => {
    expect(await log(`callid = 'gave-up'`)).toEqual([
      '09:10:01|sales|NONE|ENTERQUEUE||13800138000|3',
      '09:11:15|sales|PJSIP/8001|RINGNOANSWER|15000||',
      '09:12:00|sales|NONE|ABANDON|1|3|119',
    ])
  })
  it('EXITWITHTIMEOUT, EXITEMPTY, and ABANDON while ringing', async () => {
    expect((await log(`callid = 'too-long'`))[1]).toBe('09:30:00|sales|NONE|EXITWITHTIMEOUT|3|3|899')
    expect((await log(`callid = 'closed'`))[1]).toBe('09:31:05|support|NONE|EXITEMPTY|3|3|4')
    expect((await log(`callid = 'while-ringing'`))[1]).toBe('09:32:08|sales|NONE|ABANDON|3|3|7')
  })
  it('each line that a caller stood in, with its own wait: EXITWITHTIMEOUT where it has sent them on', async () => {
    expect(await log(`callid = 'sent-on'`)).toEqual([
      '09:40:01|sales|NONE|ENTERQUEUE||13800138000|3',
      '09:41:15|sales|PJSIP/8002|RINGNOANSWER|15000||',
      '09:43:00|sales|NONE|EXITWITHTIMEOUT|2|3|179',
      '09:43:00|support|NONE|ENTERQUEUE||13800138000|5',
      '09:43:20|support|NONE|ABANDON|5|5|20',
    ])
  })
  it('EXITEMPTY at a door behind which nobody is; of a full line, as with maxlen, nothing', async () => {
    expect(await log(`callid = 'at-the-door'`)).toEqual([
      '09:44:01|support|NONE|ENTERQUEUE||13800138000|1',
      '09:44:01|support|NONE|EXITEMPTY|1|1|0',
    ])
  })
  it('EXITWITHKEY where they keep their place to be called back: key, positions, seconds waited', async () => {
    expect(await log(`callid = 'keeps'`)).toEqual([
      '09:46:01|sales|NONE|ENTERQUEUE||13800138000|3',
      '09:47:00|sales|NONE|EXITWITHKEY|1|2|3',
    ])
    const { rows } = await knex.raw(`select data4 from queue_log where event = 'EXITWITHKEY'`)
    expect(rows).toEqual([{ data4: '59' }])
  })
  it('nothing of callbacks: it tells of callers', async () => {
    expect(await log(`callid like 'cb%'`)).toEqual([])
  })
  it('a call that the lifeboat carried', async () => {
    expect(await log(`callid = 'boat'`)).toEqual([
      '09:33:01|lifeboat|NONE|ENTERQUEUE||13800138000|1',
      '09:34:00|lifeboat|PJSIP/8001|CONNECT|59|boat~8001~4|0',
      '09:35:00|lifeboat|PJSIP/8001|COMPLETECALLER|59|60|1',
    ])
  })
  it('a talk with the lifeboat that the agent ended; the line was joined once, with us', async () => {
    expect(await log(`callid = 'boat-left'`)).toEqual([
      '09:35:11|sales|NONE|ENTERQUEUE||13800138000|3',
      '09:35:20|sales|PJSIP/8001|CONNECT|9|boat-left~8001~5|0',
      '09:35:40|sales|PJSIP/8001|COMPLETEAGENT|9|20|3',
    ])
  })
  it('COMPLETEAGENT as soon as the agent has left, while the caller is still being asked', async () => {
    const [, , last] = await log(`callid = 'rates'`)
    expect(last).toBe('09:17:00|sales|PJSIP/8001|COMPLETEAGENT|9|50|3')
  })
  it('a time is looked for without reading all facts', async () => {
    const years = await knex.transaction()
    onTestFinished(async () => void (await years.rollback()))
    const many = `select 'of-old', i, now(), 'Prompted', '{}' from generate_series(1, 20000) as i`
    await years.raw(`insert into facts (call_id, seq, at, kind, body) ${many}`)
    await years.raw('analyze facts')
    const { rows } = await years.raw(`explain select * from queue_log where time >= '2026-11-23'`)
    const plan = rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('on calls')
    expect(plan).not.toContain('Seq Scan on facts')
  })
  it('the agent’s own doing: in, paused for a reason, out', async () => {
    expect(await log(`callid = 'NONE'`)).toEqual([
      '09:00:00|NONE|PJSIP/8001|ADDMEMBER|||',
      '09:11:15|NONE|PJSIP/8001|PAUSE|no-answer||',
      '09:13:00|NONE|PJSIP/8001|PAUSE|meal||',
      '09:14:00|NONE|PJSIP/8001|UNPAUSE|||',
      '09:36:00|NONE|PJSIP/8001|PAUSE|rest||',
      '09:37:00|NONE|PJSIP/8001|REMOVEMEMBER|||',
      '09:40:00|NONE|PJSIP/8002|ADDMEMBER|||',
      '09:41:15|NONE|PJSIP/8002|PAUSE|no-answer||',
      '09:48:00|NONE|PJSIP/8002|UNPAUSE|||',
    ])
  })
  it('every caller who enters leaves, but for those who still wait', async () => {
    const { rows } = await knex.raw(`
      select callid from queue_log where callid <> 'NONE' group by callid, queuename
      having count(*) filter (where event = 'ENTERQUEUE') <> 1
        or count(*) filter (where event in ('COMPLETEAGENT','COMPLETECALLER','ABANDON','EXITWITHTIMEOUT','EXITEMPTY','EXITWITHKEY')) <> 1`)
    expect(rows).toEqual([])
  })
})

describe('cdr, in Asterisk’s words', () => {
  it('one row for each call that is over', async () => {
    const { rows } = await knex.raw('select count(*)::int as rows, count(distinct uniqueid)::int as calls from cdr')
    expect(rows[0]).toEqual({ rows: 15, calls: 15 })
  })
  it('has its columns', async () => {
    const { rows } = await knex.raw(`select * from cdr where uniqueid = 'agent-left'`)
    expect(rows[0]).toMatchObject({
      calldate: new Date(nine + MIN),
      clid: '"A B" <13800138000>',
      src: '13800138000',
      dst: '4008001000',
      dcontext: 'hotline',
      channel: 'agent-left',
      dstchannel: 'agent-left~8001~4',
      lastapp: 'Stasis',
      lastdata: 'hotline',
      duration: 75,
      billsec: 75,
      disposition: 'ANSWERED',
      amaflags: 3,
      accountcode: '8001',
      uniqueid: 'agent-left',
      linkedid: 'agent-left',
      userfield: 'answered',
    })
  })
  it('a callback the right way round, from when the customer was dialled last', async () => {
    const { rows } = await knex.raw('select * from cdr where uniqueid = ?', [kept])
    expect(rows[0]).toMatchObject({
      ...{ start: new Date(nine + 49 * MIN + 8 * S), clid: '"" <4008001000>', src: '4008001000', dst: '13800138000' },
      ...{ dcontext: 'callback', channel: expect.stringContaining(`${kept}~8002~`), accountcode: '8002' },
      ...{ dstchannel: expect.stringContaining(`${kept}~customer`), duration: 67, billsec: 60 },
      ...{ disposition: 'ANSWERED', userfield: 'answered' },
    })
  })
  it('one in vain lasts as long as the last try; one that was never dialled is no call', async () => {
    const { rows } =
      await knex.raw(`select uniqueid, duration, billsec, disposition from cdr where dcontext = 'callback'
      and userfield <> 'answered'`)
    expect(rows).toEqual([{ uniqueid: busy, duration: 20, billsec: 0, disposition: 'BUSY' }])
  })
  it('names the channel of whom a caller was put through to, and no agent', async () => {
    const { rows } = await knex.raw(`select * from cdr where uniqueid = 'put-through'`)
    expect(rows[0]).toMatchObject({
      ...{ dstchannel: 'put-through~out6', accountcode: '', disposition: 'ANSWERED', userfield: 'transferred-out' },
    })
    expect(await log(`callid = 'put-through'`)).toEqual([])
  })
})

test('the legs of a call are its ways to agents and to numbers outside, which are masked where numbers are', async () => {
  const { legs } = await callReport(knex, 'put-through')
  expect(legs).toMatchObject([
    { agent: null, number: '13911113333', result: 'busy', cause: 17, answeredAt: null },
    { agent: null, number: '13911113333', result: 'answered', cause: 16, answeredAt: nine + 57 * MIN + 9 * S },
  ])
  const masked = await callReport(knex, 'put-through', 'masked')
  expect(masked.legs.map(({ number }) => number)).toEqual(['139****3333', '139****3333'])
  expect(JSON.stringify(masked)).not.toContain('13911113333')
  expect((await callReport(knex, 'agent-left')).legs).toMatchObject([{ agent: '8001', number: null }])
})
