/** The two voices of the telephone (ITU-T G.711), by table: a packet is 160 look-ups. */
export type CodecName = 'PCMU' | 'PCMA'

export interface Codec {
  name: CodecName
  /** The static payload type of RFC 3551 §6. */
  payload: number
  /** The byte that says nothing. */
  silence: number
  encode(pcm: Int16Array): Uint8Array
  decode(bytes: Uint8Array): Int16Array
}

const BIAS = 132
const CLIP = 32635

function toMuLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS
  const exponent = 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

function fromMuLaw(byte: number): number {
  const bits = ~byte
  const magnitude = (((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)
  return bits & 0x80 ? BIAS - magnitude : magnitude - BIAS
}

function toALaw(sample: number): number {
  const magnitude = sample < 0 ? -sample - 1 : sample
  const exponent = magnitude < 256 ? 0 : 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55
}

function fromALaw(byte: number): number {
  const bits = byte ^ 0x55
  const mantissa = (bits & 0x0f) << 4
  const exponent = (bits >> 4) & 7
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
}

function codec(name: CodecName, payload: number, to: (s: number) => number, from: (b: number) => number): Codec {
  // Indexed by the sample's 16 bits, so that a negative sample needs no branch.
  const encoded = Uint8Array.from({ length: 65536 }, (_, i) => to((i << 16) >> 16))
  const decoded = Int16Array.from({ length: 256 }, (_, byte) => from(byte))
  return {
    name,
    payload,
    silence: to(0),
    encode: pcm => Uint8Array.from(pcm, sample => encoded[sample & 0xffff]!),
    decode(bytes) {
      const pcm = new Int16Array(bytes.length)
      for (let i = 0; i < bytes.length; i++) pcm[i] = decoded[bytes[i]!]!
      return pcm
    },
  }
}

export const CODECS: Record<CodecName, Codec> = {
  PCMU: codec('PCMU', 0, toMuLaw, fromMuLaw),
  PCMA: codec('PCMA', 8, toALaw, fromALaw),
}
