/**
 * The tape: what Asterisk's MixMonitor writes while a call lives: raw 16-bit little-endian stereo at 8 kHz, left what
 * comes from the caller, right what the caller hears. The recording: the same in a WAV, checked against the call's story.
 */
export const RATE = 8_000
export const BYTES_A_FRAME = 4
/** Bytes of tape a ms. */
export const BYTES_A_MS = (RATE * BYTES_A_FRAME) / 1_000

/** Where a call's recording is kept, below the recordings' folder: one folder a day (UTC), so that none grows without bound. */
export function fileOf(call: string, arrivedAt: number): string {
  const day = new Date(arrivedAt).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/${call}.wav`
}

export const msOf = (tapeBytes: number): number => tapeBytes / BYTES_A_MS

/** The 44 bytes before so many of 16-bit samples (RIFF/WAVE, format 1: PCM): of a tape, or of one side of it. */
export function wavHeader(bytes: number, channels: 1 | 2 = 2): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + bytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(RATE, 24)
  header.writeUInt32LE(RATE * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(bytes, 40)
  return header
}

/** A part of a call, ms, half-open. */
export type Span = { readonly from: number; readonly to: number }

/** A tape may differ from the story by this, ms: in its length, and in when something is heard. */
export const TOLERANCE_MS = 500
