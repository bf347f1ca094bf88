import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { FAILURE } from './answers.ts'
import { json, type Route } from './route.ts'

/** openapi.json: the routes as they are served, from the schemas that check them. */
export function describe(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry()
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'apiKey', in: 'header', name: 'x-api-key' })
  const bearer = registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  for (const { path, summary, isOpen, params, query, answers } of routes) {
    registry.registerPath({
      method: 'get',
      path,
      summary,
      security: isOpen ? [] : [{ [key.name]: [] }, { [bearer.name]: [] }],
      request: { params, query },
      responses: { ...answers, ...failures(isOpen, path.includes('{')) },
    })
  }
  const info = {
    title: 'Hotline',
    version: '1',
    description: 'Calls, recordings, reports and the ledger of a call centre',
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info })
}

function failures(isOpen: boolean, canBeMissing: boolean) {
  return {
    400: json('What was asked for cannot be: `field` and the sentence say what is allowed', FAILURE),
    ...(isOpen ? {} : { 401: json('Without the key', FAILURE), 429: json('Too many wrong keys', FAILURE) }),
    ...(canBeMissing ? { 404: json('There is none, and why', FAILURE) } : {}),
  }
}
