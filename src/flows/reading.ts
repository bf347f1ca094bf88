import { z } from 'zod'
import type { Fault } from '../ivr/check.ts'
import { doubles } from './doubles.ts'
import { pathOf } from './paths.ts'

export type Read<T> = { document: T; faults?: undefined } | { document?: undefined; faults: Fault[] }

const LONGEST = 500_000

/** By it an editor finds the schema of a document; nothing else goes by it. */
export const SCHEMA = { $schema: z.string().optional() }

/** A document that a person has written, or what is wrong with its shape, each with its path. */
export function readDocument<T>(schema: z.ZodType, text: string): Read<T> {
  if (text.length > LONGEST) return { faults: [{ path: '', sentence: `must be at most ${LONGEST} characters` }] }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (thrown) {
    return { faults: [{ path: '', sentence: `this is no JSON: ${inOneLine((thrown as Error).message)}` }] }
  }
  const faults = doubles(text)
  if (faults.length > 0) return { faults }
  const result = schema.safeParse(document, { error: inOurWords })
  if (result.success) {
    const { $schema: _, ...read } = result.data as object & { $schema?: string }
    return { document: read as T }
  }
  return { faults: result.error.issues.map(issue => ({ path: pathOf(issue.path), sentence: sentenceFor(issue) })) }
}

/** It quotes the text around the place. */
const inOneLine = (words: string): string => words.replace(/[\s\p{Cc}]+/gu, ' ')

/** A name as a person gave it. */
const shown = (name: string): string => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name)

/** Of a key that is not allowed, zod tells why inside. */
const sentenceFor = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? issue.issues[0]!.message : issue.message

const EXPECTED: Record<string, string> = {
  object: 'must be an object: {…}',
  record: 'must be an object: {…}',
  array: 'must be a list: […]',
  string: 'must be a text',
}

/** What a schema does not say itself. */
function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected] ?? `must be a ${issue.expected}`
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`
    case 'unrecognized_keys':
      return `may not have ${issue.keys.map(shown).join(', ')}`
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
    default:
      return undefined
  }
}
