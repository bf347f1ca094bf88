import { EventEmitter, once } from 'node:events'
import { type Address, addressOf, formatNameAddress } from './address.ts'
import { IncomingCall, type Line, type Manners, OutgoingCall } from './call.ts'
import { type Clock, wallClock } from './clock.ts'
import type { Dialog } from './dialog.ts'
import { NotHeard, PhoneMisused, type SipMalformed } from './failure.ts'
import type { Cable } from './media.ts'
import { type Header, header, required, responseTo, type SipRequest } from './message.ts'
import { dialogKey } from './path.ts'
import { Registration } from './registration.ts'
import { type ServerTransaction, tagOf } from './transaction.ts'
import { METHODS, token, UserAgent, type UserAgentOptions } from './useragent.ts'

export interface SoftphoneOptions extends Manners {
  /** Who connects its calls; without one it only calls full URIs. */
  server?: Address
  user: string
  password?: string
  displayName?: string
  clock?: Clock
  /** Our own address. */
  host?: string
  port?: number
  /** Sees every message. */
  trace?: UserAgentOptions['trace']
}

export interface SoftphoneEvents {
  invite: [incoming: IncomingCall]
  /** Shown on its screen (RFC 3428). */
  text: [text: string]
  /** Its lamp (RFC 3842): so many new messages wait. */
  lamp: [waiting: number]
  registered: [expires: number]
  /** The server did not let us stay registered; the phone goes on trying. */
  unregistered: [error: Error]
  malformed: [error: SipMalformed, text: string]
  /** The machine's network failed. */
  error: [error: Error]
}

export interface InviteOptions extends Manners {
  headers?: Header[]
}

/** A telephone made of code: real SIP and real sound, for the demo's people and for tests. */
export class Softphone extends EventEmitter<SoftphoneEvents> {
  readonly user: string
  #options: SoftphoneOptions
  #agent: UserAgent
  #cable: Cable
  #registration: Registration | undefined
  #dialogs = new Map<string, Dialog>()
  #outgoing = new Set<OutgoingCall>()
  #incoming = new Map<ServerTransaction, IncomingCall>()

  private constructor(options: SoftphoneOptions, agent: UserAgent, cable: Cable) {
    super()
    this.#options = options
    this.#agent = agent
    this.#cable = cable
    this.user = options.user
    cable.trouble = error => this.emit('error', error)
    agent.onRequest = (request, transaction) => this.#requested(request, transaction)
    agent.onMalformed = (error, text) => this.emit('malformed', error, text)
  }

  static async open(options: SoftphoneOptions): Promise<Softphone> {
    const { host = '127.0.0.1', port = 0, clock = wallClock, user, password, trace } = options
    const cable: Cable = { pulled: false, trouble: () => {} }
    const credentials = password === undefined ? undefined : { user, password }
    return new Softphone(options, await UserAgent.open({ host, port, clock, cable, credentials, trace }), cable)
  }

  /** Where this phone itself can be called. */
  get uri(): string {
    return `sip:${encodeURIComponent(this.user)}@${this.#agent.authority}`
  }

  get dialogs(): Dialog[] {
    return [...this.#dialogs.values()]
  }

  get registered(): boolean {
    return this.#registration?.active ?? false
  }

  get #line(): Line {
    return {
      agent: this.#agent,
      contact: `<${this.uri}>`,
      opened: (dialog, path) => this.#dialogs.set(dialogKey(path.callId, path.localTag), dialog),
      closed: path => this.#dialogs.delete(dialogKey(path.callId, path.localTag)),
    }
  }

  #server(): Address {
    if (!this.#options.server) throw new PhoneMisused(`the phone of ${this.user} has no server`)
    return this.#options.server
  }

