import type { Call } from '../call/call.ts'
import { type Fact, recordingsOf } from '../call/facts.ts'
import type { Log } from '../log.ts'
import type { Clock, Watcher } from './ports.ts'

/** A flow that fails does so at every call: that is told once in so long, ms. */
const FLOW_FAULTS_EVERY_MS = 60_000

/** Says in the log what became of a call that a person must know of. */
export function alarm(log: Log): Watcher {
  const told = new Map<string, number>()
  const isNews = (what: string, at: number): boolean => {
    if (at - (told.get(what) ?? Number.NEGATIVE_INFINITY) < FLOW_FAULTS_EVERY_MS) return false
    told.set(what, at)
    return true
  }
  return (call, facts) => {
    const hasFailed = facts.some(fact => fact.kind === 'CallEnded' && fact.outcome === 'failed')
    if (hasFailed) log.error({ call: call?.id, by: call?.endedBy }, 'a caller was not served, and it was our fault')
    for (const fact of facts) {
      if (fact.kind === 'FlowFault' && isNews(`${call?.flow} ${fact.node}`, fact.at)) {
        // What could not be told may be a caller's own: it stands in the call's story.
        log.warn({ call: call?.id, flow: call?.flow, node: fact.node }, 'a flow could not go on as it should')
      }
      if (fact.kind === 'LowScore') log.warn(lowScore(call, fact), 'a caller is not content with a talk')
    }
    const filed = facts.flatMap(fact => (fact.kind === 'RecordingFiled' ? recordingsOf(fact) : []))
    const faults = filed.flatMap(recording => recording.faults)
    if (faults.length > 0) log.error({ call: call?.id, faults }, 'the recording is not whole')
  }
}

const lowScore = (call: Call | null, { name, score, atOrUnder }: Extract<Fact, { kind: 'LowScore' }>) => ({
  ...{ call: call?.id, queue: call?.queue, agent: call?.leg?.agent },
  ...{ question: name, score, atOrUnder },
})

export type FaultParts = { readonly sentence: string; readonly forMs: number; readonly clock: Clock; readonly log: Log }

/** A fault that may mend itself, and is told as an error, once, where it has lasted for so long. */
export class LastingFault {
  readonly #parts: FaultParts
  #tellAt: number | undefined

  constructor(parts: FaultParts) {
    this.#parts = parts
  }

  isThere(error: string): void {
    const { sentence, forMs, clock, log } = this.#parts
    this.#tellAt ??= clock.now() + forMs
    if (clock.now() < this.#tellAt) return
    this.#tellAt = Number.POSITIVE_INFINITY
    log.error({ error }, sentence)
  }

  isOver(): void {
    this.#tellAt = undefined
  }
}
