import type { Sound } from './sound.ts'

/** Of the lower rate's half, what goes through: above it a tone would come back as another. */
const PASSED = 0.96
/** Zero crossings of the sinc at each side: at 8 kHz all is gone within 130 Hz. */
const CROSSINGS = 48

/** The same sound at another rate, by a windowed sinc. Rates are whole numbers. */
export function resample({ samples, rate }: Sound, to: number): Sound {
  if (rate === to) return { samples, rate }
  const common = greatestCommon(rate, to)
  const [steps, phases] = [rate / common, to / common]
  const cutoff = (Math.min(rate, to) / rate) * PASSED
  const reach = Math.ceil(CROSSINGS / cutoff)
  const taps = Array.from({ length: phases }, (_, phase) => kernel(phase / phases, cutoff, reach))
  const output = new Float32Array(Math.floor((samples.length * to) / rate))
  for (let i = 0; i < output.length; i++) {
    const place = i * steps
    const phase = place % phases
    output[i] = weighed(samples, (place - phase) / phases - reach, taps[phase]!)
  }
  return { samples: output, rate: to }
}

/** What each sample weighs around a place that lies so much behind one of them. */
function kernel(behind: number, cutoff: number, reach: number): Float32Array {
  return Float32Array.from({ length: 2 * reach + 2 }, (_, k) => {
    const x = k - reach - behind
    if (Math.abs(x) > reach) return 0
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x)
    return sinc * cutoff * (0.5 + 0.5 * Math.cos((Math.PI * x) / reach))
  })
}

/** Before the first sample and after the last there is silence. */
function weighed(samples: Float32Array, from: number, weights: Float32Array): number {
  let sum = 0
  const last = Math.min(weights.length, samples.length - from)
  for (let k = Math.max(0, -from); k < last; k++) sum += samples[from + k]! * weights[k]!
  return sum
}

const greatestCommon = (a: number, b: number): number => (b === 0 ? a : greatestCommon(b, a % b))
