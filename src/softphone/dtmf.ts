/**
 * How a phone tells which key was pressed: by events in RTP (RFC 4733), in signalling (INFO with a body of `dtmf-relay` or
 * `dtmf`), or by nothing but its tones in the sound.
 */
export type KeyForm = 'event' | 'relay' | 'info' | 'tones'

/** Key presses in RTP (RFC 4733 §2.3). */
export interface KeyEvent {
  digit: string
  end: boolean
  /** In samples, so far. */
  duration: number
}

// RFC 4733 §3.2: events 0–15; 16 is the hook flash.
const DIGITS = '0123456789*#ABCD!'
const VOLUME = 10

export function isDigit(digit: string): boolean {
  return digit.length === 1 && DIGITS.includes(digit.toUpperCase())
}

export function formatKeyEvent({ digit, end, duration }: KeyEvent): Uint8Array {
  return Uint8Array.of(DIGITS.indexOf(digit.toUpperCase()), (end ? 0x80 : 0) | VOLUME, duration >> 8, duration & 0xff)
}

export function parseKeyEvent(payload: Uint8Array): KeyEvent | undefined {
  const digit = DIGITS[payload[0] ?? DIGITS.length]
  if (payload.length < 4 || digit === undefined) return undefined
  return { digit, end: payload[1]! >= 0x80, duration: (payload[2]! << 8) | payload[3]! }
}

/** Turns the many packets of each press into one. All packets of a press carry the timestamp of its beginning. */
export class KeyReader {
  #current: { timestamp: number; event: KeyEvent } | undefined
  #done: number | undefined

  /** The presses that this packet completes: usually none or one. */
  read(timestamp: number, payload: Uint8Array): KeyEvent[] {
    const event = parseKeyEvent(payload)
    if (!event || timestamp === this.#done) return []
    const completed: KeyEvent[] = []
    // All three end packets of the press before were lost: it counts all the same (RFC 4733 §2.5.2.2).
    if (this.#current && this.#current.timestamp !== timestamp) completed.push({ ...this.#current.event, end: true })
    this.#current = { timestamp, event }
    if (event.end) {
      completed.push(event)
      this.#current = undefined
      this.#done = timestamp
    }
    return completed
  }
}

const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477, 1633]
const PAD = '123A456B789C*0#D'

/** The two frequencies of a key (ITU-T Q.23), in Hz; undefined: the hook flash has none. */
export function tonesOf(digit: string): [row: number, column: number] | undefined {
  const place = PAD.indexOf(digit.toUpperCase())
  return place < 0 ? undefined : [ROWS[place >> 2]!, COLUMNS[place & 3]!]
}

/** What an INFO says of a key: the kind of its body, and that. */
export const infoOf = (form: 'relay' | 'info', digit: string, ms: number): [type: string, body: string] =>
  form === 'relay' ? ['application/dtmf-relay', `Signal=${digit}\r\nDuration=${ms}\r\n`] : ['application/dtmf', digit]

/** A key pressed in signalling rather than in the sound, as some gateways do it: the body of their INFO. */
export function keyInSignalling(body: string): { digit: string; ms: number } | undefined {
  const digit = /^(?:Signal\s*=\s*)?([0-9A-D*#])\s*$/im.exec(body)?.[1]
  const ms = /^Duration\s*=\s*(\d+)/im.exec(body)?.[1]
  return digit === undefined ? undefined : { digit: digit.toUpperCase(), ms: Number(ms ?? 100) }
}
