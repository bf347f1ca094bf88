import { parseNameAddress, parseUri } from './address.ts'
import type { Path } from './path.ts'

/** Where a call is sent: a number at the server that we talk through, a full URI, or the far end of another call. */
export function referTo(path: Path, target: string | Path): string {
  if (typeof target !== 'string') return `<${parseNameAddress(target.remote).uri}?Replaces=${replaces(target)}>`
  if (/^sips?:/i.test(target)) return `<${target}>`
  const { host, port } = parseUri(path.target)
  return `<sip:${encodeURIComponent(target)}@${host}${port === undefined ? '' : `:${port}`}>`
}

/** RFC 3891 §6.1: the call to take over, in the tags as its far end sees them. */
function replaces({ callId, localTag, remoteTag }: Path): string {
  return encodeURIComponent(`${callId};to-tag=${remoteTag};from-tag=${localTag}`)
}

/** The start line of the new call's answer, which a NOTIFY brings (RFC 3515 §2.4.5). */
export function transferProgress(body: string): { status: number; reason: string } | undefined {
  const line = /^SIP\/2\.0 (\d{3}) ?([^\r\n]*)/.exec(body)
  return line ? { status: Number(line[1]), reason: line[2]! } : undefined
}
