import { formatKeyEvent, isDigit } from './dtmf.ts'
import { PhoneMisused } from './failure.ts'
import type { Codec } from './g711.ts'
import { formatRtp } from './rtp.ts'
import { samplesIn, sine } from './tone.ts'

/** What a phone can be made to say. A tone without `ms` and silence go on until something else is played. */
export type Sound = 'silence' | Tone | Int16Array

export interface Tone {
  hz: number | number[]
  /** dBFS; -12 unless said. */
  level?: number
  ms?: number
}

export const FRAME = samplesIn(20)

interface Playing {
  encoded: Uint8Array
  loops: boolean
  position: number
  done: () => void
}

interface Press {
  digit: string
  duration: number
  gap: number
  elapsed: number
  timestamp: number
  endsSent: number
  done: () => void
}

export interface Origin {
  source: number
  sequence: number
  timestamp: number
}

/** Makes the packet of every 20 ms: sound, a key press, or nothing. Knows no socket and no clock. */
export class Sender {
  /** False: time passes and nothing is sent (on hold, or a phone that is asked to be mute). */
  sounding = false
  eventPayload: number | undefined
  #codec: Codec
  #sound: Sound = 'silence'
  #playing: Playing | undefined
  #presses: Press[] = []
  #origin: Origin
  #sentBefore = false

  constructor(codec: Codec, origin: Origin) {
    this.#codec = codec
    this.#origin = origin
  }

  set codec(codec: Codec) {
    if (codec === this.#codec) return
    this.#codec = codec
    if (this.#playing) this.#playing.encoded = encoded(this.#sound, codec)
  }

  /** Resolves when it has been sent to its end or something else is played instead; an endless sound at once. */
  play(sound: Sound): Promise<void> {
    this.#playing?.done()
    this.#sound = sound
    const loops = sound === 'silence' || (!(sound instanceof Int16Array) && sound.ms === undefined)
    return new Promise(resolve => {
      this.#playing = { encoded: encoded(sound, this.#codec), loops, position: 0, done: resolve }
      if (loops) resolve()
    })
  }

  /** Queued behind the presses before it. Resolves when it has been sent, with the pause after it. */
  press(digit: string, { ms = 100, gapMs = 60 }: { ms?: number; gapMs?: number } = {}): Promise<void> {
    if (!isDigit(digit)) throw new PhoneMisused(`there is no key ${JSON.stringify(digit)}`)
    return new Promise(resolve => {
      const duration = Math.min(0xffff, samplesIn(ms))
      this.#presses.push({
        digit,
        duration,
        gap: samplesIn(gapMs),
        elapsed: 0,
        timestamp: 0,
        endsSent: 0,
        done: resolve,
      })
    })
  }

  /** Whoever waits for a sound or a key press to be sent need wait no longer. */
  stop(): void {
    this.#playing?.done()
    for (const press of this.#presses.splice(0)) press.done()
  }

  /** The packet that is due now. Time goes on by 20 ms, whether there is one or not. */
  next(): Buffer | undefined {
    const press = this.#presses[0]
    const packet = press && this.eventPayload !== undefined ? this.#pressed(press, this.eventPayload) : this.#sounded()
    this.#origin.timestamp = (this.#origin.timestamp + FRAME) >>> 0
    return packet
  }

  #pressed(press: Press, payloadType: number): Buffer | undefined {
    const first = press.elapsed === 0
    if (first) press.timestamp = this.#origin.timestamp
    press.elapsed += FRAME
    // RFC 4733 §2.5.1.4: the last packet of an event is sent three times, with the duration at its end.
    const end = press.elapsed >= press.duration
    if (end && press.endsSent === 3) return this.#paused(press)
    if (end) press.endsSent++
    const duration = Math.min(press.elapsed, press.duration)
    const payload = formatKeyEvent({ digit: press.digit, end, duration })
    return this.#packet(payloadType, press.timestamp, payload, first)
  }

  /** Fast digits are told apart by the silence between them. */
  #paused(press: Press): undefined {
    press.gap -= FRAME
    if (press.gap > 0) return
    this.#presses.shift()
    this.#sentBefore = false
    press.done()
  }

  #sounded(): Buffer | undefined {
    const payload = this.#frame()
    if (!this.sounding) {
      this.#sentBefore = false
      return undefined
    }
    // RFC 3551 §4.1: the marker says that sound begins after a pause.
    const marker = !this.#sentBefore
    this.#sentBefore = true
    return this.#packet(this.#codec.payload, this.#origin.timestamp, payload, marker)
  }

  #frame(): Uint8Array {
    const playing = this.#playing
    if (!playing) return new Uint8Array(FRAME).fill(this.#codec.silence)
    const frame = playing.encoded.subarray(playing.position, playing.position + FRAME)
    playing.position += FRAME
    if (playing.position >= playing.encoded.length) {
      playing.position = 0
      if (!playing.loops) {
        this.#playing = undefined
        this.#sound = 'silence'
        playing.done()
      }
    }
    return frame
  }

  #packet(payloadType: number, timestamp: number, payload: Uint8Array, marker: boolean): Buffer {
    const { source, sequence } = this.#origin
    this.#origin.sequence = (sequence + 1) & 0xffff
    return formatRtp({ payloadType, marker, sequence, timestamp, source, payload })
  }
}

/** Encoded once and cut into packets afterwards; many phones share the same tones. */
const tones = new Map<string, Uint8Array>()

function encoded(sound: Sound, codec: Codec): Uint8Array {
  if (sound === 'silence') return new Uint8Array(FRAME).fill(codec.silence)
  if (sound instanceof Int16Array) return wholeFrames(codec.encode(sound), codec)
  const key = `${codec.name} ${sound.hz} ${sound.level} ${sound.ms}`
  const known = tones.get(key)
  if (known) return known
  const made = wholeFrames(codec.encode(sine(sound.hz, { ...sound, ms: sound.ms ?? loopMs(sound.hz) })), codec)
  if (tones.size < 200) tones.set(key, made)
  return made
}

/** A loop has no seam when it holds whole waves: a second of whole hertz, ten of tenths. */
function loopMs(hz: number | number[]): number {
  return [hz].flat().every(f => Number.isInteger(f)) ? 1000 : 10_000
}

function wholeFrames(bytes: Uint8Array, codec: Codec): Uint8Array {
  const length = Math.max(FRAME, Math.ceil(bytes.length / FRAME) * FRAME)
  if (length === bytes.length) return bytes
  const padded = new Uint8Array(length).fill(codec.silence)
  padded.set(bytes)
  return padded
}

/** Where a new source begins: anywhere (RFC 3550 §5.1). */
export function randomOrigin(): Origin {
  const random = (bits: number) => Math.floor(Math.random() * 2 ** bits)
  return { source: random(32), sequence: random(16), timestamp: random(32) }
}
