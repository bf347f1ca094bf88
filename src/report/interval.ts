import { DateTime } from 'luxon'
import { BadInput } from '../errors.ts'

/** Half-open `[from, to)`, ms since 1970. */
export type Interval = { readonly from: number; readonly to: number }

/** What was asked for, in words: `2026-11-23`, `2026-11-23T09:15`, `2026-11-23 09:15:30+08:00`. */
export type Asked = { from?: string | undefined; to?: string | undefined }

export const QUARTER_MS = 900_000
const AT_MOST_DAYS = 366
const EARLIEST = Date.UTC(2000, 0, 1)
const LATEST = Date.UTC(2100, 0, 1)
// In a query string the + of an offset arrives as a space.
const WORDS = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+\- ]\d{2}:\d{2})?)?$/
const ALLOWED = 'a date such as 2026-11-23, or a date and a time such as 2026-11-23T09:15'

/**
 * The interval meant, in the centre's time zone. A day alone as `to` means up to that day's end, so that from Monday to
 * Friday includes Friday. Without `from`: from the beginning of today (or of the day `to` names); without `to`: up to
 * the end of today.
 */
export function readInterval(asked: Asked, zone: string, now: number): Interval {
  const today = dayOf(now, zone)
  const to = asked.to === undefined ? dayAfter(today).toMillis() : readMoment('to', asked.to, zone)
  const from = asked.from === undefined ? dayBefore(asked.to, to, today, zone) : readMoment('from', asked.from, zone)
  if (from >= to) throw new BadInput('from', 'from must be before to')
  const days = Math.round((to - from) / 86_400_000)
  if (days > AT_MOST_DAYS) {
    throw new BadInput('to', `to must be at most ${AT_MOST_DAYS} days after from, not ${days}`)
  }
  return { from, to }
}

function dayBefore(asked: string | undefined, to: number, today: DateTime, zone: string): number {
  if (asked === undefined) return today.toMillis()
  return dayOf(to - 1, zone).toMillis()
}

const dayOf = (at: number, zone: string): DateTime => first(DateTime.fromMillis(at, { zone }).startOf('day'))
const dayAfter = (day: DateTime): DateTime => first(day.plus({ days: 1 }))

/** Of a time that the clocks show twice, because they are turned back, the first: luxon guesses, by the hour of asking. */
const first = (time: DateTime): DateTime => time.getPossibleOffsets()[0]!

/** A moment as a person writes it; a day alone as `to` means its end. */
export function readMoment(field: 'from' | 'to' | 'at' | 'until', words: string, zone: string): number {
  const found = WORDS.exec(words.trim())
  if (!found) throw new BadInput(field, `${field} must be ${ALLOWED}`)
  const [, day, time, offset = ''] = found
  const read = DateTime.fromISO(`${day}T${time ?? '00:00'}${offset.replace(' ', '+')}`, { zone })
  if (!read.isValid) throw new BadInput(field, `${field} must be a day and a time that exist: ${ALLOWED}`)
  const begins = offset === '' ? first(read) : read
  const at = (time === undefined && (field === 'to' || field === 'until') ? dayAfter(begins) : begins).toMillis()
  if (at < EARLIEST || at > LATEST) throw new BadInput(field, `${field} must lie between the years 2000 and 2100`)
  return at
}

/** The beginning of the quarter of an hour in which a moment lies. Every time zone in use is whole quarters from UTC. */
export const quarterOf = (at: number): number => at - (at % QUARTER_MS)

/** The quarters of an hour that touch an interval, by their beginnings: 96 a day, 92 or 100 where the clock is changed. */
export function quartersOf({ from, to }: Interval): number[] {
  const first = quarterOf(from)
  return Array.from({ length: Math.ceil((to - first) / QUARTER_MS) }, (_, i) => first + i * QUARTER_MS)
}

/** `2026-11-23T09:15:02.123+08:00`: exact, and as the centre's clocks showed it. */
export function stamp(at: number, zone: string): string {
  const { aheadMs, written } = clocksAt(quarterOf(at), zone)
  return new Date(at + aheadMs).toISOString().slice(0, -1) + written
}

type Clocks = { readonly aheadMs: number; readonly written: string }

/** By zone and quarter of an hour, within which no clock is changed: to ask luxon for each of thousands of times takes too long. */
const CLOCKS = new Map<string, Map<number, Clocks>>()
const CLOCKS_KEPT = 10_000
const TO_THE_MS = '2026-11-23T09:15:02.123'.length

function clocksAt(quarter: number, zone: string): Clocks {
  const inZone = CLOCKS.get(zone) ?? new Map<number, Clocks>()
  CLOCKS.set(zone, inZone)
  const known = inZone.get(quarter)
  if (known) return known
  const then = DateTime.fromMillis(quarter, { zone })
  const clocks = { aheadMs: then.offset * 60_000, written: then.toISO()!.slice(TO_THE_MS) }
  if (inZone.size >= CLOCKS_KEPT) inZone.clear()
  inZone.set(quarter, clocks)
  return clocks
}

/** `2026-11-23 09:15:02` on the centre's clocks. */
export function clockTime(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm:ss')
}

/** `2026-11-23 00:00 – 2026-11-24 00:00 (Asia/Shanghai)`. */
export function named({ from, to }: Interval, zone: string): string {
  const [first, last] = [from, to].map(at => DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm'))
  return `${first} – ${last} (${zone})`
}
