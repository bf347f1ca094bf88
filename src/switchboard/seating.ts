import { type Agent, isHeldByCall, isSignedIn, phoneOf, wish } from '../agent/agent.ts'
import type { OwnCode } from '../agent/codes.ts'
import { Conflict } from '../errors.ts'
import type { BusyPhones } from './busyPhones.ts'
import type { AgentChange } from './ports.ts'

/**
 * Who sits at which phone: at most one agent at each, each agent at one. Who signs in where somebody else sits takes that seat, and the
 * other is signed out: a colleague who went home without a word keeps no phone from who is there (by a program only where who asks may sign
 * them out). Not in a call: nobody's talk is cut off, and nobody leaves their own behind.
 */

type Agents = ReadonlyMap<string, Agent>

/** Who is reached at this phone now, and whose is what is dialled there; undefined: it is nobody's. */
export function agentAt(agents: Agents, phone: string): Agent | undefined {
  const owner = agents.get(phone)
  // Who sits elsewhere is not here.
  if (owner) return owner.phone === null ? owner : undefined
  for (const agent of agents.values()) if (agent.phone === phone) return agent
  return undefined
}

/** Which rings for that agent. */
export const phoneFor = (agents: Agents, id: string): string => {
  const agent = agents.get(id)
  return agent ? phoneOf(agent) : id
}

/** As an agent keeps it. */
export const seatOf = (agent: string, phone: string): string | null => (phone === agent ? null : phone)

/** What is said at a phone where nobody is. */
export const nobodyAt = (agents: Agents, phones: ReadonlySet<string>, phone: string): string =>
  agents.has(phone) || phones.has(phone) ? 'phone/nobody' : 'unknown-agent'

/** Who signs in by dialling on this phone, as whom they say (empty: as whoever it is), and whether they must prove it; or why nobody does. */
export function whoSignsIn(
  agents: Agents,
  phones: ReadonlySet<string>,
  phone: string,
  said: string,
): { agent: string; needsPin: boolean } | { says: string } {
  const isOwn = agents.has(phone)
  const agent = isOwn ? phone : agentAt(agents, phone)?.id
  if (!agent && (said === '' || !phones.has(phone))) return { says: nobodyAt(agents, phones, phone) }
  if (agent && (said === '' || said === agent)) return { agent, needsPin: false }
  return isOwn ? { says: 'phone/owned' } : { agent: said, needsPin: true }
}

export type NotSeated = 'phone-in-use' | 'in-call'

export class NotSeatedThere extends Conflict {
  declare readonly id: NotSeated
  constructor(id: NotSeated, agent: string, phone: string, why = WHY[id]) {
    super(id, `Agent ${agent} cannot sign in at phone ${phone} now: ${why}.`)
  }
}

const WHY: Record<NotSeated, string> = {
  'phone-in-use': 'that phone is in a call',
  'in-call': 'they are in a call at another phone',
}

export type Seats = { readonly agents: Agents; readonly busyPhones: Pick<BusyPhones, 'has' | 'isInUse'> }

/** Undefined: they may sign in there. `channel`: on which they ask for it, at that phone. */
export function whyNotSeated(seats: Seats, agent: Agent, phone: string, channel?: string): NotSeated | undefined {
  const { agents, busyPhones } = seats
  if (phoneOf(agent) === phone) return undefined
  if (isHeldByCall(agent) || busyPhones.has(agent.id)) return 'in-call'
  const other = agentAt(agents, phone)
  // Who was signed out while they supervise has the phone still.
  return (other && isHeldByCall(other)) || busyPhones.isInUse(phone, channel) ? 'phone-in-use' : undefined
}

/** With this change whoever sat at that phone is signed out, by whoever has asked for it; first, so that it is nobody's in between. */
export function withWhoeverSatThere(agents: Agents, change: AgentChange, code: OwnCode, at: number): AgentChange[] {
  const { id, phone } = change.after
  const other = phone === null || phone === change.before.phone ? undefined : agentAt(agents, phone)
  if (!other || !isSignedIn(other)) return [change]
  const by = (code.kind === 'sign-in' && code.by) || `agent:${id}`
  return [{ before: other, after: wish(other, { kind: 'sign-out', by }, at) }, change]
}
