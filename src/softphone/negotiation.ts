import { SipFailure } from './failure.ts'
import type { Codec } from './g711.ts'
import type { Media } from './media.ts'
import {
  answerDirection,
  commonCodecs,
  type Description,
  type Direction,
  EVENT_PAYLOAD,
  formatSdp,
  parseSdp,
} from './sdp.ts'

/** Offers and answers of one call (RFC 3264): what is agreed on, and so whether sound is sent. */
export class Negotiation {
  /** We have put the other side on hold. */
  held = false
  /** The other side has put us on hold. */
  heldByPeer = false
  #media: Media
  #host: string
  #codecs: Codec[]
  #mute: boolean
  #events: boolean
  #session = Math.floor(Math.random() * 2 ** 31)
  #version = 0

  /** `events`: the phone speaks of keys as RFC 4733 says. */
  constructor(media: Media, manners: { host: string; codecs: Codec[]; mute: boolean; events: boolean }) {
    const { host, codecs, mute, events } = manners
    this.#media = media
    this.#host = host
    this.#codecs = codecs
    this.#mute = mute
    this.#events = events
  }

  offer(): string {
    return this.#describe(this.#codecs, EVENT_PAYLOAD, this.held ? 'sendonly' : 'sendrecv')
  }

  /** The other side's answer to our offer. */
  accept(answer: string): void {
    const theirs = parseSdp(answer)
    this.#agree(theirs, this.#common(theirs))
  }

  /** Our answer to the other side's offer. */
  answer(offer: string): string {
    const theirs = parseSdp(offer)
    const codecs = this.#common(theirs)
    this.#agree(theirs, codecs)
    const direction = answerDirection(theirs.direction, this.held ? 'sendonly' : 'sendrecv')
    return this.#describe(codecs, theirs.eventPayload, direction)
  }

  #common(theirs: Description): Codec[] {
    const codecs = commonCodecs(theirs.codecs, this.#codecs)
    if (codecs.length === 0) throw new SipFailure('no codec in common', 488, 'Not Acceptable Here')
    return codecs
  }

  #agree(theirs: Description, codecs: Codec[]): void {
    this.#media.connect(theirs, codecs[0]!)
    // The address of nowhere is how older phones hold (RFC 3264 §8.4).
    this.heldByPeer = ['sendonly', 'inactive'].includes(theirs.direction) || theirs.rtp.host === '0.0.0.0'
    // Who puts somebody on hold has put the receiver down: nothing is said into it.
    this.#media.sender.sounding = !this.#mute && !this.held && !this.heldByPeer
  }

  #describe(codecs: Codec[], eventPayload: number | undefined, direction: Direction): string {
    const rtp = { host: this.#host, port: this.#media.port }
    const described = { rtp, codecs, eventPayload: this.#events ? eventPayload : undefined, direction }
    return formatSdp(described, { session: this.#session, version: this.#version++ })
  }
}
