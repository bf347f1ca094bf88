import { SHORTEST_TOLD_MS } from '../recording/check.ts'
import type { Call } from './call.ts'
import type { Fact } from './facts.ts'
import type { Wait } from './waits.ts'

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

/** While either of the two is still being told something, there is a prompt to wait for. */
export function promptFinished(call: Call, { say, at, heard }: Fact & { kind: 'PromptFinished' }): Partial<Call> {
  const told = call.saying === say ? { ...SILENT, ...(heard && { ...toldUntil(call, at), cutShort: [] }) } : {}
  const sayingToAgent = call.sayingToAgent === say ? null : call.sayingToAgent
  const goesOn = { ...call, ...told }.saying ?? sayingToAgent
  return { ...told, sayingToAgent, waits: goesOn ? call.waits : without(call, 'prompt') }
}

/** What is too short to be looked for on the tape need not be kept. */
function toldUntil({ sayingSince, said = [] }: Call, at: number): Partial<Call> {
  if (typeof sayingSince !== 'number' || at - sayingSince < SHORTEST_TOLD_MS) return {}
  return { said: [...said, { from: sayingSince, to: at }] }
}
