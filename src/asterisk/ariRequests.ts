import { Agent, type IncomingMessage, request } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { createRequire } from 'node:module'
import { PhoneRefused } from '../switchboard/ports.ts'

/**
 * The requests of ari-client go out through here instead of its own HTTP client, in which a request that is refused or
 * swallowed never settles, errors lose their status, and credentials are the process's.
 */
const ANSWER_WITHIN_MS = 5_000
/** Asterisk closes an idle connection after 15 s (http.conf, session_keep_alive): ours go before. */
const IDLE_MS = 10_000

/**
 * `host:port` → the Authorization header for it, and whether it is spoken to over TLS: Asterisk's own description names each of its
 * resources by http, however it was asked (res_ari.c, ast_ari_get_docs).
 */
const credentials = new Map<string, { authorization: string; tls: boolean }>()
const KEPT = { keepAlive: true, maxSockets: 32, timeout: IDLE_MS, scheduling: 'lifo' } as const
const connections = new Agent(KEPT)
const tlsConnections = new TlsAgent(KEPT)

type Asked = { url: string; method: string; body?: unknown }
/** What swagger-client hands to its HTTP client. */
type Exchange = Asked & { on: { response(answer: Answer): void; error(why: unknown): void } }
type Answer = { status: number; data: Buffer; headers: IncomingMessage['headers']; url: string; method: string }

/** Asterisk's answer was no. */
export class HttpRefused extends PhoneRefused {
  readonly status: number

  constructor(id: 'gone' | 'refused', message: string, status: number) {
    super(id, message)
    this.status = status
  }
}

/** Where ARI is: `http://host:port`, or `https:`. Over TLS, who answers must prove to be that host. */
export function ariOrigin({ host, port, tls }: { host: string; port: number; tls?: boolean }): string {
  return new URL(`http${tls ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin
}

export function giveCredentials(origin: string, user: string, password: string): void {
  const { host, protocol } = new URL(origin)
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  credentials.set(host, { authorization, tls: protocol === 'https:' })
}

/** Replaces the HTTP client of the swagger-client that ari-client uses. Once a process is enough. */
export function replaceHttpClient(): void {
  const near = createRequire(createRequire(import.meta.url).resolve('ari-client'))
  near('swagger-client').ShredHttpClient.prototype.execute = (exchange: Exchange) => void execute(exchange)
}

async function execute(exchange: Exchange): Promise<void> {
  try {
    exchange.on.response(await send(exchange))
  } catch (thrown) {
    tellFailure(exchange, thrown)
  }
}

/** swagger-client tells whoever asked, and then throws the same again at us, who must not die of it. */
function tellFailure(exchange: Exchange, thrown: unknown): void {
  try {
    exchange.on.error(thrown)
  } catch {
    // Whoever asked has been told.
  }
}

/** Resolves with Asterisk's time, ms since 1970. Rejects with PhoneRefused (away) or HttpRefused where it does not let us in, or has no ARI yet. */
export async function knock(origin: string): Promise<number> {
  const { headers } = await send({ url: `${origin}/ari/asterisk/info?only=status`, method: 'GET' })
  const at = Date.parse(headers.date ?? '')
  if (Number.isNaN(at)) throw new PhoneRefused('refused', 'Asterisk does not tell its time')
  return at
}

/** `uri` begins with the resource: `channels/…?query`. Rejects with PhoneRefused (away) or HttpRefused. */
export async function askAri(origin: string, method: string, uri: string, body?: object): Promise<void> {
  await send({ url: `${origin}/ari/${uri}`, method, body })
}

/** Likewise, with what is there. */
export const readAri = async (origin: string, uri: string): Promise<Buffer> =>
  (await send({ url: `${origin}/ari/${uri}`, method: 'GET' })).data

/** One that met a connection which Asterisk was just closing was never read, and is given again. */
async function send(asked: Asked): Promise<Answer> {
  try {
    return await sendOnce(asked)
  } catch (thrown) {
    if ((thrown as { cause?: { code?: string } }).cause?.code !== 'ECONNRESET') throw thrown
    return sendOnce(asked)
  }
}

function sendOnce(asked: Asked): Promise<Answer> {
  const { hostname, port, pathname, search, host } = new URL(asked.url)
  const { authorization, tls } = credentials.get(host) ?? { authorization: '', tls: false }
  const body = bodyOf(asked.body)
  const headers: Record<string, string> = { authorization, accept: 'application/json' }
  if (body) headers['content-type'] = 'application/json'
  headers['content-length'] = String(body ? Buffer.byteLength(body) : 0)
  const path = pathname + search
  const to = { hostname: hostname.replace(/^\[|\]$/g, ''), port, path, method: asked.method, headers }
  return new Promise((answered, failed) => {
    const outgoing = tls ? tlsRequest({ ...to, agent: tlsConnections }) : request({ ...to, agent: connections })
    let deadline: NodeJS.Timeout | undefined
    // Not before it has a connection: to wait for one's turn is not Asterisk's silence.
    outgoing.on('socket', () => {
      deadline = setTimeout(() => outgoing.destroy(new Error('no answer in time')), ANSWER_WITHIN_MS)
    })
    const fail = (why: Error): void => {
      clearTimeout(deadline)
      failed(new PhoneRefused('away', `Asterisk did not answer: ${why.message}`, { cause: why }))
    }
    outgoing.on('error', fail)
    outgoing.on('response', incoming => {
      const blocks: Buffer[] = []
      incoming.on('data', block => blocks.push(block))
      // Of an answer that is cut off in its midst the request tells nothing any more (Node's _http_client, socketCloseListener).
      // What was asked is done, perhaps; so it is not given again.
      incoming.on('error', why => fail(new Error(`its answer was cut off (${why.message})`)))
      incoming.on('end', () => {
        clearTimeout(deadline)
        const answer = answerOf(asked, incoming, Buffer.concat(blocks))
        if (answer.status < 400) answered(answer)
        else failed(refusal(answer))
      })
    })
    outgoing.end(body)
  })
}

function bodyOf(body: unknown): string | undefined {
  if (body === undefined || body === null || body === '') return undefined
  return typeof body === 'string' ? body : JSON.stringify(body)
}

const answerOf = (asked: Asked, incoming: IncomingMessage, data: Buffer): Answer => ({
  status: incoming.statusCode ?? 0,
  data,
  headers: incoming.headers,
  url: asked.url,
  method: asked.method,
})

/**
 * By Asterisk's own description: 404, no such channel, bridge or playback; 409 and 422, it has left our application or is
 * on its way out; and where channels are put into a bridge or taken out, 400 says that one of them is not there.
 */
function refusal(answer: Answer): HttpRefused {
  const path = new URL(answer.url).pathname
  const isGone =
    [404, 409, 422].includes(answer.status) || (answer.status === 400 && /\/(add|remove)Channel$/.test(path))
  const what = `${answer.method} ${path} → ${answer.status} ${answer.data.toString('utf8').slice(0, 200)}`
  return new HttpRefused(isGone ? 'gone' : 'refused', what, answer.status)
}
