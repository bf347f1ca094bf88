// English text → the symbols the voice was taught: espeak-ng's American IPA, with one letter for each diphthong.

import { execFileSync } from 'node:child_process'

const REWRITE: [RegExp | string, string][] = [
  ['a^ɪ', 'I'],
  ['a^ʊ', 'W'],
  ['e^ɪ', 'A'],
  ['o^ʊ', 'O'],
  ['ɔ^ɪ', 'Y'],
  ['d^ʒ', 'ʤ'],
  ['t^ʃ', 'ʧ'],
  ['ə^l', 'ᵊl'],
  ['ʔˌn\u0329', 'tᵊn'],
  ['ʔn', 'tn'],
  [/ᵊ?(\S)\u0329/g, 'ᵊ$1'],
  ['ʔ', 't'],
  ['r', 'ɹ'],
  ['x', 'k'],
  ['ɐ', 'ə'],
  ['ɬ', 'l'],
  ['ɜːɹ', 'ɜɹ'],
  ['ɜː', 'ɜɹ'],
  ['ɪə', 'iə'],
  [/ɚɹ?/g, 'əɹ'],
  ['ː', ''],
  ['e', 'A'],
  ['o', 'ɔ'],
  ['ɾ', 'T'],
  ['^', ''],
]

export function english(text: string): string {
  // espeak-ng drops the stops, and the voice needs them: they are put back around what is spoken between them.
  return [...text.matchAll(/([^,.!?:;]+)([,.!?:;]*)/g)]
    .map(([, words, stop]) => (words!.trim() ? spoken(words!.trim()) : '') + stop)
    .join(' ')
}

function spoken(words: string): string {
  const ipa = execFileSync('espeak-ng', ['-q', '-v', 'en-us', '--ipa', '--tie=^', words], { encoding: 'utf8' })
  return REWRITE.reduce((said, [from, to]) => said.replaceAll(from as string, to), ipa.replace(/\s+/g, ' ').trim())
}
