import type { Language, Prompt, Value, Variables } from './flow.ts'
import { type Around, begin, keyMissed, keyPressed, type Place, patience, promptEnded, type Step } from './walk.ts'

/** What a caller would meet, line by line. `press` null: they press nothing, for as long as is waited. */
export type Line =
  | { kind: 'hears'; node: string; prompts: readonly Prompt[]; language: Language }
  | { kind: 'press'; key: string | null }
  | { kind: 'language'; language: Language }
  | { kind: 'answer'; name: string; value: number }
  | { kind: 'set'; name: string; value: Value }
  | { kind: 'fault'; node: string; sentence: string }
  | { kind: 'queue'; queue: string }
  | { kind: 'hangup' }
  | { kind: 'astray' }

/**
 * Walks a flow without a telephone. The caller hears each prompt to its end, presses the next of `keys` where a key is
 * asked for, and nothing once they are used up. Ends where the caller leaves the flow; a flow that is checked has such an end.
 */
export function rehearse(given: Around, flow: string, keys: readonly string[], language: Language): Line[] {
  const lines: Line[] = []
  const left = [...keys]
  let around = given
  let steps = begin(around, flow, language)
  for (;;) {
    for (const step of steps) {
      lines.push(...linesOf(step))
      if (step.kind === 'set') around = withWords(around, { [step.name]: step.value })
    }
    const place = placeOf(steps.at(-1))
    if (!place) return lines
    if (patience(around, place) === undefined) steps = promptEnded(around, place)
    else {
      const key = left.shift() ?? null
      lines.push({ kind: 'press', key })
      steps = key === null ? keyMissed(around, place) : keyPressed(around, place, key)
    }
  }
}

const withWords = (around: Around, words: Variables): Around => ({
  ...around,
  variables: { ...around.variables, ...words },
})

const placeOf = (step: Step | undefined): Place | undefined =>
  step?.kind === 'say' || step?.kind === 'listen' ? step.place : undefined

function linesOf(step: Step): Line[] {
  if (step.kind === 'listen') return []
  if (step.kind !== 'say') return [step]
  return [{ kind: 'hears', node: step.place.node, prompts: step.prompts, language: step.place.language }]
}
