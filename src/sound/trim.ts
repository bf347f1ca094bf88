import type { Sound } from './sound.ts'

const WINDOW_S = 0.005
/** So far under the loudest window is silence, dB: room noise, mostly. */
const SILENCE_DB = 42
/** What is left of it at either end. */
const EDGE_S = 0.1
const FADE_S = 0.01

/** Without the silence at both ends but a little, faded. */
export function trim({ samples, rate }: Sound): Sound {
  const window = Math.max(1, Math.round(WINDOW_S * rate))
  const powers = Array.from({ length: Math.ceil(samples.length / window) }, (_, i) =>
    power(samples, i * window, window),
  )
  const floor = powers.reduce((most, one) => Math.max(most, one), 0) / 10 ** (SILENCE_DB / 10)
  const isHeard = (one: number): boolean => one > floor
  const edge = Math.round(EDGE_S * rate)
  const from = Math.max(0, powers.findIndex(isHeard) * window - edge)
  const to = Math.min(samples.length, (powers.findLastIndex(isHeard) + 1) * window + edge)
  return { samples: faded(samples.slice(from, to), Math.round(FADE_S * rate)), rate }
}

function power(samples: Float32Array, from: number, length: number): number {
  const to = Math.min(samples.length, from + length)
  let sum = 0
  for (let i = from; i < to; i++) sum += samples[i]! ** 2
  return sum / (to - from)
}

function faded(samples: Float32Array, length: number): Float32Array {
  for (let i = 0; i < Math.min(length, samples.length); i++) {
    const gain = 0.5 - 0.5 * Math.cos((Math.PI * i) / length)
    samples[i]! *= gain
    samples[samples.length - 1 - i]! *= gain
  }
  return samples
}
