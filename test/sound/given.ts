import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sound } from '../../src/sound/sound.ts'

/** A second of silence, shared by both ends, and between a tone of 1000 Hz that swells four times a second: 4 s in all. */
export const recording = (name: 'tone.ogg' | 'tone.webm' | 'tone.mp3'): string =>
  join(import.meta.dirname, 'recordings', name)
export const recorded = (name: Parameters<typeof recording>[0]): Buffer => readFileSync(recording(name))

/** A tone that swells four times a second, as speech does. */
export function swelling(hertz: number, { rate = 8_000, seconds = 2, loud = 0.2 } = {}): Sound {
  const sample = (i: number): number =>
    loud * Math.sin((2 * Math.PI * hertz * i) / rate) * (0.6 + 0.4 * Math.sin((8 * Math.PI * i) / rate))
  return { samples: Float32Array.from({ length: rate * seconds }, (_, i) => sample(i)), rate }
}

/** How loud one tone is in it, 0 to 1. */
export function amplitude({ samples, rate }: Sound, hertz: number): number {
  let [re, im] = [0, 0]
  for (const [i, sample] of samples.entries()) {
    re += sample * Math.cos((2 * Math.PI * hertz * i) / rate)
    im += sample * Math.sin((2 * Math.PI * hertz * i) / rate)
  }
  return (2 * Math.hypot(re, im)) / samples.length
}

export type Kind = 'u8' | 's16' | 's24' | 'f32'
const KINDS: Record<Kind, { format: number; bytes: number; write(to: Buffer, at: number, sample: number): void }> = {
  u8: { format: 1, bytes: 1, write: (to, at, sample) => to.writeUInt8(Math.round(128 + 127 * sample), at) },
  s16: { format: 1, bytes: 2, write: (to, at, sample) => to.writeInt16LE(Math.round(32_767 * sample), at) },
  s24: { format: 1, bytes: 3, write: (to, at, sample) => to.writeIntLE(Math.round(8_388_607 * sample), at, 3) },
  f32: { format: 3, bytes: 4, write: (to, at, sample) => to.writeFloatLE(sample, at) },
}

/** As a recorder would write it. */
export function wav({ samples, rate }: Sound, kind: Kind = 's16', channels = 1): Buffer {
  const { format, bytes, write } = KINDS[kind]
  const size = samples.length * channels * bytes
  const file = Buffer.alloc(44 + size)
  file.write('RIFF', 0)
  file.writeUInt32LE(36 + size, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(format, 20)
  file.writeUInt16LE(channels, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * channels * bytes, 28)
  file.writeUInt16LE(channels * bytes, 32)
  file.writeUInt16LE(8 * bytes, 34)
  file.write('data', 36)
  file.writeUInt32LE(size, 40)
  for (const [i, sample] of samples.entries())
    for (let channel = 0; channel < channels; channel++) write(file, 44 + (i * channels + channel) * bytes, sample)
  return file
}
