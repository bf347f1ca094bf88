import type { Call } from '../call/call.ts'
import type { Fact, Known } from '../call/facts.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock, Watcher } from './ports.ts'
import type { Switchboard } from './switchboard.ts'

export type RecognitionParts = {
  board: Switchboard
  clock: Clock
  log: Log
  /** What calls before this one tell of its caller; undefined: nothing. */
  history: (call: Call) => Promise<Known | undefined>
}

/** Asks who calls, while they are being answered. Where that cannot be told, or not in time, they are a caller like any other. */
export function recognition({ board, clock, log, history }: RecognitionParts): Watcher {
  const ask = async (call: Call): Promise<void> => {
    const { id } = call
    try {
      const known = await history(call)
      if (known) board.happen(id, { kind: 'CallerKnown', ...known, at: clock.now() })
    } catch (thrown) {
      log.debug({ call: id, error: sentenceOf(thrown) }, 'what earlier calls tell could not be asked')
    }
  }
  return (call, facts) => {
    if (call && isNew(facts) && !call.dismissed && HAS_NUMBER.test(call.from)) void ask(call)
  }
}

const isNew = ([first]: readonly Fact[]): boolean => first?.kind === 'CallArrived' || first?.kind === 'CallbackOpened'
/** Extensions are too short to be one person's, and `anonymous` is many people's. */
const HAS_NUMBER = /^\+?[0-9]{5,20}$/
