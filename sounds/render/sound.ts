// Samples in, telephone prompts out: resampled, trimmed, evenly loud, written as Asterisk wants them.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export type Sound = { samples: Float32Array; rate: number }

const LOUDNESS = -20 // dBFS, over speech
const PEAK = -3.5 // dBFS
const db = (level: number) => 10 ** (level / 20)

/** Windowed sinc; slow and exact. */
export function resample({ samples, rate }: Sound, to: number): Sound {
  const cutoff = (Math.min(rate, to) / rate) * 0.96
  const reach = 48 / cutoff
  const output = new Float32Array(Math.floor((samples.length * to) / rate))
  output.forEach((_, i) => {
    const centre = (i * rate) / to
    let sum = 0
    for (let j = Math.max(0, Math.ceil(centre - reach)); j <= Math.min(samples.length - 1, centre + reach); j++) {
      const x = j - centre
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x)
      sum += samples[j]! * sinc * cutoff * (0.5 + 0.5 * Math.cos((Math.PI * x) / reach))
    }
    output[i] = sum
  })
  return { samples: output, rate: to }
}

/** Cuts the silence at both ends down to `edge` seconds, and fades the cut. */
export function trim({ samples, rate }: Sound, edge: number): Sound {
  const window = Math.round(rate / 200)
  const energy = levels(samples, window)
  const floor = Math.max(...energy) - 42
  const first = energy.findIndex(e => e > floor)
  const last = energy.findLastIndex(e => e > floor)
  const margin = Math.round(edge * rate)
  const from = Math.max(0, first * window - margin)
  const to = Math.min(samples.length, (last + 1) * window + margin)
  return { samples: fade(samples.slice(from, to), Math.round(rate * Math.min(edge, 0.01))), rate }
}

function fade(samples: Float32Array, length: number): Float32Array {
  for (let i = 0; i < Math.min(length, samples.length); i++) {
    const gain = 0.5 - 0.5 * Math.cos((Math.PI * i) / length)
    samples[i]! *= gain
    samples[samples.length - 1 - i]! *= gain
  }
  return samples
}

/** Brings speech to the common loudness; the few peaks that stand out are turned down smoothly, never clipped. */
export function level(samples: Float32Array, rate: number, loudness = LOUDNESS): Float32Array {
  let loud = samples
  // Turning peaks down costs loudness: twice around is near enough.
  for (let round = 0; round < 3; round++) {
    const gain = db(loudness - speechLevel(loud, rate))
    loud = limit(
      loud.map(s => s * gain),
      rate,
    )
  }
  return loud
}

function limit(samples: Float32Array, rate: number): Float32Array {
  const ceiling = db(PEAK)
  const reach = Math.round(rate * 0.003)
  const wanted = samples.map(s => Math.min(1, ceiling / Math.abs(s)))
  // The least gain wanted nearby, then its running mean: gentle, and never above what any peak wants.
  const least = wanted.map((_, i) => Math.min(...wanted.subarray(Math.max(0, i - reach), i + reach + 1)))
  const mean = least.map((_, i) => {
    const near = least.subarray(Math.max(0, i - reach), i + reach + 1)
    return near.reduce((a, b) => a + b, 0) / near.length
  })
  return samples.map((s, i) => s * mean[i]!)
}

/** RMS in dBFS over what is speech: windows of 20 ms not more than 30 dB under the loudest. */
export function speechLevel(samples: Float32Array, rate: number): number {
  const energy = levels(samples, Math.round(rate / 50))
  const loudest = Math.max(...energy)
  const speech = energy.filter(e => e > loudest - 30)
  return 10 * Math.log10(speech.reduce((sum, e) => sum + 10 ** (e / 10), 0) / speech.length)
}

/** RMS of each window, in dBFS. */
export function levels(samples: Float32Array, window: number): number[] {
  return Array.from({ length: Math.max(1, Math.floor(samples.length / window)) }, (_, i) => {
    const part = samples.subarray(i * window, (i + 1) * window)
    return 10 * Math.log10(part.reduce((sum, s) => sum + s * s, 1e-12) / part.length)
  })
}

export function joined(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function writeWav(path: string, { samples, rate }: Sound): void {
  const data = Int16Array.from(samples, s => Math.round(Math.max(-1, Math.min(1, s)) * 32767))
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.byteLength, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20) // PCM
  head.writeUInt16LE(1, 22) // mono
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.byteLength, 40)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, Buffer.concat([head, Buffer.from(data.buffer)]))
}

/** Reads 16-bit PCM; of several channels the first. */
export function readWav(path: string): Sound {
  const file = readFileSync(path)
  let [rate, channels, bits] = [0, 0, 0]
  for (let at = 12; at + 8 <= file.length; at += 8 + file.readUInt32LE(at + 4) + (file.readUInt32LE(at + 4) % 2)) {
    const id = file.toString('latin1', at, at + 4)
    if (id === 'fmt ')
      [channels, rate, bits] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 12), file.readUInt16LE(at + 22)]
    if (id !== 'data') continue
    if (bits !== 16) throw new Error(`${path}: 16-bit PCM is wanted`)
    const size = Math.min(file.readUInt32LE(at + 4), file.length - at - 8)
    const samples = Float32Array.from(
      { length: size / 2 / channels },
      (_, i) => file.readInt16LE(at + 8 + i * 2 * channels) / 32768,
    )
    return { samples, rate }
  }
  throw new Error(`${path}: not a WAV file`)
}
