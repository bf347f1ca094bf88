import { Environment } from '@marcbachmann/cel-js'
import type { Expression, Value, Variables } from '../ivr/flow.ts'
import type { Evaluated } from '../ivr/walk.ts'

/** The Common Expression Language (cel.dev): it always ends, touches nothing, and knows the types of what it compares. */
const CEL = new Environment({ unlistedVariablesAreDyn: true, limits: { maxAstNodes: 200, maxDepth: 30 } })
const LONGEST = 1_000
const KEPT = 1_000

type Program = ReturnType<typeof CEL.parse>
const programs = new Map<Expression, Program>()

/** Why it is no expression; nothing where it is one. */
export function expressionFault(expression: Expression): string | undefined {
  if (expression.length > LONGEST) return `is longer than ${LONGEST} characters`
  try {
    program(expression)
    return undefined
  } catch (thrown) {
    return firstLine(thrown)
  }
}

/** What it is, given these words: a text, a number, true or false. A fault where it cannot be told, as of a word that nobody has set. */
export function evaluate(expression: Expression, variables: Variables): Evaluated {
  try {
    return known(program(expression)(Object.assign(Object.create(null), inCel(variables))))
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

/** A whole number is an int there, as the 1 in `tries + 1` is; ours are all the same. */
const inCel = (variables: Variables): Record<string, Value | bigint> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, Number.isInteger(value) ? BigInt(value as number) : value]),
  )

function known(value: unknown): Evaluated {
  if (typeof value === 'bigint') return { value: Number(value) }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return { value }
  return { fault: 'is neither a text, nor a number, nor true or false' }
}

/** What follows the first line points into the expression, for a terminal. */
const firstLine = (thrown: unknown): string => (thrown as Error).message.split('\n')[0]!
