import { type Agent, isSignedIn, PAUSE_REASONS, type Wish, WRAP_UP_AT_MOST_MS } from '../agent/agent.ts'
import type { OwnCode } from '../agent/codes.ts'
import type { Call } from '../call/call.ts'
import { BadInput, Conflict, NotFound } from '../errors.ts'
import { answerCall } from './answering.ts'
import type { Centre } from './centre.ts'
import { clickToDial } from './clicks.ts'
import { linesOf } from './desk.ts'
import { AsteriskAway, type Clock } from './ports.ts'
import { agentAt, NotSeatedThere, seatOf, whyNotSeated } from './seating.ts'
import type { Switchboard } from './switchboard.ts'

/** What agents do at their desks, and others for them. */
export type AgentActs = {
  /** The agent as they are, with the call that holds them, or whose wrap-up this is. Throws NotFound. */
  see(agent: string): Seat
  /** Which they may serve, now or once these ask for less. Throws NotFound. */
  queuesOf(agent: string): string[]
  /**
   * set-agent-state: at once where no call holds them, else at its end; ready signs them in, at that phone. Rejects with NotFound, SignedOut,
   * NotSeatedThere or BadInput.
   */
  setState(agent: string, asked: StateAsked): Promise<Seat>
  /**
   * make-call: their own phone rings, then the customer's. `customer`: one of the centre's, at the number to call. Rejects with NotFound,
   * NotDialled or AsteriskAway.
   */
  dial(agent: string, asked: DialAsked): Promise<Call>
  /**
   * answer-call: their phone picks up what rings there. `isThere`: which calls are for who asks; without it all. Rejects with NotFound,
   * NothingRings, NotPickedUp, PhoneNotTold or AsteriskAway.
   */
  answer(agent: string, isThere?: (call: Call) => boolean): Promise<Seat>
  /** Their wrap-up lasts for so long from now, at least; or is over. Rejects with NotFound or NotWrappingUp. */
  wrapUp(agent: string, asked: { extendMs: number } | 'end'): Promise<Seat>
}

export type Seat = { agent: Agent; call: Call | undefined }

/** One of the three. */
export type DialAsked = {
  number?: string | undefined
  customer?: string | undefined
  callback?: string | undefined
  hides: boolean
}

export const STATES_ASKED = ['ready', 'paused', 'signed-out'] as const
/**
 * `by`: who asks, where it is not the agent. Without a `reason` a pause is a rest. `phone`: their own, or one of the centre's.
 * `mayPutOut`: whether who asks may sign out a colleague who sits there; without it nobody.
 */
export type StateAsked = {
  state: (typeof STATES_ASKED)[number]
  reason?: string | undefined
  phone?: string | undefined
  by?: string | undefined
  mayPutOut?: ((colleague: Agent) => boolean) | undefined
}

export class NotWrappingUp extends Conflict {
  constructor({ id, state }: Agent) {
    super('not-wrapping-up', `Agent ${id} is not wrapping up, but ${state}.`)
  }
}

export class SignedOut extends Conflict {
  constructor({ id }: Pick<Agent, 'id'>) {
    super('signed-out', `Agent ${id} is signed out; set to ready, they are signed in.`)
  }
}

/** So long a wrap-up may be extended at once, s. */
export const EXTENDS_AT_MOST_S = WRAP_UP_AT_MOST_MS / 1_000

export type AgentActsParts = {
  board: Switchboard
  centre: Centre
  clock: Clock
  /** Whether we hear what happens in Asterisk. */
  isAwake: () => boolean
  /** The number at which a customer is called. */
  numberOf: (customer: string) => Promise<string | undefined>
  /** The phone where this leg rings is told to pick it up. Rejects with PhoneRefused. */
  pickUp: (leg: string) => Promise<void>
}

