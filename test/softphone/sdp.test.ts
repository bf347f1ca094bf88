import { describe, expect, test } from 'vitest'
import { SipMalformed } from '../../src/softphone/failure.ts'
import { CODECS } from '../../src/softphone/g711.ts'
import { answerDirection, commonCodecs, formatSdp, parseSdp } from '../../src/softphone/sdp.ts'

const { PCMU, PCMA } = CODECS

test('what is written is read again', () => {
  const description = {
    rtp: { host: '127.0.0.1', port: 40000 },
    codecs: [PCMA, PCMU],
    eventPayload: 101,
    direction: 'sendonly' as const,
  }
  expect(parseSdp(formatSdp(description, { session: 1, version: 2 }))).toEqual(description)
})

test('an offer of Asterisk is understood', () => {
  const offer = [
    'v=0',
    'o=- 1 1 IN IP4 10.0.0.1',
    's=Asterisk',
    'c=IN IP4 10.0.0.1',
    't=0 0',
    'a=sendonly',
    'm=audio 11642 RTP/AVP 9 8 0 96',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:96 telephone-event/8000',
    'a=fmtp:96 0-16',
    'a=maxptime:140',
    'm=video 0 RTP/AVP 99',
    'c=IN IP4 10.0.0.2',
    'a=inactive',
  ].join('\n')
  expect(parseSdp(offer)).toEqual({
    rtp: { host: '10.0.0.1', port: 11642 },
    codecs: [PCMA, PCMU],
    eventPayload: 96,
    direction: 'sendonly',
  })
})

test('the address of the sound goes before that of the session', () => {
  expect(parseSdp('v=0\nc=IN IP4 1.1.1.1\nm=audio 2 RTP/AVP 0\nc=IN IP4 2.2.2.2').rtp).toEqual({
    host: '2.2.2.2',
    port: 2,
  })
})

test.each([['v=0'], ['v=0\nm=video 2 RTP/AVP 0\nc=IN IP4 1.1.1.1'], ['v=0\nm=audio 2 RTP/AVP 0']])(
  'without sound or an address it is refused: %j',
  text => {
    expect(() => parseSdp(text)).toThrow(SipMalformed)
  },
)

describe('the answer to a direction (RFC 3264 §6.1)', () => {
  test.each([
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendonly', 'sendonly', 'inactive'],
    ['recvonly', 'sendonly', 'sendonly'],
  ] as const)('%s, when we want %s, is %s', (offered, wanted, answer) => {
    expect(answerDirection(offered, wanted)).toBe(answer)
  })
})

test('codecs in common stand in the order of the offer', () => {
  expect(commonCodecs([PCMA, PCMU], [PCMU, PCMA])).toEqual([PCMA, PCMU])
  expect(commonCodecs([PCMA], [PCMU])).toEqual([])
})
