import { type Logger, pino } from 'pino'

export type Log = Logger

/** JSON lines on stdout. ERROR means that a person must act. Nothing that names a caller is ever logged whole. */
export const openLog = (level: string): Log =>
  pino({ level, base: null, redact: ['*.password', '*.secret', '*.sip_password', 'req.headers["x-api-key"]'] })

/** A caller's number as it may stand in a log: 13800138000 → 138****8000. */
export function masked(number: string): string {
  if (number.length < 5) return '*'.repeat(number.length)
  const shown = number.length >= 11 ? 3 : 1
  return `${number.slice(0, shown)}${'*'.repeat(number.length - shown - 4)}${number.slice(-4)}`
}
