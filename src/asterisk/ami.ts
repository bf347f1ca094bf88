import { setTimeout as pause } from 'node:timers/promises'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { type AmiAddress, AmiConnection, AmiFailed, type Fields, refuseInjection } from './amiConnection.ts'

export { AmiFailed, type Fields } from './amiConnection.ts'

export type AmiOptions = AmiAddress & {
  log: Log
  onUp?: () => void
  onDown?: () => void
  onEvent?: (event: Fields) => void
  patience?: Patience
}

export interface Ami {
  readonly isUp: boolean
  /** Rejects with AmiFailed (away, refused, late), or with BadInput where a field holds what could act as another action. */
  action(fields: Fields, options?: { withinMs?: number }): Promise<Fields>
  /** The same for an action that answers with a list of events: those with one of these names. */
  list(fields: Fields, ...entries: string[]): Promise<Fields[]>
  close(): Promise<void>
}

export type Patience = { loginMs: number; answerMs: number; pingEveryMs: number }
/** A link that fell silent is noticed after a ping's turn and a ping's answer: 10 s. */
export const PATIENCE: Patience = { loginMs: 5_000, answerMs: 5_000, pingEveryMs: 5_000 }
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000

/** Keeps a connection to Asterisk's manager interface up, whatever happens, until it is closed. */
export function openAmi(options: AmiOptions): Ami {
  refuseInjection({ user: options.user, secret: options.secret })
  return new LastingAmi(options)
}

class LastingAmi implements Ami {
  readonly #options: AmiOptions
  readonly #patience: Patience
  readonly #closing = new AbortController()
  readonly #life: Promise<void>
  /** The newest: being opened, up, or just over. */
  #connection: AmiConnection | undefined
  #isUp = false
  /** What kept us out at the last try, so that a trouble that lasts is told once. */
  #trouble = ''

  constructor(options: AmiOptions) {
    this.#options = options
    this.#patience = options.patience ?? PATIENCE
    this.#life = this.#live()
  }

  get isUp(): boolean {
    return this.#isUp
  }

  async action(fields: Fields, { withinMs = this.#patience.answerMs } = {}): Promise<Fields> {
    const [answer] = await this.#connected().ask(fields, withinMs)
    return answer!
  }

  async list(fields: Fields, ...entries: string[]): Promise<Fields[]> {
    return this.#connected().ask(fields, this.#patience.answerMs, entries)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#connection?.end('we hung up')
    await this.#life
  }

  #connected(): AmiConnection {
    if (!this.#isUp) throw new AmiFailed('away', 'there is no connection to Asterisk')
    return this.#connection!
  }

  async #live(): Promise<void> {
    let rest = FIRST_PAUSE_MS
    while (!this.#closing.signal.aborted) {
      const connection = new AmiConnection(this.#options, event => this.#deliver(event))
      this.#connection = connection
      try {
        await connection.login(this.#patience.loginMs)
        rest = FIRST_PAUSE_MS
        await this.#serve(connection)
      } catch (thrown) {
        this.#tell(thrown)
      }
      connection.end('not needed any more')
      await pause(rest, undefined, { signal: this.#closing.signal }).catch(() => {})
      rest = Math.min(rest * 2, LONGEST_PAUSE_MS)
    }
  }

  /** From the login to the end of the connection. */
  async #serve(connection: AmiConnection): Promise<void> {
    const { log, host, port, onUp, onDown } = this.#options
    log.info({ host, port }, "connected to Asterisk's manager")
    this.#trouble = ''
    this.#isUp = true
    onUp?.()
    void this.#listen(connection)
    const why = await connection.closed
    this.#isUp = false
    onDown?.()
    throw why
  }

  /** What a listener throws must not reach the library, where nobody would catch it. */
  #deliver(event: Fields): void {
    try {
      this.#options.onEvent?.(event)
    } catch (thrown) {
      this.#options.log.error({ event: event.event, error: sentenceOf(thrown) }, 'an event could not be handled')
    }
  }

  /** A link whose other end is gone without a word looks well for hours; so we ask. */
  async #listen(connection: AmiConnection): Promise<void> {
    try {
      while (this.#isUp && this.#connection === connection) {
        await pause(this.#patience.pingEveryMs, undefined, { signal: this.#closing.signal })
        await connection.ask({ action: 'Ping' }, this.#patience.answerMs)
      }
    } catch (thrown) {
      connection.end(`silent: ${sentenceOf(thrown)}`)
    }
  }

  #tell(thrown: unknown): void {
    const { log, host, port, user } = this.#options
    const error = sentenceOf(thrown)
    if (this.#closing.signal.aborted || this.#trouble === error) return
    this.#trouble = error
    const isRefusal = thrown instanceof AmiFailed && thrown.id === 'refused'
    if (isRefusal) log.error({ host, port, user, error }, "Asterisk's manager refuses our login: see manager.conf")
    else log.warn({ host, port, error }, "no connection to Asterisk's manager; trying again")
  }
}
