import { beforeEach, expect, test } from 'vitest'
import { readQueueLog } from '../../src/asterisk/queueLog.ts'
import type { Call } from '../../src/call/call.ts'
import type { Fact } from '../../src/call/facts.ts'
import type { Log } from '../../src/log.ts'
import { LifeboatStory, type Told } from '../../src/switchboard/lifeboatStory.ts'
import { PaperBoard } from './paperBoard.ts'

const CALL = 'hotline-1795411734.0'
const AT = 1_795_411_734_000

/** As Asterisk 22 wrote them. */
const BOARDED = `1795411734|${CALL}|lifeboat-sales|NONE|LIFEBOAT|1795411734771|13800138000|4008001000|1795411734402`
const QUEUED = `1795411743|${CALL}|lifeboat-sales|NONE|ENTERQUEUE||13800138000|1`
const TALKING = `1795411744|${CALL}|lifeboat-sales|8001|TALK|1795411744006`
const CONNECTED = `1795411744|${CALL}|lifeboat-sales|8001|CONNECT|1|hotline-1795411743.1|0`
const COMPLETED = `1795411764|${CALL}|lifeboat-sales|8001|COMPLETEAGENT|1|20|1`
const AGENT_LEFT = `1795411764|${CALL}|hotline|NONE|HANGUP|1795411764448|16|agent`
const CALLER_LEFT = `1795411764|${CALL}|hotline|NONE|HANGUP|1795411764448|16|`
const GONE_UNHEARD = `1795411764|${CALL}|hotline|NONE|HANGUP|1795411764448|16||13800138000|4008001000|1795411734402`
const STARTED = '1795411800|NONE|NONE|NONE|QUEUESTART|'

const FLOWS: Record<string, string> = { '4008001000': 'hotline', '4008001009': 'duty' }

let board: PaperBoard
let story: LifeboatStory
let lines: string[]
let onRecord: Set<string>
/** The database cannot be asked. */
let isAway: boolean
let died: number | undefined

beforeEach(() => {
  board = new PaperBoard()
  lines = []
  onRecord = new Set()
  isAway = false
  died = undefined
  story = new LifeboatStory({
    board,
    read: async take => {
      const { length } = lines
      if (length > 0) await take(readQueueLog(lines.slice(0, length)))
      lines.splice(0, length)
    },
    onRecord: async () => {
      if (isAway) throw new Error('the database is away')
      return onRecord
    },
    remembered: async () => {},
    dialled: number => ({ flow: FLOWS[number] ?? 'other', language: 'zh', release: 0 }),
    endOf: async () => died,
    log: { warn: (said: object) => isAway || 'rangMs' in said || expect(said).toBeUndefined() } as unknown as Log,
  })
})

async function cameBackTo(...written: string[]): Promise<Call | undefined> {
  lines.push(...written)
  await story.catchUp()
  return board.call(CALL)
}

const arrived = (at: number): Fact => ({
  kind: 'CallArrived',
  channel: CALL,
  from: '13800138000',
  name: '',
  to: '4008001000',
  flow: 'hotline',
  language: 'en',
  at,
})

test('a customer of ours who was handed over is known by the call that dialled them', async () => {
  board.learn(CALL, [
    arrived(AT),
    { kind: 'CallAnswered', at: AT },
    { kind: 'HandedToLifeboat', queue: 'sales', at: AT },
  ])
  const theirs = [BOARDED, QUEUED, TALKING, CONNECTED, COMPLETED, CALLER_LEFT]
  await cameBackTo(...theirs.map(line => line.replace(CALL, `${CALL}~customer2`)))
  expect(board.kinds().slice(3)).toEqual(['LifeboatConnected', 'CallEnded'])
  expect(board.calls).toHaveLength(1)
})

test('a call that the lifeboat carried from beginning to end becomes a call like any other', async () => {
  const call = await cameBackTo(BOARDED, QUEUED, TALKING, CONNECTED, COMPLETED, AGENT_LEFT)
  expect(board.kinds()).toEqual(['CallArrived', 'CallAnswered', 'HandedToLifeboat', 'LifeboatConnected', 'CallEnded'])
  expect(call).toMatchObject({
    ...{ from: '13800138000', name: '', to: '4008001000', flow: 'hotline', queue: 'sales', inLifeboat: true },
    ...{ arrivedAt: AT + 402, answeredAt: AT + 771, queuedAt: AT + 771, endedAt: AT + 30_448 },
    ...{ outcome: 'answered', endedBy: 'agent', cause: 16, short: false },
    leg: { agent: '8001', connectedAt: AT + 10_006, endedAt: AT + 30_448, result: 'answered' },
  })
})

