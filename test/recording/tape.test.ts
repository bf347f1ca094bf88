import { describe, expect, test } from 'vitest'
import { expectedOf } from '../../src/recording/expected.ts'
import { BYTES_A_FRAME, BYTES_A_MS, fileOf, msOf, RATE, TapeCheck, wavHeader } from '../../src/recording/tape.ts'

type Sound = { left?: number; right?: number }

/** A tape of so many ms; `sounds` says how loud each side is, from ms to ms. */
function tape(ms: number, ...sounds: (Sound & { from?: number; to?: number })[]): Buffer {
  const block = Buffer.alloc(ms * BYTES_A_MS)
  for (const { from = 0, to = ms, left = 0, right = 0 } of sounds) {
    for (let at = from * BYTES_A_MS; at < to * BYTES_A_MS; at += BYTES_A_FRAME) {
      block.writeInt16LE(left, at)
      block.writeInt16LE(right, at + 2)
    }
  }
  return block
}

function faultsOf(expected: { ms: number; talk?: [from: number, to: number] }, sound: Buffer, blockMs = sound.length) {
  const { ms, talk } = expected
  const check = new TapeCheck({ ms, talks: talk ? [{ from: talk[0], to: talk[1] }] : [] })
  for (let at = 0; at < sound.length; at += blockMs * BYTES_A_MS) {
    check.read(sound.subarray(at, at + blockMs * BYTES_A_MS))
  }
  return check.faults()
}

describe('a tape', () => {
  test('as long as its call is whole, within half a second', () => {
    for (const ms of [9_500, 10_000, 10_500]) expect(faultsOf({ ms: 10_000 }, tape(ms))).toEqual([])
  })

  test('that is too short says by how much', () => {
    expect(faultsOf({ ms: 10_000 }, tape(8_700))).toEqual(['1.3 s shorter than the call'])
  })

  test('that is too long says by how much', () => {
    expect(faultsOf({ ms: 10_000 }, tape(12_000))).toEqual(['2.0 s longer than the call'])
  })

  test('of nothing is as short as can be', () => {
    expect(new TapeCheck({ ms: 4_000, talks: [] }).faults()).toEqual(['4.0 s shorter than the call'])
  })

  test('with both voices in the talk is whole', () => {
    const sound = tape(10_000, { left: 900, right: -900 })
    expect(faultsOf({ ms: 10_000, talk: [2_000, 10_000] }, sound)).toEqual([])
  })

  test('without the caller, or without the agent, says who is missing', () => {
    const expected = { ms: 10_000, talk: [2_000, 10_000] as [number, number] }
    expect(faultsOf(expected, tape(10_000, { right: 900 }))).toEqual(["the caller's side is silent for the whole talk"])
    expect(faultsOf(expected, tape(10_000, { left: 900 }))).toEqual(["the agent's side is silent for the whole talk"])
    expect(faultsOf(expected, tape(10_000))).toHaveLength(2)
  })

  test('with a voice only outside the talk is silent in it', () => {
    const greeting = tape(20_000, { left: 900, right: 900, to: 5_000 })
    expect(faultsOf({ ms: 20_000, talk: [5_000, 20_000] }, greeting)).toHaveLength(2)
  })

  test('that ends before the talk, or soon after it began, is short, and not silent', () => {
    expect(faultsOf({ ms: 20_000, talk: [5_000, 20_000] }, tape(4_000))).toEqual(['16.0 s shorter than the call'])
    expect(faultsOf({ ms: 20_000, talk: [5_000, 20_000] }, tape(9_000))).toEqual(['11.0 s shorter than the call'])
    expect(faultsOf({ ms: 20_000, talk: [5_000, 20_000] }, tape(11_000))).toHaveLength(3)
  })

  test('with one word in the talk is not silent, whichever block it falls in', () => {
    const word = tape(20_000, { left: 900, right: 900, from: 19_000, to: 19_020 })
    for (const blockMs of [7, 20, 1_000, 20_000]) {
      expect(faultsOf({ ms: 20_000, talk: [5_000, 20_000] }, word, blockMs)).toEqual([])
    }
  })

  test('with no more than the rest noise of µ-law is silent', () => {
    expect(faultsOf({ ms: 10_000, talk: [0, 10_000] }, tape(10_000, { left: 8, right: -8 }))).toHaveLength(2)
  })

  test('of a talk under five seconds may be silent', () => {
    expect(faultsOf({ ms: 10_000, talk: [5_001, 10_000] }, tape(10_000))).toEqual([])
  })
})

describe('what a tape must hold', () => {
  const answeredAt = 1_000_000
  const leg = { connectedAt: answeredAt + 20_000, endedAt: answeredAt + 80_000, heldMs: 0 }

  test('is the call from the answer to its end, and the talk counted from the answer', () => {
    expect(expectedOf({ answeredAt, endedAt: answeredAt + 90_000, leg })).toEqual({
      ms: 90_000,
      talks: [{ from: 20_000, to: 80_000 }],
    })
  })

  test('is nothing of a call that was never answered', () => {
    expect(expectedOf({ answeredAt: null, endedAt: 5, leg: null })).toEqual({ ms: 0, talks: [] })
  })

  test('is no voice in particular where someone was on hold, or the ring led to nothing', () => {
    for (const other of [{ ...leg, heldMs: 1 }, { ...leg, connectedAt: null }, null]) {
      expect(expectedOf({ answeredAt, endedAt: answeredAt + 90_000, leg: other }).talks).toEqual([])
    }
  })
})

describe('a recording', () => {
  test('has a header that any player reads: PCM, stereo, 16 bits, 8 kHz', () => {
    const header = wavHeader(64_000)
    expect(header.length).toBe(44)
    expect(header.toString('latin1', 0, 4)).toBe('RIFF')
    expect(header.readUInt32LE(4)).toBe(64_000 + 36)
    expect(header.toString('latin1', 8, 16)).toBe('WAVEfmt ')
    expect(
      [16, 20, 22, 24, 28, 32, 34].map((at, i) =>
        i === 0 || i === 3 || i === 4 ? header.readUInt32LE(at) : header.readUInt16LE(at),
      ),
    ).toEqual([16, 1, 2, 8_000, 32_000, 4, 16])
    expect(header.toString('latin1', 36, 40)).toBe('data')
    expect(header.readUInt32LE(40)).toBe(64_000)
  })

  test('lies in a folder of its day, whatever the hour', () => {
    expect(fileOf('hotline-1.2', Date.UTC(2026, 0, 5, 23, 59))).toBe('2026/01/05/hotline-1.2.wav')
    expect(fileOf('hotline-1.2', Date.UTC(2026, 11, 31))).toBe('2026/12/31/hotline-1.2.wav')
  })

  test('is as long as its bytes', () => {
    expect(msOf(RATE * BYTES_A_FRAME)).toBe(1_000)
  })
})
