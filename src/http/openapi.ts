import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { FAILURE } from './answers.ts'
import type { Answers, Route } from './route.ts'

/** openapi.json: the routes as they are served, from the schemas that check them. */
export function describe(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry()
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'apiKey', in: 'header', name: 'x-api-key' })
  const bearer = registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  for (const route of routes) {
    const { path, method, summary, may, params, query, body, answers } = route
    registry.registerPath({
      method,
      path,
      summary,
      ...(may !== 'anyone' && { description: `Takes the right ${may.join(' or ')}.` }),
      security: may === 'anyone' ? [] : [{ [key.name]: [] }, { [bearer.name]: [] }],
      request: { params, query, ...(body && { body: { content: { 'application/json': { schema: body } } } }) },
      responses: { ...answers, ...failures(route) },
    })
  }
  const info = {
    title: 'Hotline',
    version: '1',
    description: 'Calls, recordings, surveys, reports and the ledger of a call centre',
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info })
}

function failures({ may, path, method }: Route): Answers {
  const asksTheDatabase = path.startsWith('/api/') && method === 'get'
  return {
    400: problem('What was asked for cannot be: `field` and the sentence say what is allowed'),
    ...(may === 'anyone' ? {} : FAILURES_OF_WHO_ASKS),
    ...(path.includes('{') ? { 404: problem('There is none, and why') } : {}),
    ...(method !== 'get' ? FAILURES_OF_ACTS : {}),
    ...(asksTheDatabase ? FAILURES_OF_THE_DATABASE : {}),
  }
}

const problem = (description: string): Answers[number] => ({
  description,
  content: { 'application/problem+json': { schema: FAILURE } },
})

const FAILURES_OF_WHO_ASKS = {
  401: problem('Without the key'),
  403: problem('Without the right that it takes'),
  429: problem('Too many wrong keys'),
}

const FAILURES_OF_ACTS = {
  409: problem('It cannot be done as things are, and why'),
  503: problem('Asterisk cannot be reached (asterisk-away)'),
}

const FAILURES_OF_THE_DATABASE = {
  422: problem('It would take too long (too-much): ask for a shorter time'),
  503: problem('The database cannot be reached (database-away), or too many ask it at once (too-many-reports)'),
}
