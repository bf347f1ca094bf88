import { isDeepStrictEqual } from 'node:util'
import type { Agent } from '../agent/agent.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Switchboard } from './switchboard.ts'

export type RosterParts = {
  board: Pick<Switchboard, 'agents' | 'dial' | 'setAgent' | 'forgetAgent' | 'watch'>
  log: Log
}

/**
 * Who the agents are, and what they can, as the centre has it from now on. Who is no agent any more is signed out, at once or when their
 * call is over, whatever they ask for meanwhile, and then forgotten.
 */
export class Roster {
  readonly #parts: RosterParts
  #departed: ReadonlySet<string> = new Set()

  constructor(parts: RosterParts) {
    this.#parts = parts
    // A moment later: what has changed, others are being told of.
    parts.board.watch((_call, _facts, changes) => {
      for (const { after } of changes) if (this.#departed.has(after.id)) queueMicrotask(() => this.#letGo(after.id))
    })
  }

  /** All of them, as the tables have them. True: somebody is new, or is set otherwise. */
  learn(agents: readonly Agent[], departed: readonly string[]): boolean {
    this.#departed = new Set(departed)
    for (const id of departed) this.#letGo(id)
    const changed = agents.filter(agent => !this.#departed.has(agent.id)).flatMap(agent => this.#newly(agent) ?? [])
    for (const agent of changed) this.#parts.board.setAgent(agent)
    return changed.length > 0
  }

  /** What they do we know better than the tables, which come after us. */
  #newly(set: Agent): Agent | undefined {
    const known = this.#parts.board.agents.get(set.id)
    if (!known) return set
    const { team, language, skills } = set
    const newly = { ...known, team, language, skills }
    return isDeepStrictEqual(newly, known) ? undefined : newly
  }

  #letGo(id: string): void {
    const { board, log } = this.#parts
    const agent = board.agents.get(id)
    if (agent?.state === 'signed-out') board.forgetAgent(id)
    else if (agent && agent.next?.kind !== 'sign-out')
      board
        .dial(id, { kind: 'wish', wish: { kind: 'sign-out' } })
        .catch(thrown => log.warn({ agent: id, error: sentenceOf(thrown) }, 'not remembered'))
  }
}
