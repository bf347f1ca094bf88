import type { Log } from '../../src/log.ts'
import type { Diary } from './diary.ts'
import type { Faults } from './faults.ts'

/** Reads the log, and keeps what must not stand in it: a warning without a cause is a fault of ours. */
export class Listener {
  /** The first of its kind. */
  heard: string | undefined
  readonly log: Log

  constructor(faults: Faults, diary: Diary) {
    const expected = new Set([
      'a caller rang while we heard nothing, and gave up',
      ...(faults.refusedCommands ? ['Asterisk refused'] : []),
      ...(faults.lostEvents || faults.refusedCommands ? MADE_UP_FOR : []),
    ])
    const told = (what: object, sentence: string): void => {
      diary.note(() => `LOG ${sentence} ${JSON.stringify(what)}`)
      if (!expected.has(sentence) && !isUnregistered(what)) this.heard ??= `${sentence}: ${JSON.stringify(what)}`
    }
    const quiet = (): void => {}
    this.log = { debug: quiet, info: quiet, warn: told, error: told } as unknown as Log
  }
}

const MADE_UP_FOR = [
  'an event was never heard, or a command never done, which is made up for',
  'something that belongs to no call is taken away',
  'a caller came in unheard, and is answered now',
]

/** A phone that is not there is no fault of ours. */
const isUnregistered = (what: object): boolean => 'error' in what && what.error === 'Allocation failed'
