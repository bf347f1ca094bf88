import { Environment } from '@marcbachmann/cel-js'
import type { Expression } from '../ivr/flow.ts'
import type { Evaluated } from '../ivr/step.ts'
import { type Part, tooCostly } from './costs.ts'

/**
 * The Common Expression Language (cel.dev): it touches nothing, and knows the types of what it compares. Whole numbers and
 * others are reckoned with alike, as people do: whether a balance is 12 or 12.5 is nothing a flow's author would think of.
 */
const CEL = new Environment({ unlistedVariablesAreDyn: true, limits: { maxAstNodes: 200, maxDepth: 30 } })
const RECKONED: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}
for (const [sign, reckon] of Object.entries(RECKONED)) {
  for (const types of ['int %s double', 'double %s int'])
    CEL.registerOperator(types.replace('%s', sign), (a, b) => reckon(Number(a), Number(b)))
}
const LONGEST = 1_000
/** A text that a caller could be told. */
const LONGEST_TEXT = 500

/** So many values an answer may hold: more no expression could look through while a caller waits. */
const MOST_VALUES = 1_000
const DEEPEST = 20
const KEPT = 1_000

type Program = ReturnType<typeof CEL.parse>
const programs = new Map<Expression, Program>()

/** Why it is no expression; nothing where it is one. */
export function expressionFault(expression: Expression): string | undefined {
  try {
    program(expression)
    return undefined
  } catch (thrown) {
    return firstLine(thrown)
  }
}

/** Whether expressions can read a word of this name: `true` and `int` have a meaning of their own there. */
export const isReadable = (name: string): boolean => evaluate(name, { [name]: 7 }).value === 7

/** What it is, given these words: a text, a number, true or false. A fault where it cannot be told, as of a word that nobody has set. */
export function evaluate(expression: Expression, words: Readonly<Record<string, unknown>>): Evaluated {
  try {
    return known(program(expression)(inCel(words)))
  } catch (thrown) {
    return { fault: firstLine(thrown) }
  }
}

function program(expression: Expression): Program {
  let parsed = programs.get(expression)
  if (!parsed) {
    if (expression.length > LONGEST) throw new Error(`is longer than ${LONGEST} characters`)
    parsed = CEL.parse(expression)
    const fault = tooCostly(parsed.ast as Part)
    if (fault !== undefined) throw new Error(fault)
    if (programs.size >= KEPT) programs.clear()
    programs.set(expression, parsed)
  }
  return parsed
}

const inCel = (words: Readonly<Record<string, unknown>>): object =>
  Object.assign(
    Object.create(null),
    Object.fromEntries(Object.entries(words).map(([name, value]) => [name, wordInCel(value)])),
  )

/**
 * A whole number is an int there, as the 1 in `tries + 1` is, also deep in an answer; ours are all the same. What is not
 * exact, or too long to be told, is null, as it can be a part of an answer that nobody asks for.
 */
function wordInCel(word: unknown): unknown {
  let left = MOST_VALUES
  const inside = (value: unknown, depth: number): unknown => {
    left -= 1
    if (left < 0) throw new Error(`an answer holds more than ${MOST_VALUES} values`)
    if (depth > DEEPEST) throw new Error(`an answer is nested deeper than ${DEEPEST}`)
    const part = (value: unknown): unknown => inside(value, depth + 1)
    if (Number.isInteger(value)) return Number.isSafeInteger(value) ? BigInt(value as number) : null
    if (typeof value === 'string') return value.length > LONGEST_TEXT ? null : value
    if (Array.isArray(value)) return value.map(part)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, value]) => [name, part(value)]))
  }
  return inside(word, 0)
}

/** What can be kept, and said: Postgres takes no NUL and no half letter. */
function known(value: unknown): Evaluated {
  if (typeof value === 'boolean') return { value }
  if (typeof value === 'bigint' || typeof value === 'number') {
    const number = Number(value)
    const isExact =
      Number.isSafeInteger(number) ||
      (typeof value === 'number' && Number.isFinite(number) && !Number.isInteger(number))
    return isExact ? { value: number } : { fault: 'is a number too large to be exact' }
  }
  if (typeof value !== 'string') return { fault: 'is neither a text, nor a number, nor true or false' }
  if (value.length > LONGEST_TEXT) return { fault: `is a text longer than ${LONGEST_TEXT} characters` }
  return value.includes('\0') || !value.isWellFormed() ? { fault: 'is a text with letters that are none' } : { value }
}

/** What follows the first line points into the expression, for a terminal. */
const firstLine = (thrown: unknown): string => (thrown as Error).message.split('\n')[0]!
