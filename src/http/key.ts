import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import type { Knex } from 'knex'
import { type Shown, whoShows } from '../database/sessions.ts'
import { HotlineError } from '../errors.ts'
import { KEY_HOLDER } from '../rights/rights.ts'
import { cookieOf, csrfTokenOf, SESSION_COOKIE } from './cookies.ts'
import { isAskedBy, whoAsks } from './who.ts'

/** So many wrong keys a minute from one address are answered as such. */
export const WRONG_KEYS_A_MINUTE = 20
/** Of one person or key: a program that runs wild leaves the others their share. */
export const REQUESTS_A_MINUTE = 3_000

export class Unauthorised extends HotlineError {
  constructor() {
    super('unauthorised', 'This needs a key (header x-api-key, or authorization: Bearer) or a session (/api/session).')
  }
}

export class TooManyTries extends HotlineError {
  constructor(what = 'wrong API keys') {
    super('too-many-tries', `Too many ${what} came from this address. Try again in a minute.`)
  }
}

class TooManyRequests extends HotlineError {
  constructor() {
    super('too-many-requests', `More than ${REQUESTS_A_MINUTE} requests came from you within a minute. Try again soon.`)
  }
}

class ForgedRequest extends HotlineError {
  constructor() {
    super('csrf', 'With a cookie, this needs the header x-csrf-token, as GET /api/session tells it.')
  }
}

export type Door = { apiKey: string; people: Knex; now: () => number }

/**
 * Lets nobody through without a key or a session, and whoever has one always: else anybody who shares an address with them could lock
 * them out.
 */
export function requireKey({ apiKey, people, now }: Door): RequestHandler {
  const right = digest(apiKey)
  const wrongKeys = perMinute(WRONG_KEYS_A_MINUTE, addressOf, () => new TooManyTries())
  // Digests have one length, so that neither the time nor the length tells anything of the key.
  const whose = async (opener: string): Promise<Shown | undefined> =>
    timingSafeEqual(digest(opener), right) ? { who: KEY_HOLDER, session: null } : await whoShows(people, opener, now())
  return async (request, response, next) => {
    const { opener, isCookie } = openerIn(request)
    const shown = await whose(opener)
    if (!shown) return wrongKeys(request, response, refused => next(refused ?? new Unauthorised()))
    // What a browser sends along by itself, another site can have it send.
    if (isCookie && changes(request) && request.get('x-csrf-token') !== csrfTokenOf(opener)) throw new ForgedRequest()
    isAskedBy(response, { ...shown, again: async () => (await whose(opener))?.who })
    next()
  }
}

/** The centre's own key is not counted. */
export function limitRequests(): RequestHandler {
  const counted = perMinute(
    REQUESTS_A_MINUTE,
    (_request, response) => whoAsks(response).name,
    () => new TooManyRequests(),
  )
  return (request, response, next) => (whoAsks(response) === KEY_HOLDER ? next() : counted(request, response, next))
}

type Whose = (request: Request, response: Response) => string

/** What is answered well counts only where `alsoGood`. */
export const perMinute = (limit: number, whose: Whose, refusal: () => Error, alsoGood = true): RequestHandler =>
  rateLimit({
    ...{ windowMs: 60_000, limit, keyGenerator: whose, skipSuccessfulRequests: !alsoGood },
    ...{ standardHeaders: false, legacyHeaders: false },
    handler: (_request, _response, next) => next(refusal()),
  })

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const changes = ({ method }: Request): boolean => method !== 'GET' && method !== 'HEAD'

/** What they show. A header is meant; a cookie comes by itself. */
function openerIn(request: Request): { opener: string; isCookie: boolean } {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.get('authorization') ?? '')
  const meant = request.get('x-api-key') ?? bearer?.[1]
  return { opener: meant ?? cookieOf(request, SESSION_COOKIE) ?? '', isCookie: meant === undefined }
}

export const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? '')
