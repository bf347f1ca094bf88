import type { Address } from './address.ts'
import { SipMalformed } from './failure.ts'
import { CODECS, type Codec, type CodecName } from './g711.ts'

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** One side's view of the sound of a call: what an SDP body says, as far as a telephone cares. */
export interface Description {
  /** Where that side wants to be sent sound. */
  rtp: Address
  /** By preference. */
  codecs: Codec[]
  /** The payload type of key presses (RFC 4733); undefined: not understood. */
  eventPayload: number | undefined
  direction: Direction
}

export const EVENT_PAYLOAD = 101

/** `session` stays for the whole call, `version` grows with every change (RFC 3264 §8). */
export function formatSdp(
  description: Description,
  { session, version }: { session: number; version: number },
): string {
  const { rtp, codecs, eventPayload, direction } = description
  const payloads = [...codecs.map(c => c.payload), ...(eventPayload === undefined ? [] : [eventPayload])]
  const family = rtp.host.includes(':') ? 'IP6' : 'IP4'
  return [
    'v=0',
    `o=- ${session} ${version} IN ${family} ${rtp.host}`,
    's=-',
    `c=IN ${family} ${rtp.host}`,
    't=0 0',
    `m=audio ${rtp.port} RTP/AVP ${payloads.join(' ')}`,
    ...codecs.map(c => `a=rtpmap:${c.payload} ${c.name}/8000`),
    ...(eventPayload === undefined
      ? []
      : [`a=rtpmap:${eventPayload} telephone-event/8000`, `a=fmtp:${eventPayload} 0-16`]),
    'a=ptime:20',
    `a=${direction}`,
    '',
  ].join('\r\n')
}

export function parseSdp(text: string): Description {
  const lines = text.split(/\r?\n/)
  const start = lines.findIndex(line => line.startsWith('m=audio '))
  if (start < 0) throw new SipMalformed('the session description offers no sound')
  const end = lines.findIndex((line, i) => i > start && line.startsWith('m='))
  const session = lines.slice(
    0,
    lines.findIndex(line => line.startsWith('m=')),
  )
  const media = lines.slice(start + 1, end < 0 ? undefined : end)
  const [port, , ...payloads] = lines[start]!.slice('m=audio '.length).trim().split(/\s+/)
  const host = connection(media) ?? connection(session)
  if (host === undefined || !/^\d+/.test(port ?? '')) throw new SipMalformed('the session description has no address')
  const names = payloadNames(media)
  const named = payloads.map(Number).map(payload => ({ payload, name: names.get(payload) ?? STATIC.get(payload) }))
  return {
    rtp: { host, port: Number.parseInt(port!, 10) },
    codecs: named.flatMap(({ name }) => (name === 'PCMU' || name === 'PCMA' ? [CODECS[name as CodecName]] : [])),
    eventPayload: named.find(({ name }) => name === 'TELEPHONE-EVENT')?.payload,
    direction: direction(media) ?? direction(session) ?? 'sendrecv',
  }
}

// RFC 3551 §6: these two need no rtpmap line.
const STATIC = new Map<number, string>([
  [0, 'PCMU'],
  [8, 'PCMA'],
])

function payloadNames(media: string[]): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of media) {
    const map = /^a=rtpmap:(\d+) ([^/]+)\/8000/i.exec(line)
    if (map) names.set(Number(map[1]), map[2]!.toUpperCase())
  }
  return names
}

function connection(lines: string[]): string | undefined {
  return lines
    .find(line => line.startsWith('c='))
    ?.split(/\s+/)[2]
    ?.split('/')[0]
}

function direction(lines: string[]): Direction | undefined {
  const line = lines.find(l => /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.test(l))
  return line?.slice(2).trim() as Direction | undefined
}

/** What can be answered to a direction (RFC 3264 §6.1), given what this side wants itself. */
export function answerDirection(offered: Direction, wanted: Direction): Direction {
  const sends = offered !== 'sendonly' && offered !== 'inactive' && wanted !== 'recvonly' && wanted !== 'inactive'
  const receives = offered !== 'recvonly' && offered !== 'inactive' && wanted !== 'sendonly' && wanted !== 'inactive'
  if (sends) return receives ? 'sendrecv' : 'sendonly'
  return receives ? 'recvonly' : 'inactive'
}

/** The codecs both sides have, by the offerer's preference. */
export function commonCodecs(offered: Codec[], own: Codec[]): Codec[] {
  return offered.filter(codec => own.includes(codec))
}