test('a caller who leaves the talk first ended it', async () => {
  expect(await cameBackTo(BOARDED, TALKING, CONNECTED, CALLER_LEFT)).toMatchObject({ endedBy: 'caller' })
})

test('a caller who hangs up while waiting has abandoned', async () => {
  const call = await cameBackTo(BOARDED, QUEUED, `1795411750|${CALL}|lifeboat|NONE|ABANDON|1|1|7`, CALLER_LEFT)
  expect(call).toMatchObject({ outcome: 'abandoned-in-queue', short: false, endedBy: 'caller', leg: null })
})

test.each([
  ['nobody is there', 'closed'],
  ['nobody comes free', 'abandoned-in-queue'],
])('where %s the hotline ends the call: %s', async (_, outcome) => {
  const given = `1795411760|${CALL}|lifeboat|NONE|DISMISSED|1795411760100|${outcome}`
  expect(await cameBackTo(BOARDED, QUEUED, given, CALLER_LEFT)).toMatchObject({ outcome, endedBy: 'hotline' })
})

test('where only app_queue told of the talk, it is known to the second', async () => {
  const call = await cameBackTo(BOARDED, CONNECTED, CALLER_LEFT)
  expect(call).toMatchObject({ leg: { agent: '8001', connectedAt: AT + 10_000 } })
})

test('a talk that goes on is a talk, and its end comes with the bell', async () => {
  const call = await cameBackTo(BOARDED, QUEUED, TALKING, CONNECTED)
  expect(call).toMatchObject({ phase: 'talking', leg: { agent: '8001', endedAt: null } })
  lines.push(COMPLETED, AGENT_LEFT)
  story.hear()
  await story.catchUp()
  expect(board.call(CALL)).toMatchObject({ phase: 'ended', outcome: 'answered', endedAt: AT + 30_448 })
})

test('a call that the service itself handed over is completed, not told anew', async () => {
  board.learn(CALL, [arrived(AT), { kind: 'CallAnswered', at: AT + 20 }])
  board.learn(CALL, [{ kind: 'HandedToLifeboat', queue: 'sales', at: AT + 700 }])
  const call = await cameBackTo(BOARDED, TALKING, CONNECTED, CALLER_LEFT)
  expect(call).toMatchObject({ arrivedAt: AT, language: 'en', queuedAt: AT + 700, outcome: 'answered' })
  expect(board.kinds().filter(kind => kind === 'CallArrived' || kind === 'HandedToLifeboat')).toHaveLength(2)
})

test('a caller who hung up unheard was gone then, also where more of the call was written before that was read', async () => {
  board.learn(CALL, [arrived(AT), { kind: 'CallAnswered', at: AT + 20 }, { kind: 'KeyMissed', at: AT + 34_000 }])
  expect(await cameBackTo(CALLER_LEFT)).toMatchObject({ endedAt: AT + 34_000, goneAt: AT + 30_448 })
})

test('read twice, it is told once', async () => {
  const all = [BOARDED, QUEUED, TALKING, CONNECTED, COMPLETED, AGENT_LEFT]
  const before = await cameBackTo(...all)
  expect(await cameBackTo(...all)).toEqual(before)
})

test('a call that is in the books and no longer on the board is left as it is', async () => {
  onRecord.add(CALL)
  expect(await cameBackTo(BOARDED, TALKING, AGENT_LEFT)).toBeUndefined()
})

test('strangers wait until the database can say who they are; a call on the board does not wait with them', async () => {
  board.learn(CALL, [arrived(AT), { kind: 'CallAnswered', at: AT + 20 }])
  board.learn(CALL, [{ kind: 'HandedToLifeboat', queue: 'sales', at: AT + 700 }])
  isAway = true
  const stranger = 'hotline-1795411735.0'
  const call = await cameBackTo(BOARDED.replaceAll(CALL, stranger), BOARDED, TALKING, AGENT_LEFT)
  expect(call).toMatchObject({ phase: 'ended', outcome: 'answered', endedBy: 'agent' })
  expect(board.call(stranger)).toBeUndefined()
  isAway = false
  await cameBackTo()
  expect(board.call(stranger)).toMatchObject({ phase: 'queued', inLifeboat: true })
  expect(board.call(CALL)).toEqual(call)
})

