import { type Logger, pino } from 'pino'

export type Log = Logger

/** JSON lines on stdout. ERROR means that a person must act. Nothing that names a caller is ever logged whole. */
export const openLog = (level: string): Log =>
  pino({ level, base: null, redact: ['*.password', '*.secret', '*.sip_password', 'req.headers["x-api-key"]'] })

/** A caller's number as it may stand in a log: 13800138000 → 138****8000; of a short one only the last digits, if any. */
export function masked(number: string): string {
  const [first, last] =
    number.length >= 11 ? [3, 4] : number.length >= 8 ? [1, 4] : number.length >= 5 ? [0, 2] : [0, 0]
  const hidden = number.length - first - last
  return `${number.slice(0, first)}${'*'.repeat(hidden)}${number.slice(first + hidden)}`
}
