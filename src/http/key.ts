import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { HotlineError } from '../errors.ts'
import { KEY_HOLDER } from '../rights/rights.ts'
import { isAskedBy } from './who.ts'

/** So many wrong keys a minute from one address are answered as such. */
export const WRONG_KEYS_A_MINUTE = 20

export class Unauthorised extends HotlineError {
  constructor() {
    super('unauthorised', 'This needs the API key, in the header x-api-key or as authorization: Bearer.')
  }
}

export class TooManyTries extends HotlineError {
  constructor() {
    super('too-many-tries', 'Too many wrong API keys came from this address. Try again in a minute.')
  }
}

/**
 * Lets nobody through without the key, and whoever has it always: else anybody who shares an address with them could lock
 * them out.
 */
export function requireKey(apiKey: string): RequestHandler {
  const right = digest(apiKey)
  const wrongKeys = rateLimit({
    windowMs: 60_000,
    limit: WRONG_KEYS_A_MINUTE,
    keyGenerator: addressOf,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_request, _response, next) => next(new TooManyTries()),
  })
  return async (request, response, next) => {
    // Digests have one length, so that neither the time nor the length tells anything of the key.
    if (timingSafeEqual(digest(keyIn(request)), right)) {
      isAskedBy(response, KEY_HOLDER)
      return next()
    }
    await wrongKeys(request, response, refused => next(refused ?? new Unauthorised()))
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function keyIn(request: Request): string {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.get('authorization') ?? '')
  return request.get('x-api-key') ?? bearer?.[1] ?? ''
}

const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? '')
