import { describe, expect, test } from 'vitest'
import { formatNameAddress, parseNameAddress, parseUri, splitOutsideQuotes } from '../../src/softphone/address.ts'
import { SipMalformed } from '../../src/softphone/failure.ts'
import {
  cseq,
  formatMessage,
  header,
  headerName,
  listed,
  parseMessage,
  responseTo,
  type SipRequest,
  withHeader,
} from '../../src/softphone/message.ts'

const lines = (...text: string[]) => text.join('\r\n')

describe('a message is read', () => {
  test('whatever the spelling of its headers', () => {
    const message = parseMessage(
      lines(
        'INVITE sip:4001@127.0.0.1 SIP/2.0',
        'v: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKa',
        'VIA : SIP/2.0/UDP 127.0.0.2;branch=z9hG4bKb , SIP/2.0/UDP 127.0.0.3;branch=z9hG4bKc',
        'f: "A, <b>" <sip:a@x>;tag=1',
        't: <sip:b@x>',
        'i: abc',
        'cseq: 7   INVITE',
        'SUBJECT: on',
        '\tand',
        '  on',
        'l: 4',
        '',
        'body and what does not belong to it',
      ),
    )
    expect(message).toMatchObject({ kind: 'request', method: 'INVITE', uri: 'sip:4001@127.0.0.1', body: 'body' })
    expect(header(message, 'Subject')).toBe('on and on')
    expect(header(message, 'Call-ID')).toBe('abc')
    expect(listed(message, 'Via').map(via => via.slice(-1))).toEqual(['a', 'b', 'c'])
    expect(cseq(message)).toEqual({ number: 7, method: 'INVITE' })
    expect(parseNameAddress(header(message, 'From')!).displayName).toBe('A, <b>')
  })

  test('with a reason phrase of its own, or none', () => {
    expect(parseMessage(lines('SIP/2.0 486 Besetzt, leider', '', ''))).toMatchObject({
      status: 486,
      reason: 'Besetzt, leider',
    })
    expect(parseMessage(lines('SIP/2.0 200', '', ''))).toMatchObject({ status: 200, reason: '' })
  })

  test('with a length in bytes, not in letters', () => {
    const message = parseMessage(lines('MESSAGE sip:a@b SIP/2.0', 'Content-Length: 6', '', '客服代表'))
    expect(message.body).toBe('客服')
  })

  test.each([
    ['no start line', 'hello'],
    ['a wrong version', lines('INVITE sip:a@b SIP/3.0', '', '')],
    ['a header without a colon', lines('INVITE sip:a@b SIP/2.0', 'Via', '', '')],
    ['a body that is too short', lines('INVITE sip:a@b SIP/2.0', 'l: 9', '', 'x')],
    ['a length that is no number', lines('INVITE sip:a@b SIP/2.0', 'l: x', '', 'x')],
  ])('but not with %s', (_, text) => {
    expect(() => parseMessage(text)).toThrow(SipMalformed)
  })
})

describe('a message is written', () => {
  const request: SipRequest = {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:b@x',
    headers: [
      ['Via', 'SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKa;rport'],
      ['From', '<sip:a@x>;tag=1'],
      ['To', '<sip:b@x>'],
      ['Call-ID', 'abc'],
      ['CSeq', '1 INVITE'],
    ],
    body: '客服',
  }

  test('so that it is read again as it was', () => {
    const again = parseMessage(formatMessage(request))
    expect(again).toEqual({ ...request, headers: [...request.headers, ['Content-Length', '6']] })
  })

  test('without letting a value begin a header of its own', () => {
    const forged = withHeader(request, 'Subject', 'hello\r\nFrom: <sip:evil@x>')
    expect(parseMessage(formatMessage(forged)).headers.filter(([name]) => name === 'From')).toHaveLength(1)
  })

  test('as a response to it, with a tag of ours', () => {
    const response = responseTo(request, 180, { toTag: 't' })
    expect(formatMessage(response)).toMatch(/^SIP\/2\.0 180 Ringing\r\n/)
    expect(header(response, 'To')).toBe('<sip:b@x>;tag=t')
    expect(header(responseTo(withHeader(request, 'To', '<sip:b@x>;tag=u'), 200, { toTag: 't' }), 'To')).toBe(
      '<sip:b@x>;tag=u',
    )
  })

  test('with names in their usual spelling', () => {
    expect(['www-authenticate', 'CALL-ID', 'm', 'p-asserted-identity'].map(headerName)).toEqual([
      'WWW-Authenticate',
      'Call-ID',
      'Contact',
      'P-Asserted-Identity',
    ])
  })
})

describe('an address', () => {
  test('has a user, a host, a port and parameters', () => {
    expect(parseUri('sip:8001@127.0.0.1:5070;transport=udp;lr')).toEqual({
      user: '8001',
      host: '127.0.0.1',
      port: 5070,
      params: { transport: 'udp', lr: '' },
    })
    expect(parseUri('sip:%2B8613800138000:secret@[::1]?subject=x')).toMatchObject({
      user: '+8613800138000',
      host: '[::1]',
    })
    expect(parseUri('SIP:x.example')).toMatchObject({ user: undefined, host: 'x.example', port: undefined })
    expect(() => parseUri('tel:110')).toThrow(SipMalformed)
  })

  test('has a name with or without quotes, or none', () => {
    expect(parseNameAddress('"\\"张\\" 三" <sip:1@x;lr>;tag=a')).toEqual({
      displayName: '"张" 三',
      uri: 'sip:1@x;lr',
      params: { tag: 'a' },
    })
    expect(parseNameAddress('Li Si <sip:1@x>')).toMatchObject({ displayName: 'Li Si' })
    // RFC 3261 §20.10
    expect(parseNameAddress('sip:1@x;tag=a')).toEqual({ displayName: undefined, uri: 'sip:1@x', params: { tag: 'a' } })
  })

  test('is written so that it is read again as it was', () => {
    const address = { displayName: 'a "b" \\ c', uri: 'sip:1@x', params: { tag: 'z' } }
    expect(parseNameAddress(formatNameAddress(address))).toEqual(address)
  })

  test('in a list may hold commas', () => {
    expect(splitOutsideQuotes('"a, \\", b" <sip:x,y@z>, <sip:c>', ',')).toEqual(['"a, \\", b" <sip:x,y@z>', '<sip:c>'])
  })
})
