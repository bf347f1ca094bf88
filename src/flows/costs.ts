/** What no expression may do, since it could take longer than a caller waits: there is no clock that stops one. */

/** A part of an expression, as the library reads it. */
export type Part = { readonly op: string; readonly args: unknown }

/** Of lists put together, each + copies all that came before it. */
const MOST_SUMS = 20
const GOING_THROUGH = ['all', 'exists', 'exists_one', 'map', 'filter']

/** The first thing that is not allowed; nothing where all is. */
export function tooCostly(whole: Part): string | undefined {
  const called = partsOf(whole).flatMap(part => (calledBy(part) ? { part, name: calledBy(part)! } : []))
  if (called.some(({ name }) => name === 'matches')) return 'matches() is not allowed: a collect node has a pattern'
  // Each bind() within another can double a text or a list.
  if (called.some(({ name }) => name === 'bind')) return 'bind() is not allowed: a set node gives words'
  if (partsOf(whole).filter(({ op }) => op === '+').length > MOST_SUMS) return `may have ${MOST_SUMS} + at most`
  const loops = called.filter(({ name }) => GOING_THROUGH.includes(name))
  if (loops.length > 1) return 'may go through one list at most'
  return loops[0] && tooCostlyEachTime(loops[0].part)
}

/** What is done for each of a thousand must itself not be done to all thousand, nor to more than there are. */
function tooCostlyEachTime(loop: Part): string | undefined {
  const [name, list, each] = loop.args as [string, Part, Part[]]
  const parts = partsOf(list).concat(each.flatMap(partsOf))
  if (parts.some(part => part.op === '+' || calledBy(part) === 'split'))
    return `may not have + or split() in what ${name}() goes through, nor within it`
  if (each.flatMap(partsOf).some(part => part.op === 'id' && part.args === 'answer'))
    return `may not have the whole answer within ${name}()`
  return undefined
}

/** The function that is called there. */
const calledBy = ({ op, args }: Part): string | undefined =>
  op === 'call' || op === 'rcall' ? (args as [string])[0] : undefined

/** It, and all that it is made of. */
function partsOf(part: Part): Part[] {
  const inside = (value: unknown): Part[] =>
    Array.isArray(value) ? value.flatMap(inside) : isPart(value) ? partsOf(value) : []
  return [part, ...inside(part.args)]
}

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && 'op' in value
