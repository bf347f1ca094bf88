import { describe, expect, test } from 'vitest'
import { TapeCheck } from '../../src/recording/check.ts'
import { expectedOf, expectedOfParty } from '../../src/recording/expected.ts'
import { BYTES_A_FRAME, BYTES_A_MS, fileOf, msOf, RATE } from '../../src/recording/tape.ts'
import { wavHeader } from '../../src/wav.ts'

type Sound = { left?: number; right?: number }

/** A tape of so many ms; `sounds` says how loud each side is, from ms to ms. */
function tape(ms: number, ...sounds: (Sound & { from?: number; to?: number })[]): Buffer {
  const block = Buffer.alloc(ms * BYTES_A_MS)
  for (const { from = 0, to = ms, left = 0, right = 0 } of sounds) {
    for (let at = from * BYTES_A_MS; at < to * BYTES_A_MS; at += BYTES_A_FRAME) {
      if (left !== 0) block.writeInt16LE(left, at)
      if (right !== 0) block.writeInt16LE(right, at + 2)
    }
  }
  return block
}

type Part = [from: number, to: number]

const spans = (parts: Part[]) => parts.map(([from, to]) => ({ from, to }))

/** `talk`: the parts of it in which nobody was on hold. */
function faultsOf(
  expected: { ms: number; atMostMs?: number; talk?: Part[]; said?: Part[] },
  sound: Buffer,
  blockMs = sound.length,
) {
  const { ms, atMostMs = ms, talk = [], said = [] } = expected
  const check = new TapeCheck({ ms, atMostMs, talk: spans(talk), said: spans(said) })
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

  test('may lack a packet for each key that was pressed, and no more', () => {
    const { keysMs } = expectedOf({ arrivedAt: 0, answeredAt: 0, endedAt: 10_000, keys: 24 })
    expect(keysMs).toBe(480)
    const check = (ms: number) => {
      const check = new TapeCheck({ ms: 10_000, atMostMs: 10_000, talk: [], said: [], keysMs: keysMs! })
      check.read(tape(ms))
      return check.faults()
    }
    expect(check(9_050)).toEqual([])
    expect(check(9_000)).toEqual(['1.0 s shorter than the call'])
  })

  test('that is too long says by how much', () => {
    expect(faultsOf({ ms: 10_000 }, tape(12_000))).toEqual(['2.0 s longer than the call'])
  })

  test('may begin before an answer that was noticed late, and never before the arrival', () => {
    expect(faultsOf({ ms: 4_000, atMostMs: 10_000, said: [[0, 4_000]] }, tape(10_000))).toEqual([])
    expect(faultsOf({ ms: 4_000, atMostMs: 10_000 }, tape(11_000))).toEqual(['7.0 s longer than the call'])
  })

  test('of nothing is as short as can be', () => {
    expect(new TapeCheck({ ms: 4_000, atMostMs: 4_000, talk: [], said: [] }).faults()).toEqual([
      '4.0 s shorter than the call',
    ])
  })

  test('with both voices in the talk is whole', () => {
    const sound = tape(10_000, { left: 900, right: -900 })
    expect(faultsOf({ ms: 10_000, talk: [[2_000, 10_000]] }, sound)).toEqual([])
  })

  test('without the caller, or without the agent, says who is missing', () => {
    const expected = { ms: 10_000, talk: [[2_000, 10_000]] as Part[] }
    expect(faultsOf(expected, tape(10_000, { right: 900 }))).toEqual(["the caller's side is silent for the whole talk"])
    expect(faultsOf(expected, tape(10_000, { left: 900 }))).toEqual(["the agent's side is silent for the whole talk"])
    expect(faultsOf(expected, tape(10_000))).toHaveLength(2)
  })

  test('with a voice only outside the talk is silent in it', () => {
    const greeting = tape(20_000, { left: 900, right: 900, to: 5_000 })
    expect(faultsOf({ ms: 20_000, talk: [[5_000, 20_000]] }, greeting)).toHaveLength(2)
  })

  test('that ends before the talk, or soon after it began, is short, and not silent', () => {
    expect(faultsOf({ ms: 20_000, talk: [[5_000, 20_000]] }, tape(4_000))).toEqual(['16.0 s shorter than the call'])
    expect(faultsOf({ ms: 20_000, talk: [[5_000, 20_000]] }, tape(9_000))).toEqual(['11.0 s shorter than the call'])
    expect(faultsOf({ ms: 20_000, talk: [[5_000, 20_000]] }, tape(11_000))).toHaveLength(3)
  })

  test('with one word in the talk is not silent, whichever block it falls in', () => {
    const word = tape(20_000, { left: 900, right: 900, from: 19_000, to: 19_020 })
    for (const blockMs of [7, 20, 1_000, 20_000]) {
      expect(faultsOf({ ms: 20_000, talk: [[5_000, 20_000]] }, word, blockMs)).toEqual([])
    }
  })

  test('with no more than the rest noise of µ-law is silent', () => {
    expect(faultsOf({ ms: 10_000, talk: [[0, 10_000]] }, tape(10_000, { left: 8, right: -8 }))).toHaveLength(2)
  })

  test('of a talk under five seconds may be silent', () => {
    expect(faultsOf({ ms: 10_000, talk: [[5_001, 10_000]] }, tape(10_000))).toEqual([])
  })
})

