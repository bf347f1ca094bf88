// The waiting music: `npm run music` writes ../music/waiting.wav, made here from nothing but arithmetic.
//
// Eight bars of soft chords that end where they begin, so that it can be repeated for ever. Every note trembles and fades, so that
// none is the steady pure tone by which a machine would take it for a signal (440, 880, 600, 1000, 1300 Hz).

import { join } from 'node:path'
import { level, resample, writeWav } from './sound.ts'

const RATE = 24_000
const BEAT = 60 / 66
const BAR = 4 * BEAT
// Notes as semitones from the A of 440 Hz, tuned some 30 cents lower: between the keys of the signals.
const TUNING = 432.5
const hertz = (semitones: number) => TUNING * 2 ** (semitones / 12)

// C major: I vi IV V, I iii IV V(sus); low enough that a telephone carries them gently.
const CHORDS = [
  [-21, -14, -9, -5, -2],
  [-24, -12, -9, -5, 0],
  [-16, -12, -9, -4, 0],
  [-14, -10, -7, -2, 2],
  [-21, -14, -9, -5, 3],
  [-17, -10, -5, -2, 2],
  [-16, -12, -7, -4, 0],
  [-14, -9, -7, -2, 2],
]
const MELODY: [number, number, number][] = [
  // bar, beat, semitones
  [0, 0, 7],
  [0, 2, 10],
  [1, 0, 12],
  [1, 2.5, 10],
  [1, 3, 7],
  [2, 0, 8],
  [2, 2, 12],
  [3, 0, 10],
  [3, 3, 5],
  [4, 0, 7],
  [4, 2, 15],
  [5, 0, 14],
  [5, 2, 10],
  [6, 0, 12],
  [6, 2, 8],
  [6, 3, 7],
  [7, 0, 5],
  [7, 2, 2],
]

const length = Math.round(CHORDS.length * BAR * RATE)
const music = new Float32Array(length)

CHORDS.forEach((chord, bar) => {
  chord.forEach((note, i) => {
    pad(bar * BAR, BAR * 1.15, hertz(note), 0.11)
    for (const beat of [0, 2]) pluck((bar * 4 + beat) * BEAT + i * BEAT * 0.35, hertz(note + 12), 0.05)
  })
})
for (const [bar, beat, note] of MELODY) pluck((bar * 4 + beat) * BEAT, hertz(note), 0.13)
writeWav(join(import.meta.dirname, '..', 'music', 'waiting.wav'), {
  samples: level(resample({ samples: music, rate: RATE }, 8_000).samples, 8_000, -24),
  rate: 8_000,
})

/** Strings: three voices slightly apart, breathing in and out. */
function pad(start: number, seconds: number, pitch: number, loud: number): void {
  for (const detune of [-0.004, 0, 0.005]) {
    note(
      start,
      seconds,
      (t, phase) => {
        const swell = Math.sin(Math.PI * Math.min(1, t / seconds)) ** 0.7
        return (loud / 3) * swell * (Math.sin(phase) + 0.35 * Math.sin(2 * phase) + 0.15 * Math.sin(3 * phase))
      },
      pitch * (1 + detune),
      0.004,
    )
  }
}

/** A soft bell that dies away. */
function pluck(start: number, pitch: number, loud: number): void {
  note(
    start,
    2.6,
    (t, phase) => {
      const shape = (1 - Math.exp(-t / 0.012)) * Math.exp(-t / 0.6) * Math.min(1, (2.6 - t) / 0.3)
      return loud * shape * (Math.sin(phase) + 0.3 * Math.exp(-t / 0.3) * Math.sin(2 * phase))
    },
    pitch,
    0.006,
  )
}

/** Adds one note, its pitch trembling 5 times a second; what lasts over the end sounds at the beginning. */
function note(
  start: number,
  seconds: number,
  voice: (t: number, phase: number) => number,
  pitch: number,
  tremble: number,
): void {
  let phase = 0
  for (let i = 0; i < seconds * RATE; i++) {
    const t = i / RATE
    phase += (2 * Math.PI * pitch * (1 + tremble * Math.sin(2 * Math.PI * 5 * t))) / RATE
    const at = (Math.round(start * RATE) + i) % length
    music[at]! += voice(t, phase)
  }
}
