import type { Agent } from '../agent/agent.ts'
import { agentAfter, agentOf } from '../call/agents.ts'
import { type Call, type Leg, legsOf, type Outside } from '../call/call.ts'
import { type Command, commandsFor, type Ring } from '../call/commands.ts'
import { evolve } from '../call/evolve.ts'
import type { Fact } from '../call/facts.ts'
import { hushed } from '../call/hush.ts'
import { isAgents } from '../call/party.ts'
import type { View } from '../call/view.ts'
import type { AgentChange } from './ports.ts'

/** What facts make of a call and of the agents whom they touch, and what they ask for. */
export function fold(start: Call | null, facts: readonly Fact[], agents: ReadonlyMap<string, Agent>, view: View) {
  let call = start
  const legs = new Map<string, Leg>()
  const outside = new Map<string, Outside>()
  const commands: Command[] = []
  const changes = new Map<string, AgentChange>()
  for (const fact of facts) {
    const before = call
    call = evolve(before, fact)
    for (const way of waysChanged(before, call)) {
      if (isAgents(way)) legs.set(way.id, way)
      else outside.set(way.id, way)
    }
    commands.push(...commandsFor(before, fact, call))
    const id = agentOf(before, fact)
    const known = id === undefined ? undefined : (changes.get(id)?.after ?? agents.get(id))
    if (!known) continue
    const after = agentAfter(known, before!, fact, view)
    if (after !== known) changes.set(known.id, { before: changes.get(known.id)?.before ?? known, after })
  }
  const placed = (command: Command): Command => (command.do === 'ring' ? atTheirPhone(command, agents) : command)
  const ways = { legs: [...legs.values()], outside: [...outside.values()] }
  return { after: call!, ...ways, commands: hushed(start, call!, commands).map(placed), agents: [...changes.values()] }
}

/** Who is rung sits there already: nobody moves in a call. */
function atTheirPhone(ring: Ring, agents: ReadonlyMap<string, Agent>): Ring {
  const phone = agents.get(ring.agent)?.phone ?? null
  return phone === null ? ring : { ...ring, phone }
}

function waysChanged(before: Call | null, after: Call): readonly (Leg | Outside)[] {
  const isAsBefore = (['leg', 'alsoRung', 'outside', 'parties'] as const).every(way => after[way] === before?.[way])
  if (isAsBefore) return []
  const known = new Set(before ? waysOf(before) : [])
  return waysOf(after).filter(way => !known.has(way))
}

const waysOf = (call: Call): (Leg | Outside)[] => [
  ...legsOf(call),
  ...(call.outside ? [call.outside] : []),
  ...(call.parties ?? []).map(({ way }) => way),
]
