// Mandarin text → symbols: who reads which way, which words belong together, and how tones change in a row.

import { pinyin } from 'pinyin-pro'
import { syllable } from './syllables.ts'

// Readings the dictionary would get wrong. A digit stands for itself, and its tone does not change.
const READINGS: Record<string, string> = { 幺: 'yao1' }
const DIGITS = ['ling2', 'yi1', 'er4', 'san1', 'si4', 'wu3', 'liu4', 'qi1', 'ba1', 'jiu3']

// Words of this trade that the word segmenter does not know; spoken as one, without a break inside.
const WORDS =
  /(客服热线|客服代表|工号|功能码|未签入|签入|签出|示闲|示忙|小休|请按|请您|来电|回电|在线|售后|话后|稍后|转接|接听|再拨|不可用)/

const STOPS: Record<string, string> = { '，': ',', '、': ',', '。': '.', '！': '!', '：': ':', '；': ';', '？': '?' }

type Syllable = { char: string; sound: string; tone: number }

export function mandarin(text: string): string {
  const clauses = [...text.matchAll(/([\p{Script=Han}\d]+)([^\p{Script=Han}\d]*)/gu)]
  const spoken = clauses.map(([, clause, stops]) => {
    const row = sandhi(words(clause!)).map(word => word.map(({ sound, tone }) => syllable(sound, tone)).join(''))
    return row.join(' ') + [...stops!].map(stop => STOPS[stop] ?? '').join('')
  })
  return spoken.join(' ')
}

function words(clause: string): Syllable[][] {
  const readings = pinyin(clause, { toneType: 'num', type: 'array', toneSandhi: false, v: true })
  const row = [...clause].map((char, i) => {
    const reading = READINGS[char] ?? DIGITS[Number.parseInt(char, 10)] ?? readings[i]!
    return { char, sound: reading.replace(/\d/, ''), tone: Number(/\d/.exec(reading)?.[0] ?? 5) }
  })
  return segments(clause).map(word => row.splice(0, word.length))
}

function segments(clause: string): string[] {
  const known = new Intl.Segmenter('zh', { granularity: 'word' })
  const parts = clause.split(WORDS).filter(Boolean)
  return parts.flatMap(part => (WORDS.test(part) ? [part] : [...known.segment(part)].map(({ segment }) => segment)))
}

/** Tones as they are spoken in a row, not as they stand in the dictionary. */
function sandhi(words: Syllable[][]): Syllable[][] {
  const row = words.flat()
  row.forEach((syllable, i) => {
    const after = row[i + 1]
    if (!after) return
    if (syllable.char === '不' && after.tone === 4) syllable.tone = 2
    // 一 stays high where it counts: 第一, 十一, 零一, 一十.
    const counts = '第十零'.includes(row[i - 1]?.char ?? ' ') || after.char === '十'
    if (syllable.char === '一' && !counts) syllable.tone = after.tone === 4 ? 2 : 4
  })
  // Of two low tones in one word, or from a word of one syllable to the next, the first rises.
  words.forEach((word, w) => {
    word.forEach((syllable, i) => {
      const after = word[i + 1] ?? (word.length === 1 ? words[w + 1]?.[0] : undefined)
      if (syllable.tone === 3 && after?.tone === 3) syllable.tone = 2
    })
  })
  return words
}