describe('a talk with holds', () => {
  /** Two parts of a talk, a hold of half a minute with music between them. */
  const talk: Part[] = [
    [10_000, 30_000],
    [60_000, 80_000],
  ]
  const music = { right: 900, from: 30_000, to: 60_000 }

  test('is whole where both were heard before the hold or after it', () => {
    const early = { left: 900, right: 900, from: 12_000, to: 13_000 }
    const late = { left: 900, right: 900, from: 70_000, to: 71_000 }
    for (const sound of [early, late]) expect(faultsOf({ ms: 90_000, talk }, tape(90_000, music, sound))).toEqual([])
  })

  test('is silent where only music was heard, also where it began and ended half a second beside the hold', () => {
    const drifted = { ...music, from: 29_600, to: 60_400 }
    expect(faultsOf({ ms: 90_000, talk }, tape(90_000, drifted))).toEqual([
      "the caller's side is silent for the whole talk",
      "the agent's side is silent for the whole talk",
    ])
  })
})

describe('a side that falls silent', () => {
  const talk: Part[] = [[10_000, 190_000]]
  const both = { left: 900, right: 900 }

  test('for good, says from when', () => {
    const caller = tape(200_000, { ...both, to: 67_000 }, { right: 900, from: 67_000 })
    for (const blockMs of [9_990, 200_000]) {
      const faults = faultsOf({ ms: 200_000, talk }, caller, blockMs)
      expect(faults).toEqual(["the caller's side is silent from 1:07 to the end of the talk"])
    }
  })

  test('for good does so although something is heard right after the talk: the survey, say', () => {
    const survey = { right: 900, from: 189_800 }
    const agent = tape(200_000, { ...both, to: 30_000 }, { left: 900, from: 30_000, to: 189_800 }, survey)
    expect(faultsOf({ ms: 200_000, talk }, agent)).toEqual([
      "the agent's side is silent from 0:30 to the end of the talk",
    ])
  })

  test('and is heard again at the end was only listening', () => {
    const sound = tape(200_000, { ...both, to: 12_000 }, { ...both, from: 188_000, to: 188_020 })
    expect(faultsOf({ ms: 200_000, talk }, sound)).toEqual([])
  })

  test('for less than half of the talk, or no longer than a minute, may have been listening', () => {
    expect(faultsOf({ ms: 200_000, talk }, tape(200_000, { ...both, to: 105_000 }))).toEqual([])
    expect(faultsOf({ ms: 71_000, talk: [[0, 71_000]] }, tape(71_000, { ...both, to: 11_000 }))).toEqual([])
    expect(faultsOf({ ms: 71_000, talk: [[0, 71_000]] }, tape(71_000, { ...both, to: 10_000 }))).toHaveLength(2)
  })

  test('is not counted silent while it was on hold', () => {
    const parts: Part[] = [
      [0, 40_000],
      [140_000, 190_000],
    ]
    expect(faultsOf({ ms: 190_000, talk: parts }, tape(190_000, { ...both, to: 39_000 }))).toEqual([])
  })

  test('because the tape ends there is not silent: the tape is short', () => {
    expect(faultsOf({ ms: 200_000, talk }, tape(80_000, { ...both }))).toEqual(['120.0 s shorter than the call'])
  })
})

