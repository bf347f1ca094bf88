import { z } from 'zod'
import { MODES } from '../call/supervisionFacts.ts'
import { BadInput } from '../errors.ts'
import { insistOnReach } from '../report/reach.ts'
import { mayInQueue } from '../rights/reach.ts'
import type { Who } from '../rights/rights.ts'
import type { TalkSnapshot } from '../switchboard/callControl.ts'
import type { Supervision } from '../switchboard/supervising.ts'
import type { ApiParts } from './api.ts'
import { CALL_ID, NOTHING, word } from './asked.ts'
import { seatFor } from './desk.ts'
import { json, type Route, route } from './route.ts'
import { SNAPSHOT, withSupervisors } from './talk.ts'
import { Forbidden } from './who.ts'

/** Supervision: listen, coach, barge in, take over, clear by force. */

const PHONE = word('phone', 8)
  .optional()
  .meta({ description: 'The agent id of the supervisor’s phone; absent: that of whoever asks', example: '8009' })
const MODE = z.enum(MODES, `mode must be one of: ${MODES.join(', ')}`).meta({
  description: 'listen: heard by nobody; coach: heard by the agent alone; barge: heard by all',
})
const BY_PHONE = z.strictObject({ phone: PHONE })
const SUPERVISED = z.strictObject({ mode: MODE, phone: PHONE })
const ANSWERS = { 200: json('The talk as it now is', SNAPSHOT) }

export function supervision(parts: ApiParts): Route[] {
  const path = '/api/calls/{id}/supervision'
  const common = { may: 'calls:supervise', params: CALL_ID, query: NOTHING, answers: ANSWERS } as const
  return [
    route({
      ...{ ...common, path, method: 'post', body: SUPERVISED },
      summary: 'Rings the supervisor’s phone, from which the talk is listened to, coached or barged into',
      async handle({ who, params, body, response }) {
        response.json(await done(parts, who, params.id, { do: 'supervise', ...body, phone: phoneOf(who, body.phone) }))
      },
    }),
    route({
      ...{ ...common, path, method: 'patch', body: SUPERVISED },
      summary: 'Another mode, without another call: as by the keys 4, 5 and 6 of that phone',
      async handle({ who, params, body, response }) {
        response.json(await done(parts, who, params.id, { do: 'set-mode', ...body, phone: phoneOf(who, body.phone) }))
      },
    }),
    route({
      ...{ ...common, path, method: 'delete', query: BY_PHONE },
      summary: 'The supervisor leaves, as by hanging up',
      async handle({ who, params, query, response }) {
        response.json(await done(parts, who, params.id, { do: 'leave', phone: phoneOf(who, query.phone) }))
      },
    }),
    route({
      ...{ ...common, path: '/api/calls/{id}/take-over', method: 'post', body: BY_PHONE },
      summary: 'The supervisor, who supervises this talk, has it from now on; the agent leaves',
      async handle({ who, params, body, response }) {
        response.json(await done(parts, who, params.id, { do: 'take-over', phone: phoneOf(who, body.phone) }))
      },
    }),
    route({
      ...{ ...common, path: '/api/calls/{id}/force-clear', method: 'post' },
      summary: 'The call ends for all who are in it',
      async handle({ who, params, response }) {
        response.json(await done(parts, who, params.id, { do: 'force-clear' }))
      },
    }),
  ]
}

/** Whoever has a phone uses that one. Throws BadInput or Forbidden. */
function phoneOf(who: Who, asked: string | undefined): string {
  const phone = asked ?? who.agent
  if (phone === null) throw new BadInput('phone', 'phone must be given: the agent id of the phone to ring.')
  if (who.agent !== null && phone !== who.agent) throw new Forbidden(['calls:supervise'])
  return phone
}

async function done(parts: ApiParts, who: Who, id: string, supervision: Supervision): Promise<TalkSnapshot> {
  const { acts, agents, reports } = parts
  if (!mayInQueue(who, acts.talk(id).queue)) throw new Forbidden(['calls:supervise'])
  await insistOnReach(reports, id, who)
  if ('phone' in supervision && supervision.phone !== who.agent)
    seatFor(who, supervision.phone, ['calls:supervise'], agents)
  await acts.supervise(id, supervision, who.name)
  return withSupervisors(acts.talk(id), who)
}
