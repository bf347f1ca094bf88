import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import type { Recording } from '../../src/call/facts.ts'
import { openMetrics } from '../../src/http/metrics.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { aCallerHearingMusic, anEndedCall, aQueue, given, NOON } from '../call/given.ts'

const REFUSED: Recording = { file: null, ms: 0, sha256: null, faults: ['the disk refused it'], refused: true }
const SHORT: Recording = { file: 'a.wav', ms: 1, sha256: 'ab', faults: ['9.0 s shorter than the call'] }
const WHOLE: Recording = { ...SHORT, faults: [] }

let board: Switchboard
let metrics: ReturnType<typeof openMetrics>

beforeEach(() => {
  const clock = { now: () => NOON, at: () => () => {} }
  const phone = { perform: async () => {}, look: () => Promise.reject(new Error('nobody looks')) }
  const memory = { remember: async () => {} }
  const centre = new Centre([aQueue('sales')], new Map())
  board = new Switchboard({ centre, namedQueues: [], phone, memory, clock, log: pino({ level: 'silent' }) })
  metrics = openMetrics(board)
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

test('recordings that the disk refused are counted until it takes them', async () => {
  begin(over, { ...over, id: 'other' })
  expect(await shown('hotline_recordings_refused')).toEqual(['0'])
  filed(REFUSED)
  filed(REFUSED, 'other')
  expect(await shown('hotline_recordings_refused')).toEqual(['2'])
  filed(WHOLE)
  expect(await shown('hotline_recordings_refused')).toEqual(['1'])
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
