/** How far somebody's rights reach: to agents of these teams, to calls of these queues; null: to all. */
export type Reach = { readonly teams: readonly string[] | null; readonly queues: readonly string[] | null }

export const EVERYWHERE: Reach = { teams: null, queues: null }

/** Where a call, an agent or a message is. null: what it has not, as a caller who waits has no team. */
export type Place = { readonly queue?: string | null; readonly team?: string | null }

export const isBounded = ({ teams, queues }: Reach): boolean => teams !== null || queues !== null

/**
 * What has no team is not bounded by teams, what has no queue not by queues; what has neither, such as a caller in the flow, only those
 * reach who reach everything. For SQL the same is said in report/reach.ts.
 */
export function reaches({ teams, queues }: Reach, { queue = null, team = null }: Place): boolean {
  if (teams === null && queues === null) return true
  if (queue === null && team === null) return false
  const isWithin = (bound: readonly string[] | null, it: string | null): boolean =>
    bound === null || it === null || bound.includes(it)
  return isWithin(queues, queue) && isWithin(teams, team)
}

/** Of what is done to a talk: one in no line is nobody's whose rights are bounded by lines. */
export const mayInQueue = ({ queues }: Reach, queue: string | null): boolean =>
  queues === null || (queue !== null && queues.includes(queue))

/** Both; no `queue`: there is no talk. */
export const reachesTalk = (reach: Reach, talk: Place): boolean =>
  (talk.queue === undefined || mayInQueue(reach, talk.queue)) && reaches(reach, talk)
