import type { Call } from './call.ts'
import type { Wait } from './facts.ts'

/** The caller is not being told anything any more. */
export const SILENT = { saying: null, sayingSince: null } as const

export const cutShort = ({ saying, cutShort = [] }: Call): Partial<Call> =>
  saying ? { cutShort: [...cutShort, saying] } : {}

/** What is waited for, but for these. */
export function without(call: Call, ...over: Wait[]): Call['waits'] {
  const left = { ...call.waits }
  for (const wait of over) delete left[wait]
  return left
}
