import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { FAILURE } from './answers.ts'
import { json, type Route } from './route.ts'

/** openapi.json: the routes as they are served, from the schemas that check them. */
export function describe(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry()
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'apiKey', in: 'header', name: 'x-api-key' })
  const bearer = registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  for (const route of routes) {
    const { path, method, summary, isOpen, params, query, answers } = route
    registry.registerPath({
      method,
      path,
      summary,
      security: isOpen ? [] : [{ [key.name]: [] }, { [bearer.name]: [] }],
      request: { params, query },
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

function failures({ isOpen, path, method }: Route) {
  const asksTheDatabase = path.startsWith('/api/') && method === 'get'
  return {
    400: json('What was asked for cannot be: `field` and the sentence say what is allowed', FAILURE),
    ...(isOpen ? {} : { 401: json('Without the key', FAILURE), 429: json('Too many wrong keys', FAILURE) }),
    ...(path.includes('{') ? { 404: json('There is none, and why', FAILURE) } : {}),
    ...(method === 'post' ? FAILURES_OF_ACTS : {}),
    ...(asksTheDatabase ? FAILURES_OF_THE_DATABASE : {}),
  }
}

const FAILURES_OF_ACTS = {
  409: json('It cannot be done as things are, and why', FAILURE),
  503: json('Asterisk cannot be reached (asterisk-away)', FAILURE),
}

const FAILURES_OF_THE_DATABASE = {
  422: json('It would take too long (too-much): ask for a shorter time', FAILURE),
  503: json('The database cannot be reached (database-away), or too many ask it at once (too-many-reports)', FAILURE),
}