test('a call that was never in the lifeboat and hung up while nobody listened ended when it did', async () => {
  board.learn(CALL, [arrived(AT), { kind: 'CallAnswered', at: AT + 20 }])
  expect(await cameBackTo(CALLER_LEFT)).toMatchObject({ outcome: 'abandoned-in-flow', endedAt: AT + 30_448, cause: 16 })
})

test('while the service listens, it hears of such a hang-up itself', async () => {
  await cameBackTo()
  board.learn(CALL, [arrived(AT), { kind: 'CallAnswered', at: AT + 20 }])
  lines.push(CALLER_LEFT)
  story.hear()
  await new Promise(done => setImmediate(done))
  expect(lines).toEqual([])
  expect(board.call(CALL)).toMatchObject({ phase: 'in-flow' })
})

test('while the service is away the bell is not heeded: all is read on coming back', async () => {
  await cameBackTo()
  story.away()
  lines.push(BOARDED)
  story.hear()
  await new Promise(done => setImmediate(done))
  expect(lines).toEqual([BOARDED])
})

test('a call that died with Asterisk ended when its tape did, or at latest when Asterisk started again', async () => {
  died = AT + 40_000
  const call = await cameBackTo(BOARDED, TALKING, STARTED)
  expect(call).toMatchObject({ outcome: 'answered', endedBy: 'asterisk', endedAt: AT + 40_000 })
  died = undefined
  const other = BOARDED.replaceAll('734.0', '735.0')
  await cameBackTo(other, STARTED)
  expect(board.call('hotline-1795411735.0')).toMatchObject({ outcome: 'failed', endedAt: AT + 66_000 })
})

test('lines that a crash cut short, or that make no sense, tell nothing', () => {
  const half = BOARDED.slice(0, 30)
  const junk = ['', '|||||', 'x|y|z|a|HANGUP|1', '1795411734', half, `${half}${STARTED}`, '99999999999999|a|b|c|TALK|1']
  expect(readQueueLog(junk)).toEqual([])
})

test('a time in ms that is far from the line’s own is not believed', () => {
  const [told] = readQueueLog([TALKING.replace('1795411744006', '12')])
  expect(told).toEqual({ kind: 'connected', call: CALL, at: AT + 10_000, agent: '8001' } satisfies Told)
})

test('whoever is on duty and dialled in while nobody listened is no caller', async () => {
  const call = await cameBackTo(GONE_UNHEARD.replace('4008001000', '4008001009'))
  expect(board.kinds()).toEqual(['DutyBegan', 'CallEnded'])
  expect(call).toMatchObject({ direction: 'internal', outcome: 'abandoned-in-flow', arrivedAt: AT + 402 })
})

test('a caller who came and went while nobody listened has abandoned', async () => {
  const call = await cameBackTo(GONE_UNHEARD)
  expect(board.kinds()).toEqual(['CallArrived', 'CallEnded'])
  expect(call).toMatchObject({
    ...{ from: '13800138000', to: '4008001000', flow: 'hotline', answeredAt: null },
    ...{ arrivedAt: AT + 402, endedAt: AT + 30_448, outcome: 'abandoned-in-flow', endedBy: 'caller', cause: 16 },
  })
})

test('where we listen, word of a caller who is gone may be on its way: it is waited for until the next reading', async () => {
  await story.catchUp()
  lines.push(GONE_UNHEARD)
  await story.hear()
  expect(board.facts).toEqual([])
  await story.hear()
  expect(board.kinds()).toEqual(['CallArrived', 'CallEnded'])
})

test('a caller who is gone and in the books is left as they are', async () => {
  onRecord.add(CALL)
  await cameBackTo(GONE_UNHEARD)
  lines.push(GONE_UNHEARD)
  await story.hear()
  await story.hear()
  expect(board.facts).toEqual([])
})

test('a caller who is gone is not forgotten while the database is away', async () => {
  isAway = true
  lines.push(GONE_UNHEARD)
  const { length } = lines
  await story.catchUp()
  expect([board.facts.length, lines.length]).toEqual([0, length])
  isAway = false
  await story.catchUp()
  expect(board.kinds()).toEqual(['CallArrived', 'CallEnded'])
})
