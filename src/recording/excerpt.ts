import { BYTES_A_FRAME, BYTES_A_MS, type Span } from './tape.ts'

/** Louder than this is speech, or at least somebody there. */
const SPEECH = 200
/** Kept at both ends of what is spoken. */
const BREATH_FRAMES = 2_000

/** Which bytes of a tape hold that part of it, whole frames. */
export const bytesOf = ({ from, to }: Span): { from: number; to: number } => ({
  from: Math.max(0, Math.floor(from)) * BYTES_A_MS,
  to: Math.max(0, Math.ceil(to)) * BYTES_A_MS,
})

/** What the caller spoke in a part of a tape, one channel, without the silence at its ends; all of it where they were silent. */
export function callersWords(tape: Buffer): Buffer {
  const left = callersSide(tape)
  const first = left.findIndex(isSpeech)
  if (first < 0) return bytes(left)
  const last = left.findLastIndex(isSpeech)
  return bytes(left.subarray(Math.max(0, first - BREATH_FRAMES), last + 1 + BREATH_FRAMES))
}

const isSpeech = (sample: number): boolean => Math.abs(sample) > SPEECH

function callersSide(tape: Buffer): Int16Array {
  const both = new Int16Array(tape.buffer.slice(tape.byteOffset, tape.byteOffset + tape.length))
  const left = new Int16Array(Math.floor(tape.length / BYTES_A_FRAME))
  for (let frame = 0; frame < left.length; frame += 1) left[frame] = both[2 * frame]!
  return left
}

const bytes = (samples: Int16Array): Buffer => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
