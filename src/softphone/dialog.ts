import { EventEmitter } from 'node:events'
import { sentenceOf } from '../errors.ts'
import { parseNameAddress, parseUri } from './address.ts'
import { type KeyForm, keyInSignalling } from './dtmf.ts'
import { PhoneMisused, SipFailure, SipMalformed } from './failure.ts'
import type { Heard } from './heard.ts'
import { pressed, type Timing } from './keypad.ts'
import type { Media } from './media.ts'
import { cseq, type Header, header, responseTo, type SipRequest } from './message.ts'
import type { Negotiation } from './negotiation.ts'
import { contactOf, type Path, within } from './path.ts'
import type { Sound } from './sender.ts'
import type { ServerTransaction } from './transaction.ts'
import { referTo, transferProgress } from './transfer.ts'
import { METHODS, type UserAgent } from './useragent.ts'
import { readWav, recordWav } from './wav.ts'

export interface Ending {
  by: 'local' | 'remote'
  /** In the words of the one who ended it: the Reason header (RFC 3326) of a BYE, or ours. */
  cause: string
}

export interface DialogEvents {
  digit: [digit: string, ms: number]
  /** The other side has put us on hold, or taken us back. */
  held: []
  unheld: []
  /** How a transfer that we asked for goes: the status of the new call (RFC 3515 §2.4.5). */
  transfer: [status: number, reason: string]
}

interface DialogParts {
  agent: UserAgent
  path: Path
  media: Media
  negotiation: Negotiation
  keys: KeyForm[]
  contact: string
  onEnded: () => void
}

export const SDP: Header = ['Content-Type', 'application/sdp']

