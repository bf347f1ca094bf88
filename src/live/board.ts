import type { Agent } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import { isPromise } from '../call/made.ts'
import { levelFor } from '../queue/choose.ts'
import { type Queue, relaxedBy } from '../queue/queue.ts'
import type { Names } from '../report/names.ts'
import { reaches } from '../rights/reach.ts'
import type { Who } from '../rights/rights.ts'
import { type AgentRow, agentRow } from './agents.ts'
import { agentsWith, type CallbackRow, type CallRow, callbackRow, callRow } from './calls.ts'
import { type QueueRow, queueRows } from './queues.ts'
import type { Today } from './today.ts'

/** What goes on now: who waits, and who serves them. Times in ms since 1970. */
export type Board = {
  at: number
  /** Since when today's figures count; `isWhole`: the database has told of the calls that ended before we looked. */
  today: { fromAt: number; isWhole: boolean }
  queues: QueueRow[]
  agents: AgentRow[]
  /** All that are open, but for promises to call back, which nobody is on the line for. */
  calls: CallRow[]
  callbacks: CallbackRow[]
}

export type Scene = {
  readonly now: number
  readonly queues: readonly Queue[]
  readonly agents: ReadonlyMap<string, Agent>
  readonly calls: readonly Call[]
  readonly call: (id: string) => Call | undefined
  readonly names: Names
  readonly today: Today
}

/** Of one queue, or of the agents of one team. */
export type Asked = { readonly queue?: string | undefined; readonly team?: string | undefined }

/** As far as they reach who ask. */
export function boardOf(scene: Scene, who: Who, asked: Asked): Board {
  const { now, today } = scene
  const seen = seenBy(scene, who, asked)
  const open = scene.calls.filter(call => call.phase !== 'ended' && seen.call(call))
  const queues = scene.queues.filter(({ id }) => seen.queue(id))
  return {
    at: now,
    today: { fromAt: today.dayAt(now).from, isWhole: today.isWhole },
    queues: queueRows(queues, scene, today.at(now, scene.calls)),
    agents: [...scene.agents.values()].filter(seen.agent).map(agent => agentRow(agent, scene, who)),
    calls: open.filter(call => !isPromise(call)).map(call => callRow(call, who)),
    callbacks: open.filter(isPromise).map(call => callbackRow(call, who, now)),
  }
}

/** A call is where its queue is and, once it has agents, where their teams are. */
export function placesOf(call: Call, { agents: known }: Names): { queue: string | null; team?: string }[] {
  const { queue } = call
  const agents = agentsWith(call)
  return agents.length === 0 ? [{ queue }] : agents.map(agent => ({ queue, team: known.get(agent)?.team ?? '' }))
}

function seenBy({ names, queues }: Scene, who: Who, { queue, team }: Asked) {
  const teamOf = (agent: string): string => names.agents.get(agent)?.team ?? ''
  const ofTeam = (own: string): boolean => reaches(who, { team: own }) && (team ?? own) === own
  const ofQueue = (own: string): boolean => reaches(who, { queue: own }) && (queue ?? own) === own
  const line = queues.find(({ id }) => id === queue)
  const needs = line && relaxedBy(line, line.relaxing.length)
  return {
    queue: ofQueue,
    agent: (agent: Agent): boolean => ofTeam(teamOf(agent.id)) && (!needs || levelFor(agent, needs) !== undefined),
    call(call: Call): boolean {
      if ((queue ?? call.queue) !== call.queue) return false
      return placesOf(call, names).some(
        at => reaches(who, at) && (at.team === undefined || (team ?? at.team) === at.team),
      )
    },
  }
}