export function agentActs({ board, centre, clock, isAwake, numberOf, pickUp }: AgentActsParts): AgentActs {
  const see = (id: string): Seat => {
    const agent = board.agents.get(id)
    if (!agent) throw new NotFound(`There is no agent ${id}.`)
    return { agent, call: agent.call === null ? undefined : board.call(agent.call) }
  }
  const act = async (id: string, code: OwnCode): Promise<Seat> => {
    await board.dial(id, code)
    return see(id)
  }
  return {
    see,
    queuesOf: id => linesOf(see(id).agent, centre).map(line => line.id),
    async setState(id, asked) {
      const { agent } = see(id)
      const wish = wishFor(asked, centre)
      const seat = seatAsked(asked, agent, board, centre)
      const signIn = { kind: 'sign-in', ...(asked.by !== undefined && { by: asked.by }), ...seat } as const
      if (!isSignedIn(agent) && wish.kind === 'pause') throw new SignedOut(agent)
      if (!isSignedIn(agent) && wish.kind === 'ready') return act(id, signIn)
      if (seat) await board.dial(id, signIn)
      return act(id, { kind: 'wish', wish })
    },
    async dial(agent, { customer, number, callback, hides }) {
      const theirs = customer === undefined ? number : await numberOf(customer)
      if (customer !== undefined && theirs === undefined) throw new NotFound(`There is no customer ${customer}.`)
      if (!isAwake()) throw new AsteriskAway()
      const whom = { ...(theirs !== undefined && { number: theirs }), ...(callback !== undefined && { callback }) }
      const call = clickToDial(board, centre, { agent, ...whom, hides, at: clock.now() })
      await board.settledFor(call.id)
      return call
    },
    async answer(id, isThere) {
      see(id)
      if (!isAwake()) throw new AsteriskAway()
      await answerCall(board, id, pickUp, isThere)
      return see(id)
    },
    async wrapUp(id, asked) {
      const { agent } = see(id)
      if (asked === 'end') return act(id, { kind: 'end-wrap-up' })
      const isOver = agent.state !== 'wrapping-up' || agent.wakeAt! <= clock.now()
      if (isOver) throw new NotWrappingUp(agent)
      return act(id, { kind: 'extend-wrap-up', ms: asked.extendMs })
    },
  }
}

/** Throws BadInput or NotSeatedThere. Undefined: wherever they are. */
function seatAsked({ phone, state, mayPutOut }: StateAsked, agent: Agent, board: Switchboard, { phones }: Centre) {
  if (phone === undefined) return undefined
  if (state !== 'ready') throw new BadInput('phone', 'phone must be left out where the state is not ready.')
  if (phone !== agent.id && !phones.has(phone))
    throw new BadInput(
      'phone',
      `phone must be ${agent.id}, their own, or one of the centre’s: there is no phone ${phone}.`,
    )
  const because = whyNotSeated(board, agent, phone)
  if (because) throw new NotSeatedThere(because, agent.id, phone)
  const colleague = agentAt(board.agents, phone)
  // At the phone itself whoever is there takes the seat; from afar nobody can tell whether it is empty.
  if (colleague && colleague.id !== agent.id && !mayPutOut?.(colleague))
    throw new NotSeatedThere('phone-in-use', agent.id, phone, 'somebody else sits there')
  return { phone: seatOf(agent.id, phone) }
}

/** Throws BadInput. */
function wishFor({ state, reason, by }: StateAsked, { pauseReasons }: Centre): Wish {
  const whose = by === undefined ? {} : { by }
  if (state !== 'paused') {
    if (reason !== undefined) throw new BadInput('reason', 'reason must be left out where the state is not paused.')
    return { kind: state === 'ready' ? 'ready' : 'sign-out', ...whose }
  }
  const allowed = [...PAUSE_REASONS, ...pauseReasons.map(({ id }) => id)]
  if (reason !== undefined && !allowed.includes(reason))
    throw new BadInput('reason', `reason must be one of ${allowed.join(', ')}.`, allowed)
  return { kind: 'pause', reason: reason ?? PAUSE_REASONS[0], ...whose }
}
