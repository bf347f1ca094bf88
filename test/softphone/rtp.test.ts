import { describe, expect, test } from 'vitest'
import { KeyReader, parseKeyEvent } from '../../src/softphone/dtmf.ts'
import { PhoneMisused } from '../../src/softphone/failure.ts'
import { CODECS } from '../../src/softphone/g711.ts'
import { Arrivals, formatRtp, parseRtp, type RtpPacket } from '../../src/softphone/rtp.ts'
import { Sender } from '../../src/softphone/sender.ts'
import { sine, toneLevel } from '../../src/softphone/tone.ts'

const packet = (fields: Partial<RtpPacket> = {}): RtpPacket => ({
  payloadType: 0,
  marker: false,
  sequence: 1,
  timestamp: 160,
  source: 7,
  payload: new Uint8Array(160),
  ...fields,
})

function sender() {
  const made = new Sender(CODECS.PCMU, { source: 7, sequence: 0xfffe, timestamp: 0xffffffff - 159 })
  made.eventPayload = 101
  made.sounding = true
  return made
}

const sent = (from: Sender, ticks: number) =>
  Array.from({ length: ticks }, () => from.next()[0]).map(p => p && parseRtp(p)!)

describe('a packet', () => {
  test('is read as it was written', () => {
    const one = packet({ marker: true, payloadType: 101, timestamp: 0xfffffff0, sequence: 65535, source: 0xdeadbeef })
    const { payload, ...head } = parseRtp(formatRtp(one))!
    expect({ ...head, payload: Uint8Array.from(payload) }).toEqual(one)
  })

  test('may carry sources, an extension and padding, which are not sound', () => {
    const bytes = Buffer.concat([
      Buffer.from([0x80 | 0x20 | 0x10 | 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]),
      Buffer.alloc(4),
      Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4]),
      Buffer.from([11, 12, 13, 0, 2]),
    ])
    expect([...parseRtp(bytes)!.payload]).toEqual([11, 12, 13])
  })

  test.each([
    ['too short', Buffer.alloc(11, 0x80)],
    ['another version', Buffer.alloc(20)],
    ['RTCP', Buffer.from([0x80, 200, ...Buffer.alloc(26)])],
    ['all padding', Buffer.from([0xa0, 0, ...Buffer.alloc(10), 99])],
  ])('that is none is refused: %s', (_, bytes) => {
    expect(parseRtp(bytes)).toBeUndefined()
  })
})

describe('arrivals', () => {
  test('count what is missing, what is late and what came twice', () => {
    const arrivals = new Arrivals()
    const at = (sequence: number) =>
      arrivals.arrived(packet({ sequence: sequence & 0xffff, timestamp: sequence * 160 }))
    at(65534)
    expect(at(65535)).toBe(0)
    expect(at(65538)).toBe(320)
    expect(at(65537)).toBeUndefined()
    expect(at(65538)).toBeUndefined()
    expect(arrivals).toMatchObject({ received: 3, lost: 2, late: 2 })
  })

  test('do not take a new source for a loss', () => {
    const arrivals = new Arrivals()
    arrivals.arrived(packet())
    expect(arrivals.arrived(packet({ source: 8, sequence: 5000 }))).toBe(Number.POSITIVE_INFINITY)
    expect(arrivals.lost).toBe(0)
  })
})

