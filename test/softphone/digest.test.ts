import { describe, expect, test } from 'vitest'
import { authorization, chooseChallenge, digestResponse, parseChallenge } from '../../src/softphone/digest.ts'

const page = { method: 'GET', uri: '/dir/index.html' }
const RFC_7616 =
  'realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", qop="auth, auth-int"'

function answer(challenge: string, password: string, cnonce: string): string {
  const parsed = parseChallenge(`Digest ${challenge}`)!
  return digestResponse({ challenge: parsed, credentials: { user: 'Mufasa', password }, ...page, cnonce })
}

describe('the examples of the standards come out as printed', () => {
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'

  test('RFC 2069 §2.4, as its erratum has it', () => {
    const challenge = 'realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    expect(answer(challenge, 'CircleOfLife', '')).toBe('1949323746fe6a43ef61f9606e7febea')
  })

  test('RFC 2617 §3.5', () => {
    const challenge = 'realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    expect(answer(challenge, 'Circle Of Life', '0a4f113b')).toBe('6629fae49393a05397450978507c4ef1')
  })

  test('RFC 7616 §3.9.1, MD5', () => {
    expect(answer(`${RFC_7616}, algorithm=MD5`, 'Circle of Life', cnonce)).toBe('8ca523f5e9506fed4657c9700eebdbec')
  })

  test('RFC 7616 §3.9.1, SHA-256', () => {
    expect(answer(`${RFC_7616}, algorithm=SHA-256`, 'Circle of Life', cnonce)).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    )
  })
})

describe('of several challenges', () => {
  test('the topmost that we can meet is met (RFC 8760 §2.4)', () => {
    const chosen = chooseChallenge([
      'Bearer realm="x"',
      'Digest realm="x", nonce="1", algorithm=SHA-1024, qop="auth"',
      'Digest realm="x", nonce="2", algorithm=SHA-256, qop="auth-int"',
      'Digest realm="x", nonce="3", algorithm=sha-256, qop="auth"',
      'Digest realm="x", nonce="4", algorithm=MD5, qop="auth"',
    ])
    expect(chosen).toMatchObject({ nonce: '3', algorithm: 'sha-256' })
    expect(chooseChallenge(['Basic realm="x"'])).toBeUndefined()
  })
})

test('the proof is written as RFC 7616 §3.4 wants it', () => {
  const challenge = parseChallenge('Digest realm="a \\"b\\"", nonce="n", opaque="", qop="auth", stale=TRUE')!
  expect(challenge).toMatchObject({ realm: 'a "b"', stale: true, opaque: '' })
  const credentials = { user: '8001', password: 'secret' }
  const value = authorization({ challenge, credentials, method: 'REGISTER', uri: 'sip:x', cnonce: 'c', count: 26 })
  expect(value).toMatch(
    /^Digest username="8001", realm="a \\"b\\"", nonce="n", uri="sip:x", response="[0-9a-f]{32}", opaque="", qop=auth, nc=0000001a, cnonce="c"$/,
  )
})
