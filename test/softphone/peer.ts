import type { Socket } from 'node:dgram'
import { on } from 'node:events'
import { bound } from '../../src/softphone/media.ts'
import {
  formatMessage,
  parseMessage,
  type ResponseParts,
  responseTo,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../src/softphone/message.ts'

/** The other side of a conversation in SIP, said word by word by a test. */
export class Peer {
  readonly #socket: Socket
  readonly #arrivals: AsyncIterableIterator<[Buffer]>
  #to: { address: string; port: number } | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.#arrivals = on(socket, 'message') as AsyncIterableIterator<[Buffer]>
    socket.on('message', (_, from) => {
      this.#to = from
    })
  }

  static async open(): Promise<Peer> {
    return new Peer(await bound('127.0.0.1', 0))
  }

  get address() {
    return { host: '127.0.0.1', port: this.#socket.address().port }
  }

  talkTo(port: number): void {
    this.#to = { address: '127.0.0.1', port }
  }

  /** A request with the least that it must carry. */
  say(method: string, { headers = [], body = '', tag = '' }: { headers?: string[]; body?: string; tag?: string } = {}) {
    const { port } = this.address
    const lines = [
      `${method} sip:phone@127.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};rport;branch=z9hG4bK${Math.random()}`,
      'From: <sip:peer@127.0.0.1>;tag=peer',
      `To: <sip:phone@127.0.0.1>${tag && `;tag=${tag}`}`,
      'Call-ID: one',
      `CSeq: 1 ${method}`,
      `Contact: <sip:peer@127.0.0.1:${port}>`,
      ...headers,
    ]
    this.send([...lines, '', body].join('\r\n'))
  }

  send(text: string): void {
    this.#socket.send(text, this.#to!.port, this.#to!.address)
  }

  reply(request: SipRequest, status: number, parts: ResponseParts = {}): void {
    this.send(formatMessage(responseTo(request, status, { toTag: 'peer', ...parts })))
  }

  async hears(): Promise<SipMessage> {
    const { value } = await this.#arrivals.next()
    return parseMessage(value[0].toString())
  }

  async hearsRequest(method: string): Promise<SipRequest> {
    const message = await this.hears()
    if (message.kind === 'request' && message.method === method) return message
    throw new Error(`expected ${method}, but got ${formatMessage(message)}`)
  }

  async hearsStatus(): Promise<SipResponse> {
    const message = await this.hears()
    if (message.kind === 'response') return message
    throw new Error(`expected a response, but got ${formatMessage(message)}`)
  }

  close(): void {
    this.#socket.close()
  }
}
