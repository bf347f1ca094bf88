import { createSocket, type Socket } from 'node:dgram'
import { type LookupOneOptions, lookup } from 'node:dns'
import { once } from 'node:events'
import { isIP } from 'node:net'
import type { Address } from './address.ts'
import { KeyReader } from './dtmf.ts'
import { CODECS, type Codec } from './g711.ts'
import type { Heard } from './heard.ts'
import { Arrivals, parseRtp } from './rtp.ts'
import type { Description } from './sdp.ts'
import { randomOrigin, Sender } from './sender.ts'
import { ticker } from './ticker.ts'

/** The phone's network cable. */
export interface Cable {
  pulled: boolean
  /** The machine cannot send or receive. */
  trouble: (error: Error) => void
}

/** The sound of one call: a socket, what is said into it and what is heard from it. */
export class Media {
  readonly heard: Heard
  readonly sender = new Sender(CODECS.PCMU, randomOrigin())
  readonly arrivals = new Arrivals()
  onDigit: (digit: string, ms: number) => void = () => {}
  #socket: Socket
  #cable: Cable
  #remote: Address | undefined
  #theirs: Description | undefined
  #keys = new KeyReader()
  #endBeat: () => void
  #closed = false

  private constructor(socket: Socket, heard: Heard, cable: Cable) {
    this.#socket = socket
    this.#cable = cable
    this.heard = heard
    socket.on('error', cable.trouble)
    socket.on('message', (packet, from) => this.#receive(packet, from.port))
    this.#endBeat = ticker.each(() => this.#send())
  }

  static async open(host: string, cable: Cable, heard: Heard): Promise<Media> {
    return new Media(await bound(host, 0), heard, cable)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** What the other side says of itself: from now on, sound goes there. */
  connect(theirs: Description, codec: Codec): void {
    this.#theirs = theirs
    this.#remote = theirs.rtp.port === 0 ? undefined : theirs.rtp
    this.sender.codec = codec
    this.sender.eventPayload = theirs.eventPayload
  }

  #send(): void {
    const packets = this.sender.next()
    if (!this.#remote || this.#cable.pulled) return
    for (const packet of packets) this.#socket.send(packet, this.#remote.port, this.#remote.host)
  }

  #receive(bytes: Buffer, port: number): void {
    // Ports are soon used again: what a call that is over still sends must not be heard in this one.
    if (this.#cable.pulled || port !== this.#remote?.port) return
    const packet = parseRtp(bytes)
    if (!packet) return
    const gap = this.arrivals.arrived(packet)
    if (gap === undefined) return
    if (packet.payloadType === this.#theirs?.eventPayload) {
      for (const { digit, duration } of this.#keys.read(packet.timestamp, packet.payload))
        this.onDigit(digit, (duration * 1000) / 8000)
      return
    }
    const codec = Object.values(CODECS).find(c => c.payload === packet.payloadType)
    if (codec) this.heard.take(codec.decode(packet.payload), gap)
  }

  close(why: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#endBeat()
    this.sender.stop()
    this.heard.end(why)
    this.#socket.close()
  }
}

/** A UDP socket of our own; port 0 is any. */
export async function bound(host: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: isIP(host) === 6 ? 'udp6' : 'udp4', lookup: resolve })
  const listening = once(socket, 'listening')
  socket.bind(port, host)
  await listening
  return socket
}

/** Nearly every host is an address already: Node need not look every packet's up. */
function resolve(host: string, options: LookupOneOptions, callback: Resolved): void {
  const family = isIP(host)
  if (family) callback(null, host, family)
  else lookup(host, options, callback)
}

type Resolved = (error: NodeJS.ErrnoException | null, address: string, family: number) => void
