import type { Agent } from '../agent/agent.ts'
import { levelFor } from '../queue/choose.ts'
import type { Queue } from '../queue/queue.ts'

/**
 * The lifeboat: plain queues in Asterisk that carry callers to agents while we are not there. In `lifeboat` is every
 * signed-in agent, in `lifeboat-sales` each whose skills the queue sales asks for. They stand in dialplan/queues.conf.
 */
export const LIFEBOAT = 'lifeboat'
export const boatOf = (queue: string): string => `${LIFEBOAT}-${queue}`
/** The queue of ours that a lifeboat's queue stands in for. */
export const queueOf = (boat: string): string => (boat === LIFEBOAT ? LIFEBOAT : boat.slice(LIFEBOAT.length + 1))

export type Standing = 'ready' | 'paused' | 'absent'

/** A call changes nothing here: Asterisk sees for itself that a phone rings or talks. */
export function standingOf(agent: Agent): Standing {
  if (agent.state === 'signed-out') return 'absent'
  return agent.state === 'paused' ? 'paused' : 'ready'
}

/** Where an agent belongs: queue of the lifeboat → whether paused in it. */
export function berthsOf(agent: Agent, queues: readonly Queue[]): Map<string, boolean> {
  const standing = standingOf(agent)
  if (standing === 'absent') return new Map()
  const able = queues.filter(queue => levelFor(agent, queue) !== undefined)
  return new Map([LIFEBOAT, ...able.map(queue => boatOf(queue.id))].map(boat => [boat, standing === 'paused']))
}
