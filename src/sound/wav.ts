import type { Sound } from './sound.ts'

const HEADER = 44
const BYTES_A_SAMPLE = 2

/** As Asterisk plays it: RIFF/WAVE, PCM, one channel of 16 bits. */
export function wavOf({ samples, rate }: Sound): Buffer {
  const size = samples.length * BYTES_A_SAMPLE
  const file = Buffer.alloc(HEADER + size)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(HEADER - 8 + size, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * BYTES_A_SAMPLE, 28)
  file.writeUInt16LE(BYTES_A_SAMPLE, 32)
  file.writeUInt16LE(8 * BYTES_A_SAMPLE, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(size, 40)
  for (const [i, sample] of samples.entries()) file.writeInt16LE(inBits(sample), HEADER + i * BYTES_A_SAMPLE)
  return file
}

const inBits = (sample: number): number => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767)

/** How long such a file of that many bytes lasts, ms. */
export const msOfWav = (bytes: number, rate: number): number => ((bytes - HEADER) / BYTES_A_SAMPLE / rate) * 1_000
