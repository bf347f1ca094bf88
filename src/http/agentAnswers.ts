import { z } from 'zod'
import { type AgentState, isSignedIn, phoneOf } from '../agent/agent.ts'
import type { Phase } from '../call/call.ts'
import { masked } from '../log.ts'
import { may, type Who } from '../rights/rights.ts'
import type { Seat } from '../switchboard/agentActs.ts'
import { time } from './answers.ts'
import { PHASES } from './phases.ts'
import type { Stamped } from './stamped.ts'

/** An agent as the API shows them. Times in ms since 1970. */
export type AgentShown = {
  id: string
  team: string
  state: AgentState
  phone: string | null
  reason: string | null
  sinceAt: number
  by: string | null
  wish: { state: 'ready' | 'paused' | 'signed-out'; reason: string | null; by: string | null } | null
  wrapUpEndsAt: number | null
  call: { id: string; direction: string; phase: Phase; queue: string | null; caller: string } | null
}

export function agentOf({ agent, call }: Seat, who: Who): AgentShown {
  const { id, team, state, reason, by, wakeAt, next } = agent
  return {
    ...{ id, team, state, phone: isSignedIn(agent) ? phoneOf(agent) : null, reason, by, sinceAt: agent.since },
    wish: next && {
      state: WISHED[next.kind],
      reason: next.kind === 'pause' ? next.reason : null,
      by: next.by ?? null,
    },
    wrapUpEndsAt: state === 'wrapping-up' ? wakeAt : null,
    call: call
      ? {
          ...{ id: call.id, direction: call.direction ?? 'inbound', phase: call.phase, queue: call.queue },
          caller: may(who, 'numbers:whole') ? call.from : masked(call.from),
        }
      : null,
  }
}

const WISHED = { ready: 'ready', pause: 'paused', 'sign-out': 'signed-out' } as const

export const SEAT_ANSWER: z.ZodType<Stamped<AgentShown>> = z
  .object({
    id: z.string(),
    team: z.string(),
    state: z.enum(['signed-out', 'ready', 'ringing', 'dialling', 'talking', 'wrapping-up', 'paused']),
    phone: z.string().nullable().meta({ description: 'At which they sit; null: they are signed out' }),
    reason: z.string().nullable().meta({ description: 'Of a pause' }),
    sinceAt: time,
    by: z.string().nullable().meta({ description: 'Who has put them there; null: they themselves, or a call' }),
    wish: z
      .object({
        state: z.enum(['ready', 'paused', 'signed-out']),
        reason: z.string().nullable(),
        by: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'What takes place when the call, or its wrap-up, is over' }),
    wrapUpEndsAt: time.nullable(),
    call: z
      .object({
        id: z.string(),
        direction: z.string(),
        phase: z.enum(PHASES),
        queue: z.string().nullable(),
        caller: z.string().meta({ description: 'Masked without the right numbers:whole' }),
      })
      .nullable()
      .meta({ description: 'That has them, or whose wrap-up this is, while it is still open' }),
  })
  .meta({ id: 'Agent' })

export const DIALLED_ANSWER = z.object({ call: z.string(), agent: z.string() })
