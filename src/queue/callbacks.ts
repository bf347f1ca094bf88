import type { Waiting } from './queue.ts'

/**
 * Callbacks for which nobody waits (messages of a night, further tries) may be many, and older than whoever calls now. While
 * callers of their line wait, they have half of the agents who are at work there, and one at least: neither starves the other.
 */
export function mayGoOn(head: Waiting, heads: readonly Waiting[], atWork: number, withPromised: number): boolean {
  if (!head.isPromised) return true
  const areWaiting = heads.some(({ isPromised, queue }) => !isPromised && queue.id === head.queue.id)
  return !areWaiting || withPromised < Math.max(1, Math.floor(atWork / 2))
}
