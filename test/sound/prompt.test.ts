import { describe, expect, test } from 'vitest'
import { decode } from '../../src/sound/decode.ts'
import { LOUDNESS, level, PEAK } from '../../src/sound/level.ts'
import { loudness } from '../../src/sound/loudness.ts'
import { promptOf } from '../../src/sound/prompt.ts'
import { resample } from '../../src/sound/resample.ts'
import type { Sound } from '../../src/sound/sound.ts'
import { trim } from '../../src/sound/trim.ts'
import { random } from '../random.ts'
import { amplitude, type Kind, recorded, swelling, wav } from './given.ts'

/** What becomes of a recording that a manager uploads. */

const db = (ratio: number): number => 20 * Math.log10(ratio)
const heard = async (file: Buffer): Promise<Sound> => decode((await promptOf(file)).audio, 600)
const peak = ({ samples }: Sound): number => db(samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0))
const scaled = ({ samples, rate }: Sound, by: number): Sound => ({ samples: samples.map(one => one * by), rate })
/** Only where the tone is whole: at the ends it begins and stops. */
const middle = ({ samples, rate }: Sound): Sound => ({ samples: samples.slice(rate / 2, -rate / 2), rate })

describe('at the rate of the telephone', () => {
  test.for([4_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])(
    'a tone of %i samples a second stays a tone',
    rate => {
      const there = middle(resample(swelling(1_000, { rate }), 8_000))
      expect(db(amplitude(there, 1_000) / amplitude(middle(swelling(1_000)), 1_000))).toBeCloseTo(0, 1)
    },
  )

  test.for([
    [16_000, 5_000],
    [44_100, 4_200],
    [48_000, 7_000],
    [96_000, 39_000],
  ])('of %i samples a second, a tone of %i Hz is gone, and comes back as no other', ([rate, hertz]) => {
    const { samples } = middle(resample(swelling(hertz!, { rate: rate! }), 8_000))
    expect(db(Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length))).toBeLessThan(-70)
  })

  test('it lasts as long as before', () => {
    expect(resample(swelling(1_000, { rate: 44_100, seconds: 3 }), 8_000).samples).toHaveLength(24_000)
  })
})

describe('loudness', () => {
  const tone = (rate: number): Sound => ({
    samples: Float32Array.from({ length: 3 * rate }, (_, i) => Math.sin((2 * Math.PI * 997 * i) / rate)),
    rate,
  })

  test('is what ITU-R BS.1770 says of a full tone of 997 Hz, at any rate', () => {
    expect(loudness(tone(48_000))).toBeCloseTo(-3.01, 2)
    expect(loudness(tone(8_000))).toBeCloseTo(-3.01, 1)
  })

  test('is not less for its pauses', () => {
    const { samples, rate } = tone(8_000)
    const paused = new Float32Array(4 * samples.length)
    paused.set(samples)
    expect(loudness({ samples: paused, rate })).toBeCloseTo(-3.01, 0)
  })

  test('is nothing where nothing is', () => {
    expect(loudness({ samples: new Float32Array(8_000), rate: 8_000 })).toBe(-Infinity)
    expect(loudness({ samples: new Float32Array(0), rate: 8_000 })).toBe(-Infinity)
  })

  test.for([0.003, 0.02, 0.2, 0.99])('of what is recorded at %f is that of the house', by => {
    const loud = level(scaled(swelling(500, { loud: 1 }), by))
    expect(loudness(loud)).toBeCloseTo(LOUDNESS, 0)
    expect(peak(loud)).toBeLessThan(PEAK + 0.01)
  })

  test('comes without clipping where a few moments stand far out', () => {
    const { samples, rate } = swelling(500, { seconds: 4, loud: 0.02 })
    for (let at = 4_000; at < samples.length; at += 8_000) samples.set([0.9, -0.9, 0.9], at)
    const loud = level({ samples, rate })
    expect(peak(loud)).toBeLessThan(PEAK + 0.01)
    expect(Math.abs(loudness(loud) - LOUDNESS)).toBeLessThan(1)
  })
})

