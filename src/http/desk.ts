import type { Agent } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import type { Right, Who } from '../rights/rights.ts'
import { may, mayFor } from '../rights/rights.ts'
import type { AgentActs, Seat } from '../switchboard/agentActs.ts'
import { agentOf, DIALLED_ANSWER, SEAT_ANSWER } from './agentAnswers.ts'
import type { ApiParts } from './api.ts'
import { AGENT_ID, DIAL_ASKED, NOTHING, STATE_ASKED, WRAP_UP_ASKED } from './asked.ts'
import { reachesCall } from './board.ts'
import { json, type Route, route } from './route.ts'
import { stamped } from './stamped.ts'
import { Forbidden } from './who.ts'

/** What agents do at their desks, and supervisors for them. */
export function desk({ agents, live, zone }: ApiParts): Route[] {
  return [
    route({
      path: '/api/agents/{id}',
      may: ['own:desk', 'board:read', 'agents:direct'],
      summary: 'An agent: their state and since when, what is to come after the call that they have, and that call',
      params: AGENT_ID,
      query: NOTHING,
      answers: { 200: json('The agent', SEAT_ANSWER) },
      async handle({ who, params, response }) {
        response.json(stamped(agentOf(seatFor(who, params.id, ['board:read', 'agents:direct'], agents), who), zone))
      },
    }),
    route({
      path: '/api/agents/{id}/state',
      method: 'post',
      may: ['own:desk', 'agents:direct'],
      summary:
        'set-agent-state: ready (which signs them in, at a phone of the centre’s where one is named), paused or signed-out; during a call at its end, and the newest wish counts',
      params: AGENT_ID,
      query: NOTHING,
      body: STATE_ASKED,
      answers: { 200: json('The agent after it', SEAT_ANSWER) },
      async handle({ who, params, body, response }) {
        seatFor(who, params.id, ['agents:direct'], agents)
        const mayPutOut = (colleague: Agent): boolean => maySeeTo(who, colleague, ['agents:direct'])
        const seat = await agents.setState(params.id, { ...body, by: byWhom(who, params.id), mayPutOut })
        response.json(stamped(agentOf(seat, who), zone))
      },
    }),
    route({
      path: '/api/agents/{id}/calls',
      method: 'post',
      may: ['own:desk', 'calls:control'],
      summary:
        'make-call: the agent’s phone rings first, then that of the customer, whose number it does not show without numbers:whole',
      params: AGENT_ID,
      query: NOTHING,
      body: DIAL_ASKED,
      answers: { 200: json('The call, as it began; asked for again, the same', DIALLED_ANSWER) },
      async handle({ who, params, body, response }) {
        seatFor(who, params.id, ['calls:control'], agents)
        const { id } = await agents.dial(params.id, { ...body, hides: !may(who, 'numbers:whole') })
        response.json({ call: id, agent: params.id })
      },
    }),
    route({
      path: '/api/agents/{id}/answer',
      method: 'post',
      may: ['own:desk', 'calls:control'],
      summary: 'answer-call: their phone picks up what rings there, where it heeds that (NOTIFY with Event: talk)',
      params: AGENT_ID,
      query: NOTHING,
      answers: { 200: json('The agent, whose phone was told', SEAT_ANSWER) },
      async handle({ who, params, response }) {
        seatFor(who, params.id, ['calls:control'], agents)
        const isThere = (call: Call): boolean => who.agent === params.id || reachesCall(live(), who, call)
        response.json(stamped(agentOf(await agents.answer(params.id, isThere), who), zone))
      },
    }),
    route({
      path: '/api/agents/{id}/wrap-up',
      method: 'post',
      may: ['own:desk', 'agents:direct'],
      summary:
        'Their wrap-up lasts for so many seconds from now, at least; or is over, and what they wished takes place',
      params: AGENT_ID,
      query: NOTHING,
      body: WRAP_UP_ASKED,
      answers: { 200: json('The agent after it', SEAT_ANSWER) },
      async handle({ who, params, body, response }) {
        seatFor(who, params.id, ['agents:direct'], agents)
        const asked = body.extendS === undefined ? 'end' : { extendMs: body.extendS * 1_000 }
        response.json(stamped(agentOf(await agents.wrapUp(params.id, asked), who), zone))
      },
    }),
  ]
}

/** Their own desk, or that of an agent whom they may see to. Throws Forbidden or NotFound. */
export function seatFor(who: Who, id: string, rights: readonly Right[], agents: Pick<AgentActs, 'see'>): Seat {
  if (!rights.some(right => mayFor(who, id, right))) throw new Forbidden(rights)
  const seat = agents.see(id)
  if (!maySeeTo(who, seat.agent, rights)) throw new Forbidden(rights)
  return seat
}

const maySeeTo = (who: Who, { id, team }: Agent, rights: readonly Right[]): boolean =>
  (who.agent === id && may(who, 'own:desk')) ||
  (may(who, ...rights) && (who.teams === null || who.teams.includes(team)))

/** As the agent is told of it; undefined: they themselves. */
export const byWhom = (who: Who, agent: string): string | undefined => (who.agent === agent ? undefined : who.name)
