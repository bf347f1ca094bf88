import { BYTES_A_FRAME, RATE, type Span, TOLERANCE_MS } from './tape.ts'

/** Louder than this a sample is a sound: µ-law's own rest is at most 8. */
const SILENCE = 16
/** Of a sample in its frame, bytes. */
const OFFSET = { left: 0, right: 2 }

const frameAt = (ms: number): number => Math.floor((ms * RATE) / 1_000)

/** Listens to one side of a tape, in some parts of the call. */
export class Ear {
  readonly #offset: number
  readonly #parts: readonly Span[]
  /** The end of the last sound in these parts, ms; undefined while there was none. */
  heardUntil: number | undefined

  constructor(side: keyof typeof OFFSET, parts: readonly Span[]) {
    this.#offset = OFFSET[side]
    // The tape's clock may be off by so much: what comes before a part, and after it, must not be heard as belonging to it.
    this.#parts = parts.map(({ from, to }) => ({ from: from + TOLERANCE_MS, to: to - TOLERANCE_MS }))
  }

  /** `block`: whole frames; so many frames of the tape came before it. */
  read(block: Buffer, before: number): void {
    const frames = Math.floor(block.length / BYTES_A_FRAME)
    for (const { from, to } of this.#parts) {
      const last = this.#lastSound(block, frameAt(from) - before, Math.min(frames, frameAt(to) - before))
      if (last !== undefined) this.heardUntil = ((before + last + 1) * 1_000) / RATE
    }
  }

  /** How much of these parts lies between two moments of the tape, ms. */
  length(from: number, to: number): number {
    const lengths = this.#parts.map(part => Math.min(part.to, to) - Math.max(part.from, from))
    return lengths.reduce((sum, ms) => sum + Math.max(0, ms), 0)
  }

  /** From the end: where somebody speaks, little has to be looked at. */
  #lastSound(block: Buffer, from: number, to: number): number | undefined {
    for (let frame = to - 1; frame >= Math.max(0, from); frame -= 1) {
      if (Math.abs(block.readInt16LE(frame * BYTES_A_FRAME + this.#offset)) > SILENCE) return frame
    }
    return undefined
  }
}
