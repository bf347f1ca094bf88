import { type Call, isRefused } from '../call/call.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'

export type RefilingParts = {
  board: { readonly calls: readonly Call[]; call(id: string): Call | undefined }
  file: (call: Call) => Promise<void>
  log: Log
}

/**
 * Files what the disk refused: there may be room again. One call after another, however many they are, and beside the
 * calls' mailboxes, so that neither recovery nor calls wait for a backlog.
 */
export class Refiling {
  readonly #parts: RefilingParts
  #underWay: Promise<void> | undefined
  #isStopped = false

  constructor(parts: RefilingParts) {
    this.#parts = parts
  }

  /** Does nothing while it is still at it. */
  start(): void {
    if (this.#isStopped) return
    this.#underWay ??= this.#fileAll().finally(() => {
      this.#underWay = undefined
    })
  }

  /** Resolves when the one under way is filed. The others stay refused, until the next start of the service. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#underWay
  }

  async #fileAll(): Promise<void> {
    const { board, file, log } = this.#parts
    for (const { id } of board.calls.filter(isRefused)) {
      if (this.#isStopped) return
      // By its turn it may have been filed, or forgotten.
      const call = board.call(id)
      if (!call || !isRefused(call)) continue
      await file(call).catch(thrown => log.error({ call: id, error: sentenceOf(thrown) }, 'could not be filed again'))
    }
  }
}
