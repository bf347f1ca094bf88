import express, { type Express } from 'express'
import helmet from 'helmet'
import type { Knex } from 'knex'
import { pinoHttp } from 'pino-http'
import type { Registry } from 'prom-client'
import type { Log } from '../log.ts'
import type { Acts } from '../switchboard/acts.ts'
import { answerFailures, noSuchRoute, routeOf } from './failures.ts'
import { requireKey } from './key.ts'
import { describe } from './openapi.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import { requireRight } from './who.ts'

export type ApiParts = {
  /** The database, only read. */
  reports: Knex
  apiKey: string
  recordingsFolder: string
  /** What is asked of the switchboard; all else is only read. */
  acts: Acts
  log: Log
  health: () => Promise<{ ready: boolean; parts: Record<string, string> }>
  metrics: Registry
  /** The centre's time zone, such as Asia/Shanghai. */
  zone: string
  /** ms since 1970. */
  now: () => number
}

/** The HTTP API. Nothing but health answers without the key. */
export function createApi(parts: ApiParts): Express {
  const all = routes(parts)
  const description = describe(all)
  const app = express()
  app.set('query parser', 'simple')
  // A web server on this machine, with TLS, says whom it asks for; nobody else is believed.
  app.set('trust proxy', 'loopback')
  app.use(helmet(), requestLog(parts.log))
  for (const open of all.filter(({ may }) => may === 'anyone')) app[open.method](expressPath(open), open.handle)
  app.use(requireKey(parts.apiKey), keptByNobody, express.json({ limit: LARGEST_BODY }))
  for (const { may, method, handle, ...rest } of all)
    if (may !== 'anyone') app[method](expressPath(rest), requireRight(may), handle)
  app.get('/api/openapi.json', (_request, response) => void response.json(description))
  app.use(noSuchRoute)
  app.use(answerFailures(parts.log))
  return app
}

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
