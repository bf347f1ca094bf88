import ariClient, { type Client } from 'ari-client'
import WebSocket from 'ws'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { inTime } from '../patience.ts'
import { PhoneRefused } from '../switchboard/ports.ts'
import { ariOrigin, askAri, giveCredentials, HttpRefused, knock, replaceHttpClient } from './ariRequests.ts'
import type { AriEvent } from './events.ts'
import { APPLICATION, type Request, settingGlobal } from './requests.ts'

/** A link that has not answered a ping for this long is dead, whatever TCP thinks. */
const PING_EVERY_MS = 5_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 3_000

export type AriOptions = {
  host: string
  port: number
  /** Not without, but for this machine and a network of one's own. */
  tls?: boolean
  user: string
  password: string
  log: Log
  /** The link is up, and Asterisk knows our application. Events come from now on. */
  onUp: () => void
  /** Every few seconds, as long as it answers. */
  onAlive: () => void
  onDown: () => void
  onEvent: (event: AriEvent) => void
}

/**
 * ARI: events through a WebSocket of our own, which is asked for signs of life, comes back for ever, and survives events it
 * has never heard of (ari-client's does none of these); a call's commands as HTTP requests of our own; all else, which is
 * rare, through ari-client's operations. See ARCHITECTURE.md for why.
 */
export class Ari {
  readonly #options: AriOptions
  /** Where it asks. */
  readonly origin: string
  #client: Client | undefined
  #socket: WebSocket | undefined
  #pause = FIRST_PAUSE_MS
  #timer: NodeJS.Timeout | undefined
  #isUp = false
  #stopped = false
  /** With which status we were refused last, so that a refusal that lasts is told once. */
  #refusedWith: number | undefined

  constructor(options: AriOptions) {
    this.#options = options
    this.origin = ariOrigin(options)
    replaceHttpClient()
    giveCredentials(this.origin, options.user, options.password)
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** The operations, by resource. Throws PhoneRefused (away) before Asterisk was ever reached. */
  get operations(): Client {
    if (!this.#client) throw new PhoneRefused('away', 'Asterisk has not been reached yet')
    return this.#client
  }

  /** Has Asterisk do something. Rejects with PhoneRefused. */
  async ask({ method, uri, body }: Request): Promise<void> {
    try {
      await askAri(this.origin, method, uri, body)
    } catch (thrown) {
      if (this.#isUp && thrown instanceof PhoneRefused && thrown.id === 'away') await this.#doubt(method, thrown)
      throw thrown
    }
  }

  /**
   * Whether it was done only a comparison can tell: asked again, a phone that has rung out would ring anew. One comes after
   * each connect, so the link is given up; but where Asterisk answers others it is about this one alone, and the audit will see.
   */
  async #doubt(method: string, { message: error }: PhoneRefused): Promise<void> {
    const { log } = this.#options
    const socket = this.#socket
    try {
      await knock(this.origin)
      log.warn({ method, error }, 'Asterisk has not answered a request, though it answers others')
    } catch {
      log.warn({ method, error }, 'Asterisk does not answer: the link is built anew')
      socket?.terminate()
    }
  }

  /** Tells the dialplan, by Asterisk's own clock, that callers are answered now. Rejects with PhoneRefused. */
  async vouch(): Promise<void> {
    const heardAt = Math.floor((await knock(this.origin)) / 1_000)
    await this.ask(settingGlobal('HOTLINE_HEARD', String(heardAt)))
    this.#pause = FIRST_PAUSE_MS
  }

  /** Asks Asterisk to tell us nothing but this. It forgets when it restarts. */
  async listenOnlyTo(types: readonly string[]): Promise<void> {
    const filter = { allowed: types.map(type => ({ type })) }
    await this.operations.applications.filter!({ applicationName: APPLICATION, filter })
  }

  /** Connects, and connects again whenever the link is lost, until stopped. */
  start(): void {
    void this.#connect()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#socket?.terminate()
  }

  /** ari-client reads Asterisk's description once. It waits for ever and does not tell why it failed: so we ask first. */
  async #introduce(): Promise<Client> {
    const { user, password } = this.#options
    await knock(this.origin)
    // ari-client's own first request has no deadline.
    return inTime(
      withoutNotice(() => ariClient.connect(this.origin, user, password)),
      PING_EVERY_MS,
      () => new PhoneRefused('away', `Asterisk did not answer within ${PING_EVERY_MS} ms`),
    )
  }

  async #connect(): Promise<void> {
    const { user, password } = this.#options
    try {
      this.#client ??= await this.#introduce()
    } catch (thrown) {
      if (thrown instanceof HttpRefused) this.#refused(thrown.status)
      return this.#lost(sentenceOf(thrown))
    }
    if (this.#stopped) return
    const key = encodeURIComponent(`${user}:${password}`)
    const socket = new WebSocket(`${this.origin.replace('http', 'ws')}/ari/events?app=${APPLICATION}&api_key=${key}`, {
      handshakeTimeout: PING_EVERY_MS,
    })
    this.#socket = socket
    socket.on('open', () => this.#open(socket))
    socket.on('message', message => this.#read(String(message)))
    socket.on('unexpected-response', (_request, response) => {
      this.#refused(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.on('error', why => this.#options.log.debug({ error: why.message }, 'ARI link'))
    socket.on('close', () => this.#lost('the link was closed'))
  }

  #open(socket: WebSocket): void {
    let alive = true
    socket.on('pong', () => {
      alive = true
      this.#options.onAlive()
    })
    const heart = setInterval(() => {
      if (!alive) return socket.terminate()
      alive = false
      socket.ping()
    }, PING_EVERY_MS)
    socket.on('close', () => clearInterval(heart))
    this.#refusedWith = undefined
    this.#isUp = true
    this.#options.log.info('connected to Asterisk (ARI)')
    this.#options.onUp()
  }

  #read(message: string): void {
    try {
      this.#options.onEvent(JSON.parse(message) as AriEvent)
    } catch (thrown) {
      this.#options.log.error({ error: sentenceOf(thrown) }, 'an ARI event could not be understood')
    }
  }

  /** A wrong secret is for a person to mend; any other answer may be that of an Asterisk that is still starting. */
  #refused(status: number): void {
    const { log, user } = this.#options
    const [level, why] =
      status === 401 || status === 403
        ? (['error', `the user ${user} or the secret is wrong: see ari.conf`] as const)
        : (['warn', `HTTP ${status}`] as const)
    log[this.#refusedWith === status ? 'debug' : level]({ status }, `Asterisk refuses ARI: ${why}`)
    this.#refusedWith = status
  }

  #lost(why: string): void {
    if (this.#stopped) return
    if (this.#isUp) {
      this.#isUp = false
      this.#options.log.warn({ why }, 'the link to Asterisk (ARI) is lost')
      this.#options.onDown()
    } else this.#options.log.debug({ why }, 'Asterisk (ARI) cannot be reached')
    this.#timer = setTimeout(() => void this.#connect(), this.#pause)
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS)
  }
}

/** swagger-client tells our users on every start that Asterisk's API description is of an old kind. */
async function withoutNotice<T>(connect: () => Promise<T>): Promise<T> {
  const { log } = console
  console.log = (...words) => {
    if (!String(words[0]).startsWith('This API is using a deprecated version of Swagger')) log(...words)
  }
  try {
    return await connect()
  } finally {
    console.log = log
  }
}
