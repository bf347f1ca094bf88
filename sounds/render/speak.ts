// How a prompt is spoken: whole, or cut out of a sentence; with time between its clauses; each language by its own voice.

import { english } from './english.ts'
import { mandarin } from './mandarin.ts'
import { RATE, Voice } from './model.ts'
import { type Language, prompts, sentenceAround } from './prompts.ts'
import { joined, levels, type Sound } from './sound.ts'

// `unhurried` is the least time for a number, in the voice's steps of 25 ms.
const SPEAKERS = {
  zh: {
    voice: await Voice.open('zf_xiaoxiao'),
    speed: 0.88,
    ipa: mandarin,
    unhurried: (said: string) => 10 * said.match(/[→↗↓↘]/g)!.length,
  },
  en: {
    voice: await Voice.open('af_heart'),
    speed: 0.95,
    ipa: english,
    unhurried: (said: string) => 2.5 * said.length,
  },
}
// Seconds: what the voice leaves at a stop is too short for a telephone.
const PAUSES: Record<string, number> = { ',': 0.3, ':': 0.4, ';': 0.4, '.': 0.5, '!': 0.5, '?': 0.5 }
const TURN = new Float32Array(RATE * 0.1) // between two languages
const GAP = 4 // steps around a fragment
const LEAD = RATE * 0.05 // a symbol is heard a little before the voice says it is
const QUIET = -45 // dBFS

/** A prompt is its text, spoken; a fragment is cut out of a sentence that holds it, so that it sounds as in a sentence. */
export async function speak(key: string, language: Language): Promise<Sound> {
  const around = sentenceAround(key, language)
  if (around) return { samples: await fragment(around, language, /^(digit|number)\//.test(key)), rate: RATE }
  const text = prompts[key]![language]
  if (!text) return { samples: TURN, rate: RATE } // nothing to say here: a breath of silence
  const parts = []
  for (const part of byLanguage(text)) parts.push(await sentence(part), TURN)
  return { samples: joined(parts), rate: RATE }
}

function byLanguage(text: string): { text: string; language: Language }[] {
  const stretches = text.match(/[a-z][^\p{Script=Han}]*|[^a-z]+/giu)!
  return stretches.map(part => ({ text: part.trim(), language: /[a-z]/i.test(part) ? 'en' : 'zh' }))
}

async function sentence({ text, language }: { text: string; language: Language }): Promise<Float32Array> {
  const { voice, speed, ipa } = SPEAKERS[language]
  const symbols = ipa(text)
  const { samples, starts } = await voice.say(symbols, speed)
  const parts: Float32Array[] = []
  let from = Math.max(0, starts[0]! - 2 * LEAD)
  for (const stop of symbols.matchAll(/[,.!?:;] /g)) {
    const pause = silence(samples, starts[stop.index]! - 2 * LEAD, starts[stop.index + 2]!)
    const missing = PAUSES[stop[0][0]!]! * RATE - pause.length
    parts.push(samples.slice(from, pause.middle), new Float32Array(Math.max(0, missing)))
    from = pause.middle
  }
  return joined([...parts, samples.slice(from)])
}

/**
 * `八五[三]零九号`: what stands in brackets. The voice is made to pause before and after it, so that it can be cut out clean, and
 * numbers are given their time, for in a row of them the voice would hurry.
 */
async function fragment(around: string, language: Language, number: boolean): Promise<Float32Array> {
  const { voice, speed, ipa, unhurried } = SPEAKERS[language]
  const [before = '', kept = '', after = ''] = around.split(/[[\]]/).map(part => (part.trim() ? ipa(part) : ''))
  const from = before ? before.length + 1 : 0
  const to = from + kept.length
  const { samples, starts } = await voice.say([before, kept, after].filter(Boolean).join(' '), speed, wished => {
    // Before the first symbol there is one step more: the silence around the text.
    const steps = [...wished]
    if (number) slow(steps, from + 1, to + 1, unhurried(kept))
    if (before) steps[from] = GAP
    if (after) steps[to + 1] = GAP
    return steps
  })
  const gap = (symbol: number) => quietest(samples, starts[symbol]! - LEAD, starts[symbol + 1]! - LEAD / 2)
  return samples.slice(before ? gap(from - 1) : Math.max(0, starts[0]! - 2 * LEAD), after ? gap(to) : samples.length)
}

/** Stretches the steps of a stretch of symbols to a common length, if they are shorter. */
function slow(steps: number[], from: number, to: number, least: number): void {
  const factor = least / steps.slice(from, to).reduce((a, b) => a + b, 0)
  for (let i = from; i < to && factor > 1; i++) steps[i] = Math.round(steps[i]! * factor)
}

/** The pause somewhere between two places: how long it is, and its middle. */
function silence(samples: Float32Array, from: number, to: number): { middle: number; length: number } {
  const window = RATE / 200
  const signs = levels(samples.subarray(from, to), window).map(level => (level < QUIET ? '_' : '^'))
  const [longest] = [...signs.join('').matchAll(/_+/g)].sort((a, b) => b[0].length - a[0].length)
  if (!longest) return { middle: quietest(samples, from, to), length: 0 }
  const length = longest[0].length
  return { middle: from + Math.round((longest.index + length / 2) * window), length: length * window }
}

/** The middle of the quietest 20 ms between two places. */
function quietest(samples: Float32Array, from: number, to: number): number {
  const window = RATE / 50
  const quiet = levels(samples.subarray(from, to), window)
  return from + (quiet.indexOf(Math.min(...quiet)) + 0.5) * window
}
