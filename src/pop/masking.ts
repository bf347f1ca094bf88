import { masked } from '../log.ts'

/**
 * What a customer system knows, for who may not see numbers: whatever may be a telephone number, or that of an identity card, is masked,
 * wherever it stands; the rest is what an agent needs. Short ones, amounts and dates stay.
 */
export function withoutNumbers(value: unknown): unknown {
  if (typeof value === 'string') return inText(value)
  if (typeof value === 'number') {
    const text = inText(String(value))
    return text === String(value) ? value : text
  }
  if (Array.isArray(value)) return value.map(withoutNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [inText(name), withoutNumbers(held)]))
}

/** What stands between digits that are one number; a space parts it from what is beside it. */
const GLUE = String.raw`[.．·:()（）\p{Pd}−/_]`
/** Digits, of any script, as people group them. Nothing of it can be read in two ways: so it takes no longer than the text is long. */
const GROUPED = new RegExp(String.raw`\+?\p{Nd}(?:(?:[\p{Zs}\t]|${GLUE}){0,3}\p{Nd})*`, 'gu')

const MONTH = '(?:0?[1-9]|1[0-2])'
const DAY = String.raw`(?:0?[1-9]|[12]\d|3[01])`
const DATE = String.raw`(?:(?:19|20)\d\d[-./]${MONTH}[-./]${DAY}|${DAY}[-./]${DAY}[-./](?:19|20)\d\d)`
const TIME = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?`
const AMOUNT = String.raw`\d{1,7}\.\d{1,2}`
/** Where it is all there is, and no part of a number. */
const NO_NUMBER = new RegExp(
  String.raw`(?<!\p{Nd}${GLUE}?)(${DATE}(?:[\p{Pd}/]${DATE}|[T ]${TIME})?|${TIME}|${AMOUNT})(?!${GLUE}?\p{Nd})`,
  'gu',
)

/** What is none is cut out before the rest is judged: a date does not excuse the number beside it. */
const inText = (text: string): string =>
  text
    .split(NO_NUMBER)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(GROUPED, withoutNumber)))
    .join('')

/** As short as a number may be, in a town. */
const SHORTEST = 7

function withoutNumber(found: string): string {
  const digits = digitsOf(found)
  return digits.length < SHORTEST ? found : masked(digits)
}

/** ３ is 3; one of a script that is not known so well is hidden. */
const digitsOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\P{Nd}/gu, '')
    .replace(/[^0-9]/gu, '*')
