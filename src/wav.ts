/** Before the samples, where nothing else is told in between. */
export const WAV_HEADER_BYTES = 44
const BYTES_A_SAMPLE = 2

/** The bytes before so many of 16-bit samples (RIFF/WAVE, format 1: PCM). `rate`: samples a second, of each channel. */
export function wavHeader(bytes: number, channels: number, rate: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + bytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels * BYTES_A_SAMPLE, 28)
  header.writeUInt16LE(channels * BYTES_A_SAMPLE, 32)
  header.writeUInt16LE(8 * BYTES_A_SAMPLE, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(bytes, 40)
  return header
}