/** A call that both sides have agreed to, from its answer to its end. */
export class Dialog extends EventEmitter<DialogEvents> {
  readonly callId: string
  readonly ended: Promise<Ending>
  #parts: DialogParts
  #ending: Ending | undefined
  #end!: (ending: Ending) => void
  #unacknowledged = new Map<number, { transaction: ServerTransaction; wantsAnswer: boolean }>()
  #renegotiating = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: DialogParts) {
    super()
    this.#parts = parts
    this.callId = parts.path.callId
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
    parts.media.onDigit = (digit, ms) => this.emit('digit', digit, ms)
  }

  /** Who is at the other end, as they name themselves. */
  get peer(): { user: string | undefined; displayName: string | undefined } {
    const { uri, displayName } = parseNameAddress(this.#parts.path.remote)
    return { user: parseUri(uri).user, displayName }
  }

  get heard(): Heard {
    return this.#parts.media.heard
  }

  /** Packets that came, that are missing, and that came too late or twice. */
  get packets(): { received: number; lost: number; late: number } {
    const { received, lost, late } = this.#parts.media.arrivals
    return { received, lost, late }
  }

  get over(): boolean {
    return this.#ending !== undefined
  }

  get heldByPeer(): boolean {
    return this.#parts.negotiation.heldByPeer
  }

  /** Presses keys one after the other, as this phone does unless told; resolves when they have been sent. */
  async press(digits: string, how: Timing = {}): Promise<void> {
    this.#mustBeUp('press a key')
    await pressed(this.#parts, digits, how)
  }

  /** Says something; a sound that ends by itself resolves when it was said, an endless one at once. */
  play(sound: Sound | { wav: string }): Promise<void> {
    const { sender } = this.#parts.media
    return sender.play(typeof sound === 'object' && 'wav' in sound ? readWav(sound.wav) : sound)
  }

  /** Writes everything that is heard into a WAV file, until the call ends or what comes back is called. */
  record(path: string): () => void {
    const recording = recordWav(path)
    const untap = this.heard.tap(recording.write)
    const stop = () => {
      untap()
      recording.close()
    }
    this.ended.then(stop)
    return stop
  }

  hold(): Promise<void> {
    return this.#setHeld(true)
  }

  unhold(): Promise<void> {
    return this.#setHeld(false)
  }

  #setHeld(held: boolean): Promise<void> {
    const done = this.#queue.then(() => this.#reinvite(held))
    // The next one in the queue goes on even when this one fails; whoever asked for this one is told.
    this.#queue = done.catch(() => {})
    return done
  }

  async #reinvite(held: boolean): Promise<void> {
    const { agent, negotiation, path } = this.#parts
    const before = negotiation.held
    negotiation.held = held
    try {
      while (!(await this.#offered(held ? 'hold' : 'unhold'))) {
        // RFC 3261 §14.1: the two sides wait for different times, the caller longer, so that they do not cross again.
        const ms = path.caller ? 2100 + Math.random() * 1900 : Math.random() * 2000
        await new Promise<void>(resolve => agent.clock.after(ms, resolve))
      }
    } catch (error) {
      negotiation.held = before
      throw error
    }
  }

  /** False: the other side was offering something at the same time. */
  async #offered(what: string): Promise<boolean> {
    this.#mustBeUp(what)
    const { agent, path, negotiation, contact } = this.#parts
    const headers: Header[] = [['Contact', contact], ['Allow', METHODS], SDP]
    const { request, to } = within(path, 'INVITE', { headers, body: negotiation.offer() })
    this.#renegotiating = true
    const exchange = await agent.request(request, to, path.sequence)
    this.#renegotiating = false
    const { status, reason, body } = exchange.response
    if (status === 491) return false
    if (status >= 300) throw new SipFailure(what, status, reason)
    path.target = contactOf(exchange.response) ?? path.target
    agent.acknowledge(exchange, within(path, 'ACK', { number: cseq(exchange.request).number }))
    negotiation.accept(body)
    return true
  }

  /**
   * Sends the other side to somebody else (RFC 3515), or to the other end of another call of ours (RFC 3891). Resolves
   * when the two are connected and this call is over; a transfer that fails leaves it as it was.
   */
  async transfer(target: string | Dialog): Promise<void> {
    this.#mustBeUp('transfer')
    const { agent, path, contact } = this.#parts
    const headers: Header[] = [
      ['Refer-To', referTo(path, typeof target === 'string' ? target : target.#parts.path)],
      ['Referred-By', path.local.replace(/;tag=.*/, '')],
      ['Contact', contact],
    ]
    const { request, to } = within(path, 'REFER', { headers })
    const { response } = await agent.request(request, to, path.sequence)
    if (response.status >= 300) throw new SipFailure('transfer', response.status, response.reason)
    await this.#transferred()
    await this.hangUp('transferred')
  }

  /** A server tells how it went, or simply hangs up on us. */
  #transferred(): Promise<void> {
    let told: (status: number, reason: string) => void = () => {}
    const outcome = new Promise<void>((resolve, reject) => {
      told = (status, reason) => {
        if (status >= 300) reject(new SipFailure('transfer', status, reason))
        else if (status >= 200) resolve()
      }
      this.on('transfer', told)
      this.ended.then(() => resolve())
    })
    return outcome.finally(() => this.off('transfer', told))
  }

  /** Resolves when the other side has confirmed; it is over at once. */
  async hangUp(cause = 'hung up'): Promise<void> {
    if (this.over) return
    this.#over({ by: 'local', cause })
    const { agent, path } = this.#parts
    const { request, to } = within(path, 'BYE')
    await agent.request(request, to, path.sequence)
  }

  #mustBeUp(what: string): void {
    if (this.#ending) throw new PhoneMisused(`cannot ${what}: the call is over (${this.#ending.cause})`)
  }

  #over(ending: Ending): void {
    if (this.over) return
    this.#ending = ending
    this.#parts.media.close(`the call was ended by the ${ending.by} side (${ending.cause})`)
    this.#parts.onEnded()
    this.#end(ending)
  }

  /** Waits for the ACK to our 200 (RFC 3261 §13.3.1.4: without one, the call is hung up). */
  async acknowledged(transaction: ServerTransaction, { wantsAnswer }: { wantsAnswer: boolean }): Promise<boolean> {
    const { number } = cseq(transaction.request)
    this.#unacknowledged.set(number, { transaction, wantsAnswer })
    const came = await transaction.acknowledged
    this.#unacknowledged.delete(number)
    if (!came) this.hangUp('no ACK came')
    return came
  }

  /** A request of the other side within this call. */
  receive(request: SipRequest, transaction: ServerTransaction | undefined): void {
    if (!transaction) this.#acked(request)
    // RFC 3261 §12.2.2: it was overtaken by a later one.
    else if (cseq(request).number < this.#parts.path.remoteSequence) transaction.respond(responseTo(request, 500))
    else this.#obey(request, transaction)
  }

  #obey(request: SipRequest, transaction: ServerTransaction): void {
    this.#parts.path.remoteSequence = cseq(request).number
    if (request.method === 'BYE') this.#byed(request, transaction)
    else if (request.method === 'INVITE' || request.method === 'UPDATE') this.#reoffered(request, transaction)
    else if (request.method === 'REFER') transaction.respond(responseTo(request, 603))
    else {
      if (request.method === 'NOTIFY') this.#notified(request)
      if (request.method === 'INFO') this.#informed(request)
      transaction.respond(responseTo(request, 200))
    }
  }

  #acked(ack: SipRequest): void {
    const waiting = this.#unacknowledged.get(cseq(ack).number)
    if (!waiting) return
    waiting.transaction.ack()
    try {
      if (waiting.wantsAnswer) this.#parts.negotiation.accept(ack.body)
    } catch (error) {
      this.hangUp(sentenceOf(error))
    }
  }

  #byed(request: SipRequest, transaction: ServerTransaction): void {
    transaction.respond(responseTo(request, 200))
    this.#over({ by: 'remote', cause: header(request, 'Reason') ?? 'BYE' })
  }

  #reoffered(request: SipRequest, transaction: ServerTransaction): void {
    const { negotiation } = this.#parts
    const before = negotiation.heldByPeer
    try {
      // RFC 3261 §14.2: two offers have crossed; both sides try again.
      if (this.#renegotiating) transaction.respond(responseTo(request, 491))
      else this.#agree(request, transaction)
    } catch (error) {
      if (!(error instanceof SipMalformed || error instanceof SipFailure)) throw error
      transaction.respond(responseTo(request, 488))
    }
    if (negotiation.heldByPeer !== before) this.emit(negotiation.heldByPeer ? 'held' : 'unheld')
  }

  #agree(request: SipRequest, transaction: ServerTransaction): void {
    const { negotiation, path, contact } = this.#parts
    const invite = request.method === 'INVITE'
    const body = request.body ? negotiation.answer(request.body) : invite ? negotiation.offer() : ''
    path.target = contactOf(request) ?? path.target
    const headers: Header[] = [
      ['Contact', contact],
      ['Allow', METHODS],
    ]
    transaction.respond(responseTo(request, 200, { headers: body ? [...headers, SDP] : headers, body }))
    if (invite) this.acknowledged(transaction, { wantsAnswer: !request.body })
  }

  #notified(request: SipRequest): void {
    const progress = transferProgress(request.body)
    if (progress) this.emit('transfer', progress.status, progress.reason)
  }

  #informed(request: SipRequest): void {
    const key = keyInSignalling(request.body)
    if (key) this.emit('digit', key.digit, key.ms)
  }
}