describe('what is sent', () => {
  test('goes on by one packet and 160 samples, over the ends of the numbers', () => {
    const packets = sent(sender(), 3)
    expect(packets.map(p => p!.sequence)).toEqual([0xfffe, 0xffff, 0])
    expect(packets.map(p => p!.timestamp)).toEqual([0xffffffff - 159, 0, 160])
    expect(packets.map(p => p!.marker)).toEqual([true, false, false])
  })

  test('is a tone without a seam', () => {
    const from = sender()
    from.play({ hz: 441 })
    const bytes = sent(from, 60).flatMap(p => [...p!.payload])
    const pcm = CODECS.PCMU.decode(Uint8Array.from(bytes))
    expect(toneLevel(pcm.subarray(7600, 8400), 441)).toBeCloseTo(-12, 1)
  })

  test('ends when it ends, and is silence then', async () => {
    const from = sender()
    const played = from.play(sine(440, { ms: 30 }))
    const loud = sent(from, 3).map(p => p!.payload.some(byte => byte !== 0xff))
    expect(loud).toEqual([true, true, false])
    await played
  })

  test('changes its codec on the way', () => {
    const from = sender()
    from.play({ hz: 440 })
    sent(from, 3)
    from.codec = CODECS.PCMA
    expect(sent(from, 1)[0]!.payloadType).toBe(8)
  })

  test('is nothing while on hold, and begins with a marker afterwards', () => {
    const from = sender()
    sent(from, 1)
    from.sounding = false
    expect(sent(from, 2)).toEqual([undefined, undefined])
    from.sounding = true
    expect(sent(from, 1)[0]).toMatchObject({ marker: true, sequence: 0xffff, timestamp: 320 })
  })
})

describe('a key press (RFC 4733)', () => {
  test('is one event with one timestamp, a growing duration and three ends', async () => {
    const from = sender()
    sent(from, 1)
    const pressed = from.press('5')
    const packets = sent(from, 7).map(p => p!)
    expect(packets.map(p => p.payloadType)).toEqual(Array(7).fill(101))
    expect(packets.map(p => p.marker)).toEqual([true, ...Array(6).fill(false)])
    expect(new Set(packets.map(p => p.timestamp))).toEqual(new Set([0]))
    expect(packets.map(p => p.sequence)).toEqual([0xffff, 0, 1, 2, 3, 4, 5])
    const events = packets.map(p => parseKeyEvent(p.payload)!)
    expect(events.map(e => e.duration)).toEqual([160, 320, 480, 640, 800, 800, 800])
    expect(events.map(e => e.end)).toEqual([false, false, false, false, true, true, true])
    // The pause after it, and then sound again, at the time that it is by now.
    expect(sent(from, 3)).toEqual([undefined, undefined, undefined])
    await pressed
    expect(sent(from, 1)[0]).toMatchObject({ payloadType: 0, marker: true, sequence: 6, timestamp: 1600 })
  })

  test('waits for the one before it', () => {
    const from = sender()
    for (const digit of '1#*d') from.press(digit)
    const reader = new KeyReader()
    const heard = sent(from, 45).flatMap(p => (p?.payloadType === 101 ? reader.read(p.timestamp, p.payload) : []))
    expect(heard).toEqual([...'1#*D'].map(digit => ({ digit, end: true, duration: 800 })))
  })

  test('is heard when all its ends are lost, and never twice', () => {
    const from = sender()
    for (const digit of '77') from.press(digit)
    const reader = new KeyReader()
    const packets = sent(from, 20).filter(p => p?.payloadType === 101)
    const heard = [...packets.slice(0, 4), ...packets.slice(7)].flatMap(p => reader.read(p!.timestamp, p!.payload))
    expect(heard.map(event => event.duration)).toEqual([640, 800])
  })

  test('whose ends the network loses leaves a gap where they were', () => {
    const from = sender()
    from.press('7', { losesEnds: true })
    const packets = sent(from, 12).filter(p => p !== undefined)
    expect(packets.map(p => p.payloadType)).toEqual([101, 101, 101, 101, 0, 0])
    expect(packets.slice(3, 5).map(p => p.sequence)).toEqual([1, 5])
  })

  test('in the sound is its two tones in place of the voice, and beside an event it is both', async () => {
    const from = sender()
    from.play({ hz: 440 })
    from.press('5', { event: false, tones: true })
    const heard = CODECS.PCMU.decode(Uint8Array.from(sent(from, 5).flatMap(p => [...p!.payload])))
    for (const hz of [770, 1336]) expect(toneLevel(heard, hz)).toBeCloseTo(-12, 0)
    expect(toneLevel(heard, 440)).toBeLessThan(-60)
    sent(from, 3)
    from.press('5', { tones: true })
    expect(from.next().map(p => parseRtp(p)!.payloadType)).toEqual([0, 101])
  })

  test('of no key is refused', () => {
    expect(() => sender().press('x')).toThrow(PhoneMisused)
  })
})
