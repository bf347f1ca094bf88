import type { Request } from 'express'
import type { Knex } from 'knex'
import { BadInput } from '../errors.ts'
import { type Audience, ownOf } from '../events/audience.ts'
import { documentOf } from '../events/document.ts'
import { eventsAfter, sweptUpTo } from '../report/events.ts'
import { stamp } from '../report/interval.ts'
import { may, type Who } from '../rights/rights.ts'
import type { ApiParts } from './api.ts'
import { NOTHING } from './asked.ts'
import { EVENT } from './eventAnswers.ts'
import { EVENTS } from './eventsAsked.ts'
import { type Route, route } from './route.ts'
import { Streams, type StreamsParts } from './streams.ts'

/** What happens, as it happens. */
export const events = ({ reports, streams }: ApiParts): Route[] => [
  route({
    path: '/api/events',
    may: 'events:read',
    summary:
      'What happens to calls and agents, as it happens: server-sent events, each with its id. Who comes back with the header Last-Event-ID has missed nothing',
    params: NOTHING,
    query: EVENTS,
    answers: {
      200: {
        description: 'A stream without end; `data` of each event is as below',
        content: { 'text/event-stream': { schema: EVENT } },
      },
    },
    async handle({ who, query: { types, queue, agent, numbers, after }, request, response }) {
      const audience: Audience = {
        ...{ types: types ?? null, queue: queue ?? null, agent: agent ?? null },
        ...{ own: ownOf(who), self: who.agent, team: await agentsInReach(reports, who.teams), queues: who.queues },
      }
      const whole = numbers === 'whole' && may(who, 'numbers:whole')
      await streams.open(response, who, audience, whole, lastHeard(request) ?? after)
    },
  }),
]

/** Null: all of them. */
export async function agentsInReach(knex: Knex, teams: Who['teams']): Promise<string[] | null> {
  return teams && (await knex('agents').whereIn('team', teams).orderBy('id').pluck('id'))
}

/** A browser gives it by itself when it comes back; the address stays as it was. */
function lastHeard(request: Request): number | undefined {
  const header = request.get('last-event-id')
  if (header === undefined || header === '') return undefined
  if (!/^\d{1,16}$/.test(header)) throw new BadInput('Last-Event-ID', 'Last-Event-ID must be the id of an event.')
  return Number(header)
}

type Opening = Pick<StreamsParts, 'live' | 'recent' | 'stillMay' | 'log'> & {
  /** The database, only read. */
  reports: Knex
  zone: string
}

/** From now on there is something to hear. */
export const openStreams = ({ reports, zone, ...parts }: Opening): Streams =>
  new Streams({
    ...parts,
    read: (after, limit) => eventsAfter(reports, after, limit),
    swept: () => sweptUpTo(reports),
    document: (event, whole) => documentOf(event, { whole, stamp: at => stamp(at, zone) }),
  })
