import { expect, test } from 'vitest'
import { readFlow } from '../../src/flows/document.ts'
import { pathOf } from '../../src/flows/paths.ts'
import { type Fault, faultsOf } from '../../src/ivr/check.ts'
import { drawing } from '../../src/ivr/drawing.ts'
import type { Flow } from '../../src/ivr/flow.ts'
import { type Random, random } from '../random.ts'
import { known, SAMPLE } from './fuzz/centre.ts'
import { aFlow } from './fuzz/growing.ts'
import { spoiled } from './fuzz/spoiling.ts'
import { Walk } from './fuzz/walking.ts'

// Whatever a person publishes is refused, and told where it is wrong, or can be walked. A failure names its seed:
// HOTLINE_FUZZ_SEED=… repeats that one document, HOTLINE_FUZZ_DOCUMENTS=… tries more than these.

const SEED = Number(process.env.HOTLINE_FUZZ_SEED ?? 0)
const DOCUMENTS = SEED > 0 ? 1 : Number(process.env.HOTLINE_FUZZ_DOCUMENTS ?? 5_000)
/** A loaded machine is slow; what hangs is slower. */
const STEP_AT_MOST_MS = 2_000
const CHECK_AT_MOST_MS = 2_000

/** Tries one document for each seed; what goes wrong is told with the seed and the document. */
function forEachSeed(first: number, tried: (random: Random) => { text: string; act: () => void }): void {
  for (let seed = SEED || first; seed < (SEED || first) + DOCUMENTS; seed += 1) {
    const { text, act } = tried(random(seed))
    try {
      act()
    } catch (thrown) {
      throw new Error(`HOTLINE_FUZZ_SEED=${seed}: ${(thrown as Error).message}\n${text.slice(0, 3_000)}`, {
        cause: thrown,
      })
    }
  }
}

/** As publishing does. */
function checked(text: string): { flow: Flow; faults?: undefined } | { faults: Fault[] } {
  const from = performance.now()
  const { document, faults } = readFlow(text)
  const all = faults ?? faultsOf(document, known)
  expect(performance.now() - from).toBeLessThan(CHECK_AT_MOST_MS)
  return all.length > 0 ? { faults: all } : { flow: document! }
}

function walked(flow: Flow, by: Random): void {
  expect(drawing(flow)).toContain('flowchart')
  const caller = new Walk(flow, by)
  expect(['queue', 'hangup', 'dial']).toContain(caller.toTheEnd())
  expect(caller.slowest).toBeLessThan(STEP_AT_MOST_MS)
}

test('a flow that works can be published, and walked to its end, whatever a caller does and a system answers', () => {
  expect(faultsOf(SAMPLE, known)).toEqual([])
  forEachSeed(1, by => {
    const flow = aFlow(by)
    const text = JSON.stringify(flow)
    return {
      text,
      act: () => {
        expect(checked(text).faults).toBeUndefined()
        walked(flow, by)
      },
    }
  })
}, 180_000)

test('a flow that was spoiled is refused with a path and a clear sentence, or works', () => {
  const seen = { refused: 0, worked: 0 }
  forEachSeed(100_000, by => {
    const text = spoiled(by, by.chance(0.7) ? SAMPLE : aFlow(by))
    return {
      text,
      act: () => {
        const result = checked(text)
        if (result.faults) expectClear(result.faults, text)
        else walked(result.flow, by)
        seen[result.faults ? 'refused' : 'worked'] += 1
      },
    }
  })
  // Neither is a rarity: else this test would try nothing.
  if (DOCUMENTS > 100) expect(Math.min(seen.refused, seen.worked)).toBeGreaterThan(DOCUMENTS / 50)
}, 180_000)

/** What nobody could make anything of: a word of the library's, or of JavaScript's. */
const UNCLEAR = /^$|Invalid (input|option)|Too (big|small)|undefined|\[object|NaN|\n/

function expectClear(faults: readonly Fault[], text: string): void {
  const paths = pathsIn(text)
  for (const { path, sentence } of faults) {
    if (UNCLEAR.test(sentence)) throw new Error(`nobody understands ${sentence}`)
    // Of a field that is missing, where it would stand.
    const above = path.replace(/(\.[\w*#-]+|\[\d+\])$|^[\w*#-]+$/, '')
    if (!paths.has(path) && !paths.has(above)) throw new Error(`the document has no ${path}`)
  }
}

/** Where something stands in a document. */
function pathsIn(text: string): Set<string> {
  const paths = new Set([''])
  const add = (value: unknown, above: PropertyKey[]): void => {
    if (typeof value !== 'object' || value === null || above.length > 20) return
    for (const [name, part] of Object.entries(value)) {
      const path = [...above, Array.isArray(value) ? Number(name) : name]
      paths.add(pathOf(path))
      add(part, path)
    }
  }
  try {
    add(JSON.parse(text), [])
  } catch {
    // What is no JSON has no paths but the whole.
  }
  return paths
}