describe('what the caller was told', () => {
  const said: Part[] = [
    [0, 8_000],
    [65_000, 69_000],
  ]

  test('is heard where there is any sound on their side of what they hear', () => {
    const sound = tape(90_000, { right: 900, from: 1_000, to: 1_020 }, { right: 900, from: 67_000, to: 67_020 })
    for (const blockMs of [70, 90_000]) expect(faultsOf({ ms: 90_000, said }, sound, blockMs)).toEqual([])
  })

  test('and is not heard is a fault that says when, whatever the caller themselves said', () => {
    const greeted = tape(90_000, { right: 900, to: 8_000 }, { left: 900 })
    expect(faultsOf({ ms: 90_000, said }, greeted)).toEqual(['nothing is heard of what the caller was told at 1:05'])
    expect(faultsOf({ ms: 90_000, said }, tape(90_000))).toEqual([
      'nothing is heard of what the caller was told at 0:00, 1:05',
    ])
  })

  test('is not heard where only music is, up to half a second into the prompt', () => {
    const music = tape(90_000, { right: 900, to: 65_400 }, { right: 900, from: 68_600 })
    expect(faultsOf({ ms: 90_000, said }, music)).toEqual(['nothing is heard of what the caller was told at 1:05'])
  })

  test('and was cut off at once need not be heard', () => {
    expect(faultsOf({ ms: 90_000, said: [[65_000, 67_900]] }, tape(90_000))).toEqual([])
  })

  test('is not looked for on a tape of which some is missing: nobody knows which moment is which', () => {
    expect(faultsOf({ ms: 90_000, said }, tape(80_000))).toEqual(['10.0 s shorter than the call'])
  })
})

test('a tape that was paused has nothing of either side from then on, within half a second, and says where it does', () => {
  const faults = (sound: Buffer) => {
    const check = new TapeCheck({ ms: 60_000, atMostMs: 60_000, talk: [], said: [], paused: spans([[20_000, 30_000]]) })
    check.read(sound)
    return check.faults()
  }
  expect(faults(tape(60_000, { left: 900, to: 20_400 }, { left: 900, right: 900, from: 29_600 }))).toEqual([])
  for (const side of ['left', 'right'])
    expect(faults(tape(60_000, { [side]: 900, from: 24_000, to: 24_100 }))).toEqual([
      'something is heard while it was paused, from 0:20',
    ])
})

describe('what a tape must hold', () => {
  const answeredAt = 1_000_000
  const at = (from: number, to: number) => ({ from: answeredAt + from, to: answeredAt + to })
  const talk = { since: null, talks: [at(20_000, 80_000)] }
  const call = { arrivedAt: answeredAt - 1_000, answeredAt, endedAt: answeredAt + 90_000, said: [at(0, 8_000)], talk }

  test('is the call from the answer to its end, what was told, and the talk, counted from the answer', () => {
    const [talks, said] = [[{ from: 20_000, to: 80_000 }], [{ from: 0, to: 8_000 }]]
    expect(expectedOf(call)).toEqual({ ms: 90_000, atMostMs: 91_000, talk: talks, said })
  })

  test('ends when the caller was gone, also where more of the call was written before that was heard', () => {
    expect(expectedOf({ ...call, goneAt: call.endedAt - 3_000 })).toMatchObject({ ms: 87_000, atMostMs: 91_000 })
  })

  test('is nothing of a call that was never answered', () => {
    expect(expectedOf({ ...call, answeredAt: null })).toEqual({
      ms: 0,
      atMostMs: 91_000,
      talk: [],
      said: [],
    })
  })

  test('is no voice in particular of a call from before it was kept when they talked', () => {
    const { said: _, talk: __, ...old } = call
    expect(expectedOf(old)).toMatchObject({ ms: 90_000, talk: [], said: [] })
  })

  test('is, of the phone of a party, what was said while they were with somebody, from when they joined', () => {
    const tape = { id: 'x', answeredAt, joinedAt: answeredAt + 100, endedAt: answeredAt + 60_100, cause: 16, ...talk }
    expect(expectedOfParty(tape)).toMatchObject({ ms: 60_000, talk: [{ from: 19_900, to: 79_900 }] })
    expect(expectedOfParty({ ...tape, cause: 0 }).ms).toBe(0)
    expect(expectedOfParty({ ...tape, joinedAt: null })).toMatchObject({ ms: 0, talk: [] })
  })
})

describe('a recording', () => {
  test('has a header that any player reads: PCM, stereo, 16 bits, 8 kHz', () => {
    const header = wavHeader(64_000, 2, RATE)
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
