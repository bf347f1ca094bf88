import { type Address, parseNameAddress, parseParams } from './address.ts'
import type { Clock } from './clock.ts'
import { cseq, listed, required, responseTo, type SipMessage, type SipRequest, type SipResponse } from './message.ts'

// RFC 3261 §17.1.1.1 and §17.1.2.2.
export const T1 = 500
const T2 = 4000
const T4 = 5000
const PATIENCE = 64 * T1
const CLOSED = 'Service Unavailable (the phone was closed)'

/** What a transaction needs of the world. */
export interface Wire {
  clock: Clock
  send(message: SipMessage, to: Address): void
}

/** Sends again and again, at intervals that double, until called off; gives up after 64 × T1. */
function repeat(clock: Clock, send: () => void, longest: number, giveUp: () => void): () => void {
  let interval = T1
  const again = () => {
    send()
    interval = Math.min(interval * 2, longest)
    next = clock.after(interval, again)
  }
  let next = clock.after(interval, again)
  const end = clock.after(PATIENCE, () => {
    next()
    giveUp()
  })
  return () => {
    next()
    end()
  }
}

/** A request that we send, until its final answer (RFC 3261 §17.1, with the accepted state of RFC 6026). */
export class ClientTransaction {
  readonly request: SipRequest
  /** Always resolves: no answer is a 408 (RFC 3261 §8.1.3.1). */
  readonly final: Promise<SipResponse>
  onProvisional: (response: SipResponse) => void = () => {}
  /** A second phone has answered too: it is to be hung up on (RFC 3261 §13.2.2.4). */
  onFork: (response: SipResponse) => void = () => {}
  onCancel: (cancel: SipRequest, to: Address) => void = () => {}
  onDone: () => void = () => {}
  #wire: Wire
  #to: Address
  #settle!: (response: SipResponse) => void
  #answer: SipResponse | undefined
  #ack: { request: SipRequest; to: Address } | undefined
  #proceeding = false
  #cancelWanted = false
  #stopRepeating: () => void
  #linger = () => {}

