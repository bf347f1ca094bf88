import type { Agent } from '../agent/agent.ts'
import { levelFor } from './choose.ts'
import type { Waiting } from './queue.ts'

/**
 * Who waits, in order of their places. A caller whose agent's phone is ringing has left the line and comes back to the same
 * place. Callers of one queue for whom its skills were relaxed, who wait for one agent, or whom one has sent on, stand in lines of their own: who
 * waits for a master must not keep from an apprentice those behind them who would be content.
 */
export class WaitingLines {
  readonly #lines = new Map<string, Waiting[]>()
  /** By call, the name of the line, and where in it. */
  readonly #lineOf = new Map<string, { name: string; place: number }>()

  /** Joins, or changes what is known of a waiting caller. */
  join(waiting: Waiting): void {
    this.leave(waiting.call)
    const { queue, relaxed, only, isPromised, deflectedBy } = waiting
    const name = [queue.id, relaxed, only, isPromised, deflectedBy].join(' ')
    const line = this.#lines.get(name) ?? []
    this.#lines.set(name, line)
    line.splice(countBefore(line, waiting.place, true), 0, waiting)
    this.#lineOf.set(waiting.call, { name, place: waiting.place })
  }

  leave(call: string): void {
    const known = this.#lineOf.get(call)
    if (!known) return
    this.#lineOf.delete(call)
    const line = this.#lines.get(known.name)!
    let at = countBefore(line, known.place)
    while (line[at]!.call !== call) at += 1
    line.splice(at, 1)
    if (line.length === 0) this.#lines.delete(known.name)
  }

  /** How many callers of a queue come before a place, and callbacks that stand there like callers. */
  ahead(queue: string, place: number): number {
    let count = 0
    for (const line of this.#standing()) if (line[0]?.queue.id === queue) count += countBefore(line, place)
    return count
  }

  /** Who, of all lines, comes before a place, in order. */
  before(place: number): Waiting[] {
    const before = this.#standing().flatMap(line => line.slice(0, countBefore(line, place)))
    return before.sort((a, b) => a.place - b.place)
  }

  /** How many wait for a queue on the line. */
  length(queue: string): number {
    const waiting = [...this.#lines.values()].flatMap(line => (line[0]?.queue.id === queue ? line : []))
    return waiting.filter(({ isCallback }) => !isCallback).length
  }

  /** Those for which nobody waits keep no caller waiting for longer. */
  #standing(): Waiting[][] {
    return [...this.#lines.values()].filter(([first]) => !first?.isPromised)
  }

  /** The heads of all lines, the first of all first. */
  heads(): Waiting[] {
    const heads: Waiting[] = []
    for (const line of this.#lines.values()) if (line[0]) heads.push(line[0])
    return heads.sort((a, b) => a.place - b.place)
  }

  /** Who waits for this agent alone. */
  waitingFor(agent: string): Waiting[] {
    return [...this.#lines.values()].flatMap(line => (line[0]?.only === agent ? line : []))
  }

  clear(): void {
    this.#lines.clear()
    this.#lineOf.clear()
  }
}

/** Or at it: who joins at the same ms stands behind. */
function countBefore(line: readonly Waiting[], place: number, orAt = false): number {
  let low = 0
  let high = line.length
  while (low < high) {
    const middle = (low + high) >> 1
    const at = line[middle]!.place
    if (at < place || (orAt && at === place)) low = middle + 1
    else high = middle
  }
  return low
}

/** The caller whom a free agent gets: the first of those whose queue the agent is able to serve. */
export const chooseCaller = (agent: Agent, heads: readonly Waiting[]): Waiting | undefined =>
  heads.find(head => levelFor(agent, head.queue) !== undefined && (head.only ?? agent.id) === agent.id)
