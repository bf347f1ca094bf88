import { type Agent, type AgentState, phoneOf, type Wish } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import type { Names } from '../report/names.ts'
import type { Who } from '../rights/rights.ts'
import { seenNumber } from './calls.ts'

export type AgentRow = {
  agent: string
  /** For people; empty: not yet read. */
  name: string
  team: string
  skills: Readonly<Record<string, number>>
  state: AgentState
  /** At which they sit; null: signed out. */
  phone: string | null
  /** Of a pause. */
  reason: string | null
  sinceAt: number
  /** Their caller is on hold. */
  held: boolean
  /** What they have asked for, and takes place when their call, or what is left of a wrap-up, is over. */
  wish: { kind: Wish['kind']; reason: string | null } | null
  /** The call that they are with, or wrap up; its queue, and its caller's number. */
  call: string | null
  queue: string | null
  caller: string | null
  /** Of wrapping up. */
  endsAt: number | null
  /** Null: signed out. */
  signedInAt: number | null
  /** Since they have signed in. */
  talks: number
}

type Around = { readonly names: Names; readonly call: (id: string) => Call | undefined }

export function agentRow(agent: Agent, { names, call }: Around, who: Who): AgentRow {
  const { id, state, reason, next } = agent
  const named = names.agents.get(id)
  const own = agent.call === null ? undefined : call(agent.call)
  const isSignedIn = state !== 'signed-out'
  return {
    agent: id,
    name: named?.name ?? '',
    team: named?.team ?? '',
    skills: agent.skills,
    state,
    phone: isSignedIn ? phoneOf(agent) : null,
    reason,
    sinceAt: agent.since,
    held: own?.leg?.agent === id && own.leg.heldSince !== null,
    wish: next && { kind: next.kind, reason: next.kind === 'pause' ? next.reason : null },
    call: agent.call,
    queue: own?.queue ?? null,
    caller: own ? seenNumber(own.from, who) : null,
    endsAt: state === 'wrapping-up' ? agent.wakeAt : null,
    signedInAt: isSignedIn ? agent.signedInAt : null,
    talks: isSignedIn ? agent.talks : 0,
  }
}
