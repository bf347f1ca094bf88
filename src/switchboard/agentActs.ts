import { type Agent, isSignedIn, PAUSE_REASONS, type Wish, WRAP_UP_AT_MOST_MS } from '../agent/agent.ts'
import type { OwnCode } from '../agent/codes.ts'
import type { Call } from '../call/call.ts'
import { BadInput, HotlineError, NotFound } from '../errors.ts'
import type { Centre } from './centre.ts'
import type { Clock } from './ports.ts'
import type { Switchboard } from './switchboard.ts'

/** What agents do at their desks, and others for them. */
export type AgentActs = {
  /** The agent as they are, with the call that holds them, or whose wrap-up this is. Throws NotFound. */
  see(agent: string): Seat
  /** set-agent-state: at once where no call holds them, else at its end. Rejects with NotFound or BadInput. */
  setState(agent: string, asked: StateAsked): Promise<Seat>
  /** Their wrap-up lasts for so long from now, at least; or is over. Rejects with NotFound or NotWrappingUp. */
  wrapUp(agent: string, asked: { extendMs: number } | 'end'): Promise<Seat>
}

export type Seat = { agent: Agent; call: Call | undefined }

export const STATES_ASKED = ['ready', 'paused', 'signed-out'] as const
/** `by`: who asks, where it is not the agent. Without a `reason` a pause is a rest. */
export type StateAsked = {
  state: (typeof STATES_ASKED)[number]
  reason?: string | undefined
  by?: string | undefined
}

export class NotWrappingUp extends HotlineError {
  constructor({ id, state }: Agent) {
    super('not-wrapping-up', `Agent ${id} is not wrapping up, but ${state}.`)
  }
}

/** So long a wrap-up may be extended at once, s. */
export const EXTENDS_AT_MOST_S = WRAP_UP_AT_MOST_MS / 1_000

type Parts = { board: Pick<Switchboard, 'agents' | 'call' | 'dial'>; centre: Centre; clock: Clock }

export function agentActs({ board, centre, clock }: Parts): AgentActs {
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
    async setState(id, asked) {
      const { agent } = see(id)
      const wish = wishFor(asked, centre)
      const signsIn = !isSignedIn(agent) && wish.kind !== 'sign-out'
      return act(id, signsIn ? { kind: 'sign-in', as: wish } : { kind: 'wish', wish })
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
