import { readFile } from 'node:fs/promises'
import type { Knex } from 'knex'
import { beforeEach, expect } from 'vitest'
import { TOLERANCE_MS } from '../../src/recording/tape.ts'
import { wallClock } from '../../src/softphone/clock.ts'
import { loudness, RATE, toneLevel, toneLevelThroughout } from '../../src/softphone/tone.ts'

/** Asterisk takes so much off the end of what a key ends (main/app.c), so that the key is not heard in it. */
export const STRIPPED_MS = 200

/** One side of a stereo recording, measured. Times in ms from its beginning; levels in dBFS. */
export type Side = {
  ms: number
  /** Of nothing but this tone, for traces of one: what is spoken has a little of every tone. */
  level(hz: number, fromMs: number, forMs: number): number
  /** Of a tone that is there throughout, whatever became of a packet of it. */
  throughout(hz: number, fromMs: number, forMs: number): number
  loudness(fromMs: number, forMs: number): number
}

const HEADER = 44

/** The two sides of a recording: left the caller, right what the caller heard. */
export async function channelsOf(path: string): Promise<{ left: Side; right: Side }> {
  const wav = await readFile(path)
  const samples = new Int16Array(wav.buffer, wav.byteOffset + HEADER, (wav.length - HEADER) >> 1)
  return { left: side(samples, 0), right: side(samples, 1) }
}

function side(both: Int16Array, channel: 0 | 1): Side {
  const pcm = both.filter((_, i) => i % 2 === channel)
  const part = (fromMs: number, forMs: number) => {
    const [first, count] = [fromMs, forMs].map(ms => Math.round((ms * RATE) / 1_000)) as [number, number]
    if (count <= 0) throw new RangeError(`a part of ${forMs} ms cannot be measured`)
    return pcm.subarray(first, first + count)
  }
  return {
    ms: (pcm.length * 1_000) / RATE,
    level: (hz, fromMs, forMs) => toneLevel(part(fromMs, forMs), hz),
    throughout: (hz, fromMs, forMs) => toneLevelThroughout(part(fromMs, forMs), hz),
    loudness: (fromMs, forMs) => loudness(part(fromMs, forMs)),
  }
}

let stoodBefore = 0
let beganAt = new Date()
beforeEach(() => {
  stoodBefore = wallClock.stoodStill()
  beganAt = new Date()
})

type Recorded = { caller: string; recording_faults: string[] | null }

/**
 * Recorded to the end, and nothing silent that must be heard. But what our phones did not send while they stood still, on a
 * machine that had other things to do during this test, is on no tape.
 */
function expectWholeTape({ caller, recording_faults }: Recorded, explained?: RegExp): void {
  expect(recording_faults, caller).not.toBeNull()
  for (const fault of recording_faults!) {
    if (explained?.test(fault)) continue
    const [, seconds] = /^(\d+\.\d) s (?:shorter|longer) than the call$/.exec(fault) ?? []
    const missed = Number(seconds) * 1_000 - (wallClock.stoodStill() - stoodBefore)
    expect(missed, `${caller}: ${fault}`).toBeLessThan(TOLERANCE_MS)
  }
}

/** The call was answered, and recorded whole. */
export function expectWhole(record: Recorded & { outcome: string }): void {
  expect(record.outcome, record.caller).toBe('answered')
  expectWholeTape(record)
}

/** Every call of this test, all of which must be closed, was recorded whole, but for the faults that its story explains. */
export async function expectWholeTapes(knex: Knex, explained?: RegExp): Promise<void> {
  const records: Recorded[] = await knex('calls')
    .where('arrived_at', '>=', beganAt)
    .select('caller', 'recording_faults')
  for (const record of records) expectWholeTape(record, explained)
}
