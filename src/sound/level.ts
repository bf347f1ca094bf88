import { loudness } from './loudness.ts'
import type { Sound } from './sound.ts'

/** The median of the house's prompts, LUFS. */
export const LOUDNESS = -21.3
/** No sample is above this, dBFS: as the house's. */
export const PEAK = -3.5
/** What is turned down at the peaks is turned up elsewhere: so many times around at most. */
const ROUNDS = 6
const NEAR_DB = 0.1
/** The limiter begins and ends so long around a peak, s. */
const REACH_S = 0.003

const factor = (db: number): number => 10 ** (db / 20)

/** As loud as the house's prompts. The few peaks that stand out are turned down smoothly, never clipped. */
export function level(sound: Sound): Sound {
  const { rate } = sound
  let levelled = sound
  for (let round = 0; round < ROUNDS; round++) {
    const missing = LOUDNESS - loudness(levelled)
    if (round > 0 && Math.abs(missing) < NEAR_DB) break
    const gain = factor(missing)
    levelled = {
      samples: limited(
        levelled.samples.map(sample => sample * gain),
        Math.round(rate * REACH_S),
      ),
      rate,
    }
  }
  return levelled
}

/** The least gain that is wanted nearby, then its running mean: gentle, and never above what any peak wants. */
function limited(samples: Float32Array, reach: number): Float32Array {
  const ceiling = factor(PEAK)
  const wanted = samples.map(sample => Math.min(1, ceiling / Math.abs(sample)))
  const gains = meanNearby(leastNearby(wanted, reach), reach)
  return samples.map((sample, i) => sample * gains[i]!)
}

function leastNearby(values: Float32Array, reach: number): Float32Array {
  return values.map((_, i) => {
    let least = 1
    for (let k = Math.max(0, i - reach); k <= Math.min(values.length - 1, i + reach); k++)
      if (values[k]! < least) least = values[k]!
    return least
  })
}

function meanNearby(values: Float32Array, reach: number): Float32Array {
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - reach), Math.min(values.length - 1, i + reach)]
    let sum = 0
    for (let k = from; k <= to; k++) sum += values[k]!
    return sum / (to - from + 1)
  })
}
