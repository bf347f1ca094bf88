import type { z } from 'zod'
import type { Fault } from '../ivr/check.ts'

export type Read<T> = { document: T; faults?: undefined } | { document?: undefined; faults: Fault[] }

/** A document that a person has written, or what is wrong with its shape, each with its path. */
export function readDocument<T>(schema: z.ZodType, text: string): Read<T> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (thrown) {
    return { faults: [{ path: '', sentence: `this is no JSON: ${(thrown as Error).message}` }] }
  }
  const result = schema.safeParse(document)
  if (result.success) return { document: result.data as T }
  return { faults: result.error.issues.map(issue => ({ path: issue.path.join('.'), sentence: sentenceFor(issue) })) }
}

/** Of a key that is not allowed, zod tells why inside. */
const sentenceFor = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? issue.issues[0]!.message : issue.message
