// Mandarin text → the symbols the voice was taught: IPA with an arrow for the tone after the vowel.

import { pinyin } from 'pinyin-pro'

const INITIALS: Record<string, string> = {
  b: 'p',
  p: 'pʰ',
  m: 'm',
  f: 'f',
  d: 't',
  t: 'tʰ',
  n: 'n',
  l: 'l',
  g: 'k',
  k: 'kʰ',
  h: 'x',
  j: 'ʨ',
  q: 'ʨʰ',
  x: 'ɕ',
  zh: 'ꭧ',
  ch: 'ꭧʰ',
  sh: 'ʂ',
  r: 'ɻ',
  z: 'ʦ',
  c: 'ʦʰ',
  s: 's',
}
// The dash is where the tone goes: after the vowel, before a closing n or ng.
const FINALS: Record<string, string> = {
  a: 'a-',
  ai: 'ai-',
  an: 'a-n',
  ang: 'a-ŋ',
  ao: 'au-',
  e: 'ɤ-',
  ei: 'ei-',
  en: 'ə-n',
  eng: 'ə-ŋ',
  er: 'ɚ-',
  o: 'wo-',
  ou: 'ou-',
  ong: 'ʊ-ŋ',
  i: 'i-',
  ia: 'ja-',
  ian: 'jɛ-n',
  iang: 'ja-ŋ',
  iao: 'jau-',
  ie: 'je-',
  in: 'i-n',
  ing: 'i-ŋ',
  iong: 'jʊ-ŋ',
  iu: 'jou-',
  u: 'u-',
  ua: 'wa-',
  uai: 'wai-',
  uan: 'wa-n',
  uang: 'wa-ŋ',
  ui: 'wei-',
  un: 'wə-n',
  uo: 'wo-',
  ueng: 'wə-ŋ',
  ü: 'y-',
  üan: 'ɥɛ-n',
  üe: 'ɥe-',
  ün: 'y-n',
}
const TONES = ['', '→', '↗', '↓', '↘', '']
const PUNCTUATION: Record<string, string> = {
  '，': ',',
  '、': ',',
  '。': '.',
  '！': '!',
  '：': ':',
  '；': ';',
  '？': '?',
}
const DIGITS = '零一二三四五六七八九'
// Words our dictionary of readings would get wrong.
const READINGS: Record<string, string> = { 幺: 'yao1', 行: 'xing2', 重: 'chong2', 为: 'wei4' }

// Words of this trade that the word segmenter does not know; spoken as one, without a break inside.
const WORDS = [
  '客服热线',
  '客服代表',
  '客服',
  '座席',
  '示闲',
  '示忙',
  '签入',
  '签出',
  '未签入',
  '小休',
  '工号',
  '功能码',
  '请按',
  '请您',
]

type Syllable = { char: string; sound: string; tone: number }

export function mandarin(text: string): string {
  return clauses(text)
    .map(([words, stop]) => words.map(word => word.map(symbols).join('')).join(' ') + stop)
    .join(' ')
    .trim()
}

/** The clauses of a text: words of syllables, and the stop after them. */
function clauses(text: string): [Syllable[][], string][] {
  const said = text.replace(/\d/g, digit => DIGITS[Number(digit)]!)
  return [...said.matchAll(/(\p{Script=Han}+)([^\p{Script=Han}]*)/gu)].map(([, clause, stop]) => [
    sandhi(words(clause!)),
    [...stop!].map(mark => PUNCTUATION[mark] ?? '').join(''),
  ])
}

function words(clause: string): Syllable[][] {
  const readings = pinyin(clause, { toneType: 'num', type: 'array', toneSandhi: false, v: true })
  const syllables = [...clause].map((char, i) => {
    const reading = READINGS[char] ?? readings[i]!
    return { char, sound: reading.replace(/\d/, ''), tone: Number(/\d/.exec(reading)?.[0] ?? 5) }
  })
  return segments(clause).map(word => syllables.splice(0, word.length))
}

function segments(clause: string): string[] {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })
  return clause
    .split(new RegExp(`(${WORDS.join('|')})`))
    .flatMap(part => (WORDS.includes(part) ? [part] : [...segmenter.segment(part)].map(({ segment }) => segment)))
}

/** Tones as they are spoken in a row, not as they stand in the dictionary. */
function sandhi(words: Syllable[][]): Syllable[][] {
  const row = words.flat()
  row.forEach((syllable, i) => {
    const [before, after] = [row[i - 1], row[i + 1]]
    if (!after) return
    if (syllable.char === '不' && after.tone === 4) syllable.tone = 2
    // 一 as a number (第一, 十一, 按一, 一十) stays high.
    const number = (before && '第十百零按'.includes(before.char)) || `${DIGITS}十`.includes(after.char)
    if (syllable.char === '一' && !number) syllable.tone = after.tone === 4 ? 2 : 4
  })
  // Two low tones in one word, or a word of one syllable leaning on the next: the first rises.
  for (const [i, word] of words.entries()) {
    word.forEach((syllable, j) => {
      const after = word[j + 1] ?? (word.length === 1 ? words[i + 1]?.[0] : undefined)
      if (syllable.tone === 3 && after?.tone === 3) syllable.tone = 2
    })
  }
  return words
}

function symbols({ sound, tone }: Syllable): string {
  const [initial, final] = split(sound)
  const buzz = final === 'i' && /^([zcs]h?|r)$/.test(initial)
  const vowel = buzz ? 'ɨ-' : (FINALS[final] ?? fail(sound))
  return (INITIALS[initial] ?? '') + vowel.replace('-', TONES[tone]!)
}

/** Pinyin's spelling undone: yan is ian, wei is ui, ju is jü. */
function split(sound: string): [string, string] {
  const plain = sound.replace('v', 'ü')
  if (plain.startsWith('yu'))
    return ['', plain === 'yu' ? 'ü' : plain === 'yue' ? 'üe' : plain === 'yong' ? 'iong' : `ü${plain.slice(2)}`]
  if (plain === 'yong') return ['', 'iong']
  if (plain === 'you') return ['', 'iu']
  if (plain.startsWith('yi')) return ['', plain.slice(1)]
  if (plain.startsWith('y')) return ['', `i${plain.slice(1)}`]
  if (plain === 'wei') return ['', 'ui']
  if (plain === 'wen') return ['', 'un']
  if (plain === 'weng') return ['', 'ueng']
  if (plain === 'wu') return ['', 'u']
  if (plain.startsWith('w')) return ['', `u${plain.slice(1)}`]
  const initial = /^([zcs]h|[bpmfdtnlgkhjqxrzcs])?/.exec(plain)![0]
  const final = plain.slice(initial.length)
  return [initial, /^[jqx]/.test(initial) ? final.replace(/^u/, 'ü') : final]
}

function fail(sound: string): never {
  throw new Error(`no such syllable: ${sound}`)
}
