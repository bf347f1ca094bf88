import { SipMalformed } from './failure.ts'

/** Where a datagram goes to or came from. */
export interface Address {
  host: string
  port: number
}

export interface SipUri {
  user: string | undefined
  host: string
  port: number | undefined
  params: Params
}

/** What follows the semicolons; a parameter without a value is `''`. Names are kept in lower case. */
export type Params = Record<string, string>

/** `"Name" <sip:user@host>;tag=x`, as in From, To, Contact, Route. */
export interface NameAddress {
  displayName: string | undefined
  uri: string
  params: Params
}

const SIP_PORT = 5060
const URI = /^sips?:(?:([^@]*)@)?(\[[^\]]+\]|[^:;?]+)(?::(\d+))?([^?]*)/i

export function parseUri(text: string): SipUri {
  const parts = URI.exec(text.trim())
  if (!parts) throw new SipMalformed(`not a SIP URI: ${text}`)
  const [, userinfo, host, port, tail] = parts
  return {
    user: userinfo === undefined ? undefined : unescaped(userinfo.split(':')[0]!),
    host: host!,
    port: port === undefined ? undefined : Number(port),
    params: parseParams(tail ?? ''),
  }
}

/** A `%` that escapes nothing is taken as it stands: a phone should show the number rather than drop the call. */
function unescaped(user: string): string {
  return user.replace(/(%[0-9a-f]{2})+/gi, escapes => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'))
}

/** The address a request for this URI is sent to (RFC 3263 without DNS: Hotline's phones know addresses only). */
export function addressOf(uri: string): Address {
  const { host, port } = parseUri(uri)
  return { host: host.replace(/^\[|\]$/g, ''), port: port ?? SIP_PORT }
}

export function parseNameAddress(text: string): NameAddress {
  const bracketed = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^"<]*?))\s*<([^>]*)>(.*)$/s.exec(text)
  if (bracketed) {
    const [, quoted, token, uri, tail] = bracketed
    const displayName = quoted === undefined ? token : quoted.replace(/\\(.)/gs, '$1')
    return { displayName: displayName || undefined, uri: uri!.trim(), params: parseParams(tail ?? '') }
  }
  // RFC 3261 §20.10: without angle brackets, what follows a semicolon belongs to the header and not to the URI.
  const semicolon = text.indexOf(';')
  const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
  return { displayName: undefined, uri, params: parseParams(semicolon < 0 ? '' : text.slice(semicolon)) }
}

export function formatNameAddress({ displayName, uri, params }: Partial<NameAddress> & { uri: string }): string {
  const name = displayName ? `"${displayName.replace(/[\r\n]+/g, ' ').replace(/(["\\])/g, '\\$1')}" ` : ''
  return `${name}<${uri}>${formatParams(params ?? {})}`
}

export function parseParams(text: string): Params {
  const params: Params = {}
  for (const part of splitOutsideQuotes(text, ';')) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase()
    if (name) params[name] = equals < 0 ? '' : unquoted(part.slice(equals + 1).trim())
  }
  return params
}

export function formatParams(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`))
    .join('')
}

export function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text
}

/** Splits at a separator that stands neither in quotes nor in angle brackets. */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let start = 0
  let quoted = false
  let bracketed = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\\' && quoted) i++
    else if (c === '"') quoted = !quoted
    else if (c === '<' && !quoted) bracketed = true
    else if (c === '>' && !quoted) bracketed = false
    else if (c === separator && !quoted && !bracketed) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts.map(part => part.trim()).filter(part => part !== '')
}
