// The catalogue, and where its sounds lie.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { level, resample, type Sound, trim, writeWav } from './sound.ts'

export type Language = 'zh' | 'en'
type Texts = Record<Language, string>

export const LANGUAGES: Language[] = ['zh', 'en']

// Asterisk takes .wav as 8 kHz and .wav16 as 16 kHz. English has to do with the former, for the folder's size.
const RATES: Record<Language, Record<string, number>> = { zh: { wav: 8_000, wav16: 16_000 }, en: { wav: 8_000 } }
// Seconds of silence left around a prompt, and around a fragment, which others are joined to.
const EDGE = 0.05
const TIGHT = 0.012

export const prompts: Record<string, Texts> = json('../catalogue.json').prompts
const sayings: Record<string, Texts> = json('say.json')

/** The sentence out of which a fragment is cut: `八五[三]零九号`. Undefined for a prompt that stands alone. */
export function sentenceAround(key: string, language: Language): string | undefined {
  const saying = sayings[key] ?? sayings[key.replace(/[^/]+$/, '*')]
  const text = prompts[key]![language]
  // What a language has no word for is cut out of nothing.
  return (text && saying?.[language].replace('{}', text)) || undefined
}

export function written(key: string, language: Language): boolean {
  return existsSync(`${path(key, language)}.wav`)
}

/** Trimmed, evenly loud, once for each rate. */
export function write(key: string, language: Language, sound: Sound): void {
  const trimmed = trim(sound, sentenceAround(key, language) ? TIGHT : EDGE)
  for (const [extension, rate] of Object.entries(RATES[language])) {
    const samples = level(resample(trimmed, rate).samples, rate)
    writeWav(`${path(key, language)}.${extension}`, { samples, rate })
  }
}

function path(key: string, language: Language): string {
  return join(import.meta.dirname, '..', language, key)
}

function json(file: string) {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'))
}
