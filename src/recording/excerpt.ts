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
  const frames = Math.floor(tape.length / BYTES_A_FRAME)
  const isSpoken = (frame: number): boolean => Math.abs(tape.readInt16LE(frame * BYTES_A_FRAME)) > SPEECH
  let first = 0
  while (first < frames && !isSpoken(first)) first += 1
  let end = frames
  while (end > first && !isSpoken(end - 1)) end -= 1
  const from = first === frames ? 0 : Math.max(0, first - BREATH_FRAMES)
  const to = first === frames ? frames : Math.min(frames, end + BREATH_FRAMES)
  const words = Buffer.alloc((to - from) * 2)
  for (let frame = from; frame < to; frame += 1) {
    const left = frame * BYTES_A_FRAME
    tape.copy(words, (frame - from) * 2, left, left + 2)
  }
  return words
}
