import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Flow, Node } from '../src/ivr/flow.ts'

// The READMEs and the pages that go on from there, taken apart for the tests.

export const home = join(import.meta.dirname, '..')
export const textOf = (name: string): string => readFileSync(join(home, name), 'utf8')

export const ENGLISH = ['README.md', 'docs/callers.md', 'docs/desk.md', 'docs/supervisors.md']
export const CHINESE = ['README.zh-CN.md', 'docs/callers.zh-CN.md', 'docs/desk.zh-CN.md', 'docs/supervisors.zh-CN.md']
export const english = ENGLISH.map(textOf).join('\n')
export const chinese = CHINESE.map(textOf).join('\n')

/** The fenced blocks of one language: sh, ini, text. */
export const blocksOf = (readme: string, language: string): string[] =>
  [...readme.matchAll(/^( *)```(\w+)\n(.*?)\n *```$/gms)].filter(block => block[2] === language).map(block => block[3]!)

/** A survey after what the README tells to write into it. */
export function commented(survey: Flow, readme: string): Flow {
  const nodes = blocksOf(readme, 'json').find(block => block.includes('"comment"'))
  const rating = { ...survey.nodes.rating, next: 'why', lowAtOrUnder: 2 } as Node
  return { ...survey, nodes: { ...survey.nodes, rating, ...JSON.parse(`{${nodes}}`) } }
}

/** The rows of the table of settings: name, default, meaning. */
export const settingsIn = (readme: string): { name: string; given: string }[] =>
  [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*?) \|/gm)].map(row => ({ name: row[1]!, given: row[2]! }))
