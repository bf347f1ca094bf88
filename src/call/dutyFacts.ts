import type { Settled, Waiting } from '../duty/duty.ts'
import type { Language } from '../ivr/flow.ts'
import type { Arrival } from './facts.ts'

/** What is known of the call of somebody on duty, beside what is of any call. */
export type DutyTold =
  /** Somebody on duty dials in, or is dialled (`person`) about these messages: `number` as the trunk is asked for it. */
  | ({ kind: 'DutyBegan' } & DutyBeginning)
  | { kind: 'DutyReached' }
  /** `again`: nothing was pressed before. */
  | { kind: 'DutyAsked'; for: 'who' | 'pin'; again?: true }
  /** A key of that: which one is in no fact. */
  | { kind: 'DutyKeyed' }
  | { kind: 'PinGiven' }
  /** `lost`: what was keyed in, with the service that had heard it. */
  | { kind: 'PinRefused'; because: 'wrong' | 'lost' }
  | ({ kind: 'DutyEntered' } & Entered)
  /** They hear it, or its keys alone (`again`). */
  | { kind: 'MessageTold'; message: string; person: string; again?: true }
  /** They have its caller dialled. */
  | { kind: 'TakeOverBegun'; message: string; person: string; callback: string | null }
  /** `until`: nobody else is to be asked before; `asked`: who has been, now that it is passed on. */
  | {
      kind: 'MessageSettled'
      message: string
      person: string
      as: Settled
      callback: string | null
      until?: number
      asked?: string[]
    }

/** `messages`: about which they are dialled, and who has been asked about each by now. */
type DutyBeginning = Omit<Arrival, 'standing'> & {
  readonly id: string
  readonly person?: string
  readonly number?: string
  readonly shows?: string
  readonly messages?: readonly { readonly id: string; readonly asked: readonly string[] }[]
}

/** `until`: the end of their shift, ms since 1970. */
export type Entered = { person: string; until: number; waiting: Waiting[] }

/** And what happens to it. */
export type DutyHappening =
  /** They key in who they are, or their PIN: another digit. */
  | { kind: 'DutyKeyed' }
  /** Messages have waited so long that somebody is to be dialled. */
  | ({ kind: 'DutyDue'; id: string; from: string; to: string; language: Language } & Required<
      Pick<DutyBeginning, 'person' | 'number' | 'shows' | 'messages'>
    >)
  /** Whether who is on duty is let in; `failed`: that cannot be told. */
  | { kind: 'PinChecked'; result: 'wrong' | 'lost' | 'failed' | Entered }
