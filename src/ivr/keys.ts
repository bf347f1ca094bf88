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

const ATOM = /(?:[0-9*#]|\[[0-9-]+\])(?:\?|\{(\d+)(?:,(\d+))?\})?/g

/** Whether something of so many keys can look like that. `pattern` must be one. */
export const canLookLike = (pattern: string, { least, most }: { least: number; most: number }): boolean =>
  pattern.split('|').some(one => {
    const often = [...one.matchAll(ATOM)].map(([atom, from, to]) =>
      atom.endsWith('?') ? [0, 1] : [Number(from ?? 1), Number(to ?? from ?? 1)],
    )
    const sum = (which: 0 | 1): number => often.reduce((total, range) => total + range[which]!, 0)
    return sum(0) <= most && sum(1) >= least
  })

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
