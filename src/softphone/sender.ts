import { formatKeyEvent, isDigit, tonesOf } from './dtmf.ts'
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

/** How long a key is held and let go before the next, and what is sent of it: an event, its tones in place of the voice, or both. */
export interface Pressing {
  ms?: number
  gapMs?: number
  event?: boolean
  tones?: boolean
  /** A fault of the network: the last packets of the event never arrive. */
  losesEnds?: boolean
}

interface Press {
  digit: string
  duration: number
  /** When the next one may begin. */
  over: number
  elapsed: number
  event: boolean
  losesEnds: boolean
  tones: Uint8Array | undefined
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
  press(digit: string, pressing: Pressing = {}): Promise<void> {
    const { ms = 100, gapMs = 60, event = true, losesEnds = false } = pressing
    if (!isDigit(digit)) throw new PhoneMisused(`there is no key ${JSON.stringify(digit)}`)
    const duration = Math.min(0xffff, samplesIn(ms))
    const hz = pressing.tones ? tonesOf(digit) : undefined
    const tones = hz && encoded({ hz, ms }, this.#codec)
    const down = FRAME * Math.ceil(duration / FRAME) + (event ? 2 * FRAME : 0)
    const over = down + Math.max(FRAME, samplesIn(gapMs))
    return new Promise(done => {
      this.#presses.push({ digit, duration, over, elapsed: 0, event, losesEnds, tones, done })
    })
  }

  /** Whoever waits for a sound or a key press to be sent need wait no longer. */
  stop(): void {
    this.#playing?.done()
    for (const press of this.#presses.splice(0)) press.done()
  }

  /** The packets that are due now: usually one. Time goes on by 20 ms, whether there is one or not. */
  next(): Buffer[] {
    const press = this.#presses[0]
    const packets = press ? this.#pressed(press) : [this.#sounded(this.#frame())]
    this.#origin.timestamp = (this.#origin.timestamp + FRAME) >>> 0
    return packets.filter(packet => packet !== undefined)
  }

  #pressed(press: Press): (Buffer | undefined)[] {
    const { event, tones, elapsed } = press
    press.elapsed += FRAME
    const packets: (Buffer | undefined)[] = []
    if (tones)
      packets.push(this.#sounded(elapsed < tones.length ? tones.subarray(elapsed, press.elapsed) : this.#nothing))
    else this.#sentBefore = false
    if (event && this.eventPayload !== undefined) packets.push(this.#event(press, this.eventPayload))
    if (press.elapsed >= press.over) {
      this.#presses.shift()
      press.done()
    }
    return packets
  }

  /** Fast digits are told apart by the silence between them. */
  #event({ digit, duration, elapsed, losesEnds }: Press, payloadType: number): Buffer | undefined {
    // RFC 4733 §2.5.1.4: the last packet of an event is sent three times, with the duration at its end.
    const end = elapsed >= duration
    if (elapsed - duration >= 3 * FRAME) return undefined
    const first = elapsed === FRAME
    const payload = formatKeyEvent({ digit, end, duration: Math.min(elapsed, duration) })
    const timestamp = (this.#origin.timestamp - elapsed + FRAME) >>> 0
    const packet = this.#packet(payloadType, timestamp, payload, first)
    return end && losesEnds ? undefined : packet
  }

  #sounded(payload: Uint8Array): Buffer | undefined {
    if (!this.sounding) {
      this.#sentBefore = false
      return undefined
    }
    // RFC 3551 §4.1: the marker says that sound begins after a pause.
    const marker = !this.#sentBefore
    this.#sentBefore = true
    return this.#packet(this.#codec.payload, this.#origin.timestamp, payload, marker)
  }

  get #nothing(): Uint8Array {
    return new Uint8Array(FRAME).fill(this.#codec.silence)
  }

  #frame(): Uint8Array {
    const playing = this.#playing
    if (!playing) return this.#nothing
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
