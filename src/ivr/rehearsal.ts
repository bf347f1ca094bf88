import type { Flow, Language, Prompt } from './flow.ts'
import { begin, keyMissed, keyPressed, type Place, patience, promptEnded, type Step } from './walk.ts'

/** What a caller would meet, line by line. `press` null: they press nothing, for as long as is waited. */
export type Line =
  | { kind: 'hears'; node: string; prompts: readonly Prompt[]; language: Language }
  | { kind: 'press'; key: string | null }
  | { kind: 'language'; language: Language }
  | { kind: 'answer'; name: string; value: number }
  | { kind: 'queue'; queue: string }
  | { kind: 'hangup' }

/**
 * Walks a flow without a telephone. The caller hears each prompt to its end, presses the next of `keys` where a key is
 * asked for, and nothing once they are used up. Ends where the caller leaves the flow; a flow that is checked has such an end.
 */
export function rehearse(flow: Flow, keys: readonly string[], language: Language): Line[] {
  const lines: Line[] = []
  const left = [...keys]
  let steps = begin(flow, language)
  for (;;) {
    lines.push(...steps.map(lineOf))
    const place = placeOf(steps.at(-1))
    if (!place) return lines
    if (patience(flow, place) === undefined) steps = promptEnded(flow, place)
    else {
      const key = left.shift() ?? null
      lines.push({ kind: 'press', key })
      steps = key === null ? keyMissed(flow, place) : keyPressed(flow, place, key)
    }
  }
}

const placeOf = (step: Step | undefined): Place | undefined => (step?.kind === 'say' ? step.place : undefined)

const lineOf = (step: Step): Line =>
  step.kind === 'say'
    ? { kind: 'hears', node: step.place.node, prompts: step.prompts, language: step.place.language }
    : step
