import { DateTime } from 'luxon'
import { z } from 'zod'
import { type Calendar, isOpen, type LocalTime, WEEKDAYS } from '../ivr/calendar.ts'
import { named } from './names.ts'
import { type Read, readDocument, SCHEMA } from './reading.ts'

/** A calendar as a person writes it, and what it says of a moment. */
export type NamedCalendar = { readonly id: string } & Calendar

const time = z
  .string('must be a time such as 09:00')
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time from 00:00 to 24:00, such as 09:00')
const hours = z
  .array(
    z
      .tuple([time, time], 'must be two times: from, to')
      .refine(([from, to]) => from !== to, 'must not end when it begins'),
    'must be a list of hours, such as [["09:00", "18:00"]]',
  )
  .max(10, 'must be at most 10 intervals')
const day = z
  .string()
  .refine(date => DateTime.fromFormat(date, 'yyyy-MM-dd', { zone: 'utc' }).isValid, 'must be a day such as 2026-10-01')

const isWeekday = (name: string): boolean => (WEEKDAYS as readonly string[]).includes(name)

export const hoursOfWeek = z.record(z.string().refine(isWeekday, `must be one of ${WEEKDAYS.join(', ')}`), hours)
export const hoursOfDays = z.record(day, hours).default({})

const CALENDAR = z.strictObject({ ...SCHEMA, id: named, weekly: hoursOfWeek, days: hoursOfDays })

export const calendarSchema = (): object => z.toJSONSchema(CALENDAR, { target: 'draft-2020-12', io: 'input' })

/** A document's calendar, or what is wrong with it, each with its path. */
export const readCalendar = (text: string): Read<NamedCalendar> => readDocument(CALENDAR, text)

/** By the clocks of that zone; `at` in ms since 1970. */
export function isOpenAt(calendar: Calendar, at: number, zone: string): boolean {
  const now = DateTime.fromMillis(at, { zone })
  return isOpen(calendar, localTime(now), localTime(now.minus({ days: 1 })))
}

const localTime = (time: DateTime): LocalTime => ({
  date: time.toFormat('yyyy-MM-dd'),
  weekday: WEEKDAYS[time.weekday - 1]!,
  minute: time.hour * 60 + time.minute,
})
