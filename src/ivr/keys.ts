/** What callers key in, and what it must look like. */

/** Atoms (a key, or `[…]`), each so often, and alternatives: nothing that a long number could keep busy. */
const PATTERN = /^(?:(?:[0-9*#]|\[[0-9-]+\])(?:\?|\{\d{1,2}(?:,\d{1,2})?\})?|\|)+$/

export const isPattern = (text: string): boolean => PATTERN.test(text)

/** `pattern` must be one. Without any, everything will do. */
export const looksLike = (keyed: string, pattern: string | undefined): boolean =>
  pattern === undefined || new RegExp(`^(?:${pattern.replaceAll('*', '\\*')})$`).test(keyed)

export const isWhole = (keyed: string, { least, most }: { least: number; most: number }): boolean =>
  keyed.length >= least && keyed.length <= most
