import { earId, isEarOf } from '../ids.ts'
import type { Call, Leg } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import type { Fact } from './facts.ts'
import { offered } from './legs.ts'
import { ASKED, relieved } from './party.ts'
import { without } from './silence.ts'
import type { Mode, SupervisionTold } from './supervisionFacts.ts'

/**
 * Whoever listens to a talk from a phone of their own, which is rung, or on which they have dialled, and may be heard in it:
 *
 *   asked → rang → answered (listen ⇄ coach ⇄ barge) → ended, or the talk is theirs
 *
 * An ear, which Asterisk calls a snoop, hears what the agent's phone sends and is sent. It stands aside, in a bridge with the supervisor,
 * and what they say is added to what that phone is sent; of one who barges in also to what it sends, so that all in the talk hear
 * them, and the caller's tape has them. Who listens is muted there. Nothing in the talk's own room changes by it: with a
 * third in it Asterisk would mix, which is heard as a gap. Where the agent is another, or who hears them, so is the ear.
 */
export type Supervisor = {
  /** Of the leg to their phone; where they have dialled, as Asterisk has named it. */
  readonly id: string
  /** Whose it is: an agent's id. */
  readonly phone: string
  readonly mode: Mode
  /** Times in ms since 1970. */
  readonly askedAt: number
  readonly ringsUntil: number
  readonly rangAt: number | null
  readonly answeredAt: number | null
  readonly endedAt: number | null
  /** Who has asked for it last. */
  readonly by: string
  /** How often another was needed, since all hear them, or not all any more. */
  readonly turn: number
  /** Which ear is with them. */
  readonly ear: string | null
  readonly uses: readonly Use[]
}

/** Whom they have supervised, and how. Times in ms since 1970. */
export type Use = {
  /** Of the fact that it began with. */
  readonly seq: number
  readonly agent: string
  readonly mode: Mode | 'take-over'
  readonly by: string
  readonly from: number
  readonly to: number | null
}

export type SupervisionFact = Extract<Fact, SupervisionTold>

export const isSupervision = (fact: Fact): fact is SupervisionFact => fact.kind in SUPERVISION
const SUPERVISION: Record<SupervisionTold['kind'], true> = {
  SupervisorAsked: true,
  SupervisorRang: true,
  SupervisorAnswered: true,
  SupervisorHears: true,
  SupervisionSet: true,
  SupervisorLeft: true,
  TalkTakenOver: true,
  AgentRelieved: true,
  ForceCleared: true,
}

export const openSupervisors = ({ supervisors = [] }: Call): Supervisor[] =>
  supervisors.filter(({ endedAt }) => endedAt === null)

/** Whose phone it is. */
export const supervisorAt = (call: Call, phone: string): Supervisor | undefined =>
  openSupervisors(call).find(one => one.phone === phone)

/** To whom this leg or ear belongs. */
export const supervisorOf = (call: Call, channel: string): Supervisor | undefined =>
  openSupervisors(call).find(({ id }) => channel === id || isEarOf(id, channel))

/** The agent's leg in a talk that can be heard; null: there is none now. */
export function heardIn({ phase, inLifeboat, leg }: Call): Leg | null {
  const isTalk = phase === 'talking' && !inLifeboat && leg !== null && leg.endedAt === null
  return isTalk ? leg : null
}

/** The ear that they need; null: none now. */
export function earOf({ id, answeredAt, turn }: Supervisor, call: Call): string | null {
  const leg = heardIn(call)
  return leg === null || answeredAt === null ? null : earId(id, leg.id, turn)
}

/** They stay while the caller is on the way to the next agent. */
export const mayBeSupervised = ({ phase, dismissed, inLifeboat }: Call): boolean =>
  ['talking', 'in-flow', 'queued', 'ringing'].includes(phase) && dismissed === null && !inLifeboat

