import type { Command } from '../../src/call/commands.ts'
import type { Random } from '../random.ts'

/** What may go wrong in a world. */
export type Faults = {
  /** The service is killed now and then, and started again: mean time between, ms; 0: never. */
  readonly killEveryMs: number
  readonly linkBreaksEveryMs: number
  readonly asteriskDiesEveryMs: number
  readonly databaseLeavesEveryMs: number
  /** How long Postgres takes at most, ms. */
  readonly slowestWriteMs: number
  /** A link that breaks does so without a word to Asterisk, which goes on to send us callers for a while. */
  readonly silentBreaks: boolean
  /** Asterisk says no now and then, for no reason of ours. */
  refusedCommands: boolean
  /** Asterisk does not answer now and then, and has done what it was asked, or not. */
  readonly swallowedCommands: boolean
  readonly lateEvents: boolean
  readonly repeatedEvents: boolean
  /** Now and then Asterisk tells nobody what happens. */
  readonly lostEvents: boolean
}

export const NO_FAULTS: Faults = {
  killEveryMs: 0,
  linkBreaksEveryMs: 0,
  asteriskDiesEveryMs: 0,
  databaseLeavesEveryMs: 0,
  slowestWriteMs: 8,
  silentBreaks: false,
  refusedCommands: false,
  swallowedCommands: false,
  lateEvents: false,
  repeatedEvents: false,
  lostEvents: false,
}

/** Every fifth world is a calm one; in the others each fault is there or not. */
export function faultsOf({ chance, pick }: Random): Faults {
  if (chance(0.2)) return NO_FAULTS
  const sometimes = (everyMs: number) => (chance(0.5) ? everyMs : 0)
  return {
    killEveryMs: sometimes(240_000),
    linkBreaksEveryMs: sometimes(180_000),
    asteriskDiesEveryMs: chance(0.2) ? 600_000 : 0,
    databaseLeavesEveryMs: chance(0.2) ? 300_000 : 0,
    slowestWriteMs: pick([2, 8, 50, 400, 2_000]),
    silentBreaks: chance(0.5),
    refusedCommands: chance(0.3),
    swallowedCommands: chance(0.3),
    lateEvents: chance(0.4),
    repeatedEvents: chance(0.4),
    lostEvents: chance(0.2),
  }
}

/** What can go wrong at Asterisk without anything being gone. */
export const MAY_BE_REFUSED = new Set<Command['do']>([
  ...(['answer', 'say', 'stop-saying', 'record', 'forget-message', 'music', 'ring', 'dial', 'hang-up'] as const),
])
