import { sentenceOf } from './errors.ts'

/** Ways in which the road to Postgres fails, as the kernel and the name service name them. */
const ROAD = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
])

/** What pg, knex and `inTime` say without a code when nothing comes back, or when a session is asked that broke before. */
const SILENCE =
  /^(No answer|Connection terminated|timeout expired|Query read timeout|Knex: Timeout|Client (has encountered a connection error|was closed))/

/** PgBouncer's word for all that goes wrong, also where it is not its road but what we ask for. */
const POOLER = '08P01'
const REFUSED_BY_POOLER = /^(unsupported startup parameter|no such (database|user))/

/**
 * Whether Postgres cannot be reached, or does not serve yet or any more: classes 08 (connection), 57P (shutting down,
 * starting) and 53300 (too many connections), or wants to be asked again (40001). Not where it says that we are wrong: a
 * password, a name, a table.
 */
export function isAway(thrown: unknown): boolean {
  if (thrown instanceof AggregateError) return thrown.errors.some(isAway)
  const { code } = thrown as { code?: unknown }
  if (code === POOLER) return !REFUSED_BY_POOLER.test(wordsOf(thrown))
  if (typeof code === 'string') return ROAD.has(code) || /^(08...|57P0.|53300|40001)$/.test(code)
  return SILENCE.test(wordsOf(thrown))
}

/** What went wrong, without the question that knex puts before it. */
export const wordsOf = (thrown: unknown): string => sentenceOf(thrown).replace(/^[\s\S]* - /, '')

/** To catch with, where nothing is what a database that is away has to say. Throws everything else. */
export function unlessAway(thrown: unknown): undefined {
  if (!isAway(thrown)) throw thrown
}
