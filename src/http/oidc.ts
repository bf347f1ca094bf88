import type { CookieOptions, Request, Response } from 'express'
import * as oidc from 'openid-client'
import { z } from 'zod'
import { recordDeed } from '../database/auditLog.ts'
import { personBySso } from '../database/people.ts'
import { HotlineError, NotFound, sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { problem } from './answers.ts'
import type { ApiParts } from './api.ts'
import { NOTHING } from './asked.ts'
import { cookieOf, sealed } from './cookies.ts'
import { addressOf, perMinute, TooManyTries } from './key.ts'
import { type Route, route } from './route.ts'
import { begin, giveCookie, passed } from './session.ts'

/** Signing in by way of the company's own sign-in (OpenID Connect): the code flow, with PKCE, state and nonce. */

export type OidcAt = { issuer: string; client: string; secret: string; url: string }

const ANSWER = '/api/session/oidc/answer'
const ANSWER_WITHIN_S = 10
const ANSWERS_A_MINUTE = 60

class SignInAway extends HotlineError {
  constructor(cause: unknown) {
    super('sign-in-away', "The company's sign-in cannot be reached. Try again soon.", { cause })
  }
}

class SignInFailed extends HotlineError {
  constructor(why: string) {
    super('sign-in-failed', `The sign-in has failed: ${why}. Begin again at /api/session/oidc.`)
  }
}

class NobodyHere extends HotlineError {
  constructor(names: readonly string[]) {
    super('forbidden', `The company's sign-in knows you, but nobody here has ${names.join(' or ')} as sso.`)
  }
}

export function oidcSession(parts: ApiParts): Route[] {
  const { people, oidc: at, log, now } = parts
  const provider = at && providerAt(at)
  const tooMany = perMinute(ANSWERS_A_MINUTE, addressOf, () => new TooManyTries('answers of a sign-in'))
  const theProvider = () => {
    if (!provider) throw new NotFound('Here people sign in by password alone: POST /api/session.')
    return provider
  }
  return [
    route({
      path: '/api/session/oidc',
      may: 'anyone',
      summary: "Leads a browser to the company's sign-in, and from there back to be signed in",
      params: NOTHING,
      query: NOTHING,
      answers: { 302: { description: 'To the sign-in' }, ...FAILURES },
      async handle({ request, response }) {
        const { place, begun } = await theProvider().begin()
        response.cookie(BEGUN_COOKIE, Object.values(begun).join('.'), { ...forTheWay(request), maxAge: BEGUN_MS })
        response.redirect(place.href)
      },
    }),
    route({
      path: ANSWER,
      may: 'anyone',
      summary: "Where the company's sign-in leads the browser back to: the session is a cookie then",
      params: NOTHING,
      query: z.looseObject({}),
      answers: {
        200: { description: 'A page that leads on', content: { 'text/html': { schema: { type: 'string' } } } },
        ...FAILURES,
      },
      async handle({ request, response }) {
        const begun = begunIn(request)
        response.clearCookie(BEGUN_COOKIE, forTheWay(request))
        if (!theProvider() || !begun) throw new SignInFailed('it took too long, or has begun in another browser')
        await passed(tooMany, request, response)
        const names = await theProvider().finish(request, begun, log)
        const person = await personBySso(people, names)
        if (!person) throw new NobodyHere(names)
        giveCookie(await begin(parts, person, request), request, response)
        const what = { what: `GET ${ANSWER}`, whom: person.id, details: {}, outcome: 'done', address: request.ip ?? '' }
        await recordDeed(people, { at: now(), who: `person:${person.id}`, ...what })
        leadOn(response)
      },
    }),
  ]
}

const FAILURES = {
  401: problem('The sign-in has failed (sign-in-failed)'),
  403: problem('Nobody here is known by that sign-in (forbidden)'),
  404: problem('There is no such sign-in here (not-found)'),
  429: problem('Too many tries (too-many-tries)'),
  503: problem('It, or the database, cannot be reached (sign-in-away, database-away)'),
}

/** A cookie that another site sets off is not sent along: so our own page, and not theirs, leads on. */
function leadOn(response: Response): void {
  response.type('html').send('<!doctype html><meta http-equiv="refresh" content="0; url=/"><title>Hotline</title>')
}

type Begun = { verifier: string; state: string; nonce: string }
const BEGUN_COOKIE = 'hotline_oidc'
const BEGUN_MS = 600_000

/** It has to be sent when the sign-in, which is another site, leads back. */
const forTheWay = (request: Request): CookieOptions => ({
  ...{ ...sealed(request), sameSite: 'lax', path: '/api/session/oidc' },
})

function begunIn(request: Request): Begun | undefined {
  const [verifier, state, nonce] = (cookieOf(request, BEGUN_COOKIE) ?? '').split('.')
  return verifier && state && nonce ? { verifier, state, nonce } : undefined
}

function providerAt({ issuer, client, secret, url }: OidcAt) {
  let known: Promise<oidc.Configuration> | undefined
  // Of a provider on this machine alone: config.ts lets no other be without TLS.
  const insecure = issuer.startsWith('http://') ? [oidc.allowInsecureRequests] : []
  const discover = (): Promise<oidc.Configuration> =>
    oidc.discovery(new URL(issuer), client, secret, undefined, {
      execute: [oidc.enableNonRepudiationChecks, ...insecure],
      timeout: ANSWER_WITHIN_S,
    })
  const provider = (): Promise<oidc.Configuration> => {
    known ??= discover().catch(thrown => {
      known = undefined
      throw new SignInAway(thrown)
    })
    return known
  }
  return {
    async begin(): Promise<{ place: URL; begun: Begun }> {
      const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()]
      const place = oidc.buildAuthorizationUrl(await provider(), {
        ...{ redirect_uri: url + ANSWER, scope: 'openid email', state, nonce },
        ...{ code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      })
      return { place, begun: { verifier, state, nonce } }
    },
    /** Resolves with the names by which it knows them, the surest first. */
    async finish(request: Request, { verifier, state, nonce }: Begun, log: Log): Promise<string[]> {
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
      try {
        const tokens = await oidc.authorizationCodeGrant(await provider(), new URL(url + request.originalUrl), checks)
        const { sub, email, email_verified: isVerified } = tokens.claims()!
        return [sub, ...(isVerified === true && typeof email === 'string' ? [email] : [])]
      } catch (thrown) {
        if (thrown instanceof SignInAway) throw thrown
        log.warn({ error: sentenceOf(thrown) }, "the company's sign-in has not let somebody in")
        throw new SignInFailed('what came back is not what was asked for')
      }
    },
  }
}
