import type { Knex } from 'knex'
import { NotFound } from '../errors.ts'
import { isBounded, type Reach } from '../rights/reach.ts'

/** `reaches` of rights/reach.ts, said in SQL: what somebody does not reach is not there for them, before it is counted or paged. */

type Columns = {
  /** Of what is asked for; the agent is whose team counts, and somebody unknown is in no team that anybody has named. */
  readonly queue?: string
  readonly agent?: string
}

/** A condition. `:reachedQueues` and `:reachedTeams` in it are bound by `reachGiven`. */
export function withinReach(reach: Reach, { queue, agent }: Columns): string {
  if (!isBounded(reach)) return 'true'
  const named = [queue, agent].filter(column => column !== undefined)
  const conditions = [`(${named.map(column => `${column} is not null`).join(' or ')})`]
  if (reach.queues && queue) conditions.push(`(${queue} is null or ${isReached(queue, 'reachedQueues')})`)
  if (reach.teams && agent) {
    const team = `coalesce((select a.team from agents a where a.id = ${agent}), '')`
    conditions.push(`(${agent} is null or ${isReached(team, 'reachedTeams')})`)
  }
  return `(${conditions.join(' and ')})`
}

const isReached = (value: string, given: string): string => `${value} = any(cast(:${given} as text[]))`

export const reachGiven = ({ queues, teams }: Reach): Record<string, Knex.Value> => ({
  // A list that is null is not asked about.
  ...{ reachedQueues: [...(queues ?? [])], reachedTeams: [...(teams ?? [])] },
})

export function narrowToReach(question: Knex.QueryBuilder, reach: Reach, columns: Columns): void {
  if (isBounded(reach)) question.whereRaw(withinReach(reach, columns), reachGiven(reach))
}

/** Of a call on which somebody acts, or which they listen to. Throws NotFound where it is out of reach, as if it were not there. */
export async function insistOnReach(knex: Knex, id: string, reach: Reach): Promise<void> {
  if (!isBounded(reach)) return
  const question = knex('calls').where({ id }).first('id')
  narrowToReach(question, reach, CALL)
  if (!(await question)) throw new NotFound(`There is no call ${id}.`)
}

/** A call is in the queue in which it waited last, and in the team of the agent who talked last. */
export const CALL: Columns = { queue: 'calls.queue', agent: 'calls.agent_id' }
