import { levelFor } from '../queue/choose.ts'
import { relaxedBy } from '../queue/queue.ts'
import { reaches } from '../rights/reach.ts'
import type { Who } from '../rights/rights.ts'
import type { Asked, Scene } from './board.ts'

/** Who is told in writing: whoever is signed in, of one team, or able to serve one queue; as far as they reach who tell. */
export function toldBy({ agents, names, queues }: Scene, who: Who, { queue, team }: Asked): string[] {
  const line = queues.find(({ id }) => id === queue)
  const needs = line && relaxedBy(line, line.relaxing.length)
  return [...agents.values()]
    .filter(agent => agent.state !== 'signed-out')
    .filter(agent => !needs || levelFor(agent, needs) !== undefined)
    .map(({ id }) => ({ id, own: names.agents.get(id)?.team ?? '' }))
    .filter(({ own }) => reaches(who, { team: own }) && (team ?? own) === own)
    .map(({ id }) => id)
}
