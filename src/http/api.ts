import express, { type Express } from 'express'
import helmet from 'helmet'
import type { Knex } from 'knex'
import { pinoHttp } from 'pino-http'
import type { Registry } from 'prom-client'
import { clientFor } from '../client/generate.ts'
import type { Scene } from '../live/board.ts'
import type { Log } from '../log.ts'
import type { Pop } from '../pop/pop.ts'
import type { Acts } from '../switchboard/acts.ts'
import type { AgentActs } from '../switchboard/agentActs.ts'
import type { Words } from '../switchboard/words.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import { acted } from './acted.ts'
import { answerFailures, noSuchRoute, routeOf } from './failures.ts'
import { limitRequests, requireKey } from './key.ts'
import type { OidcAt } from './oidc.ts'
import { describe } from './openapi.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import type { Streams } from './streams.ts'
import type { Records } from './talks.ts'
import { requireRight } from './who.ts'

export type ApiParts = {
  /** The database, only read. */
  reports: Knex
  /** The same, for who may what, and what they did. */
  people: Knex
  apiKey: string
  /** The company's own sign-in, where there is one. */
  oidc: OidcAt | undefined
  recordingsFolder: string
  /** What memory holds of the centre at this moment. */
  live: () => Scene
  /** What is asked of the switchboard; all else is only read. */
  acts: Acts
  /** Those who hear what happens. */
  streams: Streams
  webhooks: Webhooks
  words: Words
  agents: AgentActs
  records: Records
  /** What is known of who calls; undefined: there is no such call now. */
  popOf: (call: string) => Promise<Pop | undefined>
  log: Log
  health: () => Promise<{ ready: boolean; parts: Record<string, string> }>
  metrics: Registry
  /** The centre's time zone, such as Asia/Shanghai. */
  zone: string
  /** ms since 1970. */
  now: () => number
}

/** The HTTP API. Without a key or a session one may see whether it is well, and sign in. */
export function createApi(parts: ApiParts): Express {
  const all = routes(parts)
  const description = describe(all)
  const app = express()
  app.set('query parser', 'simple')
  // A web server on this machine, with TLS, says whom it asks for; nobody else is believed.
  app.set('trust proxy', 'loopback')
  app.use(helmet(), requestLog(parts.log))
  const asked = express.json({ limit: LARGEST_BODY })
  const add = (route: Route, ...before: express.RequestHandler[]): void => {
    const noted = route.method === 'get' ? [] : [acted(parts, route.isSecret)]
    app[route.method](expressPath(route), ...before, ...noted, ...needed(route), route.handle)
  }
  for (const route of all) if (route.may === 'anyone') add(route, ...(route.body ? [keptByNobody, asked] : []))
  app.use(requireKey(parts), limitRequests(), keptByNobody, asked)
  for (const route of all) if (route.may !== 'anyone') add(route)
  app.get('/api/openapi.json', (_request, response) => void response.json(description))
  const client = clientFor(description)
  app.get('/api/client.ts', (_request, response) => void response.type('text/plain').send(client))
  app.use(noSuchRoute)
  app.use(answerFailures(parts.log))
  return app
}

const needed = ({ may }: Route): express.RequestHandler[] => (typeof may === 'string' ? [] : [requireRight(may)])

/** What is answered here is about people: no cache on the way may keep it. */
const keptByNobody: express.RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'no-store')
  next()
}

const LARGEST_BODY = '256kb'

const expressPath = ({ path }: Pick<Route, 'path'>): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** One line a request. Never the address asked for: it can hold a caller's number. */
const requestLog = (log: Log) =>
  pinoHttp<express.Request, express.Response>({
    logger: log,
    quietReqLogger: true,
    quietResLogger: true,
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    autoLogging: { ignore: request => /^\/(health\/|metrics)/.test(request.url) },
    customLogLevel: () => 'info',
    customSuccessObject: (request, response, { responseTime }) => lineOf(request, response, responseTime),
    customErrorObject: (request, response, _error, { responseTime }) => lineOf(request, response, responseTime),
    customSuccessMessage: () => 'asked',
    customErrorMessage: () => 'asked in vain',
  })

const lineOf = (request: express.Request, response: express.Response, ms: number) => ({
  route: routeOf(request),
  status: response.statusCode,
  from: request.ip,
  ms,
})
