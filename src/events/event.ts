import { type Agent, isSignedIn, phoneOf } from '../agent/agent.ts'
import { type Call, legsOf } from '../call/call.ts'
import type { Fact } from '../call/facts.ts'
import { partyLegs } from '../call/party.ts'
import { type Details, nameOf } from './names.ts'

/**
 * What happens to calls and agents, for programs outside: a fact, or an agent's change, under a name that stays the same whatever
 * becomes of the facts. Times in ms since 1970; whoever hears it is told them as text.
 */
export type Event = {
  /** Grows from event to event, in the order in which they were decided. Not every number is given. */
  readonly id: number
  /** Of this form: what is added to it leaves it the same. */
  readonly version: 1
  /** Such as call.queued. */
  readonly type: string
  readonly at: number
  readonly call: EventCall | null
  readonly queue: string | null
  /** Whom it concerns: whose phone rings, who talks, or has just left. */
  readonly agents: readonly string[]
  readonly details: Details
}

export type EventCall = {
  readonly id: string
  readonly direction: string
  readonly caller: string
  readonly callerName: string
  readonly called: string
  readonly arrivedAt: number
}

/** A change as whoever keeps the memory is given it. */
export type Happened = {
  readonly call?: { readonly after: Call; readonly facts: readonly Fact[] }
  readonly agents: readonly { readonly before: Agent; readonly after: Agent }[]
}

export type Unnumbered = Omit<Event, 'id'>

/** What a change is to whoever listens: nothing where it is our own affair. `now`: when it was decided. */
export function eventsOf({ call, agents }: Happened, now: number): Unnumbered[] {
  const ofCall = call?.facts.flatMap(fact => eventOf(call.after, fact)) ?? []
  return [...ofCall, ...agents.flatMap(({ before, after }) => eventOfAgent(before, after, now))]
}

function eventOf(call: Call, fact: Fact): Unnumbered[] {
  const named = nameOf(fact)
  if (!named) return []
  const queue = 'queue' in fact && typeof fact.queue === 'string' ? fact.queue : call.queue
  return [{ version: 1, ...named, at: fact.at, call: told(call), queue, agents: concerned(call, fact) }]
}

const told = (call: Call): EventCall => ({
  id: call.id,
  direction: call.direction ?? 'inbound',
  caller: call.from,
  callerName: call.name,
  called: call.to,
  arrivedAt: call.arrivedAt,
})

function concerned(call: Call, fact: Fact): string[] {
  const agents = [...legsOf(call), ...partyLegs(call)].flatMap(leg =>
    leg.endedAt === null || leg.answeredAt !== null ? leg.agent : [],
  )
  const named = 'agent' in fact && typeof fact.agent === 'string' ? [fact.agent] : []
  return [...new Set([...named, ...agents])]
}

function eventOfAgent(before: Agent, after: Agent, now: number): Unnumbered[] {
  const { id: agent, state, reason, call, next } = after
  const isSame = before.state === state && before.reason === reason && before.call === call
  const hasMoved = isSame && phoneOf(before) !== phoneOf(after)
  const wish = next?.kind ?? null
  if (isSame && !hasMoved && wish === (before.next?.kind ?? null) && reasonOf(before) === reasonOf(after)) return []
  const phone = isSignedIn(after) ? phoneOf(after) : null
  const details = { agent, state, phone, reason, call, next: wish, nextReason: reasonOf(after) }
  const type = isSame && !hasMoved ? 'agent.wish' : 'agent.state'
  const at = isSame ? now : after.since
  return [{ version: 1, type, at, call: null, queue: null, agents: [agent], details }]
}

const reasonOf = ({ next }: Agent): string | null => (next?.kind === 'pause' ? next.reason : null)
