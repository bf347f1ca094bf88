import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Switchboard } from './switchboard.ts'

export type DepartedParts = { board: Pick<Switchboard, 'agents' | 'dial' | 'forgetAgent' | 'watch'>; log: Log }

/** Who is no agent any more is signed out, at once or when their call is over, whatever they ask for meanwhile, and then forgotten. */
export class Departed {
  readonly #parts: DepartedParts
  #ids: ReadonlySet<string> = new Set()

  constructor(parts: DepartedParts) {
    this.#parts = parts
    // A moment later: what has changed, others are being told of.
    parts.board.watch((_call, _facts, changes) => {
      for (const { after } of changes) if (this.#ids.has(after.id)) queueMicrotask(() => this.#letGo(after.id))
    })
  }

  /** All of them. */
  learn(ids: readonly string[]): void {
    this.#ids = new Set(ids)
    for (const id of ids) this.#letGo(id)
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
