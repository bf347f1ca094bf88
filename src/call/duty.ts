import type { Waiting } from '../duty/duty.ts'
import type { Call } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import type { Command } from './commands.ts'
import type { Fact } from './facts.ts'
import { cutShort, SILENT, without } from './silence.ts'

/** The call of somebody on duty: what it is after a fact, and what is to be done. */
export type Duty = {
  /** `begun`: nobody has picked up. `who`, `pin`: that is asked; `checking`: whether the PIN is right. `messages`: they hear them. */
  readonly stage: 'begun' | 'who' | 'pin' | 'checking' | 'messages'
  /** Whom we have dialled; null: they dial in, and say who they are. */
  readonly dialled: string | null
  readonly reachedAt: number | null
  /** Whose PIN was right; null: nobody's yet. */
  readonly person: string | null
  /** How often they were not let in. */
  readonly refused: number
  /** How often nothing was pressed since the last key that meant something. */
  readonly silent: number
  readonly waiting: readonly Waiting[]
  /** Which of them they hear. */
  readonly at: number
  /** Until when nobody else is to be asked about what they keep, ms since 1970. */
  readonly until: number
  /** Messages that are done, and those whose callers they have dialled. */
  readonly done: readonly string[]
  readonly sought: readonly Waiting[]
}

export type DutyFact = Extract<
  Fact,
  {
    kind:
      | 'DutyReached'
      | 'DutyAsked'
      | 'DutyKeyed'
      | 'PinGiven'
      | 'PinRefused'
      | 'DutyEntered'
      | 'MessageTold'
      | 'TakeOverBegun'
      | 'MessageSettled'
  }
>

export const dutyBegun = (dialled: string | undefined): Duty => ({
  ...{ stage: 'begun', dialled: dialled ?? null, reachedAt: null, person: null, refused: 0, silent: 0 },
  ...{ waiting: [], at: 0, until: 0, done: [], sought: [] },
})

export function dutyAfter(call: Call, fact: DutyFact): Partial<Call> {
  const duty = call.duty!
  const is = (change: Partial<Duty>) => ({ duty: { ...duty, ...change } })
  switch (fact.kind) {
    case 'DutyReached':
      return { ...is({ reachedAt: fact.at }), waits: without(call, 'dial') }
    case 'DutyAsked':
      return { ...is({ stage: fact.for, silent: fact.again ? duty.silent + 1 : 0 }), phase: 'in-flow' }
    case 'DutyKeyed':
      return { ...is({ silent: 0 }), keys: (call.keys ?? 0) + 1 }
    case 'PinGiven':
      return { ...is({ stage: 'checking' }), ...SILENT, ...cutShort(call), waits: without(call, 'key', 'prompt') }
    case 'PinRefused':
      return is({ refused: duty.refused + 1 })
    case 'DutyEntered':
      return is({ stage: 'messages', person: fact.person, waiting: fact.waiting, until: fact.until })
    case 'MessageTold': {
      // Those before it need nobody any more.
      const at = duty.waiting.findIndex(({ id }) => id === fact.message)
      return is({ at, silent: fact.again ? duty.silent + 1 : 0 })
    }
    case 'TakeOverBegun':
      return is({ sought: [...duty.sought, ...duty.waiting.filter(({ id }) => id === fact.message)] })
    case 'MessageSettled':
      return is({
        at: duty.at + 1,
        done: fact.as === 'done' ? [...duty.done, fact.message] : duty.done,
      })
  }
}

export function dutyCommands(
  before: Call | null,
  fact: DutyFact | (Fact & { kind: 'DutyBegan' }),
  call: Call,
): Command[] {
  const { channel } = call
  switch (fact.kind) {
    case 'DutyBegan':
      if (fact.number === undefined) return [{ do: 'answer', channel }]
      return [
        {
          do: 'dial',
          leg: channel,
          number: fact.number,
          ...(fact.shows && { shows: fact.shows }),
          forMs: fact.waits!.dial! - fact.at,
        },
      ]
    case 'DutyReached':
      return [{ do: 'tape', channel, call: call.id }]
    case 'PinGiven':
      return [...(before?.saying ? [{ do: 'stop-saying', say: before.saying } as const] : []), checkPin(call)]
    default:
      return []
  }
}

export const checkPin = ({ id }: Call): Command => ({ do: 'check-pin', call: id })

/** A phone that rings on when nobody is to be asked there any more. */
export const leaveDuty = ({ duty, channel }: Call): Command[] =>
  duty?.dialled != null && duty.stage === 'begun' ? [{ do: 'hang-up', channel, cause: NORMAL_CLEARING }] : []
