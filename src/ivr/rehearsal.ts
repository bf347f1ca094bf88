import type { Language, Prompt, Value, Variables } from './flow.ts'
import type { Answered, Around, Asked, Dropped, Place, Step } from './step.ts'
import { begin, goOn, keyMissed, keyPressed, lookedUp, messageEnded, patience, promptEnded } from './walk.ts'

/** What a caller would meet, line by line. `press` null: they press nothing, for as long as is waited. */
export type Line =
  | { kind: 'hears'; node: string; prompts: readonly Prompt[]; language: Language }
  | { kind: 'press'; key: string | null }
  | { kind: 'language'; language: Language }
  | Extract<Step, { kind: 'answer' }>
  | { kind: 'set'; name: string; value: Value }
  | { kind: 'hours'; calendar: string; queue?: string; open: boolean }
  | { kind: 'lookup'; asked: Asked }
  | { kind: 'record'; name?: string }
  | { kind: 'keep' }
  | { kind: 'drop'; because: Dropped }
  | { kind: 'fault'; node: string; sentence: string }
  | { kind: 'book'; queue: string }
  | { kind: 'dial'; number: string }
  | Extract<Step, { kind: 'refusal' }>
  | { kind: 'queue'; queue: string }
  | { kind: 'hangup' }
  | { kind: 'astray' }

/** Longer than this no rehearsal is of use. */
const LINES_AT_MOST = 1_000

/**
 * Walks a flow without a telephone. The caller hears each prompt to its end, presses the next of `keys` where a key is
 * asked for, and nothing once they are used up, and speaks where a message is; `answer` stands in for customer systems. Ends where the caller leaves the
 * flow; a flow that is checked has such an end.
 */
export function rehearse(
  given: Around,
  flow: string,
  keys: readonly string[],
  language: Language,
  answer: (asked: Asked) => Answered,
): Line[] {
  const lines: Line[] = []
  const left = [...keys]
  let around = given
  const tell = (steps: readonly Step[]): void => {
    for (const step of steps) {
      lines.push(...linesOf(step))
      if (step.kind === 'set' || step.kind === 'answer') around = withWords(around, { [step.name]: step.value })
      if (step.kind === 'language') around = withWords(around, { language: step.language })
    }
  }
  let steps = begin(around, flow, language)
  let last: Step | undefined
  while (lines.length < LINES_AT_MOST) {
    tell(steps)
    // A key that means nothing leaves them where they are.
    last = steps.at(-1) ?? last
    const place = placeOf(last)
    if (!place || last?.kind === 'dial') return lines
    if (last?.kind === 'lookup') {
      const { steps: found, onward } = lookedUp(around, place, answer(last.asked))
      tell(found)
      steps = goOn(around, onward)
    } else if (last?.kind === 'record') steps = messageEnded(around, place, last.leastMs)
    else if (patience(around, place) === undefined) steps = promptEnded(around, place)
    else {
      const key = left.shift() ?? null
      lines.push({ kind: 'press', key })
      steps = key === null ? keyMissed(around, place) : keyPressed(around, place, key)
    }
  }
  return [...lines, { kind: 'astray' }]
}

const withWords = (around: Around, words: Variables): Around => ({
  ...around,
  variables: { ...around.variables, ...words },
})

const placeOf = (step: Step | undefined): Place | undefined => (step && 'place' in step ? step.place : undefined)

function linesOf(step: Step): Line[] {
  if (step.kind === 'listen') return []
  if (step.kind === 'lookup') return [{ kind: 'lookup', asked: step.asked }]
  if (step.kind === 'dial') return [{ kind: 'dial', number: step.number }]
  if (step.kind === 'record') return [{ kind: 'record', ...(step.name !== undefined && { name: step.name }) }]
  if (step.kind !== 'say' && step.kind !== 'replay') return [step]
  const { node, language } = step.place
  const prompts = step.kind === 'replay' ? ['message', ...step.prompts] : step.prompts
  return [{ kind: 'hears', node, prompts, language }]
}
