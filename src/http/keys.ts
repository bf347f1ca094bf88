import { loadDeeds } from '../database/auditLog.ts'
import { addKey, loadKeys, removeKey } from '../database/sessions.ts'
import { readInterval } from '../report/interval.ts'
import { isAbout } from './acted.ts'
import type { ApiParts } from './api.ts'
import { NOTHING } from './asked.ts'
import { DEEDS_ANSWER, KEYS_ANSWER, NEW_KEY_ANSWER } from './peopleAnswers.ts'
import { DEEDS, KEY_ID, NEW_KEY } from './peopleAsked.ts'
import { json, type Route, route } from './route.ts'
import { bounds, stamped } from './stamped.ts'
import { insistOnAll } from './who.ts'

const DAY_MS = 86_400_000

/** Keys of programs, and who did what. */
export function keys({ people, zone, now }: ApiParts): Route[] {
  return [
    route({
      path: '/api/keys',
      may: 'people:set',
      summary: 'Keys of programs: what each may, and for how long',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: json('The keys', KEYS_ANSWER) },
      async handle({ who, response }) {
        insistOnAll(who)
        response.json(stamped({ keys: await loadKeys(people) }, zone))
      },
    }),
    route({
      path: '/api/keys',
      method: 'post',
      may: 'people:set',
      isSecret: true,
      summary: 'A new key',
      params: NOTHING,
      query: NOTHING,
      body: NEW_KEY,
      answers: { 201: json('It opens from now on', NEW_KEY_ANSWER) },
      async handle({ who, body: { days, ...named }, response }) {
        insistOnAll(who)
        isAbout(response, named.id)
        const madeAt = now()
        const key = { ...named, madeAt, madeBy: who.name, endsAt: days === null ? null : madeAt + days * DAY_MS }
        const opener = await addKey(people, key)
        response.status(201).json({ ...stamped({ key }, zone), opener })
      },
    }),
    route({
      path: '/api/keys/{id}',
      method: 'delete',
      may: 'people:set',
      summary: 'Revokes a key',
      params: KEY_ID,
      query: NOTHING,
      answers: { 204: { description: 'It opens nothing any more' } },
      async handle({ who, params, response }) {
        insistOnAll(who)
        await removeKey(people, params.id)
        response.status(204).send()
      },
    }),
    route({
      path: '/api/audit',
      may: 'audit:read',
      summary: 'Who did what, to whom, when and from where, the latest first, a page at a time',
      params: NOTHING,
      query: DEEDS,
      answers: { 200: json('A page of deeds; `next` leads to the one after it', DEEDS_ANSWER) },
      async handle({ who, query, response }) {
        insistOnAll(who)
        const { from, to, limit, after, ...filter } = query
        const interval = readInterval({ from, to }, zone, now())
        const page = await loadDeeds(people, interval, filter, { limit, after })
        response.json({ ...bounds(interval, zone), ...stamped(page, zone) })
      },
    }),
  ]
}