test('of the silence at both ends a tenth of a second is left', () => {
  const { samples, rate } = swelling(500)
  const long = new Float32Array(5 * rate)
  long.set(samples, 2 * rate)
  const { length } = trim({ samples: long, rate }).samples
  expect(length / rate).toBeGreaterThan(2.1)
  expect(length / rate).toBeLessThan(2.25)
})

describe('a prompt', () => {
  test.for([
    ['u8', 8_000, 1],
    ['u8', 22_050, 2],
    ['s16', 16_000, 1],
    ['s16', 44_100, 2],
    ['s24', 48_000, 2],
    ['s24', 96_000, 1],
    ['f32', 11_025, 1],
    ['f32', 48_000, 2],
  ] as [Kind, number, number][])('is made of a WAV: %s, %i Hz, %i channels', async ([kind, rate, channels]) => {
    const sound = await heard(wav(swelling(1_000, { rate }), kind, channels))
    expect(sound.rate).toBe(8_000)
    expect(loudness(sound)).toBeCloseTo(LOUDNESS, 0)
    expect(sound.samples.length / 8_000).toBeCloseTo(2, 0)
    expect(amplitude(middle(sound), 1_000)).toBeGreaterThan(0.05)
  })

  test.for(['tone.mp3', 'tone.ogg', 'tone.webm'] as const)('is made of %s, its silent ends cut', async name => {
    const sound = await heard(recorded(name))
    expect(loudness(sound)).toBeCloseTo(LOUDNESS, 0)
    expect(sound.samples.length / 8_000).toBeGreaterThan(3)
    expect(sound.samples.length / 8_000).toBeLessThan(3.4)
    expect(amplitude(middle(sound), 1_000)).toBeGreaterThan(0.05)
  })

  test('says how long it is, and what it must hash to', async () => {
    const made = await promptOf(wav(swelling(1_000)))
    expect(made.lengthMs).toBe(Math.round((made.audio.length - 44) / 16))
    expect(made.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test.for([
    ['an empty file', Buffer.alloc(0), 'is empty.'],
    ['a WAV with nothing in it', wav(swelling(1_000, { seconds: 0 })), /^is (empty|silent|not audio)/],
    ['text', Buffer.from('Hello, this is no sound at all.'.repeat(100)), /^is not audio that is understood/],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /^is not audio that is understood/],
    ['silence', wav(scaled(swelling(1_000), 0)), 'is silent, or nearly so.'],
    ['a tone that nobody hears', wav(swelling(1_000, { loud: 0.0002 }), 'f32'), 'is silent, or nearly so.'],
    [
      'samples that are none',
      wav(scaled(swelling(1_000), Number.NaN), 'f32'),
      'is damaged: parts of it cannot be played.',
    ],
    [
      'eleven minutes',
      wav(swelling(1_000, { seconds: 660, rate: 4_000 }), 'u8'),
      'is too long: at most 10 minutes are taken.',
    ],
  ] as [string, Buffer, string | RegExp][])('is not made of %s', async ([, file, why]) => {
    await expect(promptOf(file)).rejects.toThrow(why)
  })

  test.for(['tone.mp3', 'tone.ogg', 'tone.webm'] as const)(
    'is made of what is left of %s, or refused, never more',
    async name => {
      const whole = recorded(name)
      for (const part of [0.02, 0.3, 0.7]) {
        const cut = whole.subarray(0, Math.round(whole.length * part))
        const end = await promptOf(cut).then(
          ({ lengthMs }) => lengthMs,
          thrown => thrown.id,
        )
        expect(end === 'unsound' || end < 4_000, `${part}: ${end}`).toBe(true)
      }
    },
  )

  test.for(['tone.mp3', 'tone.ogg', 'tone.webm'] as const)(
    'is made of %s with bytes that were spoilt, or refused in a sentence',
    async name => {
      for (let seed = 1; seed <= 12; seed++) {
        const { upTo } = random(seed)
        const spoilt = Buffer.from(recorded(name))
        for (let k = 0; k < 20; k++) spoilt[upTo(k % 2 === 0 ? 200 : spoilt.length)] = upTo(256)
        const end = await promptOf(spoilt).then(
          ({ lengthMs }) => lengthMs,
          thrown => thrown.id,
        )
        expect(end === 'unsound' || end > 0, `seed ${seed}: ${end}`).toBe(true)
      }
    },
  )
})
