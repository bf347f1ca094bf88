import { createHash } from 'node:crypto'
import { splitOutsideQuotes, unquoted } from './address.ts'

/** What a server asks for in WWW-Authenticate or Proxy-Authenticate (RFC 7616 §3.3). */
export interface Challenge {
  realm: string
  nonce: string
  /** As the server spelled it; undefined means MD5. */
  algorithm: string | undefined
  qop: 'auth' | undefined
  opaque: string | undefined
  stale: boolean
}

export interface Credentials {
  user: string
  password: string
}

const HASHES: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' }

/** Undefined when the scheme, the algorithm or the quality of protection is none that we speak. */
export function parseChallenge(value: string): Challenge | undefined {
  const scheme = /^\s*Digest\s+/i.exec(value)
  if (!scheme) return undefined
  const fields = new Map(
    splitOutsideQuotes(value.slice(scheme[0].length), ',').map(part => {
      const equals = part.indexOf('=')
      return [part.slice(0, equals).trim().toLowerCase(), unquoted(part.slice(equals + 1).trim())] as const
    }),
  )
  const algorithm = fields.get('algorithm')
  const offered = fields
    .get('qop')
    ?.split(',')
    .map(q => q.trim().toLowerCase())
  if (!HASHES[(algorithm ?? 'MD5').toUpperCase()] || (offered && !offered.includes('auth'))) return undefined
  return {
    realm: fields.get('realm') ?? '',
    nonce: fields.get('nonce') ?? '',
    algorithm,
    qop: offered ? 'auth' : undefined,
    opaque: fields.get('opaque'),
    stale: fields.get('stale')?.toLowerCase() === 'true',
  }
}

/** RFC 8760 §2.4: the server lists them by preference, and we take the topmost that we can. */
export function chooseChallenge(values: string[]): Challenge | undefined {
  return values.map(parseChallenge).find(challenge => challenge !== undefined)
}

export interface Authorised {
  challenge: Challenge
  credentials: Credentials
  method: string
  uri: string
  cnonce: string
  /** How often this nonce was used, this time included. */
  count?: number
}

/** RFC 7616 §3.4.1, with the older form of RFC 2069 where the server offers no qop. */
export function digestResponse({ challenge, credentials, method, uri, cnonce, count = 1 }: Authorised): string {
  const hash = (text: string) =>
    createHash(HASHES[(challenge.algorithm ?? 'MD5').toUpperCase()]!)
      .update(text)
      .digest('hex')
  const ha1 = hash(`${credentials.user}:${challenge.realm}:${credentials.password}`)
  const ha2 = hash(`${method}:${uri}`)
  if (!challenge.qop) return hash(`${ha1}:${challenge.nonce}:${ha2}`)
  return hash(`${ha1}:${challenge.nonce}:${hex8(count)}:${cnonce}:${challenge.qop}:${ha2}`)
}

/** The value of Authorization or Proxy-Authorization. */
export function authorization(authorised: Authorised): string {
  const { challenge, credentials, uri, cnonce, count = 1 } = authorised
  const fields = [
    `username=${quoted(credentials.user)}`,
    `realm=${quoted(challenge.realm)}`,
    `nonce=${quoted(challenge.nonce)}`,
    `uri=${quoted(uri)}`,
    `response="${digestResponse(authorised)}"`,
  ]
  if (challenge.algorithm) fields.push(`algorithm=${challenge.algorithm}`)
  if (challenge.opaque !== undefined) fields.push(`opaque=${quoted(challenge.opaque)}`)
  if (challenge.qop) fields.push(`qop=${challenge.qop}`, `nc=${hex8(count)}`, `cnonce=${quoted(cnonce)}`)
  return `Digest ${fields.join(', ')}`
}

function hex8(count: number): string {
  return count.toString(16).padStart(8, '0')
}

function quoted(text: string): string {
  return `"${text.replace(/(["\\])/g, '\\$1')}"`
}
