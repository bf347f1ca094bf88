import { may, type Who } from '../rights/rights.ts'
import type { Event } from './event.ts'

/** Who listens to what: what they have asked for, and how far they may hear. All null: everything. */
export type Audience = {
  /** Such as call.queued, or call.* for all of a kind. */
  readonly types: readonly string[] | null
  readonly queue: string | null
  readonly agent: string | null
  /** Hears of themselves alone. */
  readonly own: string | null
  /** The agent who they are. */
  readonly self: string | null
  /** The agents of the teams, and the queues, that their rights reach. */
  readonly team: readonly string[] | null
  readonly queues: readonly string[] | null
}

/** Whose rights are their own desk's hears of themselves, though they are nobody's agent. */
export const ownOf = (who: Who): string | null =>
  may(who, 'own:desk') && !may(who, 'board:read', 'calls:read') ? (who.agent ?? '') : null

/** Whoever is listened to must not know it. */
const UNSEEN = 'supervision.*'

export function hears({ types, queue, agent, own, self, team, queues }: Audience, event: Event): boolean {
  if (types && !types.some(type => isOf(event.type, type))) return false
  if (queue !== null && event.queue !== queue) return false
  if (agent !== null && !event.agents.includes(agent)) return false
  if (isOf(event.type, UNSEEN) && (own !== null || (self !== null && event.agents.includes(self)))) return false
  if (own !== null && !event.agents.includes(own)) return false
  return isInReach(event, team, queues)
}

const isOf = (type: string, asked: string): boolean =>
  asked.endsWith('.*') ? type.startsWith(asked.slice(0, -1)) : type === asked

/** As `reaches` has it: an agent's change is their team's affair; a call is its queue's, and that of the team whose agent has it. */
function isInReach({ call, queue, agents }: Event, team: Audience['team'], queues: Audience['queues']): boolean {
  const ofTeam = team !== null && agents.some(agent => team.includes(agent))
  if (call === null) return team === null || ofTeam
  if (queues === null && team === null) return true
  if (queue === null && agents.length === 0) return false
  const isInQueue = queues === null || queue === null || queues.includes(queue)
  return isInQueue && (team === null || agents.length === 0 || ofTeam)
}
