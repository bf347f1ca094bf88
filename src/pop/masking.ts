import { masked } from '../log.ts'

/**
 * What a customer system knows, for who may not see numbers: whatever may be a telephone number, or that of an identity card, is masked,
 * wherever it stands; the rest is what an agent needs. Short ones, amounts and dates stay.
 */
export function withoutNumbers(value: unknown, caller: string): unknown {
  if (typeof value === 'string') return inText(value, caller)
  if (typeof value === 'number') {
    const text = inText(String(value), caller)
    return text === String(value) ? value : text
  }
  if (Array.isArray(value)) return value.map(item => withoutNumbers(item, caller))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [inText(name, caller), withoutNumbers(held, caller)]),
  )
}

/** Digits, of any script, as people group them. */
const GROUPED = /\+?\p{Nd}(?:[ \u00a0.()-]{0,2}\p{Nd})*/gu
const DATE = /^(19|20)\d\d[.-]\d\d?[.-]\d\d?(?!\d)/

function inText(text: string, caller: string): string {
  return text.replace(GROUPED, found => (isNumber(found, digitsOf(caller)) ? masked(digitsOf(found)) : found))
}

/** Grouped, it is longer than a date; the caller's own is known however it is written. */
function isNumber(found: string, caller: string): boolean {
  const digits = digitsOf(found)
  if (digits.length < 7) return false
  if (caller.endsWith(digits) || (caller.length >= 7 && digits.endsWith(caller))) return true
  const isGrouped = /\p{Nd}[^\p{Nd}]+\p{Nd}/u.test(found)
  return isGrouped ? digits.length >= 10 && !DATE.test(found) : true
}

/** ３ is 3; one of a script that is not known so well is hidden. */
const digitsOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\P{Nd}/gu, '')
    .replace(/[^0-9]/gu, '*')
