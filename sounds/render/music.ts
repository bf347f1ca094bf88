// The waiting music: `npm run music` writes ../music/waiting.wav, made here from nothing but arithmetic.
//
// Twelve bars of soft chords that end where they begin, so that they can be repeated for ever. Machines listen for tones of
// 440, 880, 600, 1000 and 1300 Hz: the key (C sharp major without its second, a shade sharp) has no note near any of them.

import { join } from 'node:path'
import { level, resample, writeWav } from './sound.ts'

const RATE = 24_000
const BEAT = 60 / 66
const BAR = 4 * BEAT
// Notes are semitones from an A of 442.5 Hz; this key has C# 4, F 8, F# 9, G# 11, A# 13, C 15 and their octaves.
const hertz = (semitones: number) => 442.5 * 2 ** (semitones / 12)

const CHORDS = [
  [-20, -13, -8, -4, -1],
  [-23, -11, -8, -4, 1],
  [-15, -11, -8, -3, 1],
  [-13, -11, -8, -3, 1],
  [-20, -13, -9, -4, -1],
  [-16, -9, -4, -1, 3],
  [-15, -11, -8, -3, 1],
  [-13, -9, -3, -1, 3],
  [-20, -13, -8, -4, 4],
  [-23, -11, -8, -4, 1],
  [-15, -11, -8, -3, 1],
  [-13, -9, -3, -1, 3],
]
// Bar, beat, note; the last bars leave the chords alone.
const MELODY: [number, number, number][] = [
  [0, 0, 8],
  [0, 2, 11],
  [1, 0, 13],
  [1, 2, 11],
  [1, 3, 8],
  [2, 0, 9],
  [2, 2, 4],
  [3, 0, 1],
  [3, 2, 4],
  [4, 0, 11],
  [4, 2, 8],
  [5, 0, 15],
  [5, 2, 11],
  [6, 0, 13],
  [6, 2, 9],
  [6, 3, 8],
  [7, 0, 9],
  [7, 2, 3],
  [8, 0, 4],
  [9, 0, 8],
  [9, 2, 1],
  [10, 0, 4],
  [11, 2, 3],
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
