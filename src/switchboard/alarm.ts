import type { Log } from '../log.ts'
import type { Watcher } from './switchboard.ts'

/** Says in the log what became of a call that a person must know of. */
export const alarm =
  (log: Log): Watcher =>
  (call, facts) => {
    const hasFailed = facts.some(fact => fact.kind === 'CallEnded' && fact.outcome === 'failed')
    if (hasFailed) log.error({ call: call?.id, by: call?.endedBy }, 'a caller was not served, and it was our fault')
    const faults = facts.flatMap(fact => (fact.kind === 'RecordingFiled' ? fact.recording.faults : []))
    if (faults.length > 0) log.error({ call: call?.id, faults }, 'the recording is not whole')
  }
