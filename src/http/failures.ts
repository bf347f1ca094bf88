import { STATUS_CODES } from 'node:http'
import type { ErrorRequestHandler, Request, Response } from 'express'
import { isAway } from '../away.ts'
import { BadInput, Conflict, HotlineError, sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** What a caller of the API is told of a failure (RFC 9457), with an id for programs. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  id: string
  field?: string | undefined
  allowed?: string[] | undefined
}
type Failure = Pick<Problem, 'id' | 'detail' | 'field'> & { allowed?: readonly string[] | undefined }

const STATUS: Record<string, number> = {
  'bad-input': 400,
  unauthorised: 401,
  'wrong-password': 401,
  'sign-in-failed': 401,
  forbidden: 403,
  csrf: 403,
  'not-found': 404,
  'too-much': 422,
  'another-request': 422,
  'too-many-tries': 429,
  'too-many-requests': 429,
  'too-many-streams': 429,
  'asterisk-away': 503,
  'not-paused': 503,
  'phone-not-told': 503,
  'database-away': 503,
  'no-room-for-streams': 503,
  'sign-in-away': 503,
}

/** The one place where failures become HTTP. What we did not foresee is logged, and told without its inside. */
export function answerFailures(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    if (response.headersSent) {
      // Half an answer must not look like a whole one.
      log.warn({ error: sentenceOf(thrown), route: routeOf(request) }, 'an answer broke off')
      response.destroy()
      return
    }
    const { status, failure } = failureOf(thrown)
    // That the database is away is told by whoever watches over it; that too much is asked, to whoever asks.
    const level = status === 503 ? 'warn' : 'error'
    if (status >= 500) log[level]({ error: sentenceOf(thrown), route: routeOf(request) }, 'a request failed')
    send(response, status, failure, headersOf(status, thrown))
  }
}

export function noSuchRoute(request: Request, response: Response): void {
  const message = `There is no ${request.method} ${request.path.slice(0, 100)} here; /api/openapi.json lists what there is.`
  send(response, 404, { id: 'not-found', detail: message })
}

/** The pattern that a request met, without what its caller filled in. */
export const routeOf = (request: Request): string => `${request.method} ${request.route?.path ?? '(no route)'}`

function send(response: Response, status: number, failure: Failure, headers: Record<string, string> = {}): void {
  // What was already said of a recording that is now not sent.
  for (const name of ['content-disposition', 'cache-control', 'etag', 'last-modified']) response.removeHeader(name)
  const { id, detail, field, allowed } = failure
  const problem: Problem = {
    ...{ type: `urn:hotline:${id}`, title: STATUS_CODES[status] ?? 'Failure', status, detail, id },
    ...(field !== undefined && { field }),
    ...(allowed && { allowed: [...allowed] }),
  }
  response.status(status).type('application/problem+json').set(headers).send(JSON.stringify(problem))
}

function headersOf(status: number, thrown: unknown): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' }
  if (status === 429) return { 'retry-after': '60' }
  if (status === 503) return { 'retry-after': '10' }
  const said = (thrown as { headers?: Record<string, string> } | null)?.headers
  return status === 416 && said ? said : {}
}

function failureOf(thrown: unknown): { status: number; failure: Failure } {
  if (thrown instanceof HotlineError) {
    const meant = thrown instanceof BadInput ? { field: thrown.field, allowed: thrown.allowed } : {}
    const status = thrown instanceof Conflict ? 409 : STATUS[thrown.id]
    if (status !== undefined) return { status, failure: { id: thrown.id, detail: thrown.message, ...meant } }
  }
  if (isPoolFull(thrown))
    return told(503, 'too-many-reports', 'Too many reports at once, or the database is silent. Try again soon.')
  if (thrown instanceof Error && isAway(thrown))
    return told(503, 'database-away', 'The database cannot be reached. Try again soon.')
  const status = statusOf(thrown)
  if (status === 416) return told(416, 'bad-range', 'The recording has no such range of bytes.')
  if (status !== undefined && status < 500) return told(status, 'bad-request', 'The request cannot be read.')
  return told(500, 'internal', 'Something went wrong here; the log of the service says what.')
}

/** knex waited in vain for a connection: for one that others have, or, behind a pooler that is there alone, for a new one. */
const isPoolFull = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'KnexTimeoutError'

const told = (status: number, id: string, detail: string) => ({ status, failure: { id, detail } })

/** Express and its parts give their errors the HTTP status that they mean. */
function statusOf(thrown: unknown): number | undefined {
  const status = (thrown as { status?: unknown } | null)?.status
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined
}
