/** Packets of RFC 3550 §5.1, as a telephone sends them: no extension, no padding, no contributing sources. */
export interface RtpPacket {
  payloadType: number
  marker: boolean
  sequence: number
  timestamp: number
  source: number
  payload: Uint8Array
}

const HEADER = 12

export function formatRtp({ payloadType, marker, sequence, timestamp, source, payload }: RtpPacket): Buffer {
  const packet = Buffer.allocUnsafe(HEADER + payload.length)
  packet[0] = 0x80
  packet[1] = (marker ? 0x80 : 0) | payloadType
  packet.writeUInt16BE(sequence, 2)
  packet.writeUInt32BE(timestamp, 4)
  packet.writeUInt32BE(source, 8)
  packet.set(payload, HEADER)
  return packet
}

/** Undefined for what is not RTP. RTCP of a neighbour on the next port looks like payload types 72–76 (RFC 5761 §4). */
export function parseRtp(packet: Buffer): RtpPacket | undefined {
  if (packet.length < HEADER || packet[0]! >> 6 !== 2) return undefined
  const payloadType = packet[1]! & 0x7f
  if (payloadType >= 72 && payloadType <= 76) return undefined
  let start = HEADER + 4 * (packet[0]! & 0x0f)
  if (packet[0]! & 0x10) {
    if (packet.length < start + 4) return undefined
    start += 4 + 4 * packet.readUInt16BE(start + 2)
  }
  const end = packet.length - (packet[0]! & 0x20 ? packet[packet.length - 1]! : 0)
  if (start > end) return undefined
  return {
    payloadType,
    marker: packet[1]! >= 0x80,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    source: packet.readUInt32BE(8),
    payload: packet.subarray(start, end),
  }
}

/** Counts what came, what is missing and what came too late or twice, from the sequence numbers of one source. */
export class Arrivals {
  received = 0
  lost = 0
  late = 0
  #source: number | undefined
  #sequence = 0
  #timestamp = 0

  /** How many samples lie between the end of the packet before and this one; undefined: too late, drop it. */
  arrived(packet: RtpPacket): number | undefined {
    const sameSource = packet.source === this.#source
    const step = (packet.sequence - this.#sequence) & 0xffff
    if (sameSource && (step === 0 || step > 0x8000)) {
      this.late++
      return undefined
    }
    this.received++
    // A jump of seconds is a sender that started anew, not a loss.
    if (sameSource && step < 500) this.lost += step - 1
    const gap = sameSource ? (packet.timestamp - this.#timestamp) | 0 : Number.POSITIVE_INFINITY
    this.#source = packet.source
    this.#sequence = packet.sequence
    this.#timestamp = (packet.timestamp + packet.payload.length) >>> 0
    return Math.max(0, gap)
  }
}
