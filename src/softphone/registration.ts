import { type Address, parseNameAddress } from './address.ts'
import { SipFailure } from './failure.ts'
import { header, listed, type SipRequest, type SipResponse } from './message.ts'
import { Sequence } from './path.ts'
import { token, type UserAgent } from './useragent.ts'

export interface RegistrationParts {
  agent: UserAgent
  server: Address
  /** Our own name at the server. */
  identity: string
  contact: string
  onRegistered: (expires: number) => void
  onLost: (error: Error) => void
}

const RETRY_MS = 2000

/** Tells the server again and again where the phone is (RFC 3261 §10). */
export class Registration {
  active = false
  #parts: RegistrationParts
  #callId = token()
  #tag = token()
  #sequence = new Sequence()
  #expires = 60
  #wanted = false
  #next = () => {}

  constructor(parts: RegistrationParts) {
    this.#parts = parts
  }

  async start(expires: number): Promise<void> {
    this.#expires = expires
    this.#wanted = true
    this.#next()
    await this.#register()
  }

  async stop(): Promise<void> {
    this.#next()
    this.#wanted = false
    if (!this.active) return
    this.active = false
    await this.#send(0)
  }

  async #register(): Promise<void> {
    let response = await this.#send(this.#expires)
    const least = response.status === 423 ? Number(header(response, 'Min-Expires')) : 0
    if (least > this.#expires) {
      this.#expires = least
      response = await this.#send(least)
    }
    if (response.status >= 300) {
      this.active = false
      throw new SipFailure(`registering ${this.#parts.identity}`, response.status, response.reason)
    }
    if (!this.#wanted) {
      await this.#send(0)
      return
    }
    this.active = true
    const granted = this.#granted(response)
    this.#again(granted * 800)
    this.#parts.onRegistered(granted)
  }

  #again(ms: number): void {
    this.#next = this.#parts.agent.clock.after(ms, () => {
      this.#register().catch(error => {
        if (!this.#wanted) return
        this.#again(RETRY_MS)
        this.#parts.onLost(error)
      })
    })
  }

  /** The server may grant less than was asked for, on our own contact or for all (RFC 3261 §10.2.4). */
  #granted(response: SipResponse): number {
    const { uri } = parseNameAddress(this.#parts.contact)
    const own = listed(response, 'Contact')
      .map(parseNameAddress)
      .find(contact => contact.uri === uri)
    return Number(own?.params.expires ?? header(response, 'Expires') ?? this.#expires)
  }

  async #send(expires: number): Promise<SipResponse> {
    const { agent, server, identity, contact } = this.#parts
    const request: SipRequest = {
      kind: 'request',
      method: 'REGISTER',
      uri: `sip:${server.host}:${server.port}`,
      headers: [
        ['From', `<${identity}>;tag=${this.#tag}`],
        ['To', `<${identity}>`],
        ['Call-ID', this.#callId],
        ['CSeq', `${this.#sequence.next()} REGISTER`],
        ['Contact', `${contact};expires=${expires}`],
        ['Expires', String(expires)],
      ],
      body: '',
    }
    const { response } = await agent.request(request, server, this.#sequence)
    return response
  }
}
