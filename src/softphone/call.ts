import { EventEmitter } from 'node:events'
import { sentenceOf } from '../errors.ts'
import { type Address, parseNameAddress, parseUri } from './address.ts'
import { Dialog, SDP } from './dialog.ts'
import type { KeyForm } from './dtmf.ts'
import { PhoneMisused, SipFailure } from './failure.ts'
import { CODECS, type CodecName } from './g711.ts'
import { Heard } from './heard.ts'
import { Media } from './media.ts'
import { cseq, type Header, header, required, responseTo, type SipRequest, type SipResponse } from './message.ts'
import { Negotiation } from './negotiation.ts'
import { calleesPath, callersPath, type Path, Sequence, within } from './path.ts'
import type { Tone } from './sender.ts'
import type { ClientTransaction, ServerTransaction } from './transaction.ts'
import { type Exchange, METHODS, token, type UserAgent } from './useragent.ts'

/** How a phone behaves in a call. */
export interface Manners {
  /** Said from the beginning; silence unless given. */
  tone?: Tone
  codecs?: CodecName[]
  /** How it tells of keys: by events in RTP unless given. */
  keys?: KeyForm[]
  /** A fault: no sound is ever sent. */
  sendNoAudio?: boolean
  /** A fault: the answer to our INVITE is never acknowledged. */
  neverAck?: boolean
}

/** What a call needs of its phone. */
export interface Line {
  agent: UserAgent
  /** Our Contact header. */
  contact: string
  opened(dialog: Dialog, path: Path): void
  closed(path: Path): void
}

async function openMedia({ agent }: Line, heard: Heard, manners: Manners) {
  const media = await Media.open(agent.host, agent.cable, heard)
  if (manners.tone) media.sender.play(manners.tone)
  const codecs = (manners.codecs ?? ['PCMU', 'PCMA']).map(name => CODECS[name])
  const mute = manners.sendNoAudio ?? false
  const { keys = ['event'] } = manners
  const events = keys.includes('event')
  return { media, keys, negotiation: new Negotiation(media, { host: agent.host, codecs, mute, events }) }
}

function openDialog(line: Line, path: Path, sound: Awaited<ReturnType<typeof openMedia>>): Dialog {
  const { agent, contact } = line
  const dialog = new Dialog({ agent, path, ...sound, contact, onEnded: () => line.closed(path) })
  line.opened(dialog, path)
  return dialog
}

/** A call that we make, until it is answered or fails. */
export class OutgoingCall {
  readonly callId: string
  /** The other side rings, or speaks before it answers. */
  readonly ringing: Promise<void>
  readonly answered: Promise<Dialog>
  /** What is heard, also before the answer. */
  readonly heard: Heard
  #line: Line
  #manners: Manners
  #sequence = new Sequence()
  #transaction: ClientTransaction | undefined
  #cancelled = false
  #rings!: () => void

  constructor(line: Line, manners: Manners, draft: { target: string; from: string; via: Address; headers: Header[] }) {
    this.#line = line
    this.#manners = manners
    this.callId = `${token()}@${line.agent.host}`
    this.heard = new Heard(line.agent.clock)
    const rings = new Promise<void>(resolve => {
      this.#rings = resolve
    })
    this.answered = this.#call(draft)
    this.ringing = Promise.race([rings, this.answered.then(() => {})])
    // Whoever awaits these two learns of a failure; whoever only wanted to ring does not care.
    this.answered.catch(() => {})
    this.ringing.catch(() => {})
  }

