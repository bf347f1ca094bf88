import type { Call } from '../call/call.ts'
import { BadInput, NotFound } from '../errors.ts'
import { type Asked, boardOf, placesOf, type Scene } from '../live/board.ts'
import { reaches } from '../rights/reach.ts'
import type { Who } from '../rights/rights.ts'
import type { ApiParts } from './api.ts'
import { CALL_ID, NOTHING } from './asked.ts'
import { BOARD_ANSWER, MOVED_ANSWER } from './boardAnswers.ts'
import { BOARD, MOVE } from './boardAsked.ts'
import { json, type Route, route } from './route.ts'
import { stamped } from './stamped.ts'

/** What supervisors see of the centre, and what they do about it. */
export const board = ({ live, acts, zone }: ApiParts): Route[] => [
  route({
    path: '/api/board',
    may: 'board:read',
    summary: 'What goes on now: queues, agents, calls, open callbacks, and the figures of today',
    params: NOTHING,
    query: BOARD,
    answers: { 200: json('The board, from memory', BOARD_ANSWER) },
    async handle({ who, query, response }) {
      const scene = live()
      refuseUnknown(scene, who, query)
      response.json(stamped(boardOf(scene, who, query), zone))
    },
  }),
  route({
    path: '/api/calls/{id}/move',
    method: 'post',
    may: 'calls:supervise',
    summary: 'Moves whoever waits: to another queue, further ahead, to one agent. Asked for again, it does no more',
    params: CALL_ID,
    query: NOTHING,
    body: MOVE,
    answers: { 200: json('Where they stand now', MOVED_ANSWER) },
    async handle({ who, params: { id }, body: { queue, ahead, agent }, response }) {
      const wanted = {
        ...(queue !== undefined && { queue }),
        ...(ahead !== undefined && { ahead: ahead === 'first' ? ahead : ahead * 1_000 }),
        ...(agent !== undefined && { agent }),
      }
      if (Object.keys(wanted).length === 0)
        throw new BadInput('queue', 'One of queue, ahead and agent must be given at least.')
      refuseOutOfReach(live(), who, id, wanted)
      response.json(await acts.move(id, wanted, who.name))
    },
  }),
]

/** Or says which queues and teams there are. */
export function refuseUnknown({ queues, names }: Scene, who: Who, { queue, team }: Asked): void {
  const known = queues.flatMap(({ id }) => (reaches(who, { queue: id }) ? id : []))
  if (queue !== undefined && !known.includes(queue)) throw notOneOf('queue', queue, known)
  const teams = new Set([...names.agents.values()].map(agent => agent.team).filter(one => reaches(who, { team: one })))
  teams.delete('')
  if (team !== undefined && !teams.has(team)) throw notOneOf('team', team, [...teams].sort())
}

function notOneOf(field: string, given: string, allowed: string[]): BadInput {
  const some = allowed.length > 0 ? `; there are ${allowed.join(', ')}` : ', nor any other'
  return new BadInput(field, `There is no ${field} ${JSON.stringify(given)} here${some}.`, allowed)
}

export const reachesCall = ({ names }: Scene, who: Who, call: Call): boolean =>
  placesOf(call, names).some(at => reaches(who, at))

/** What is out of their reach is not there for them. */
export function refuseOutOfReach(scene: Scene, who: Who, id: string, to: { queue?: string; agent?: string }): void {
  const { call, names } = scene
  const teamOf = (agent: string): string => names.agents.get(agent)?.team ?? ''
  const one = call(id)
  if (one && !reachesCall(scene, who, one)) throw new NotFound(`There is no call ${id}, or it is over.`)
  if (to.queue !== undefined && !reaches(who, { queue: to.queue }))
    throw new BadInput('queue', `The queue ${JSON.stringify(to.queue)} is not one of yours.`, [...(who.queues ?? [])])
  if (to.agent !== undefined && !reaches(who, { team: teamOf(to.agent) }))
    throw new BadInput('agent', `The agent ${JSON.stringify(to.agent)} is in no team of yours.`)
}
