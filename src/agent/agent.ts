import type { Language } from '../ivr/flow.ts'

/**
 * An agent is in exactly one state at any moment between sign-in and sign-out:
 *
 *   signed-out → ready → ringing → talking → wrapping-up → ready
 *                  ↕        ↓ ↘ dialling ↗        ↓
 *                paused ←───┴─────────────────────┘
 *
 * `dialling`: they are with a callback, from the moment they answer the offer until the customer is reached, or is not; or they have
 * dialled a number themselves, which they may do in any state but those that a call holds.
 * `ringing`, `dialling` and `talking` belong to a call and end with it; `wrapping-up` ends at `wakeAt`. What an agent asks for during
 * a call (`next`) takes place at its end, and the newest wish replaces an older one.
 */
export type AgentState = 'signed-out' | 'ready' | 'ringing' | 'dialling' | 'talking' | 'wrapping-up' | 'paused'

export const PAUSE_REASONS = ['rest', 'meal', 'training', 'meeting'] as const
/** What the hotline itself pauses for: an agent whose phone rang in vain is not rung again before they say so. */
export type MissReason = 'no-answer' | 'rejected' | 'unreachable'
/** One of these, or one that the centre has added (`OwnReason`). */
export type PauseReason = string

/** A reason of the centre's own. `key`: by which a phone gives it, after *4; null: only a desk program does. */
export type OwnReason = { readonly id: string; readonly zh: string; readonly en: string; readonly key: number | null }

/** `by`: who wants it for them, as the audit log names people; absent: they themselves. */
export type Wish = ({ kind: 'ready' } | { kind: 'pause'; reason: PauseReason } | { kind: 'sign-out' }) & {
  readonly by?: string
}

/** No wrap-up is longer, however often it is extended. */
export const WRAP_UP_AT_MOST_MS = 900_000

export type Agent = {
  readonly id: string
  readonly team: string
  /** In which they are spoken to. */
  readonly language: Language
  /** Skill → level, 1 (learning) to 10 (master). */
  readonly skills: Readonly<Record<string, number>>
  /** Counts the changes; a change made on an older version is refused by the database. */
  readonly version: number
  readonly state: AgentState
  /** One of the centre's phones, at which they sit until they sign out; null: their own, whose account bears their id. */
  readonly phone: string | null
  readonly reason: PauseReason | null
  /** Who has put them there; null: they themselves, or a call. */
  readonly by: string | null
  /** When this state began, ms since 1970. */
  readonly since: number
  /** The call that holds the agent while ringing, talking or wrapping up. */
  readonly call: string | null
  /** Since when the agent has had no call; kept through a ring that led to nothing. */
  readonly idleSince: number
  readonly signedInAt: number
  /** How many talks since then. */
  readonly talks: number
  /** When a caller was last offered to them. */
  readonly offeredAt: number
  readonly next: Wish | null
  /** When wrapping-up ends; while they dial, when it would have. */
  readonly wakeAt: number | null
}

export const isSignedIn = (agent: Agent): boolean => agent.state !== 'signed-out'
/** The account of the phone that rings for them. */
export const phoneOf = ({ id, phone }: Agent): string => phone ?? id
/** In a state that only a call can end. */
export const isHeldByCall = ({ state }: Pick<Agent, 'state'>): boolean =>
  state === 'ringing' || state === 'dialling' || state === 'talking'

/** No state begins before the one that it ends, whatever clock `at` was read from. */
function change(agent: Agent, at: number, to: Partial<Agent> & { state: AgentState }): Agent {
  const since = Math.max(at, agent.since)
  return { ...agent, reason: null, by: null, call: null, wakeAt: null, ...to, since, version: agent.version + 1 }
}

const become = (agent: Agent, wish: Wish, at: number): Agent => {
  const { by = null } = wish
  switch (wish.kind) {
    case 'ready':
      return change(agent, at, { state: 'ready', by, next: null })
    case 'pause':
      return change(agent, at, { state: 'paused', reason: wish.reason, by, next: null })
    case 'sign-out':
      return change(agent, at, { state: 'signed-out', phone: null, by, next: null })
  }
}

/** `by`: who does it for them. `phone`: at which of the centre's, null: at their own; undefined: wherever they are. */
export type SigningIn = { by?: string; phone?: string | null }

/** Whoever is signed in stays as they are, at that phone, but is no longer to be signed out after their call. */
export function signIn(agent: Agent, at: number, { by, phone = agent.phone }: SigningIn = {}): Agent {
  const ready: Wish = { kind: 'ready', ...(by !== undefined && { by }) }
  if (!isSignedIn(agent)) return { ...become(agent, ready, at), phone, idleSince: at, signedInAt: at, talks: 0 }
  const next = agent.next?.kind === 'sign-out' ? null : agent.next
  return next === agent.next && phone === agent.phone ? agent : { ...agent, next, phone, version: agent.version + 1 }
}

