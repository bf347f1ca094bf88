import type { Sound } from './sound.ts'

/** How loud something is to the ear, by ITU-R BS.1770-4, in LUFS: weighed by frequency, and without its pauses. */

const BLOCK_S = 0.4
/** Blocks overlap by three quarters. */
const STEP_S = 0.1
const ABSOLUTE_GATE = -70
/** Under the mean of what the absolute gate lets through. */
const RELATIVE_GATE = -10

/** -Infinity: there is nothing to be heard. What is shorter than a block counts as one. */
export function loudness({ samples, rate }: Sound): number {
  const powers = blockPowers(weighted(samples, rate), rate).filter(power => lufs(power) > ABSOLUTE_GATE)
  const gate = lufs(mean(powers)) + RELATIVE_GATE
  return lufs(mean(powers.filter(power => lufs(power) > gate)))
}

const lufs = (power: number): number => -0.691 + 10 * Math.log10(power)

const mean = (powers: readonly number[]): number =>
  powers.length === 0 ? 0 : powers.reduce((sum, power) => sum + power, 0) / powers.length

function blockPowers(samples: Float64Array, rate: number): number[] {
  const length = Math.min(samples.length, Math.round(BLOCK_S * rate))
  const step = Math.round(STEP_S * rate)
  if (length === 0) return []
  return Array.from({ length: Math.floor((samples.length - length) / step) + 1 }, (_, i) => {
    let sum = 0
    for (let k = i * step; k < i * step + length; k++) sum += samples[k]! ** 2
    return sum / length
  })
}

/** K-weighting: a head lifts what is high, and what is very low is hardly heard. */
function weighted(samples: Float32Array, rate: number): Float64Array {
  return filtered(filtered(Float64Array.from(samples), shelf(rate)), highPass(rate))
}

type Biquad = { b0: number; b1: number; b2: number; a1: number; a2: number }

/**
 * The standard gives its two filters for 48 kHz alone; these are their analogue originals, made anew for any rate (as
 * libebur128 does).
 */
function shelf(rate: number): Biquad {
  const [frequency, gainDb, q] = [1_681.974450955533, 3.999843853973347, 0.7071752369554196]
  const k = Math.tan((Math.PI * frequency) / rate)
  const high = 10 ** (gainDb / 20)
  const band = high ** 0.4996667741545416
  const a0 = 1 + k / q + k * k
  return {
    b0: (high + (band * k) / q + k * k) / a0,
    b1: (2 * (k * k - high)) / a0,
    b2: (high - (band * k) / q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / q + k * k) / a0,
  }
}

function highPass(rate: number): Biquad {
  const [frequency, q] = [38.13547087602444, 0.5003270373238773]
  const k = Math.tan((Math.PI * frequency) / rate)
  const a0 = 1 + k / q + k * k
  return { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 }
}

function filtered(samples: Float64Array, { b0, b1, b2, a1, a2 }: Biquad): Float64Array {
  let [x1, x2, y1, y2] = [0, 0, 0, 0]
  return samples.map(x => {
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
    ;[x2, x1, y2, y1] = [x1, x, y1, y]
    return y
  })
}
