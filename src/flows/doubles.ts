import type { Fault } from '../ivr/check.ts'
import { pathOf } from './paths.ts'

/** A text, and whether it is the name of what follows; or a sign. */
const TOKENS = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\],]/g

/**
 * Names that stand twice in an object: of what is named so, JSON.parse keeps the last and drops the others without a word.
 * And `__proto__`, which is not a name like others. `text` must be JSON.
 */
export function doubles(text: string): Fault[] {
  const faults: Fault[] = []
  const open: Open[] = []
  for (const [sign, quoted, colon] of text.matchAll(TOKENS)) {
    const last = open.at(-1)
    if (sign === '{') open.push({ names: new Set(), at: '' })
    else if (sign === '[') open.push({ names: new Set(), at: 0 })
    else if (sign === '}' || sign === ']') open.pop()
    else if (sign === ',' && typeof last?.at === 'number') last.at += 1
    else if (last && colon !== undefined) {
      const name: string = JSON.parse(quoted!)
      last.at = name
      const path = pathOf(open.map(({ at }) => at))
      if (last.names.has(name)) faults.push({ path, sentence: 'stands here twice' })
      if (name === '__proto__') faults.push({ path, sentence: 'must be named otherwise' })
      last.names.add(name)
    }
  }
  return faults
}

/** An object or a list that has not ended yet, and where in it we are. */
type Open = { readonly names: Set<string>; at: string | number }