/** The agent's own choice: at once where no call holds them (it ends wrapping-up early), else at the call's end. */
export function wish(agent: Agent, wanted: Wish, at: number): Agent {
  if (!isSignedIn(agent)) return agent
  if (isHeldByCall(agent)) return { ...agent, next: wanted, version: agent.version + 1 }
  if (agent.state === 'wrapping-up' && wanted.kind === 'pause') {
    return { ...agent, next: wanted, version: agent.version + 1 }
  }
  const same =
    (agent.state === 'ready' && wanted.kind === 'ready') ||
    (agent.state === 'paused' && wanted.kind === 'pause' && agent.reason === wanted.reason)
  return same ? agent : become(agent, wanted, at)
}

/** Their wrap-up ends `ms` from now, where it would end sooner; of one call it is never longer than WRAP_UP_AT_MOST_MS. */
export function extendWrapUp(agent: Agent, ms: number, at: number): Agent {
  if (agent.state !== 'wrapping-up') return agent
  const wakeAt = Math.min(at + ms, agent.since + WRAP_UP_AT_MOST_MS)
  return agent.wakeAt !== null && wakeAt <= agent.wakeAt ? agent : { ...agent, wakeAt, version: agent.version + 1 }
}

/** Their wrap-up is over, and what they have wished for takes place. */
export const endWrapUp = (agent: Agent, at: number): Agent =>
  agent.state === 'wrapping-up'
    ? { ...become(agent, agent.next ?? { kind: 'ready' }, at), idleSince: agent.idleSince }
    : agent

/** The agent's phone begins to ring for this call. Only a ready agent can be offered a call. */
export function offered(agent: Agent, call: string, at: number): Agent {
  if (agent.state !== 'ready') throw new Error(`agent ${agent.id} is ${agent.state}, not ready`)
  return change(agent, at, { state: 'ringing', call, offeredAt: at })
}

export const answered = (agent: Agent, at: number): Agent =>
  change(agent, at, { state: 'talking', call: agent.call, talks: agent.talks + 1 })

/** They hear what the callback is about, or the customer's phone is being dialled. */
export const dials = (agent: Agent, at: number): Agent =>
  change(agent, at, { state: 'dialling', call: agent.call, wakeAt: agent.wakeAt })

/**
 * They call somebody themselves; `ringing`: on a screen, and their own phone rings first. What they had chosen comes back at its end, and
 * what is left of a wrap-up where nobody is reached.
 */
export function dialsOut(agent: Agent, call: string, state: 'dialling' | 'ringing', at: number): Agent {
  if (isHeldByCall(agent)) return agent
  return change(agent, at, { state, call, next: agent.next ?? choiceOf(agent), wakeAt: agent.wakeAt })
}

export const dialledInVain = (agent: Agent, at: number): Agent =>
  talkEnded(agent, agent.wakeAt === null ? 0 : agent.wakeAt - at, at)

/** A call has the agent, whatever we believed of them. What they had chosen comes back at its end. */
export function takenBy(agent: Agent, call: string, state: 'ringing' | 'talking', at: number): Agent {
  if (isHeldByCall(agent)) return agent
  const talks = agent.talks + (state === 'talking' ? 1 : 0)
  return change(agent, at, { state, call, talks, next: agent.next ?? choiceOf(agent) })
}

function choiceOf(agent: Agent): Wish | null {
  const by = agent.by === null ? {} : { by: agent.by }
  if (agent.state === 'signed-out') return { kind: 'sign-out', ...by }
  return agent.state === 'paused' && agent.reason ? { kind: 'pause', reason: agent.reason, ...by } : null
}

/** The offer ended without an answer: withdrawn (ready again, the turn is kept) or missed (paused until the agent says otherwise). */
export function offerEnded(agent: Agent, missed: MissReason | null, at: number): Agent {
  const wanted = agent.next ?? (missed ? ({ kind: 'pause', reason: missed } as const) : ({ kind: 'ready' } as const))
  // Whoever wanted to be ready and then missed the call is not there.
  if (missed && wanted.kind === 'ready') return become(agent, { kind: 'pause', reason: missed }, at)
  return become(agent, wanted, at)
}

/** The talk is over. `wrapUpMs` 0 makes the agent free at once. */
export function talkEnded(agent: Agent, wrapUpMs: number, at: number): Agent {
  const idle = { ...agent, idleSince: at }
  if (wrapUpMs <= 0) return become(idle, agent.next ?? { kind: 'ready' }, at)
  return change(idle, at, { state: 'wrapping-up', call: agent.call, wakeAt: at + wrapUpMs })
}

/** Time has come for what `wakeAt` says. */
export function woken(agent: Agent, at: number): Agent {
  return agent.wakeAt === null || at < agent.wakeAt ? agent : endWrapUp(agent, at)
}
