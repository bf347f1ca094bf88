import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import type { OpenApi } from '../client/generate.ts'
import { problem } from './answers.ts'
import { SESSION_COOKIE } from './cookies.ts'
import type { Answers, Route } from './route.ts'

/** openapi.json: the routes as they are served, from the schemas that check them. */
export function describe(routes: readonly Route[]): OpenApi {
  const registry = new OpenAPIRegistry()
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'apiKey', in: 'header', name: 'x-api-key' })
  const bearer = registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  const cookie = { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } as const
  const session = registry.registerComponent('securitySchemes', 'session', cookie)
  for (const route of routes) {
    const { path, method, summary, may, params, query, body, answers } = route
    registry.registerPath({
      method,
      path,
      summary,
      ...(typeof may !== 'string' && { description: `Takes the right ${may.join(' or ')}.` }),
      security: may === 'anyone' ? [] : [{ [key.name]: [] }, { [bearer.name]: [] }, { [session.name]: [] }],
      request: {
        ...{ params, query, ...(method !== 'get' && may !== 'anyone' && { headers: IDEMPOTENCY }) },
        ...(body && { body: { required: true, content: { 'application/json': { schema: body } } } }),
      },
      responses: { ...failures(route), ...answers },
    })
  }
  const info = {
    title: 'Hotline',
    version: '1',
    description:
      'Calls, recordings, surveys, reports and the ledger of a call centre; who may ask for them, and who did',
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info }) as object as OpenApi
}

function failures({ may, path, method, body }: Route): Answers {
  const asksTheDatabase = path.startsWith('/api/') && method === 'get'
  return {
    400: problem('What was asked for cannot be: `field` and the sentence say what is allowed'),
    ...(may === 'anyone' ? {} : FAILURES_OF_WHO_ASKS),
    ...(path.includes('{') ? { 404: problem('There is none, and why') } : {}),
    ...(method !== 'get' ? FAILURES_OF_ACTS : {}),
    ...(body ? FAILURES_OF_BODIES : {}),
    ...(asksTheDatabase ? FAILURES_OF_THE_DATABASE : {}),
  }
}

const IDEMPOTENCY = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .meta({ description: 'Asked for again with the same within 24 hours, it is done once, and answered the same' }),
})

const FAILURES_OF_WHO_ASKS = {
  401: problem('Without a key or a session'),
  403: problem(
    'Without the right that it takes (forbidden), or with a cookie and without the header x-csrf-token (csrf)',
  ),
  429: problem(
    'Too many wrong keys (too-many-tries), requests (too-many-requests) or streams of events (too-many-streams)',
  ),
}

const FAILURES_OF_ACTS = {
  409: problem('It cannot be done as things are, and why; or it is under way under this Idempotency-Key (under-way)'),
  422: problem('With this Idempotency-Key something else was asked for (another-request)'),
  503: problem('Asterisk, or the database, cannot be reached (asterisk-away, database-away)'),
}

const FAILURES_OF_BODIES = {
  413: problem('The body is too large'),
  415: problem('The body is written in a way that is not understood'),
}

const FAILURES_OF_THE_DATABASE = {
  422: problem('It would take too long (too-much): ask for a shorter time'),
  503: problem('The database cannot be reached (database-away), or too many ask it at once (too-many-reports)'),
}