  /** At the server, a user's own address. */
  #at(server: Address, user: string): string {
    return `sip:${encodeURIComponent(user)}@${server.host}:${server.port}`
  }

  /** Resolves when the server knows where we are; from then on it is told again in time. */
  async register({ expires = 60 }: { expires?: number } = {}): Promise<void> {
    const server = this.#server()
    this.#registration ??= new Registration({
      agent: this.#agent,
      server,
      identity: this.#at(server, this.user),
      contact: `<${this.uri}>`,
      onRegistered: seconds => this.emit('registered', seconds),
      onLost: error => this.emit('unregistered', error),
    })
    await this.#registration.start(expires)
  }

  async unregister(): Promise<void> {
    await this.#registration?.stop()
  }

  /** Calls a number at our server, or a full `sip:` URI directly. */
  invite(target: string, { headers = [], ...manners }: InviteOptions = {}): OutgoingCall {
    const direct = /^sips?:/i.test(target)
    const via = direct ? addressOf(target) : this.#server()
    const identity = this.#options.server ? this.#at(this.#options.server, this.user) : this.uri
    const from = formatNameAddress({ displayName: this.#options.displayName, uri: identity })
    const draft = { target: direct ? target : this.#at(via, target), from, via, headers }
    const call = new OutgoingCall(this.#line, { ...this.#options, ...manners }, draft)
    this.#outgoing.add(call)
    call.answered.finally(() => this.#outgoing.delete(call)).catch(() => {})
    return call
  }

  /** The next call that comes; ask before it can come. */
  async nextInvite({ withinMs = 5000 }: { withinMs?: number } = {}): Promise<IncomingCall> {
    const patience = new AbortController()
    const cancel = this.#agent.clock.after(withinMs, () => patience.abort())
    try {
      const [incoming] = await once(this, 'invite', { signal: patience.signal })
      return incoming
    } catch (error) {
      if (!patience.signal.aborted) throw error
      throw new NotHeard(`no call came to ${this.user} within ${withinMs} ms`)
    } finally {
      cancel()
    }
  }

  #requested(request: SipRequest, transaction: ServerTransaction | undefined): void {
    const tag = tagOf(request, 'To')
    const dialog = tag && this.#dialogs.get(dialogKey(required(request, 'Call-ID'), tag))
    if (dialog) dialog.receive(request, transaction)
    // Without a transaction it is an ACK to a call that is over: it needs no answer, and can have none.
    else if (transaction) this.#outsideCalls(request, transaction, tag)
  }

  #outsideCalls(request: SipRequest, transaction: ServerTransaction, tag: string | undefined): void {
    const status = tag ? this.#statusInEarly(request) : (STATUS_OUTSIDE[request.method] ?? 405)
    if (request.method === 'MESSAGE') this.emit('text', request.body)
    if (eventOf(request) === 'message-summary') this.emit('lamp', messagesIn(request.body))
    if (request.method === 'CANCEL') this.#cancelled(request, transaction)
    else if (request.method === 'INVITE' && !tag) this.#invited(transaction)
    else {
      transaction.respond(responseTo(request, status, { toTag: token(), headers: [['Allow', METHODS]] }))
      if (tag) this.#toldToTalk(request)
    }
  }

  #invited(transaction: ServerTransaction): void {
    const incoming = new IncomingCall(this.#line, this.#options, transaction)
    this.#incoming.set(transaction, incoming)
    transaction.acknowledged.then(() => this.#incoming.delete(transaction))
    if (!this.emit('invite', incoming)) incoming.reject(480)
  }

  /** Within a call that is not answered yet, news is welcome, but not another offer (RFC 3311 §5.2). */
  #statusInEarly(request: SipRequest): number {
    const callId = required(request, 'Call-ID')
    const early = [...this.#outgoing, ...this.#incoming.values()].some(call => call.callId === callId)
    if (!early || request.method === 'BYE') return 481
    return request.body ? 500 : 200
  }

  /** Within a call that rings here. */
  #toldToTalk(request: SipRequest): void {
    if (eventOf(request) !== 'talk') return
    const callId = required(request, 'Call-ID')
    for (const incoming of this.#incoming.values()) if (incoming.callId === callId) incoming.obeyTalk()
  }

  #cancelled(request: SipRequest, transaction: ServerTransaction): void {
    const invite = this.#agent.transactions.inviteOf(request)
    transaction.respond(responseTo(request, invite ? 200 : 481, { toTag: token() }))
    if (invite) this.#incoming.get(invite)?.cancel(header(request, 'Reason'))
  }

  /** The cable is pulled: nothing more is sent or answered, and nobody is told. */
  vanish(): void {
    this.#cable.pulled = true
  }

  /** The cable is put back. */
  reappear(): void {
    this.#cable.pulled = false
  }

  /** Hangs up, unregisters and is gone; a server that does not answer is not waited for. */
  async close({ withinMs = 1000 }: { withinMs?: number } = {}): Promise<void> {
    for (const incoming of this.#incoming.values()) if (incoming.open) incoming.reject(480)
    const farewells = [
      ...[...this.#outgoing].map(call => call.cancel()),
      ...this.dialogs.map(dialog => dialog.hangUp('the phone was closed')),
      this.unregister(),
    ]
    let cancel = () => {}
    const patience = new Promise<void>(resolve => {
      cancel = this.#agent.clock.after(this.#cable.pulled ? 0 : withinMs, resolve)
    })
    await Promise.race([Promise.allSettled(farewells), patience])
    cancel()
    this.#agent.close()
  }
}

/** Of a NOTIFY: what it tells of. */
const eventOf = (request: SipRequest): string | undefined =>
  request.method === 'NOTIFY' ? /^[^;\s]*/.exec(header(request, 'Event') ?? '')?.[0].toLowerCase() : undefined

/** `Voice-Message: 2/8 (0/2)`: two new ones. */
const messagesIn = (summary: string): number => Number(/^Voice-Message:\s*(\d+)\//im.exec(summary)?.[1] ?? 0)

/** What is answered to requests that belong to no call. */
const STATUS_OUTSIDE: Record<string, number> = {
  OPTIONS: 200,
  NOTIFY: 200,
  MESSAGE: 200,
  INFO: 481,
  BYE: 481,
  UPDATE: 481,
  REFER: 603,
}
