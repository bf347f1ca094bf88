import { z } from 'zod'
import type { Calendar } from '../ivr/calendar.ts'
import { LANGUAGES, type Language } from '../ivr/flow.ts'
import { hoursOfDays, hoursOfWeek } from './calendars.ts'
import { type Read, readDocument } from './reading.ts'

/** Somebody who is on duty at times, as a person writes it. `turn`: the lowest is asked first. */
export type OnDuty = Calendar & {
  readonly id: string
  readonly name: string
  readonly number: string
  readonly language: Language
  readonly turn: number
}

const DUTY = z.strictObject({
  id: z.string().regex(/^[0-9]{1,8}$/, 'must be 1 to 8 digits: they are keyed in'),
  name: z.string().min(1, 'must not be empty').max(80),
  number: z.string().min(1, 'must not be empty').max(40),
  language: z.enum(LANGUAGES).default('zh'),
  turn: z.int('must be a whole number').min(1, 'must be 1 or more').max(1_000).default(1),
  weekly: hoursOfWeek,
  days: hoursOfDays,
})

export const dutySchema = (): object => z.toJSONSchema(DUTY, { target: 'draft-2020-12', io: 'input' })

/** Who is on duty by a document, or what is wrong with it, each with its path. */
export const readDuty = (text: string): Read<OnDuty> => readDocument(DUTY, text)
