import { documentOf } from '../events/document.ts'
import type { Event } from '../events/event.ts'
import { readInterval, stamp } from '../report/interval.ts'
import { may } from '../rights/rights.ts'
import type { Listed } from '../webhooks/webhooks.ts'
import type { ApiParts } from './api.ts'
import { NOTHING } from './asked.ts'
import { json, type Route, route } from './route.ts'
import { type Stamped, stamped } from './stamped.ts'
import { DEAD_ANSWER, NEW_WEBHOOK_ANSWER, REPLAY_ANSWER, WEBHOOK_ANSWER, WEBHOOKS_ANSWER } from './webhookAnswers.ts'
import { DEAD, NEW_WEBHOOK, REPLAY, WEBHOOK_CHANGE, WEBHOOK_ID } from './webhooksAsked.ts'
import { insistOnAll } from './who.ts'

/** Programs outside that are told of events by HTTP. */
export const webhooks = (parts: ApiParts): Route[] => [...setting(parts), ...givenUp(parts)]

const setting = ({ webhooks, zone }: ApiParts): Route[] => [
  route({
    path: '/api/webhooks',
    may: 'webhooks:set',
    summary: 'Who is told of events by HTTP, and how they take them',
    params: NOTHING,
    query: NOTHING,
    answers: { 200: json('The webhooks, the oldest first', WEBHOOKS_ANSWER) },
    async handle({ who, response }) {
      insistOnAll(who)
      response.json({ webhooks: (await webhooks.list()).map(one => told(one, zone)) })
    },
  }),
  route({
    path: '/api/webhooks',
    method: 'post',
    may: 'webhooks:set',
    summary:
      'Somebody else is told of events, from now on: each is sent by POST and signed, in order, and again until it is taken',
    params: NOTHING,
    query: NOTHING,
    body: NEW_WEBHOOK,
    isSecret: true,
    answers: { 201: json('It is set, and this is its secret', NEW_WEBHOOK_ANSWER) },
    async handle({ who, body: { numbers, ...given }, response }) {
      const webhook = await webhooks.create(who, { ...given, whole: numbers === 'whole' })
      response.status(201).json({ webhook: told(webhook, zone), secret: webhook.secret })
    },
  }),
  route({
    path: '/api/webhooks/{id}',
    method: 'patch',
    may: 'webhooks:set',
    summary: 'Another address, other types; or it is switched off, or on',
    params: WEBHOOK_ID,
    query: NOTHING,
    body: WEBHOOK_CHANGE,
    answers: { 200: json('As it is now', WEBHOOK_ANSWER) },
    async handle({ who, params, body: { url, types, on }, response }) {
      insistOnAll(who)
      const set = {
        // Whoever leads it elsewhere is told no more by it than they may see.
        ...(url !== undefined && !may(who, 'numbers:whole') && { whole: false }),
        ...(url !== undefined && { url }),
        ...(types !== undefined && { types }),
        ...(on !== undefined && { on }),
      }
      response.json({ webhook: told(await webhooks.change(params.id, set), zone) })
    },
  }),
  route({
    path: '/api/webhooks/{id}',
    method: 'delete',
    may: 'webhooks:set',
    summary: 'Nothing more is sent there, and what was given up is forgotten',
    params: WEBHOOK_ID,
    query: NOTHING,
    answers: { 204: { description: 'It is there no more' } },
    async handle({ who, params, response }) {
      insistOnAll(who)
      await webhooks.remove(params.id)
      response.status(204).send()
    },
  }),
]

const givenUp = ({ webhooks, zone, now }: ApiParts): Route[] => [
  route({
    path: '/api/webhooks/{id}/dead',
    may: 'webhooks:set',
    summary: 'What it did not take, however often it was sent: the oldest first, a page at a time',
    params: WEBHOOK_ID,
    query: DEAD,
    answers: { 200: json('A page; `next` leads to the one after it', DEAD_ANSWER) },
    async handle({ who, params, query: { after, limit }, response }) {
      insistOnAll(who)
      const letters = await webhooks.dead(params.id, after, limit)
      const whole = may(who, 'numbers:whole')
      const shown = (event: Event): Stamped<Event> =>
        JSON.parse(documentOf(event, { whole, stamp: at => stamp(at, zone) }))
      const dead = letters.map(letter => ({ ...stamped(letter, zone), event: shown(letter.event) }))
      response.json({ dead, next: letters.length < limit ? null : letters.at(-1)!.event.id })
    },
  }),
  route({
    path: '/api/webhooks/{id}/replay',
    method: 'post',
    may: 'webhooks:set',
    summary: 'Sends once more what was given up, or all that it heard in a time, before it goes on',
    params: WEBHOOK_ID,
    query: NOTHING,
    body: REPLAY,
    answers: { 200: json('So many', REPLAY_ANSWER) },
    async handle({ who, params, body, response }) {
      insistOnAll(who)
      const isSpan = body.from !== undefined || body.to !== undefined
      response.json({ events: await webhooks.replay(params.id, isSpan ? readInterval(body, zone, now()) : null) })
    },
  }),
]

export type DeadTold = Stamped<{ event: Event; deadAt: number; failure: string }>
export type WebhookTold = ReturnType<typeof told>

/** Never its secret. */
const told = ({ whole, failingSince, dueAt, types, ...webhook }: Listed, zone: string) => {
  const { id, url, offAt, offBecause, createdAt, createdBy, deliveredAt, failure, dead } = webhook
  const times = stamped({ offAt, createdAt, deliveredAt, failingSinceAt: failingSince, nextTryAt: dueAt }, zone)
  const numbers: 'whole' | 'masked' = whole ? 'whole' : 'masked'
  return {
    id,
    url,
    types: types && [...types],
    numbers,
    on: offAt === null,
    offBecause,
    createdBy,
    failure,
    dead,
    ...times,
  }
}
