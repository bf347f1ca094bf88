// Speaks the prompts: `npm run render` those without a file, `npm run render -- greeting menu` these again, `-- --all` all.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { english } from './english.ts'
import { mandarin } from './mandarin.ts'
import { RATE, Voice } from './model.ts'
import { joined, writePrompt } from './sound.ts'

type Language = 'zh' | 'en'
type Texts = Record<Language, string>

const SOUNDS = join(import.meta.dirname, '..')
const LANGUAGES: Language[] = ['zh', 'en']
const SPEAKERS = {
  zh: { voice: await Voice.open('zf_xiaoxiao'), speed: 0.95, ipa: mandarin },
  en: { voice: await Voice.open('af_heart'), speed: 0.95, ipa: english },
}
const EDGE = 0.05 // seconds of silence left around a prompt
const TIGHT = 0.012 // and around a fragment, which others are joined to
const TURN = 0.35 // between two languages in one prompt

const prompts: Record<string, Texts> = json('../catalogue.json').prompts
const sayings: Record<string, Texts> = json('say.json')

for (const key of wanted(process.argv.slice(2))) {
  for (const language of LANGUAGES) {
    const { samples, tight } = await speak(key, language)
    writePrompt(join(SOUNDS, language, key), { samples, rate: RATE }, tight ? TIGHT : EDGE)
    console.log(`${language}/${key}  ${(samples.length / RATE).toFixed(2)} s`)
  }
}

function wanted(names: string[]): string[] {
  const keys = Object.keys(prompts)
  if (names[0] === '--all') return keys
  if (names.length > 0) return keys.filter(key => names.some(name => key === name || key.startsWith(`${name}/`)))
  return keys.filter(key => LANGUAGES.some(language => !existsSync(join(SOUNDS, language, `${key}.wav`))))
}

/** A prompt is its text, spoken; a fragment is cut out of a sentence that holds it, so that it sounds as in a sentence. */
async function speak(key: string, language: Language): Promise<{ samples: Float32Array; tight: boolean }> {
  const text = prompts[key]![language]
  if (!text) return { samples: new Float32Array(RATE / 20), tight: false } // nothing to say here: a breath of silence
  const saying = (sayings[key] ?? sayings[key.replace(/[^/]+$/, '*')])?.[language]
  if (saying) return { samples: await fragment(saying.replace('{}', text), language), tight: true }
  const parts: Float32Array[] = []
  for (const part of byLanguage(text)) {
    if (parts.length > 0) parts.push(new Float32Array(RATE * TURN))
    parts.push(await sentence(part))
  }
  return { samples: joined(parts), tight: false }
}

/** Each stretch of Chinese or English is spoken by its own voice. */
function byLanguage(text: string): { text: string; language: Language }[] {
  const stretches = text.match(/[a-z][a-z0-9 ,.'!?-]*[.!?]|[^a-z]*\p{Script=Han}[^a-z]*|[a-z][a-z0-9 ,'-]*/giu) ?? []
  return stretches.map(part => ({ text: part.trim(), language: /\p{Script=Han}/u.test(part) ? 'zh' : 'en' }))
}

async function sentence({ text, language }: { text: string; language: Language }): Promise<Float32Array> {
  const { voice, speed, ipa } = SPEAKERS[language]
  const { samples, starts } = await voice.say(ipa(text), speed)
  return samples.slice(Math.max(0, starts[0]! - RATE * 0.06), starts.at(-1)! + RATE * 0.15)
}

/** `八五[三]零九号`: what stands in brackets, cut out where the voice says that its symbols begin and end. */
async function fragment(saying: string, language: Language): Promise<Float32Array> {
  const { voice, speed, ipa } = SPEAKERS[language]
  const [before, kept, after] = saying.split(/[[\]]/).map(part => (part.trim() ? ipa(part) : ''))
  const lead = before ? `${before} ` : ''
  const { samples, starts } = await voice.say(`${lead}${kept}${after ? ` ${after}` : ''}`, speed)
  const from = before ? starts[[...lead].length]! : Math.max(0, starts[0]! - RATE * 0.06)
  const to = after ? starts[[...lead, ...kept!].length]! : starts.at(-1)! + RATE * 0.15
  return samples.slice(from, to)
}

function json(file: string) {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'))
}
