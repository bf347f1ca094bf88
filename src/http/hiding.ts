import { masked } from '../log.ts'

const SECRET = /password|secret|token|pin$/i
/** A telephone number among words. Ids of calls have a dot among their digits, agents' ids are short, and dates are no numbers. */
const NUMBER = /(?<![\w.])(?!\d{4}-\d\d-\d\d)\+?\d[\d -]{5,}\d(?![\w.-])/g
const WORDS_AT_MOST = 200
const DETAILS_AT_MOST = 4_000

/** What was asked, as the audit log may keep it. */
export function detailsOf(asked: object): object {
  const details = withoutNumbers(asked) as object
  return JSON.stringify(details).length > DETAILS_AT_MOST ? { tooLong: true } : details
}

/** As it was asked, but for what is secret. */
export const withoutSecrets = (asked: unknown): unknown =>
  JSON.parse(JSON.stringify(asked, (name, held) => (SECRET.test(name) ? '***' : held)))

/** Without secrets, and without telephone numbers. */
export function withoutNumbers(value: unknown): unknown {
  if (typeof value === 'string') return keepable(value).replace(NUMBER, masked)
  if (typeof value === 'number') return withoutNumbers(String(value)) === String(value) ? value : masked(String(value))
  if (Array.isArray(value)) return value.map(withoutNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [keepable(name), SECRET.test(name) ? '***' : withoutNumbers(held)]),
  )
}

/** What jsonb takes: no half of a character, and no NUL. */
const keepable = (text: string): string => text.slice(0, WORDS_AT_MOST).toWellFormed().replaceAll('\0', '')
