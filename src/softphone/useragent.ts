import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:dgram'
import type { Address } from './address.ts'
import type { Clock } from './clock.ts'
import { authorization, type Credentials, chooseChallenge } from './digest.ts'
import { SipMalformed } from './failure.ts'
import { bound, type Cable } from './media.ts'
import {
  formatMessage,
  type Header,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  withHeader,
} from './message.ts'
import type { Sequence } from './path.ts'
import { type ClientTransaction, type ServerTransaction, Transactions } from './transaction.ts'

export interface UserAgentOptions {
  host: string
  port: number
  clock: Clock
  cable: Cable
  credentials: Credentials | undefined
  trace: ((direction: 'sent' | 'received', text: string, peer: Address) => void) | undefined
}

/** The answer to a request, once every challenge was met. */
export interface Exchange {
  /** As it was sent last. */
  request: SipRequest
  response: SipResponse
  transaction: ClientTransaction
}

export const METHODS = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY, MESSAGE'
const NAME = 'Hotline softphone'

/** A phone's SIP socket: sends requests and meets their challenges, hands on requests that come. */
export class UserAgent {
  readonly clock: Clock
  readonly cable: Cable
  readonly host: string
  readonly transactions: Transactions
  onRequest: (request: SipRequest, transaction: ServerTransaction | undefined) => void = () => {}
  onMalformed: (error: SipMalformed, text: string) => void = () => {}
  #socket: Socket
  #options: UserAgentOptions
  #closed = false

  private constructor(socket: Socket, options: UserAgentOptions) {
    this.#socket = socket
    this.#options = options
    this.clock = options.clock
    this.cable = options.cable
    this.host = options.host
    this.transactions = new Transactions({
      clock: options.clock,
      send: (message, to) => this.#send(message, to),
      onRequest: (request, transaction) => this.onRequest(request, transaction),
    })
    socket.on('error', options.cable.trouble)
    socket.on('message', (bytes, from) => this.#receive(bytes, { host: from.address, port: from.port }))
  }

  static async open(options: UserAgentOptions): Promise<UserAgent> {
    return new UserAgent(await bound(options.host, options.port), options)
  }

  get port(): number {
    return this.#socket.address().port
  }

  get authority(): string {
    return `${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`
  }

  /** Sends a request and, when challenged, once more with the proof that we know the password (RFC 3261 §22). */
  async request(
    draft: SipRequest,
    to: Address,
    sequence: Sequence,
    watch: (transaction: ClientTransaction) => void = () => {},
  ): Promise<Exchange> {
    let next = draft
    for (let tries = 0; ; tries++) {
      const request = this.stamped(next)
      const transaction = this.transactions.request(request, to)
      transaction.onCancel = (cancel, hop) => this.transactions.request(cancel, hop)
      watch(transaction)
      const response = await transaction.final
      const answer = tries < 2 ? this.#answerTo(response, request) : undefined
      if (!answer) return { request, response, transaction }
      next = withHeader(withHeader(draft, ...answer), 'CSeq', `${sequence.next()} ${draft.method}`)
    }
  }

  #answerTo(response: SipResponse, request: SipRequest): Header | undefined {
    const { credentials } = this.#options
    const proxy = response.status === 407
    if (!credentials || (response.status !== 401 && !proxy)) return undefined
    const asked = response.headers.filter(([n]) => n === (proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate'))
    const challenge = chooseChallenge(asked.map(([, value]) => value))
    const name = proxy ? 'Proxy-Authorization' : 'Authorization'
    // Refused although we answered: the password is wrong, unless the server only wants a newer nonce.
    if (!challenge || (request.headers.some(([n]) => n === name) && !challenge.stale)) return undefined
    const { method, uri } = request
    return [name, authorization({ challenge, credentials, method, uri, cnonce: token() })]
  }

  /** Adds what every request carries: a Via of its own (with rport, RFC 3581), and who we are. */
  stamped(draft: SipRequest): SipRequest {
    const via: Header = ['Via', `SIP/2.0/UDP ${this.authority};rport;branch=z9hG4bK${token()}`]
    return { ...draft, headers: [via, ['Max-Forwards', '70'], ...draft.headers, ['User-Agent', NAME]] }
  }

  /** An ACK to a 2xx is no transaction: it is sent, and sent again when the 2xx comes again. */
  acknowledge(exchange: Exchange, ack: { request: SipRequest; to: Address }): void {
    exchange.transaction.acknowledge(this.stamped(ack.request), ack.to)
  }

  /** Sends what nobody answers. */
  send({ request, to }: { request: SipRequest; to: Address }): void {
    this.#send(this.stamped(request), to)
  }

  #send(message: SipMessage, to: Address): void {
    if (this.cable.pulled || this.#closed) return
    const text = formatMessage(message)
    this.#options.trace?.('sent', text, to)
    this.#socket.send(text, to.port, to.host)
  }

  #receive(bytes: Buffer, from: Address): void {
    if (this.cable.pulled) return
    const text = bytes.toString('utf8')
    // RFC 5626 §3.5.1: empty lines keep a connection alive.
    if (text.trim() === '') return
    this.#options.trace?.('received', text, from)
    try {
      this.transactions.receive(parseMessage(text), from)
    } catch (error) {
      if (!(error instanceof SipMalformed)) throw error
      this.onMalformed(error, text)
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.transactions.close()
    this.#socket.close()
  }
}

/** Nobody else has it. */
export function token(): string {
  return randomBytes(8).toString('hex')
}
