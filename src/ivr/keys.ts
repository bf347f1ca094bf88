/** What callers key in, and what it must look like. */

/** Atoms (a key, or `[…]`), each so often, and alternatives. */
const PATTERN = /^(?:(?:[0-9*#]|\[[0-9-]+\])(?:\?|\{\d{1,2}(?:,\d{1,2})?\})?|\|)+$/
/** How often some atoms come may be open; were it many, a long number could be cut up in more ways than can be tried. */
const OPEN = /\?|,/g
const OPEN_AT_MOST = 4

export const isPattern = (text: string): boolean =>
  PATTERN.test(text) && (text.match(OPEN)?.length ?? 0) <= OPEN_AT_MOST && compiled(text) !== undefined

/** `pattern` must be one. Without any, everything will do. */
export const looksLike = (keyed: string, pattern: string | undefined): boolean =>
  pattern === undefined || compiled(pattern)!.test(keyed)

/** `[9-0]` and `{5,3}` have the form of a pattern and are none. */
function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern.replaceAll('*', '\\*')})$`)
  } catch {
    return undefined
  }
}

export const isWhole = (keyed: string, { least, most }: { least: number; most: number }): boolean =>
  keyed.length >= least && keyed.length <= most
