import { createHash } from 'node:crypto'
import type { CookieOptions, Request } from 'express'

/** What browsers keep for us. */

export const SESSION_COOKIE = 'hotline_session'

export const cookieOf = (request: Request, name: string): string | undefined =>
  (request.get('cookie') ?? '')
    .split(/; */)
    .find(pair => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** No script reads it, no other site has it sent, and where we are asked over TLS it is sent over nothing else. */
export const sealed = (request: Request): CookieOptions => ({
  ...{ httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' },
})

/** Our own pages read it from /api/session and send it as a header, which no page of another site can. */
export const csrfTokenOf = (opener: string): string => createHash('sha256').update(`csrf:${opener}`).digest('base64url')
