import { WAV_HEADER_BYTES, wavHeader } from '../wav.ts'
import type { Sound } from './sound.ts'

const BYTES_A_SAMPLE = 2

/** As Asterisk plays it: RIFF/WAVE, PCM, one channel of 16 bits. */
export function wavOf({ samples, rate }: Sound): Buffer {
  const words = Buffer.alloc(samples.length * BYTES_A_SAMPLE)
  for (const [i, sample] of samples.entries()) words.writeInt16LE(inBits(sample), i * BYTES_A_SAMPLE)
  return Buffer.concat([wavHeader(words.length, 1, rate), words])
}

const inBits = (sample: number): number => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767)

/** How long such a file of that many bytes lasts, ms. */
export const msOfWav = (bytes: number, rate: number): number =>
  ((bytes - WAV_HEADER_BYTES) / BYTES_A_SAMPLE / rate) * 1_000
