import { describe, expect, it } from 'vitest'
import { KEY, testApi } from './testApi.ts'

const { get } = testApi()

type Operation = {
  summary: string
  security: object[]
  parameters?: { name: string; in: string; required?: boolean; schema: object; description?: string }[]
  responses: Record<string, { content: object }>
}
type Path = { get?: Operation; post?: Operation }
type OpenApi = { openapi: string; paths: Record<string, Path>; components: { schemas: object } }

const openapi = async (): Promise<OpenApi> => (await get('/api/openapi.json', { 'x-api-key': KEY })).body as OpenApi

describe('openapi.json', () => {
  it('names every route', async () => {
    expect(Object.keys((await openapi()).paths).sort()).toEqual([
      '/api/agents/{id}',
      '/api/agents/{id}/answer',
      '/api/agents/{id}/callbacks',
      '/api/agents/{id}/calls',
      '/api/agents/{id}/messages',
      '/api/agents/{id}/state',
      '/api/agents/{id}/word',
      '/api/agents/{id}/words',
      '/api/agents/{id}/words/{word}/seen',
      '/api/agents/{id}/wrap-up',
      '/api/audit',
      '/api/bans',
      '/api/bans/{address}',
      '/api/board',
      '/api/callbacks',
      '/api/callbacks/{id}/cancel',
      '/api/calls',
      '/api/calls/{id}',
      '/api/calls/{id}/alternate-call',
      '/api/calls/{id}/clear-connection',
      '/api/calls/{id}/conference-call',
      '/api/calls/{id}/consultation-call',
      '/api/calls/{id}/deflect-call',
      '/api/calls/{id}/disposition',
      '/api/calls/{id}/force-clear',
      '/api/calls/{id}/generate-digits',
      '/api/calls/{id}/hold-call',
      '/api/calls/{id}/legs/{leg}/recording',
      '/api/calls/{id}/move',
      '/api/calls/{id}/parties',
      '/api/calls/{id}/parties/{party}',
      '/api/calls/{id}/pop',
      '/api/calls/{id}/recording',
      '/api/calls/{id}/recording/pause',
      '/api/calls/{id}/recording/resume',
      '/api/calls/{id}/retrieve-call',
      '/api/calls/{id}/single-step-transfer',
      '/api/calls/{id}/supervision',
      '/api/calls/{id}/survey',
      '/api/calls/{id}/take-over',
      '/api/calls/{id}/talk',
      '/api/calls/{id}/transfer-call',
      '/api/comments/{id}/recording',
      '/api/events',
      '/api/keys',
      '/api/keys/{id}',
      '/api/ledger',
      '/api/low-scores',
      '/api/messages',
      '/api/messages/{id}/done',
      '/api/messages/{id}/recording',
      '/api/people',
      '/api/people/{id}',
      '/api/people/{id}/password',
      '/api/people/{id}/sessions',
      '/api/people/{id}/sessions/{session}',
      '/api/reports/agents',
      '/api/reports/queues',
      '/api/reports/surveys',
      '/api/session',
      '/api/session/oidc',
      '/api/session/oidc/answer',
      '/api/session/password',
      '/api/survey-answers',
      '/api/webhooks',
      '/api/webhooks/{id}',
      '/api/webhooks/{id}/dead',
      '/api/webhooks/{id}/replay',
      '/api/words',
      '/health/live',
      '/health/ready',
      '/metrics',
    ])
  })
  it('has health alone open, and the door', async () => {
    const { paths } = await openapi()
    const operations = (path: string) => Object.values(paths[path]!)
    const open = Object.keys(paths).filter(path => operations(path).some(({ security }) => security.length === 0))
    expect(open.sort()).toEqual([
      '/api/session',
      '/api/session/oidc',
      '/api/session/oidc/answer',
      '/health/live',
      '/health/ready',
    ])
  })
  it('tells the bounds of what may be asked', async () => {
    const { paths } = await openapi()
    const limit = paths['/api/calls']!.get!.parameters!.find(parameter => parameter.name === 'limit')
    expect(limit).toMatchObject({ in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } })
    const outcome = paths['/api/calls']!.get!.parameters!.find(parameter => parameter.name === 'outcome')
    expect(outcome).toMatchObject({ schema: { type: 'string', enum: expect.arrayContaining(['answered']) } })
    const id = paths['/api/calls/{id}']!.get!.parameters!.find(parameter => parameter.name === 'id')
    expect(id).toMatchObject({ in: 'path', required: true, schema: { maxLength: 200 } })
  })
  it('refers to nothing that it does not hold', async () => {
    const document = await openapi()
    const text = JSON.stringify(document)
    const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(found => found[1]!)
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(document.components.schemas).toHaveProperty(name)
  })
  it('knows CSV and the failures', async () => {
    const { paths } = await openapi()
    const { responses } = paths['/api/reports/agents']!.get!
    expect(Object.keys(responses['200']!.content)).toEqual(['application/json', 'text/csv'])
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '422', '429', '503'])
    const failures = (path: string) => Object.keys(paths[path]!.get!.responses).filter(status => status >= '400')
    expect(failures('/api/calls/{id}/recording')).toEqual(['400', '401', '403', '404', '416', '422', '429', '503'])
    expect(failures('/metrics')).toEqual(['400', '401', '403', '429'])
    expect(failures('/health/live')).toEqual(['400'])
    const { post } = paths['/api/calls/{id}/survey']!
    expect(Object.keys(post!.responses)).toEqual(['200', '400', '401', '403', '404', '409', '422', '429', '503'])
  })
})
