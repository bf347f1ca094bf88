/** Samples a second: the telephone's. */
export const RATE = 8000

/** The level of a full-scale sine is 0 dBFS; nothing at all is -Infinity. */
export type Decibels = number

const FULL_SCALE = 32768

export function samplesIn(ms: number): number {
  return Math.round((ms * RATE) / 1000)
}

/** One sine, or several added together, each at that level. A whole second of whole hertz can be repeated seamlessly. */
export function sine(hz: number | number[], { level = -12, ms = 1000 }: { level?: Decibels; ms?: number } = {}) {
  const amplitude = FULL_SCALE * 10 ** (level / 20)
  const steps = [hz].flat().map(f => (2 * Math.PI * f) / RATE)
  return Int16Array.from({ length: samplesIn(ms) }, (_, n) => {
    const sum = steps.reduce((total, step) => total + Math.sin(step * n), 0)
    return Math.max(-32768, Math.min(32767, Math.round(amplitude * sum)))
  })
}

/** How loud it is, whatever it is. */
export function loudness(pcm: Int16Array): Decibels {
  let power = 0
  for (const sample of pcm) power += sample * sample
  return decibels(Math.sqrt((2 * power) / Math.max(1, pcm.length)))
}

/** How loud that one frequency is: Goertzel's filter behind a Hann window, which keeps other tones out of it. */
export function toneLevel(pcm: Int16Array, hz: number): Decibels {
  const window = hann(pcm.length)
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / RATE)
  let last = 0
  let beforeLast = 0
  for (let i = 0; i < pcm.length; i++) {
    const next = pcm[i]! * window[i]! + coefficient * last - beforeLast
    beforeLast = last
    last = next
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast
  // A Hann window takes away half of the amplitude, and half of it lies at the negative frequency.
  return decibels((4 * Math.sqrt(Math.max(0, power))) / Math.max(1, pcm.length))
}

const PIECE_MS = 100

/**
 * How loud that frequency is in all of a long sound, piece by piece: a packet that is lost or comes late lets the tone go
 * on at another point of its wave, and measured in one go it would cancel itself out.
 */
export function toneLevelThroughout(pcm: Int16Array, hz: number): Decibels {
  const piece = samplesIn(PIECE_MS)
  const pieces = Math.max(1, Math.floor(pcm.length / piece))
  let power = 0
  for (let i = 0; i < pieces; i++) power += 10 ** (toneLevel(pcm.subarray(i * piece, (i + 1) * piece), hz) / 10)
  return decibels(Math.sqrt(power / pieces) * FULL_SCALE)
}

export interface Peak {
  hz: number
  level: Decibels
}

/** The tones that stand out in a sound, loudest first, and the share (0–1) of its power that lies in the three loudest. */
export function tonesIn(pcm: Int16Array): { peaks: Peak[]; share: number } {
  const power = spectrum(pcm)
  const seen = pcm.subarray(-2 * power.length)
  const total = power.reduce((sum, p) => sum + p, 0)
  const peaks: Peak[] = []
  let inPeaks = 0
  for (const bin of maxima(power).slice(0, 3)) {
    const lobe = power.subarray(Math.max(0, bin - 2), bin + 3)
    const lobePower = lobe.reduce((sum, p) => sum + p, 0)
    const centre = lobe.reduce((sum, p, i) => sum + p * (Math.max(0, bin - 2) + i), 0) / lobePower
    const hz = Math.round((centre * RATE) / (2 * power.length))
    peaks.push({ hz, level: toneLevel(seen, hz) })
    inPeaks += lobePower
  }
  return { peaks, share: total === 0 ? 0 : Math.min(1, inPeaks / total) }
}

/** Bins that are higher than their neighbours on either side and within 20 dB of the highest, highest first. */
function maxima(power: Float64Array): number[] {
  const highest = power.reduce((max, p) => Math.max(max, p), 0)
  const bins: number[] = []
  for (let i = 2; i < power.length - 2; i++) {
    const p = power[i]!
    if (p > highest / 100 && p >= power[i - 1]! && p > power[i + 1]! && p > power[i - 2]! && p > power[i + 2]!)
      bins.push(i)
  }
  return bins.sort((a, b) => power[b]! - power[a]!)
}

/** Power by frequency, from 0 to half the rate: a radix-2 Fourier transform of the longest power of two that fits. */
function spectrum(pcm: Int16Array): Float64Array {
  const size = 2 ** Math.floor(Math.log2(Math.max(8, Math.min(1024, pcm.length))))
  const window = hann(size)
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  const bits = Math.log2(size)
  for (let i = 0; i < size; i++) re[reversed(i, bits)] = (pcm[pcm.length - size + i] ?? 0) * window[i]!
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const cos = Math.cos((-Math.PI * k) / half)
      const sin = Math.sin((-Math.PI * k) / half)
      for (let i = k; i < size; i += 2 * half) {
        const j = i + half
        const r = re[j]! * cos - im[j]! * sin
        const m = re[j]! * sin + im[j]! * cos
        re[j] = re[i]! - r
        im[j] = im[i]! - m
        re[i]! += r
        im[i]! += m
      }
    }
  }
  return Float64Array.from({ length: size / 2 }, (_, i) => re[i]! * re[i]! + im[i]! * im[i]!)
}

function reversed(index: number, bits: number): number {
  let result = 0
  for (let b = 0; b < bits; b++) result |= ((index >> b) & 1) << (bits - 1 - b)
  return result
}

const windows = new Map<number, Float64Array>()

function hann(length: number): Float64Array {
  let window = windows.get(length)
  if (!window) {
    window = Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length))
    windows.set(length, window)
  }
  return window
}

function decibels(amplitude: number): Decibels {
  return 20 * Math.log10(amplitude / FULL_SCALE)
}
