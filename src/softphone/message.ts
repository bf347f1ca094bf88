import { splitOutsideQuotes } from './address.ts'
import { SipMalformed } from './failure.ts'

/** A header's name in its usual spelling, and its value. */
export type Header = [name: string, value: string]

export interface SipRequest {
  kind: 'request'
  method: string
  uri: string
  headers: Header[]
  body: string
}

export interface SipResponse {
  kind: 'response'
  status: number
  reason: string
  headers: Header[]
  body: string
}

export type SipMessage = SipRequest | SipResponse

// RFC 3261 §7.3.3 and the registry of later RFCs.
const COMPACT: Record<string, string> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
}

const ODD_SPELLING: Record<string, string> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'mime-version': 'MIME-Version',
  'www-authenticate': 'WWW-Authenticate',
}

/** `CALL-ID`, `call-id` and `i` are one header: `Call-ID`. */
export function headerName(raw: string): string {
  const lower = raw.trim().toLowerCase()
  return COMPACT[lower] ?? ODD_SPELLING[lower] ?? lower.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase())
}

export function parseMessage(text: string): SipMessage {
  const end = /\r?\n\r?\n/.exec(text)
  const head = end ? text.slice(0, end.index) : text
  // RFC 3261 §7.3.1: a line that begins with white space goes on from the one before.
  const [first = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const headers = lines.filter(line => line !== '').map(parseHeader)
  const body = bodyOf(headers, end ? text.slice(end.index + end[0].length) : '')
  const status = /^SIP\/2\.0 (\d{3})(?: (.*))?$/i.exec(first)
  if (status) return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body }
  const request = /^([A-Za-z]+) (\S+) SIP\/2\.0$/i.exec(first)
  if (request) return { kind: 'request', method: request[1]!, uri: request[2]!, headers, body }
  throw new SipMalformed(`not a SIP start line: ${first.slice(0, 80)}`)
}

function parseHeader(line: string): Header {
  const colon = line.indexOf(':')
  if (colon < 1) throw new SipMalformed(`not a SIP header: ${line.slice(0, 80)}`)
  return [headerName(line.slice(0, colon)), line.slice(colon + 1).trim()]
}

/** Over UDP what lies beyond Content-Length is thrown away, and too little is an error (RFC 3261 §18.3). */
function bodyOf(headers: Header[], rest: string): string {
  const declared = headers.find(([name]) => name === 'Content-Length')?.[1]
  if (declared === undefined) return rest
  const bytes = Buffer.from(rest, 'utf8')
  if (!/^\d+$/.test(declared) || Number(declared) > bytes.length)
    throw new SipMalformed(`Content-Length ${declared}, but ${bytes.length} bytes came`)
  return bytes.toString('utf8', 0, Number(declared))
}

export function formatMessage(message: SipMessage): string {
  const first =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`
  const lines = message.headers
    .filter(([name]) => name !== 'Content-Length')
    .map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`)
  return [first, ...lines, `Content-Length: ${Buffer.byteLength(message.body)}`, '', message.body].join('\r\n')
}

/** The first header of that name. */
export function header(message: { headers: Header[] }, name: string): string | undefined {
  return message.headers.find(([n]) => n === name)?.[1]
}

/** The first header of that name, which every message of this kind must carry. */
export function required(message: { headers: Header[] }, name: string): string {
  const value = header(message, name)
  if (value === undefined) throw new SipMalformed(`no ${name} header`)
  return value
}

/** All values of a header that may be repeated or hold a list (Via, Route, Contact, Allow; not WWW-Authenticate). */
export function listed(message: { headers: Header[] }, name: string): string[] {
  return message.headers.filter(([n]) => n === name).flatMap(([, value]) => splitOutsideQuotes(value, ','))
}

export function withHeader<M extends SipMessage>(message: M, name: string, value: string): M {
  const others = message.headers.filter(([n]) => n !== name)
  return { ...message, headers: [...others, [name, value]] }
}

export function cseq(message: { headers: Header[] }): { number: number; method: string } {
  const parts = /^(\d+)\s+(\S+)$/.exec(required(message, 'CSeq'))
  if (!parts) throw new SipMalformed(`not a CSeq: ${header(message, 'CSeq')}`)
  return { number: Number(parts[1]), method: parts[2]! }
}

/** A response carries the request's Via (all of them), From, To, Call-ID and CSeq (RFC 3261 §8.2.6.2). */
export function responseTo(
  request: SipRequest,
  status: number,
  { reason = REASONS[status] ?? 'Unknown', toTag, headers = [], body = '' }: ResponseParts = {},
): SipResponse {
  const copied = request.headers
    .filter(([name]) => name === 'Via' || name === 'From' || name === 'To' || name === 'Call-ID' || name === 'CSeq')
    .map(
      ([name, value]): Header => [
        name,
        name === 'To' && toTag && !/;\s*tag=/i.test(value) ? `${value};tag=${toTag}` : value,
      ],
    )
  return { kind: 'response', status, reason, headers: [...copied, ...headers], body }
}

export interface ResponseParts {
  reason?: string
  toTag?: string | undefined
  headers?: Header[]
  body?: string
}

export const REASONS: Record<number, string> = {
  100: 'Trying',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
  600: 'Busy Everywhere',
  603: 'Decline',
}
