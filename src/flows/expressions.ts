import { Environment } from '@marcbachmann/cel-js'
import type { Expression } from '../ivr/flow.ts'
import type { Evaluated } from '../ivr/step.ts'

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

const TEXTS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g
/** A regular expression on what a caller has keyed in, or a list gone through in a list, can take longer than the call. */
const MATCHES = /\.\s*matches\s*\(/
const MACRO = /\.\s*(?:all|exists|exists_one|map|filter)\s*\(/g
const KEPT = 1_000

type Program = ReturnType<typeof CEL.parse>
const programs = new Map<Expression, Program>()

/** Why it is no expression; nothing where it is one. */
export function expressionFault(expression: Expression): string | undefined {
  if (expression.length > LONGEST) return `is longer than ${LONGEST} characters`
  const bare = expression.replace(TEXTS, '""')
  if (MATCHES.test(bare)) return 'matches() is not allowed: a collect node has a pattern'
  if ((bare.match(MACRO)?.length ?? 0) > 1) return 'may go through one list at most'
  try {
    program(expression)
    return undefined
  } catch (thrown) {
    return firstLine(thrown)
  }
}

/** What it is, given these words: a text, a number, true or false. A fault where it cannot be told, as of a word that nobody has set. */
export function evaluate(expression: Expression, words: Readonly<Record<string, unknown>>): Evaluated {
  try {
    return known(program(expression)(Object.assign(Object.create(null), inCel(words))))
  } catch (thrown) {
    return { fault: firstLine(thrown) }
  }
}

function program(expression: Expression): Program {
  let parsed = programs.get(expression)
  if (!parsed) {
    parsed = CEL.parse(expression)
    if (programs.size >= KEPT) programs.clear()
    programs.set(expression, parsed)
  }
  return parsed
}

/** A whole number is an int there, as the 1 in `tries + 1` is, also deep in an answer; ours are all the same. */
function inCel(value: unknown): unknown {
  if (Number.isInteger(value)) return BigInt(value as number)
  if (Array.isArray(value)) return value.map(inCel)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inCel(part)]))
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
