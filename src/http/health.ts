import { LIVE_ANSWER, READY_ANSWER } from './answers.ts'
import type { ApiParts } from './api.ts'
import { NOTHING } from './asked.ts'
import { json, type Route, route } from './route.ts'

/** Whether we are there, and how we are. */
export function health({ health, metrics }: ApiParts): Route[] {
  return [
    route({
      path: '/health/live',
      may: 'anyone',
      summary: 'Whether the service runs',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: json('It runs', LIVE_ANSWER) },
      async handle({ response }) {
        response.json({ alive: true })
      },
    }),
    route({
      path: '/health/ready',
      may: 'anyone',
      summary: 'Whether the service can answer calls: the database, ARI, AMI and recovery, each `up` or `away`',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: json('Ready', READY_ANSWER), 503: json('Not ready', READY_ANSWER) },
      async handle({ response }) {
        const state = await health()
        response.status(state.ready ? 200 : 503).json(state)
      },
    }),
    route({
      path: '/metrics',
      may: 'metrics:read',
      summary: 'Measurements for Prometheus',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: { description: 'Measurements', content: { 'text/plain': { schema: { type: 'string' } } } } },
      async handle({ response }) {
        response.type(metrics.contentType).send(await metrics.metrics())
      },
    }),
  ]
}
