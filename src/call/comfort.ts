import type { Queue } from '../queue/queue.ts'
import { type Call, lineSince } from './call.ts'
import type { Fact } from './facts.ts'
import type { Story } from './story.ts'
import type { Comforted } from './toldInLine.ts'

/** What who waits is told besides their place: the line's comfort messages, in turn, never two things at once. */

/** So long, at least, music plays between two things that are told; ms. */
export const MUSIC_BETWEEN_MS = 5_000

/** When they are told something next, once a prompt of the line's has ended. */
export function toldNext(call: Call, queue: Queue, at: number): Call['waits'] {
  const { announceAt } = isComforted(call) ? call.comfort! : {}
  const announce = announceAt === undefined ? at + queue.announceEveryMs : Math.max(announceAt, at + MUSIC_BETWEEN_MS)
  return { announce, ...comfortNext(call, queue, at) }
}

/** When they hear the next comfort message, if they are told nothing else before. */
export function comfortNext(call: Call, { comfort }: Queue, at: number): Call['waits'] {
  if (comfort.prompts.length === 0) return {}
  const due = call.comfort ? call.comfort.at + comfort.everyMs : lineSince(call)! + comfort.firstMs
  return { comfort: Math.max(due, at + MUSIC_BETWEEN_MS) }
}

/** The wait for it that they have, so that it can be held against a new one. */
export const comfortWaitedFor = ({ waits: { comfort } }: Call, at: number): number | undefined =>
  comfort === undefined ? undefined : Math.max(comfort, at + MUSIC_BETWEEN_MS)

/** Tells the next one; returns false where the line has none any more. */
export function comfort(story: Story, { comfort: { prompts } }: Queue): boolean {
  const prompt = prompts[(story.call.comfort?.told ?? 0) % prompts.length]
  if (prompt === undefined) return false
  story.say([prompt], null, { isComfort: true })
  return true
}

/** A comfort message is being said. */
export const isComforted = ({ saying, comfort }: Call): boolean => saying !== null && comfort?.say === saying

/** What is kept of a comfort message that begins: of the wait for the announcement it takes the place. */
export const comforted = ({ comfort, waits }: Call, { say, at }: Fact & { kind: 'Prompted' }): Comforted => ({
  told: (comfort?.told ?? 0) + 1,
  at,
  say,
  ...(waits.announce !== undefined && { announceAt: waits.announce }),
})
