import { readFile } from 'node:fs/promises'
import { loudness, RATE, toneLevel } from '../../src/softphone/tone.ts'

/** One side of a stereo recording, measured. Times in ms from its beginning; levels in dBFS. */
export type Side = {
  ms: number
  level(hz: number, fromMs: number, forMs: number): number
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
    loudness: (fromMs, forMs) => loudness(part(fromMs, forMs)),
  }
}
