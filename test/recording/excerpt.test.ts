import { expect, test } from 'vitest'
import { bytesOf, callersWords } from '../../src/recording/excerpt.ts'
import { BYTES_A_MS } from '../../src/recording/tape.ts'

/** What a caller spoke is cut out of the tape of their call. */

/** A tape of so many ms on which the caller speaks from ms to ms, and somebody else all the time. */
function tape(ms: number, from: number, to: number): Buffer {
  const sound = Buffer.alloc(ms * BYTES_A_MS)
  for (let frame = 0; frame < ms * 8; frame += 1) {
    const isSpoken = frame >= from * 8 && frame < to * 8
    sound.writeInt16LE(isSpoken ? (frame % 2 === 0 ? 1_000 : -1_000) : 20, frame * 4)
    sound.writeInt16LE(5_000, frame * 4 + 2)
  }
  return sound
}
const msOf = (words: Buffer): number => words.length / 16
const samples = (words: Buffer): number[] =>
  Array.from({ length: words.length / 2 }, (_, i) => words.readInt16LE(i * 2))

test('the caller alone is in it, with a breath before and after what they said', () => {
  const words = callersWords(tape(3_000, 1_000, 2_000))
  expect(msOf(words)).toBe(1_500)
  expect(samples(words).filter(sample => Math.abs(sample) === 1_000)).toHaveLength(8_000)
  expect(samples(words)).not.toContain(5_000)
})

test('what begins or ends with speech is not cut', () => {
  expect(msOf(callersWords(tape(2_000, 0, 2_000)))).toBe(2_000)
})

test('of who said nothing all is kept: somebody may hear more than we do', () => {
  expect(msOf(callersWords(tape(2_000, 0, 0)))).toBe(2_000)
  expect(callersWords(Buffer.alloc(0))).toHaveLength(0)
})

test('a part of a tape is whole frames, and none before its beginning', () => {
  expect(bytesOf({ from: -20, to: 1_000.5 })).toEqual({ from: 0, to: 1_001 * BYTES_A_MS })
})
