import type { Request, RequestHandler, Response } from 'express'
import { isThey, loadPerson, type Person, renewPassword } from '../database/people.ts'
import { type Begun, beginSession, endSessions, whoIs } from '../database/sessions.ts'
import { HotlineError, NotFound } from '../errors.ts'
import type { Who } from '../rights/rights.ts'
import { isAbout } from './acted.ts'
import { problem } from './answers.ts'
import type { ApiParts } from './api.ts'
import { NOTHING } from './asked.ts'
import { cookieOf, csrfTokenOf, SESSION_COOKIE, sealed } from './cookies.ts'
import { addressOf, perMinute, TooManyTries } from './key.ts'
import { ME_ANSWER, SIGNED_IN_ANSWER } from './peopleAnswers.ts'
import { NEW_PASSWORD, SIGN_IN } from './peopleAsked.ts'
import { json, type Route, route } from './route.ts'
import { stamped } from './stamped.ts'
import { sessionOf } from './who.ts'

/** So many wrong passwords a minute from one address are looked at: to look at one is work. Each person has a lock besides. */
const WRONG_PASSWORDS_A_MINUTE = 60

class WrongPassword extends HotlineError {
  constructor() {
    super('wrong-password', 'The name or the password is wrong, or too many were, and the name is locked for a while.')
  }
}

/** Signing in and out. */
export function session(parts: ApiParts): Route[] {
  const { people, now, log, zone } = parts
  const wrongPasswords = perMinute(
    WRONG_PASSWORDS_A_MINUTE,
    addressOf,
    () => new TooManyTries('wrong passwords'),
    false,
  )
  return [
    route({
      path: '/api/session',
      method: 'post',
      may: 'anyone',
      isSecret: true,
      summary: 'Signs in: a session of twelve hours, as a cookie or as a bearer token',
      params: NOTHING,
      query: NOTHING,
      body: SIGN_IN,
      answers: {
        200: json('Who one is now', SIGNED_IN_ANSWER),
        401: problem('The name or the password is wrong, or the name is locked (wrong-password)'),
        429: problem('Too many wrong passwords (too-many-tries)'),
      },
      async handle({ body, request, response }) {
        await passed(wrongPasswords, request, response)
        if (!(await isThey(people, body, now(), log))) throw new WrongPassword()
        const person = await loadPerson(people, body.person)
        isAbout(response, person.id)
        const begun = await begin(parts, person, request)
        const isCookie = body.as === 'cookie'
        if (isCookie) giveCookie(begun, request, response)
        response.json({
          ...me(whoIs(person), person, isCookie ? begun.opener : undefined),
          ...stamped({ endsAt: begun.endsAt }, zone),
          token: isCookie ? null : begun.opener,
        })
      },
    }),
    route({
      path: '/api/session',
      may: 'known',
      summary: 'Who one is, what one may, and how far that reaches',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: json('Who asks', ME_ANSWER) },
      async handle({ who, request, response }) {
        const session = sessionOf(response)
        response.json(me(who, session?.person ?? null, session ? cookieOf(request, SESSION_COOKIE) : undefined))
      },
    }),
    route({
      path: '/api/session',
      method: 'delete',
      may: 'known',
      summary: 'Signs out',
      params: NOTHING,
      query: NOTHING,
      answers: { 204: { description: 'The session has ended' }, 404: problem('A key is no session') },
      async handle({ request, response }) {
        const { id, person } = ownSession(response)
        await endSessions(people, person.id, id)
        response.clearCookie(SESSION_COOKIE, sealed(request)).status(204).send()
      },
    }),
    route({
      path: '/api/session/password',
      method: 'post',
      may: 'known',
      isSecret: true,
      summary: 'A password of one’s own choice. All of one’s sessions end: one signs in anew',
      params: NOTHING,
      query: NOTHING,
      body: NEW_PASSWORD,
      answers: {
        204: { description: 'It is the password from now on, and one signs in with it' },
        404: problem('A key has no password'),
      },
      async handle({ body, request, response }) {
        const { person } = ownSession(response)
        await passed(wrongPasswords, request, response)
        if (!(await isThey(people, { person: person.id, password: body.currentPassword }, now(), log)))
          throw new WrongPassword()
        await renewPassword(people, person.id, body.password)
        response.clearCookie(SESSION_COOKIE, sealed(request)).status(204).send()
      },
    }),
  ]
}

/** They have shown who they are. */
export const begin = (
  { people, now }: Pick<ApiParts, 'people' | 'now'>,
  { id }: Person,
  request: Request,
): Promise<Begun> =>
  beginSession(people, id, { address: request.ip ?? '', program: request.get('user-agent') ?? '' }, now())

/** It ends with the session, or when the browser is closed. */
export function giveCookie({ opener }: Begun, request: Request, response: Response): void {
  response.cookie(SESSION_COOKIE, opener, sealed(request))
}

/** `cookie`: what opens, where a browser keeps it. */
const me = (who: Who, person: Person | null, cookie: string | undefined) => ({
  ...{ name: who.name, person, rights: [...who.rights].sort(), teams: who.teams, queues: who.queues, agent: who.agent },
  csrfToken: cookie === undefined ? null : csrfTokenOf(cookie),
})

function ownSession(response: Response) {
  const session = sessionOf(response)
  if (!session) throw new NotFound('A key is no session: it is revoked at /api/keys.')
  return session
}

export const passed = (door: RequestHandler, request: Request, response: Response): Promise<void> =>
  new Promise((pass, refuse) => {
    door(request, response, thrown => (thrown ? refuse(thrown) : pass()))
  })
