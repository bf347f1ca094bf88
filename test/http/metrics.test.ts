import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { evolve } from '../../src/call/evolve.ts'
import type { Recording } from '../../src/call/facts.ts'
import { openMetrics } from '../../src/http/metrics.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import {
  aCallArrives,
  aCallerHearingMusic,
  aCallerInTheSurvey,
  anEndedCall,
  aQueue,
  given,
  itIsUp,
  NOON,
} from '../call/given.ts'

const REFUSED: Recording = { file: null, ms: 0, sha256: null, faults: ['the disk refused it'], refused: true }
const SHORT: Recording = { file: 'a.wav', ms: 1, sha256: 'ab', faults: ['9.0 s shorter than the call'] }
const WHOLE: Recording = { ...SHORT, faults: [] }

let board: Switchboard
let now: number
let metrics: ReturnType<typeof openMetrics>

beforeEach(() => {
  now = NOON
  const clock = { now: () => NOON, at: () => () => {} }
  const phone = { perform: async () => {}, look: () => Promise.reject(new Error('nobody looks')) }
  const memory = { remember: async () => {} }
  const centre = new Centre([aQueue('sales')], new Map())
  board = new Switchboard({ centre, namedQueues: [], phone, memory, clock, log: pino({ level: 'silent' }) })
  metrics = openMetrics(board, () => now)
})

const begin = (...calls: Call[]) => board.restore([], calls)
const filed = (recording: Recording, call = 'over') => board.happen(call, { kind: 'Filed', recording, at: NOON })
const over = { ...given(anEndedCall).call!, id: 'over' }

async function shown(name: string): Promise<string[]> {
  const lines = (await metrics.getSingleMetricAsString(name)).split('\n')
  return lines.filter(line => !line.startsWith('#')).map(line => line.replace(name, '').trim())
}

test('calls that are not over are counted by phase; one that waits for the disk is over', async () => {
  begin({ ...given(aCallerHearingMusic).call!, id: 'waiting' }, over, { ...over, id: 'filing' })
  filed(REFUSED)
  expect(await shown('hotline_calls')).toEqual(['{phase="queued"} 1'])
})

/** Promised at noon, within an hour, and not before evening. */
const aCallback = (id: string): Call =>
  evolve(null, {
    ...{ kind: 'CallbackOpened', at: NOON, id, of: 'c', from: id, name: '', to: '4008001000', flow: 'hotline' },
    ...{ language: 'zh', callingIn: [], queue: 'sales', because: 'asked', place: NOON, promisedAt: NOON },
    ...{ promisedUntil: NOON + 3_600_000, waits: { due: NOON + 36_000_000 } },
  })
const dialled = { at: NOON, agent: '8001', result: 'busy', cause: 17 } as const

test('callbacks wait until they are reached, and are overdue where nobody has dialled in time; they are no calls until then', async () => {
  const tried = aCallback('2')
  begin(aCallback('1'), { ...tried, callback: { ...tried.callback!, tries: [dialled] } })
  expect(await shown('hotline_callbacks_waiting')).toEqual(['2'])
  expect(await shown('hotline_callbacks_overdue')).toEqual(['0'])
  expect(await shown('hotline_calls')).toEqual([])
  now = NOON + 3_600_001
  expect(await shown('hotline_callbacks_overdue')).toEqual(['1'])
})

test('a callback that is over is counted by its outcome, and not among the calls of callers', async () => {
  begin(aCallback('1'))
  board.happen('1', { kind: 'Withdrawn', because: 'cancelled', at: NOON })
  expect(await shown('hotline_callbacks_waiting')).toEqual(['0'])
  expect(await shown('hotline_callbacks_ended_total')).toContain('{outcome="withdrawn"} 1')
  expect(await shown('hotline_calls_ended_total')).toContain('{outcome="withdrawn"} 0')
})

test("an agent's own call is counted while it lasts, and by its outcome apart from those of callers", async () => {
  begin()
  const own = { leg: 'own', agent: '8001', from: '138', to: '', queue: null, language: 'zh' } as const
  board.happen('own', { kind: 'AgentDials', ...own, number: '138', at: NOON })
  expect(await shown('hotline_calls')).toEqual(['{phase="dialling"} 1'])
  board.happen('own', { kind: 'CallerLeftUs', at: NOON })
  expect(await shown('hotline_calls')).toEqual([])
  expect(await shown('hotline_outbound_ended_total')).toContain('{outcome="not-reached"} 1')
  expect(await shown('hotline_calls_ended_total')).toContain('{outcome="not-reached"} 0')
})

test('the call of somebody on duty is counted while it lasts, and by its outcome apart from those of callers, also where it failed', async () => {
  begin({ ...given(aCallArrives('duty'), itIsUp).call!, id: 'duty' })
  expect(await shown('hotline_calls')).toEqual(['{phase="in-flow"} 1'])
  board.happen('duty', { kind: 'CallerGone', cause: 0, by: 'asterisk', at: NOON })
  expect(await shown('hotline_duty_ended_total')).toContain('{outcome="failed"} 1')
  expect(await shown('hotline_calls_ended_total')).toContain('{outcome="failed"} 0')
})

test('recordings that the disk refused are counted until it takes them', async () => {
  begin(over, { ...over, id: 'other' })
  expect(await shown('hotline_recordings_refused')).toEqual(['0'])
  filed(REFUSED)
  filed(REFUSED, 'other')
  expect(await shown('hotline_recordings_refused')).toEqual(['2'])
  filed(WHOLE)
  expect(await shown('hotline_recordings_refused')).toEqual(['1'])
})

test('low scores are counted by line, each once', async () => {
  const asked = { ...given(aCallerInTheSurvey).call!, id: 'asked' }
  begin(asked)
  board.learn('asked', [
    { kind: 'SurveyAnswered', name: 'rating', scale: '1-5', rating: 1, at: NOON },
    { kind: 'LowScore', name: 'rating', score: 1, atOrUnder: 2, at: NOON },
  ])
  expect(await shown('hotline_low_scores_total')).toEqual(['{queue="sales"} 1'])
})

test.each([
  { what: 'short', told: [SHORT], times: '1' },
  { what: 'refused, and short when it is filed,', told: [REFUSED, REFUSED, SHORT], times: '1' },
  { what: 'refused, and whole when it is filed,', told: [REFUSED, WHOLE], times: '0' },
  { what: 'refused until now', told: [REFUSED], times: '0' },
])('a recording that is $what counts $times times as faulty', async ({ told, times }) => {
  begin(over)
  for (const recording of told) filed(recording)
  expect(await shown('hotline_recordings_faulty_total')).toEqual([times])
})
