import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SipMalformed } from '../../src/softphone/failure.ts'
import { CODECS } from '../../src/softphone/g711.ts'
import { loudness, samplesIn, sine, toneLevel, toneLevelThroughout, tonesIn } from '../../src/softphone/tone.ts'
import { parseWav, readWav, recordWav } from '../../src/softphone/wav.ts'
import { wavHeader } from '../../src/wav.ts'

describe.each(Object.values(CODECS))('$name', codec => {
  test('gives every byte back, but for the second zero of the µ-law', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const back = codec.encode(codec.decode(all))
    expect([...back].filter((byte, i) => byte !== i)).toEqual(codec.name === 'PCMU' ? [0xff] : [])
  })

  test('is never further off than half a step', () => {
    const pcm = Int16Array.from({ length: 65536 }, (_, i) => i - 32768)
    const heard = codec.decode(codec.encode(pcm))
    const worst = pcm.reduce((max, sample, i) => {
      const clipped = Math.max(-32124, Math.min(32124, sample))
      return Math.max(max, Math.abs(heard[i]! - clipped) / (Math.abs(clipped) + 132))
    }, 0)
    expect(worst).toBeLessThan(1 / 16)
  })

  test('keeps silence silent', () => {
    expect(loudness(codec.decode(new Uint8Array(160).fill(codec.silence)))).toBeLessThan(-60)
  })
})

test('known codes: loudest and softest', () => {
  const { PCMU, PCMA } = CODECS
  expect([...PCMU.encode(Int16Array.of(0, 32767, -32768, 1000))]).toEqual([0xff, 0x80, 0x00, 0xce])
  expect([...PCMA.encode(Int16Array.of(0, 32767, -32768, 1000))]).toEqual([0xd5, 0xaa, 0x2a, 0xfa])
})

describe('a tone', () => {
  test('is as loud as asked for, and nothing beside it', () => {
    const pcm = sine(440, { level: -12, ms: 200 })
    expect(loudness(pcm)).toBeCloseTo(-12, 1)
    expect(toneLevel(pcm, 440)).toBeCloseTo(-12, 1)
    expect(toneLevel(pcm, 480)).toBeLessThan(-60)
    expect(toneLevel(pcm, 880)).toBeLessThan(-80)
  })

  test('is heard throughout where it goes on at another point of its wave, as after a lost packet', () => {
    const tone = sine(880, { ms: 4_000 })
    const broken = Int16Array.from([...tone.subarray(0, 16_000), ...tone.subarray(16_005)])
    expect(toneLevel(broken, 880)).toBeLessThan(-20)
    expect(toneLevelThroughout(broken, 880)).toBeCloseTo(-12, 0)
    expect(toneLevelThroughout(tone.subarray(0, 16_000), 440)).toBeLessThan(-60)
    const half = Int16Array.from(tone.map((sample, i) => (i % 1_600 < 800 ? sample : 0)))
    expect(toneLevelThroughout(half, 880)).toBeCloseTo(-15, 0)
  })

  test('is found among others, after a journey through the telephone', () => {
    const mixed = CODECS.PCMA.decode(CODECS.PCMA.encode(sine([440, 1320, 2000], { level: -15, ms: 100 })))
    for (const hz of [440, 1320, 2000]) expect(toneLevel(mixed, hz)).toBeCloseTo(-15, 0)
    expect(toneLevel(mixed, 880)).toBeLessThan(-45)
    const { peaks, share } = tonesIn(mixed)
    expect(peaks.map(peak => Math.round(peak.hz / 10) * 10).sort((a, b) => a - b)).toEqual([440, 1320, 2000])
    expect(share).toBeGreaterThan(0.98)
  })

  test('is told from noise', () => {
    let seed = 1
    const noise = Int16Array.from({ length: samplesIn(100) }, () => {
      seed = (seed * 48271) % 2147483647
      return (seed % 8000) - 4000
    })
    expect(tonesIn(noise).share).toBeLessThan(0.5)
  })

  test('of nothing is nothing', () => {
    expect(loudness(new Int16Array(0))).toBe(Number.NEGATIVE_INFINITY)
    expect(tonesIn(new Int16Array(800))).toEqual({ peaks: [], share: 0 })
  })
})

describe('a WAV file', () => {
  test('gives back what was recorded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'softphone-'))
    const path = join(folder, 'heard.wav')
    const pcm = sine(440, { ms: 1500 })
    const recording = recordWav(path)
    for (let i = 0; i < pcm.length; i += 160) recording.write(pcm.subarray(i, i + 160))
    recording.close()
    expect(readWav(path)).toEqual(pcm)
    expect(readFileSync(path).length).toBe(44 + 2 * pcm.length)
    rmSync(folder, { recursive: true })
  })

  test('of two channels and twice the rate becomes ours', () => {
    const header = wavHeader(16, 1, 8_000)
    header.writeUInt16LE(2, 22)
    header.writeUInt32LE(16000, 24)
    const body = Buffer.from(Int16Array.of(100, 200, 300, 400, -8, -8, -8, -8).buffer)
    expect([...parseWav(Buffer.concat([header, body]))]).toEqual([250, -8])
  })

  test('of something else is refused', () => {
    expect(() => parseWav(Buffer.from('ID3 something'))).toThrow(SipMalformed)
    const header = wavHeader(0, 1, 8_000)
    header.writeUInt16LE(8, 34)
    expect(() => parseWav(header)).toThrow('only 16-bit PCM')
  })
})