  async #call({ target, from, via, headers }: ConstructorParameters<typeof OutgoingCall>[2]): Promise<Dialog> {
    const { agent, contact } = this.#line
    const sound = await openMedia(this.#line, this.heard, this.#manners)
    try {
      if (this.#cancelled) throw new SipFailure(`the call to ${target}`, 487, 'Request Terminated')
      const own: Header[] = [
        ['From', `${from};tag=${token()}`],
        ['To', `<${target}>`],
        ['Call-ID', this.callId],
        ['CSeq', `${this.#sequence.next()} INVITE`],
        ['Contact', contact],
        ['Allow', METHODS],
        SDP,
      ]
      const body = sound.negotiation.offer()
      const draft: SipRequest = { kind: 'request', method: 'INVITE', uri: target, headers: [...own, ...headers], body }
      const exchange = await agent.request(draft, via, this.#sequence, t => this.#watch(t, sound.negotiation))
      return await this.#concluded(exchange, sound)
    } catch (error) {
      sound.media.close('the call failed')
      throw error
    }
  }

  #watch(transaction: ClientTransaction, negotiation: Negotiation): void {
    this.#transaction = transaction
    transaction.onProvisional = response => {
      if (response.status === 100) return
      if (response.body) acceptEarly(negotiation, response.body)
      this.#rings()
    }
    transaction.onFork = answer => this.#refuseFork(transaction.request, answer)
    if (this.#cancelled) transaction.cancel()
  }

  async #concluded(exchange: Exchange, sound: Awaited<ReturnType<typeof openMedia>>): Promise<Dialog> {
    const { request, response } = exchange
    if (response.status >= 300) throw new SipFailure(`the call to ${request.uri}`, response.status, response.reason)
    const { agent } = this.#line
    const path = callersPath(request, response, this.#sequence)
    if (!this.#manners.neverAck) agent.acknowledge(exchange, within(path, 'ACK', { number: cseq(request).number }))
    const dialog = openDialog(this.#line, path, sound)
    try {
      if (this.#cancelled) throw new SipFailure('the call', 487, 'Request Terminated (the answer crossed our CANCEL)')
      if (response.body) sound.negotiation.accept(response.body)
      return dialog
    } catch (error) {
      await dialog.hangUp(sentenceOf(error))
      throw error
    }
  }

  #refuseFork(request: SipRequest, answer: SipResponse): void {
    const { agent } = this.#line
    const path = callersPath(request, answer, this.#sequence)
    agent.send(within(path, 'ACK', { number: cseq(request).number }))
    const bye = within(path, 'BYE')
    agent.request(bye.request, bye.to, this.#sequence)
  }

  /** Gives up: `answered` then fails with 487, also when an answer crosses it. What was answered before is hung up. */
  async cancel(): Promise<void> {
    this.#cancelled = true
    this.#transaction?.cancel()
    const dialog = await this.answered.catch(() => undefined)
    await dialog?.hangUp()
  }
}

/** What cannot be agreed on now cannot be agreed on in the answer either, and there it ends the call. */
function acceptEarly(negotiation: Negotiation, body: string): void {
  try {
    negotiation.accept(body)
  } catch (error) {
    if (!(error instanceof SipFailure)) throw error
  }
}

interface IncomingCallEvents {
  cancelled: [because: string | undefined]
  /** As we were told to. */
  answered: [dialog: Dialog]
}

/** A call that comes to us, until we answer or refuse it or the caller gives up. */
export class IncomingCall extends EventEmitter<IncomingCallEvents> {
  readonly callId: string
  readonly request: SipRequest
  readonly #line: Line
  readonly #manners: Manners
  readonly #transaction: ServerTransaction
  readonly #tag = token()
  #state: 'new' | 'answering' | 'answered' | 'refused' | 'cancelled' = 'new'

  constructor(line: Line, manners: Manners, transaction: ServerTransaction) {
    super()
    this.#line = line
    this.#manners = manners
    this.#transaction = transaction
    this.request = transaction.request
    this.callId = required(this.request, 'Call-ID')
  }

  /** The caller's number. */
  get from(): string {
    return parseUri(parseNameAddress(required(this.request, 'From')).uri).user ?? ''
  }

  get displayName(): string | undefined {
    return parseNameAddress(required(this.request, 'From')).displayName
  }

  header(name: string): string | undefined {
    return header(this.request, name)
  }

  get open(): boolean {
    return this.#state === 'new' || this.#state === 'answering'
  }

  ring(): void {
    this.#mustBeOpen('ring')
    const headers: Header[] = [['Contact', this.#line.contact]]
    this.#transaction.respond(responseTo(this.request, 180, { toTag: this.#tag, headers }))
  }

  /** Resolves when the caller has acknowledged the answer. */
  async answer(manners: Manners = {}): Promise<Dialog> {
    this.#mustBeOpen('answer')
    this.#state = 'answering'
    const sound = await openMedia(this.#line, new Heard(this.#line.agent.clock), { ...this.#manners, ...manners })
    try {
      this.#mustBeOpen('answer')
      const { negotiation } = sound
      const body = this.request.body ? negotiation.answer(this.request.body) : negotiation.offer()
      return await this.#answered(body, sound)
    } catch (error) {
      sound.media.close('the call could not be answered')
      if (this.open) this.reject(488)
      throw error
    }
  }

  async #answered(body: string, sound: Awaited<ReturnType<typeof openMedia>>): Promise<Dialog> {
    this.#state = 'answered'
    const dialog = openDialog(this.#line, calleesPath(this.request, this.#tag), sound)
    const headers: Header[] = [
      ...this.request.headers.filter(([name]) => name === 'Record-Route'),
      ['Contact', this.#line.contact],
      ['Allow', METHODS],
      SDP,
    ]
    const acknowledged = dialog.acknowledged(this.#transaction, { wantsAnswer: !this.request.body })
    this.#transaction.respond(responseTo(this.request, 200, { toTag: this.#tag, headers, body }))
    if (!(await acknowledged)) throw new SipFailure('the answered call', 408, 'Request Timeout (no ACK came)')
    return dialog
  }

  /** The caller's side has told us to pick up (NOTIFY with `Event: talk`), as most desk phones do then. */
  obeyTalk(): void {
    if (this.#state !== 'new') return
    this.answer().then(
      dialog => this.emit('answered', dialog),
      () => {}, // Who calls has been told, or has gone.
    )
  }

  reject(status = 603, reason?: string): void {
    this.#mustBeOpen('reject')
    this.#state = 'refused'
    this.#transaction.respond(responseTo(this.request, status, { toTag: this.#tag, ...(reason && { reason }) }))
  }

  /** Sends the caller on to another URI, as a phone does whose calls are forwarded. */
  redirect(uri: string): void {
    this.#mustBeOpen('redirect')
    this.#state = 'refused'
    const headers: Header[] = [['Contact', `<${uri}>`]]
    this.#transaction.respond(responseTo(this.request, 302, { toTag: this.#tag, headers }))
  }

  /** The caller has sent CANCEL. `because`: in their words, as a Reason header (RFC 3326). */
  cancel(because?: string): void {
    if (!this.open) return
    this.#state = 'cancelled'
    this.#transaction.respond(responseTo(this.request, 487, { toTag: this.#tag }))
    this.emit('cancelled', because)
  }

  #mustBeOpen(what: string): void {
    if (!this.open) throw new PhoneMisused(`cannot ${what}: the call is ${this.#state}`)
  }
}