  constructor(request: SipRequest, to: Address, wire: Wire) {
    this.request = request
    this.#to = to
    this.#wire = wire
    this.final = new Promise(resolve => {
      this.#settle = resolve
    })
    const longest = request.method === 'INVITE' ? PATIENCE : T2
    wire.send(request, to)
    this.#stopRepeating = repeat(
      wire.clock,
      () => wire.send(request, to),
      longest,
      () => this.abandon(408, 'Request Timeout (no answer)'),
    )
  }

  receive(response: SipResponse): void {
    if (response.status < 200) this.#provisional(response)
    else if (this.#answer) this.#repeated(response)
    else this.#finish(response)
  }

  #provisional(response: SipResponse): void {
    if (this.#answer) return
    if (this.request.method === 'INVITE') {
      this.#stopRepeating()
      const first = !this.#proceeding
      this.#proceeding = true
      if (first && this.#cancelWanted) this.#sendCancel()
    }
    this.onProvisional(response)
  }

  #finish(response: SipResponse): void {
    this.#stopRepeating()
    this.#answer = response
    const invite = this.request.method === 'INVITE'
    if (invite && response.status >= 300) this.acknowledge(ackOf(this.request, response), this.#to)
    this.#linger()
    this.#linger = this.#wire.clock.after(invite ? PATIENCE : T4, () => this.onDone())
    this.#settle(response)
  }

  /** The answer came again: its ACK was lost. */
  #repeated(response: SipResponse): void {
    if (this.request.method !== 'INVITE') return
    if (tagOf(response, 'To') === tagOf(this.#answer!, 'To')) this.#sendAck()
    else if (response.status < 300) this.onFork(response)
  }

  /** The ACK to send now, and each time that the answer comes again. */
  acknowledge(request: SipRequest, to: Address): void {
    this.#ack = { request, to }
    this.#sendAck()
  }

  #sendAck(): void {
    if (this.#ack) this.#wire.send(this.#ack.request, this.#ack.to)
  }

  /** RFC 3261 §9.1: nothing may be cancelled before the server has said that it knows of it. */
  cancel(): void {
    if (this.#cancelWanted || this.#answer) return
    this.#cancelWanted = true
    if (this.#proceeding) this.#sendCancel()
  }

  #sendCancel(): void {
    this.onCancel(cancelOf(this.request), this.#to)
    this.#linger = this.#wire.clock.after(PATIENCE, () => this.abandon(487, 'Request Terminated (no answer to CANCEL)'))
  }

  abandon(status: number, reason: string): void {
    this.#stopRepeating()
    this.#linger()
    if (!this.#answer) this.#settle(responseTo(this.request, status, { reason }))
    this.onDone()
  }
}

/** A request that we answer (RFC 3261 §17.2). */
export class ServerTransaction {
  readonly request: SipRequest
  /** An INVITE only: true when our final answer was acknowledged, false when we gave up waiting for it. */
  readonly acknowledged: Promise<boolean>
  onDone: () => void = () => {}
  #wire: Wire
  #from: Address
  #last: SipResponse | undefined
  #settle!: (acknowledged: boolean) => void
  #stop = () => {}

  constructor(request: SipRequest, from: Address, wire: Wire) {
    this.request = request
    this.#from = from
    this.#wire = wire
    this.acknowledged = new Promise(resolve => {
      this.#settle = resolve
    })
    // RFC 3261 §17.2.1: so that the caller stops repeating, when we need time to think.
    if (request.method === 'INVITE') this.#stop = wire.clock.after(200, () => this.respond(responseTo(request, 100)))
  }

  get answered(): boolean {
    return this.#last !== undefined && this.#last.status >= 200
  }

  respond(response: SipResponse): void {
    if (this.answered) return
    this.#last = response
    this.#wire.send(response, this.#from)
    this.#stop()
    if (response.status >= 200) this.#stop = this.request.method === 'INVITE' ? this.#untilAck() : this.#soon(PATIENCE)
  }

  #untilAck(): () => void {
    return repeat(
      this.#wire.clock,
      () => this.#wire.send(this.#last!, this.#from),
      T2,
      () => this.abandon(),
    )
  }

  #soon(ms: number): () => void {
    return this.#wire.clock.after(ms, () => this.onDone())
  }

  /** The request came again: so our answer was lost. */
  repeated(): void {
    if (this.#last) this.#wire.send(this.#last, this.#from)
  }

  ack(): void {
    this.#stop()
    this.#stop = this.#soon(T4)
    this.#settle(true)
  }

  abandon(): void {
    this.#stop()
    this.#settle(false)
    this.onDone()
  }
}

export interface Core extends Wire {
  /** Every request but those absorbed here. The ACK to a 2xx has no transaction. */
  onRequest(request: SipRequest, transaction: ServerTransaction | undefined): void
}

/** Sorts what arrives: to the request it answers, to the request it repeats, or on to the phone. */
export class Transactions {
  #core: Core
  #clients = new Map<string, ClientTransaction>()
  #servers = new Map<string, ServerTransaction>()
  #closed = false

  constructor(core: Core) {
    this.#core = core
  }

  request(request: SipRequest, to: Address): ClientTransaction {
    const key = clientKey(request)
    const transaction = new ClientTransaction(request, to, this.#core)
    this.#clients.set(key, transaction)
    transaction.onDone = () => this.#clients.delete(key)
    if (this.#closed) transaction.abandon(503, CLOSED)
    return transaction
  }

  receive(message: SipMessage, from: Address): void {
    if (message.kind === 'response') this.#clients.get(clientKey(message))?.receive(message)
    else this.#receiveRequest(message, from)
  }

  #receiveRequest(request: SipRequest, from: Address): void {
    const key = serverKey(request, request.method === 'ACK' ? 'INVITE' : request.method)
    const known = this.#servers.get(key)
    if (request.method === 'ACK') {
      if (known) known.ack()
      else this.#core.onRequest(request, undefined)
    } else if (known) {
      known.repeated()
    } else {
      const transaction = new ServerTransaction(request, from, this.#core)
      this.#servers.set(key, transaction)
      transaction.onDone = () => this.#servers.delete(key)
      this.#core.onRequest(request, transaction)
    }
  }

  /** The INVITE that a CANCEL wants gone (RFC 3261 §9.2). */
  inviteOf(cancel: SipRequest): ServerTransaction | undefined {
    return this.#servers.get(serverKey(cancel, 'INVITE'))
  }

  close(): void {
    this.#closed = true
    for (const client of this.#clients.values()) client.abandon(503, CLOSED)
    for (const server of this.#servers.values()) server.abandon()
  }
}

function topVia(message: SipMessage): { sentBy: string; branch: string } {
  const via = listed(message, 'Via')[0] ?? ''
  const sentBy = /^\S+\s+([^;\s]+)/.exec(via)?.[1] ?? ''
  return { sentBy, branch: parseParams(via.slice(via.indexOf(';'))).branch ?? '' }
}

function clientKey(message: SipMessage): string {
  return `${topVia(message).branch} ${cseq(message).method}`
}

function serverKey(request: SipRequest, method: string): string {
  const { sentBy, branch } = topVia(request)
  return `${branch} ${sentBy} ${method}`
}

export function tagOf(message: SipMessage, name: 'From' | 'To'): string | undefined {
  return parseNameAddress(required(message, name)).params.tag
}

/** The ACK to a refusal belongs to the INVITE's own transaction: the same branch (RFC 3261 §17.1.1.3). */
function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  return follower(invite, 'ACK', required(response, 'To'))
}

/** RFC 3261 §9.1. */
function cancelOf(invite: SipRequest): SipRequest {
  return follower(invite, 'CANCEL', required(invite, 'To'))
}

function follower(invite: SipRequest, method: string, to: string): SipRequest {
  const kept = invite.headers.filter(([name]) =>
    ['Via', 'From', 'Call-ID', 'Route', 'Max-Forwards', 'User-Agent'].includes(name),
  )
  const headers: SipRequest['headers'] = [...kept, ['To', to], ['CSeq', `${cseq(invite).number} ${method}`]]
  return { kind: 'request', method, uri: invite.uri, headers, body: '' }
}
