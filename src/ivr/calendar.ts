/**
 * When a centre is open. Times are those of its clocks, `HH:MM`; `24:00` is the day's end. An interval is half-open, and one
 * that does not end after it begins goes on into the next day.
 */
export type Interval = readonly [from: string, to: string]
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

export type Calendar = {
  readonly weekly: Readonly<Partial<Record<Weekday, readonly Interval[]>>>
  /** Days that are like no other of their kind: holidays (no interval), and working days in place of them. */
  readonly days: Readonly<Record<string, readonly Interval[]>>
}

/** A moment on the centre's clocks. */
export type LocalTime = { readonly date: string; readonly weekday: Weekday; readonly minute: number }

/** `yesterday`: the day before, whose last interval may not be over. */
export function isOpen(calendar: Calendar, now: LocalTime, yesterday: Omit<LocalTime, 'minute'>): boolean {
  const { minute } = now
  const today = intervalsOf(calendar, now).some(
    ([from, to]) => minute >= from && (minute < to || isOvernight([from, to])),
  )
  return today || intervalsOf(calendar, yesterday).some(([from, to]) => isOvernight([from, to]) && minute < to)
}

const intervalsOf = ({ weekly, days }: Calendar, { date, weekday }: Omit<LocalTime, 'minute'>): [number, number][] =>
  (Object.hasOwn(days, date) ? days[date]! : (weekly[weekday] ?? [])).map(([from, to]) => [
    minuteOf(from),
    minuteOf(to),
  ])

const isOvernight = ([from, to]: [number, number]): boolean => to <= from

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
