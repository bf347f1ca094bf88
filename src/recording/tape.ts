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

/** The 44 bytes before the samples (RIFF/WAVE, format 1: PCM). */
export function wavHeader(tapeBytes: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + tapeBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(2, 22)
  header.writeUInt32LE(RATE, 24)
  header.writeUInt32LE(RATE * BYTES_A_FRAME, 28)
  header.writeUInt16LE(BYTES_A_FRAME, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(tapeBytes, 40)
  return header
}

/** A part of a talk counted from the answer, ms, half-open. */
export type Span = { from: number; to: number }

/** What the call's story says must be on the tape. `talks`: when the two were connected and nobody was on hold. */
export type Expected = { ms: number; talks: Span[] }

/** Length may differ from the story by this, ms. */
export const TOLERANCE_MS = 500
/** A side that is silent for all of a talk this long is missing. */
const SILENT_TALK_MS = 5_000
/** Louder than this a sample is a sound: µ-law's own rest is at most 8. */
const SILENCE = 16

/** Follows the tape as it is read, block by block, and knows at the end what is wrong with it. */
export class TapeCheck {
  readonly #expected: Expected
  #frames = 0
  readonly #heard: { left: boolean; right: boolean }[]

  constructor(expected: Expected) {
    this.#expected = expected
    this.#heard = expected.talks.map(() => ({ left: false, right: false }))
  }

  /** `block`: whole frames, in order. */
  read(block: Buffer): void {
    const frames = Math.floor(block.length / BYTES_A_FRAME)
    for (const [i, talk] of this.#expected.talks.entries()) {
      const heard = this.#heard[i]!
      const first = Math.max(0, Math.floor((talk.from * RATE) / 1_000) - this.#frames)
      const last = Math.min(frames, Math.floor((talk.to * RATE) / 1_000) - this.#frames)
      for (let f = first; f < last && !(heard.left && heard.right); f += 1) {
        const at = f * BYTES_A_FRAME
        if (Math.abs(block.readInt16LE(at)) > SILENCE) heard.left = true
        if (Math.abs(block.readInt16LE(at + 2)) > SILENCE) heard.right = true
      }
    }
    this.#frames += frames
  }

  /** Sentences for people; empty where the recording is whole. */
  faults(): string[] {
    const ms = msOf(this.#frames * BYTES_A_FRAME)
    const faults: string[] = []
    const missing = this.#expected.ms - ms
    if (Math.abs(missing) > TOLERANCE_MS) {
      const [seconds, word] = [(Math.abs(missing) / 1_000).toFixed(1), missing > 0 ? 'shorter' : 'longer']
      faults.push(`${seconds} s ${word} than the call`)
    }
    for (const [i, talk] of this.#expected.talks.entries()) {
      // What is missing from the tape is not silent: its length tells of it.
      if (Math.min(talk.to, ms) - talk.from < SILENT_TALK_MS) continue
      if (!this.#heard[i]!.left) faults.push(`the caller's side is silent for the whole talk`)
      if (!this.#heard[i]!.right) faults.push(`the agent's side is silent for the whole talk`)
    }
    return faults
  }
}