export function supervisionAfter(call: Call, fact: SupervisionFact): Partial<Call> {
  switch (fact.kind) {
    case 'SupervisorAsked':
      return withSupervisors(call, [...(call.supervisors ?? []), asked(fact)])
    case 'SupervisorRang':
      return onSupervisor(call, fact.supervisor, { rangAt: fact.at })
    case 'SupervisorAnswered':
      return onSupervisor(call, fact.supervisor, { answeredAt: fact.at })
    case 'SupervisorHears':
      return onSupervisor(call, fact.supervisor, { ear: fact.ear })
    case 'SupervisionSet':
      return onSupervisor(call, fact.supervisor, { mode: fact.mode, by: fact.by, ...turned(call, fact) })
    case 'SupervisorLeft':
      return onSupervisor(call, fact.supervisor, { endedAt: fact.at })
    case 'TalkTakenOver':
      return takenOver(call, fact)
    case 'AgentRelieved':
      return {}
    case 'ForceCleared':
      return { dismissed: 'answered', isForceCleared: true, waits: {} }
  }
}

const asked = (fact: SupervisionFact & { kind: 'SupervisorAsked' }): Supervisor => ({
  ...{ id: fact.supervisor, phone: fact.phone, mode: fact.mode, by: fact.by },
  ...{ askedAt: fact.at, ringsUntil: fact.until, rangAt: null, answeredAt: null, endedAt: null },
  ...{ turn: 0, ear: null, uses: [] },
})

/** Whoever was heard by all is not from that moment on. */
function turned(call: Call, { supervisor, mode }: SupervisionFact & { kind: 'SupervisionSet' }): Partial<Supervisor> {
  const was = supervisorOf(call, supervisor)!
  if ((was.mode === 'barge') === (mode === 'barge')) return {}
  const isGone = was.mode === 'barge' && was.ear === earOf(was, call)
  return { turn: was.turn + 1, ...(isGone && { ear: null }) }
}

/** Their way to the caller begins with it: what they did before was no offer. */
function takenOver(call: Call, fact: SupervisionFact & { kind: 'TalkTakenOver' }): Partial<Call> {
  const { leg, agent, by, at } = fact
  const own = offered({ kind: 'AgentOffered', leg, agent, why: ASKED, at })
  const supervisor = supervisorOf(call, leg)!
  const { agent: from } = call.leg!
  const use: Use = { seq: call.seq + 1, agent: from, mode: 'take-over', by, from: at, to: at }
  return {
    leg: { ...own, answeredAt: at, connectedAt: at, result: 'answered' },
    parties: relieved(call, { at, cause: NORMAL_CLEARING }),
    ...onSupervisor(call, leg, { endedAt: at, uses: [...supervisor.uses, use] }),
  }
}

function onSupervisor(call: Call, id: string, change: Partial<Supervisor>): Partial<Call> {
  const { supervisors = [] } = call
  return withSupervisors(
    call,
    supervisors.map(one => (one.id === id ? { ...one, ...change } : one)),
  )
}

function withSupervisors(call: Call, supervisors: readonly Supervisor[]): Partial<Call> {
  const rings = supervisors.flatMap(({ endedAt, answeredAt, ringsUntil }) =>
    endedAt === null && answeredAt === null ? ringsUntil : [],
  )
  const waits = { ...without(call, 'supervisor'), ...(rings.length > 0 && { supervisor: Math.min(...rings) }) }
  return { supervisors, waits }
}

/** Whom they supervise changes with who serves the caller, also by what is no fact of theirs. */
export function usedBy(call: Call): Call {
  const { supervisors } = call
  if (!supervisors) return call
  const after = supervisors.map(one => used(one, call))
  return after.every((one, i) => one === supervisors[i]) ? call : { ...call, supervisors: after }
}

function used(supervisor: Supervisor, call: Call): Supervisor {
  const { uses, endedAt, answeredAt, mode, by } = supervisor
  const agent = endedAt === null && answeredAt !== null ? heardIn(call)?.agent : undefined
  const last = uses.findLast(({ to }) => to === null)
  if (last?.agent === agent && (!last || last.mode === mode)) return supervisor
  const closed = uses.map(use => (use.to === null ? { ...use, to: call.lastAt } : use))
  const begun = { seq: call.seq, mode, by, from: call.lastAt, to: null }
  return { ...supervisor, uses: agent === undefined ? closed : [...closed, { ...begun, agent }] }
}
