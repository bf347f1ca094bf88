import type { Agent } from '../agent/agent.ts'
import { levelFor } from './choose.ts'
import type { Queue, Waiting } from './queue.ts'

/** So many callers of this line come first. */
export type Ahead = { readonly queue: Queue; readonly callers: number }

/**
 * Who waits, oldest first in each queue. A caller whose agent's phone is ringing has left the line and comes back to the
 * same place, because the place is the time of joining.
 */
export class WaitingLines {
  readonly #lines = new Map<string, Waiting[]>()
  readonly #queueOf = new Map<string, string>()

  /** Joins, or changes what is known of a waiting caller. */
  join(waiting: Waiting): void {
    this.leave(waiting.call)
    const line = this.#lines.get(waiting.queue.id) ?? []
    this.#lines.set(waiting.queue.id, line)
    line.splice(placeFor(line, waiting), 0, waiting)
    this.#queueOf.set(waiting.call, waiting.queue.id)
  }

  leave(call: string): void {
    const queue = this.#queueOf.get(call)
    if (queue === undefined) return
    this.#queueOf.delete(call)
    const line = this.#lines.get(queue)!
    const at = line.findIndex(w => w.call === call)
    line.splice(at, 1)
  }

  /** How many callers come before this moment in a queue. */
  ahead(queue: string, since: number): number {
    const line = this.#lines.get(queue)
    if (!line) return 0
    let low = 0
    let high = line.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (line[middle]!.since < since) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The same for all lines in which there is anybody. */
  aheadInAll(since: number): Ahead[] {
    return this.heads()
      .map(({ queue }) => ({ queue, callers: this.ahead(queue.id, since) }))
      .filter(({ callers }) => callers > 0)
  }

  first(queue: string): Waiting | undefined {
    return this.#lines.get(queue)?.[0]
  }

  length(queue: string): number {
    return this.#lines.get(queue)?.length ?? 0
  }

  /** The heads of all lines, longest waiting first, one a queue. */
  heads(): Waiting[] {
    const heads: Waiting[] = []
    for (const line of this.#lines.values()) if (line[0]) heads.push(line[0])
    return heads.sort((a, b) => a.since - b.since)
  }

  clear(): void {
    this.#lines.clear()
    this.#queueOf.clear()
  }
}

/** The caller whom a free agent gets: the longest waiting of those whose queue the agent is able to serve. */
export const chooseCaller = (agent: Agent, lines: WaitingLines): Waiting | undefined =>
  lines.heads().find(head => serves(agent, head.queue))

function placeFor(line: readonly Waiting[], newcomer: Waiting): number {
  let at = line.length
  while (at > 0 && line[at - 1]!.since > newcomer.since) at -= 1
  return at
}

/**
 * How long a caller can expect to wait, in ms: the callers ahead in this line and this one, each needing a free agent, who
 * come free at the rate agents ÷ mean handling time (Little's law for a busy line); and before them what callers of other
 * lines, who came earlier, ask of the least burdened of these agents. Undefined where nothing is known, and where an agent
 * is free for this place already. `ahead`: who comes before, of all lines.
 */
export function expectedWait(
  queue: Queue,
  ahead: readonly Ahead[],
  agents: Iterable<Agent>,
  meanHandlingMs: number | undefined,
): number | undefined {
  const atWork = [...agents].filter(agent => agent.state !== 'signed-out' && agent.state !== 'paused')
  const able = atWork.filter(agent => serves(agent, queue))
  const free = able.filter(agent => agent.state === 'ready').length
  const sameLine = ahead.find(line => line.queue.id === queue.id)?.callers ?? 0
  if (able.length === 0 || meanHandlingMs === undefined || free > sameLine) return undefined
  const others = ahead
    .filter(line => line.queue.id !== queue.id)
    .map(line => ({ ...line, each: line.callers / atWork.filter(agent => serves(agent, line.queue)).length }))
  const burdens = able.map(agent => others.reduce((sum, line) => sum + (serves(agent, line.queue) ? line.each : 0), 0))
  return ((sameLine + 1) / able.length + Math.min(...burdens)) * meanHandlingMs
}

const serves = (agent: Agent, queue: Queue): boolean => levelFor(agent, queue) !== undefined
