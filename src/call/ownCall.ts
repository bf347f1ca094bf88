import type { Language } from '../ivr/flow.ts'
import type { Call } from './call.ts'
import type { Fact } from './facts.ts'
import { answeredBy, onLeg } from './legs.ts'
import type { TryResult } from './promises.ts'
import { without } from './silence.ts'

/** An agent's own call, with what it begins, and what facts make of it. */

/**
 * They have clicked on it: the call's id, what the trunk is asked for once they have answered, and until when their phone rings. `hides`: it
 * does not show them the number. `callback`: the promise that it is to keep.
 */
export type Clicked = {
  readonly call: string
  readonly number: string
  readonly until: number
  readonly hides?: true
  readonly callback?: string
}

/**
 * `leg`: the channel of the agent's phone, and so the call's id where they have dialled on it. `from`: who is called, `to`: the number of ours that they see, empty
 * where none is. `queue`: the line for which it is; null: the agent serves none.
 */
export type OwnCall = {
  readonly leg: string
  readonly agent: string
  readonly from: string
  readonly to: string
  readonly queue: string | null
  readonly language: Language
  /** Which versions of flows it keeps to, where they are sent on to one; absent in a call from before they could be. */
  readonly release?: number
  readonly clicked?: Clicked
}

/** An agent's own call. `result`: why the customer is not on the line; null while they may be yet, or were. Times in ms since 1970. */
export type Outbound = {
  readonly reachedAt: number | null
  readonly result: TryResult | null
  readonly clicked?: Clicked
}

/** They have clicked, and their own phone rings, or was answered a moment ago. */
export const isClicked = ({ phase, outbound }: Call): boolean => outbound?.clicked !== undefined && phase === 'dialling'

/** A phone was answered: their own, for what they have clicked on, or that of an agent who was offered the call. */
export const answeredIn = (call: Call, fact: Fact & { kind: 'AgentAnswered' }): Partial<Call> =>
  isClicked(call) ? onLeg(call, { answeredAt: fact.at, result: 'answered' }) : answeredBy(call, fact)

export type OwnCallFact = Extract<Fact, { kind: 'CustomerDialled' | 'CustomerReached' | 'NotReached' }>

export function ownCallAfter(call: Call, outbound: Outbound, fact: OwnCallFact): Partial<Call> {
  switch (fact.kind) {
    case 'CustomerDialled':
      return { channel: fact.channel }
    case 'CustomerReached':
      return { outbound: { ...outbound, reachedAt: fact.at }, waits: without(call, 'dial') }
    case 'NotReached':
      return { channel: '', outbound: { ...outbound, result: fact.result }, waits: without(call, 'dial') }
  }
}
