import { z } from 'zod'
import { type Banned, liftBan, loadBanned } from '../database/addresses.ts'
import { NotFound } from '../errors.ts'
import { isAbout } from './acted.ts'
import { time } from './answers.ts'
import type { ApiParts } from './api.ts'
import { NOTHING, word } from './asked.ts'
import { json, type Route, route } from './route.ts'
import { type Stamped, stamped } from './stamped.ts'
import { insistOnAll } from './who.ts'

/** Who is refused for a while, since wrong passwords of phones came from there. */

const ADDRESS = z.strictObject({ address: word('address', 45).meta({ example: '203.0.113.9' }) })

const banned: z.ZodType<Stamped<Banned>> = z
  .object({
    address: z.string(),
    beganAt: time,
    endsAt: time,
    tries: z.int().meta({ description: 'For so many wrong passwords, and questions without an answer' }),
  })
  .meta({ id: 'Ban' })

export const bans = ({ people, zone, now }: ApiParts): Route[] => [
  route({
    path: '/api/bans',
    may: 'people:set',
    summary: 'Addresses that are refused for a while, since wrong passwords of phones came from there',
    params: NOTHING,
    query: NOTHING,
    answers: { 200: json('Those that are refused now', z.object({ bans: z.array(banned) })) },
    async handle({ who, response }) {
      insistOnAll(who)
      response.json(stamped({ bans: await loadBanned(people, now()) }, zone))
    },
  }),
  route({
    path: '/api/bans/{address}',
    method: 'delete',
    may: 'people:set',
    summary: 'Lets them in at once',
    params: ADDRESS,
    query: NOTHING,
    answers: { 204: { description: 'They are let in' } },
    async handle({ who, params: { address }, response }) {
      insistOnAll(who)
      isAbout(response, address)
      if (!(await liftBan(people, address, now()))) throw new NotFound(`${address} is not refused.`)
      response.status(204).send()
    },
  }),
]
