import type { Agent } from '../agent/agent.ts'
import type { Call, Leg, Outside } from '../call/call.ts'
import type { Command } from '../call/commands.ts'
import type { Fact } from '../call/facts.ts'
import { HotlineError } from '../errors.ts'

/** The telephone side. */
export interface Phone {
  /** Resolves when Asterisk has taken the command. Rejects with PhoneRefused. */
  perform(command: Command): Promise<void>
  /** What Asterisk has of ours now. Rejects with PhoneRefused where it cannot be asked. */
  look(asked: UnderWay): Promise<Seen>
}

/** What is believed to be said, and to be spoken by callers, of which Asterisk tells only by name. */
export type UnderWay = { readonly sayings: readonly string[]; readonly messages: readonly string[] }

export type Seen = {
  /** When this Asterisk was started, ms since 1970: what was there before is gone. */
  startedAt: number
  channels: Map<string, SeenChannel>
  /** Bridges of ours and who is in them. */
  bridges: Map<string, readonly string[]>
  /** Which of the playbacks asked for are still being played. */
  sayings: Set<string>
  /** Which of the messages asked for are being spoken, and which were. Of the others Asterisk knows nothing. */
  messages: Map<string, 'being-spoken' | 'spoken'>
  /** All that were spoken, and are not yet forgotten. */
  spoken: readonly string[]
}

export type SeenChannel = {
  id: string
  up: boolean
  /** In our application; else in the dialplan, or on its way. */
  ours: boolean
  caller: { number: string; name: string }
  dialled: string
  /** `customer`: whom we have called, on tape. */
  role: 'caller' | 'agent' | 'customer' | 'other'
  /** Of which phone it is; absent: of none. */
  phone?: string
  isRungByLifeboat?: boolean
}

/** `away`: there is no connection; recovery will see to it. `gone`: what it was meant for does not exist. */
export class PhoneRefused extends HotlineError {
  declare readonly id: 'away' | 'gone' | 'refused'

  constructor(id: 'away' | 'gone' | 'refused', message: string, options?: ErrorOptions) {
    super(id, message, options)
  }
}

/** Of several phones, which were told nothing: the others were. */
export class SomePhonesRefused extends PhoneRefused {
  readonly phones: readonly string[]

  constructor(phones: readonly string[], message: string) {
    super('refused', message)
    this.phones = phones
  }
}

export const isGone = (thrown: unknown): boolean => thrown instanceof PhoneRefused && thrown.id === 'gone'

/** Whoever asks for an act is to ask again. */
export class AsteriskAway extends HotlineError {
  constructor() {
    super('asterisk-away', 'Asterisk cannot be reached. Try again soon.')
  }
}

/** The story's keeper. */
export interface Memory {
  /**
   * Resolves when the change will survive anything. Changes are kept in the order given. Rejects with ClaimLost where
   * another controller was faster. `mayWait`: nothing is to be done about it, so that it may go along with the next.
   */
  remember(change: Change, mayWait?: boolean): Promise<void>
  /** False: what it is told is kept where no database vouches for it. Absent: it has none that could be away. */
  readonly isPresent?: boolean
}

export type Change = {
  readonly call?: {
    readonly after: Call
    readonly facts: readonly Fact[]
    readonly legs: readonly Leg[]
    readonly outside?: readonly Outside[]
  }
  readonly agents: readonly AgentChange[]
}

/** `before` and `after` differ in state, or only in what is remembered with it. Both null-free: agents are never made here. */
export type AgentChange = { readonly before: Agent; readonly after: Agent }

/** Told of everything that was decided, as it is decided: the live picture, the metrics. */
export type Watcher = (call: Call | null, facts: readonly Fact[], agents: readonly AgentChange[]) => void

export class ClaimLost extends HotlineError {
  constructor(message: string, options?: ErrorOptions) {
    super('claim-lost', message, options)
  }
}

export interface Clock {
  /** ms since 1970, never running backwards. */
  now(): number
  /** Calls once when that time has come; the returned function takes it back. */
  at(time: number, wake: () => void): () => void
}
