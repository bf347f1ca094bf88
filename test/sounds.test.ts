import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOUNDS = join(import.meta.dirname, '..', 'sounds')
const LANGUAGES = ['zh', 'en'] as const
const RATES = { zh: { wav: 8_000, wav16: 16_000 }, en: { wav: 8_000 } }

type Prompt = { heardBy: string; zh: string; en: string }
const prompts: Record<string, Prompt> = JSON.parse(readFileSync(join(SOUNDS, 'catalogue.json'), 'utf8')).prompts
const keys = Object.keys(prompts).sort()

describe('the catalogue', () => {
  it.each(LANGUAGES)('has exactly the files of %s, at each of its rates', language => {
    const files = readdirSync(join(SOUNDS, language), { recursive: true, encoding: 'utf8' })
    expect(files.filter(file => file.includes('.')).length).toBe(keys.length * Object.keys(RATES[language]).length)
    for (const extension of Object.keys(RATES[language])) {
      const named = files
        .filter(file => file.endsWith(`.${extension}`))
        .map(file => file.slice(0, -extension.length - 1))
      expect(named.sort()).toEqual(keys)
    }
  })

  it('says who hears each prompt', () => {
    for (const prompt of Object.values(prompts)) expect(['caller', 'agent', 'both']).toContain(prompt.heardBy)
  })

  it('has the fragments of every number from 0 to 999, and of every agent id', () => {
    for (let n = 0; n < 1000; n++) for (const key of number(n)) expect(keys).toContain(key)
    for (let d = 0; d < 10; d++) expect(keys).toContain(`digit/${d}`)
    expect(
      number(323)
        .map(key => prompts[key]!.zh)
        .join(''),
    ).toBe('三百二十三')
    expect(
      number(205)
        .map(key => prompts[key]!.zh)
        .join(''),
    ).toBe('两百零五')
    expect(
      number(110)
        .map(key => prompts[key]!.zh)
        .join(''),
    ).toBe('一百一十')
    expect(
      number(342)
        .map(key => prompts[key]!.en)
        .join(' '),
    ).toBe('three hundred forty two')
  })
})

describe.each(LANGUAGES)('the prompts in %s', language => {
  it.each(keys)('%s is level, and as long as its text', key => {
    const text = prompts[key]![language]
    for (const [extension, rate] of Object.entries(RATES[language])) {
      const sound = wav(join(SOUNDS, language, `${key}.${extension}`))
      expect({ channels: sound.channels, bits: sound.bits, rate: sound.rate }).toEqual({ channels: 1, bits: 16, rate })
      expect(sound.peak).toBeLessThan(-3)
      if (!text) continue
      expect(sound.loudness).toBeGreaterThan(-22)
      expect(sound.loudness).toBeLessThan(-18)
      const [least, most] = seconds(text)
      expect(sound.seconds).toBeGreaterThan(least)
      expect(sound.seconds).toBeLessThan(most)
    }
  })
})

describe('the waiting music', () => {
  const music = wav(join(SOUNDS, 'music', 'waiting.wav'))

  it('lasts half a minute to a minute, softer than speech', () => {
    expect(music).toMatchObject({ channels: 1, bits: 16, rate: 8_000 })
    expect(music.seconds).toBeGreaterThan(29)
    expect(music.seconds).toBeLessThan(61)
    expect(music.loudness).toBeGreaterThan(-26)
    expect(music.loudness).toBeLessThan(-22)
  })

  it('is never taken for one of the tones that tests and machines listen for', () => {
    const all = music.samples.reduce((sum, s) => sum + s * s, 0)
    for (const tone of [440, 600, 880, 1000, 1300]) expect(near(music.samples, tone) / all).toBeLessThan(0.01)
  })
})

it('the folder stays small, and says under which licences it stands', () => {
  const size = ['zh', 'en', 'music']
    .flatMap(folder =>
      readdirSync(join(SOUNDS, folder), { recursive: true, encoding: 'utf8' }).map(f => join(folder, f)),
    )
    .reduce((sum, file) => sum + statSync(join(SOUNDS, file)).size, 0)
  expect(size).toBeLessThan(32_000_000)
  const readme = readFileSync(join(SOUNDS, 'README.md'), 'utf8')
  for (const word of ['Kokoro-82M', 'Apache-2.0', 'MIT']) expect(readme).toContain(word)
})

/** The composing rule, as the catalogue tells it. */
function number(n: number): string[] {
  if (n <= 20 || (n < 100 && n % 10 === 0)) return [`number/${n}`]
  if (n < 100) return [`number/${n - (n % 10)}`, `number/${n % 10}`]
  const rest = n % 100
  const after = rest === 0 ? [] : rest < 20 ? [`number/and/${rest}`] : number(rest)
  return [`number/${n - rest}`, ...after]
}

/** How long a text may reasonably take: some 3 to 7 Chinese syllables a second, 8 to 25 English letters, and the pauses. */
function seconds(text: string): [number, number] {
  const hanzi = text.match(/[\p{Script=Han}\d]/gu)?.length ?? 0
  const letters = text.match(/[a-z]/gi)?.length ?? 0
  const stops = text.match(/[，。！：,.!]/g)?.length ?? 0
  return [hanzi / 7.5 + letters / 26, 0.5 + hanzi / 3 + letters / 8 + stops * 0.6]
}

function wav(path: string) {
  const file = readFileSync(path)
  expect(file.toString('latin1', 0, 16)).toMatch(/^RIFF....WAVEfmt $/s)
  expect(file.toString('latin1', 36, 40)).toBe('data')
  const rate = file.readUInt32LE(24)
  const samples = Float64Array.from({ length: (file.length - 44) / 2 }, (_, i) => file.readInt16LE(44 + 2 * i) / 32768)
  const peak = 20 * Math.log10(samples.reduce((most, s) => Math.max(most, Math.abs(s)), 1e-9))
  return {
    channels: file.readUInt16LE(22),
    bits: file.readUInt16LE(34),
    rate,
    samples,
    seconds: samples.length / rate,
    peak,
    loudness: loudness(samples, rate / 50),
  }
}

/** RMS over what is speech: windows of 20 ms not more than 30 dB under the loudest. */
function loudness(samples: Float64Array, window: number): number {
  const powers = Array.from({ length: Math.floor(samples.length / window) }, (_, i) =>
    samples.subarray(i * window, (i + 1) * window).reduce((sum, s) => sum + (s * s) / window, 1e-12),
  )
  const loudest = Math.max(...powers)
  const speech = powers.filter(power => power > loudest / 1000)
  return 10 * Math.log10(speech.reduce((sum, power) => sum + power, 0) / speech.length)
}

/** The energy within about 10 Hz of a tone, in windows of 0.1 s (Goertzel). */
function near(samples: Float64Array, tone: number): number {
  const window = 800
  let energy = 0
  for (let from = 0; from + window <= samples.length; from += window) {
    let [re, im] = [0, 0]
    for (let i = 0; i < window; i++) {
      re += samples[from + i]! * Math.cos((2 * Math.PI * tone * i) / 8_000)
      im += samples[from + i]! * Math.sin((2 * Math.PI * tone * i) / 8_000)
    }
    energy += ((re * re + im * im) * 2) / window
  }
  return energy
}
