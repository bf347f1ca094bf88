import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseNameAddress } from '../../src/softphone/address.ts'
import { cseq, header, listed } from '../../src/softphone/message.ts'
import { parseSdp } from '../../src/softphone/sdp.ts'
import { Softphone } from '../../src/softphone/softphone.ts'
import { Peer } from './peer.ts'

let peer: Peer
let phone: Softphone

beforeEach(async () => {
  peer = await Peer.open()
  phone = await Softphone.open({ server: peer.address, user: '8001', password: 'secret', displayName: 'Phone' })
  peer.talkTo(Number(phone.uri.split(':').at(-1)))
})

afterEach(async () => {
  await phone.close({ withinMs: 0 })
  peer.close()
})

const sdp = (direction = 'sendrecv') => `v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\na=${direction}\r\n`
const challenge = (more = '') => `Digest realm="hotline", nonce="n", algorithm=SHA-256, qop="auth"${more}`

describe('registering', () => {
  test('meets the challenge, and the shortest time that the server allows', async () => {
    const registering = phone.register({ expires: 1 })
    const first = await peer.hearsRequest('REGISTER')
    expect(header(first, 'Authorization')).toBeUndefined()
    peer.reply(first, 401, { headers: [['WWW-Authenticate', challenge()]] })
    const second = await peer.hearsRequest('REGISTER')
    expect(header(second, 'Authorization')).toMatch(/username="8001".*algorithm=SHA-256.*nc=00000001/)
    expect(cseq(second).number).toBe(cseq(first).number + 1)
    expect(header(second, 'Call-ID')).toBe(header(first, 'Call-ID'))
    peer.reply(second, 423, { headers: [['Min-Expires', '60']] })
    const third = await peer.hearsRequest('REGISTER')
    expect(header(third, 'Expires')).toBe('60')
    const registered = once(phone, 'registered')
    const contact = `<sip:other@x>;expires=9, ${listed(third, 'Contact')[0]!.replace(/expires=\d+/, 'expires=45')}`
    peer.reply(third, 200, { headers: [['Contact', contact]] })
    await registering
    expect(await registered).toEqual([45])
    expect(phone.registered).toBe(true)
    const leaving = phone.unregister()
    const last = await peer.hearsRequest('REGISTER')
    expect(header(last, 'Expires')).toBe('0')
    peer.reply(last, 200)
    await leaving
    expect(phone.registered).toBe(false)
  })

  test('does not try a wrong password again and again, but a stale nonce once more', async () => {
    const registering = phone.register()
    peer.reply(await peer.hearsRequest('REGISTER'), 401, { headers: [['WWW-Authenticate', challenge()]] })
    peer.reply(await peer.hearsRequest('REGISTER'), 401, { headers: [['WWW-Authenticate', challenge(', stale=true')]] })
    peer.reply(await peer.hearsRequest('REGISTER'), 401, { headers: [['WWW-Authenticate', challenge()]] })
    await expect(registering).rejects.toMatchObject({ status: 401 })
  })
})

describe('a request outside any call', () => {
  test.each([
    ['OPTIONS', 200],
    ['NOTIFY', 200],
    ['BYE', 481],
    ['CANCEL', 481],
    ['SUBSCRIBE', 405],
    ['INVITE', 480],
  ])('%s is answered with %i', async (method, status) => {
    peer.say(method)
    const answer = await peer.hearsStatus()
    expect(answer.status).toBe(status)
    expect(parseNameAddress(header(answer, 'To')!).params.tag).toBeTruthy()
  })

  test('that is none is told of, and does no harm', async () => {
    const malformed = once(phone, 'malformed')
    peer.send('\r\n\r\n')
    peer.send('GET / HTTP/1.1\r\n\r\n')
    expect((await malformed)[0]).toMatchObject({ id: 'sip-malformed' })
    peer.say('OPTIONS')
    expect((await peer.hearsStatus()).status).toBe(200)
  })
})

describe('a call to the phone', () => {
  test('without an offer is answered with one, and the ACK brings the answer', async () => {
    phone.on('invite', incoming => incoming.answer())
    peer.say('INVITE', { headers: ['Record-Route: <sip:proxy@127.0.0.1:9;lr>, <sip:127.0.0.1:8;lr>'] })
    const answer = await peer.hearsStatus()
    expect(parseSdp(answer.body)).toMatchObject({ direction: 'sendrecv', eventPayload: 101 })
    expect(listed(answer, 'Record-Route')).toHaveLength(2)
    const tag = parseNameAddress(header(answer, 'To')!).params.tag!
    peer.say('ACK', { body: sdp('sendonly'), tag })
    peer.say('INFO', { body: 'Signal=5\r\nDuration=250\r\n', tag })
    const [dialog] = phone.dialogs
    expect(await once(dialog!, 'digit')).toEqual(['5', 250])
    expect(dialog!.heldByPeer).toBe(true)
    expect((await peer.hearsStatus()).status).toBe(200)
    peer.say('BYE', { headers: ['Reason: Q.850;cause=16'], tag })
    expect(await dialog!.ended).toEqual({ by: 'remote', cause: 'Q.850;cause=16' })
  })

  test('can be changed by the caller, but not to something that the phone does not speak', async () => {
    const invited = phone.nextInvite()
    peer.say('INVITE', { body: sdp() })
    const answering = (await invited).answer()
    const tag = parseNameAddress(header(await peer.hearsStatus(), 'To')!).params.tag!
    peer.say('ACK', { tag })
    const dialog = await answering
    peer.say('UPDATE', { body: sdp('inactive'), tag })
    expect(parseSdp((await peer.hearsStatus()).body).direction).toBe('inactive')
    expect(dialog.heldByPeer).toBe(true)
    peer.say('UPDATE', { body: sdp().replace('AVP 0', 'AVP 9'), tag })
    expect((await peer.hearsStatus()).status).toBe(488)
    peer.say('REFER', { tag })
    expect((await peer.hearsStatus()).status).toBe(603)
  })

  test('hears news before it is answered, but no second offer', async () => {
    const invited = phone.nextInvite()
    peer.say('INVITE', { body: sdp() })
    const incoming = await invited
    incoming.ring()
    const tag = parseNameAddress(header(await peer.hearsStatus(), 'To')!).params.tag!
    peer.say('UPDATE', { tag })
    expect((await peer.hearsStatus()).status).toBe(200)
    peer.say('UPDATE', { body: sdp(), tag })
    expect((await peer.hearsStatus()).status).toBe(500)
    incoming.reject(486)
    expect(await peer.hearsStatus()).toMatchObject({ status: 486, reason: 'Busy Here' })
  })
})

describe('a call by the phone', () => {
  test('meets a challenge, hears before the answer, and takes the way that the answer names', async () => {
    const call = phone.invite('4001', { headers: [['X-Note', 'hello']] })
    const first = await peer.hearsRequest('INVITE')
    expect(header(first, 'From')).toMatch(/^"Phone" <sip:8001@127\.0\.0\.1:\d+>;tag=/)
    peer.reply(first, 407, { headers: [['Proxy-Authenticate', challenge()]] })
    await peer.hearsRequest('ACK')
    const invite = await peer.hearsRequest('INVITE')
    expect(header(invite, 'Proxy-Authorization')).toMatch(/uri="sip:4001@127\.0\.0\.1:\d+"/)
    expect(header(invite, 'X-Note')).toBe('hello')
    peer.reply(invite, 183, { body: sdp() })
    await call.ringing
    const { port } = peer.address
    const headers: [string, string][] = [
      ['Record-Route', `<sip:127.0.0.1:9;lr>, <sip:127.0.0.1:${port};lr>`],
      ['Contact', '<sip:far@127.0.0.1:9>'],
    ]
    peer.reply(invite, 200, { headers, body: sdp() })
    const ack = await peer.hearsRequest('ACK')
    expect(ack.uri).toBe('sip:far@127.0.0.1:9')
    expect(listed(ack, 'Route')).toEqual([`<sip:127.0.0.1:${port};lr>`, '<sip:127.0.0.1:9;lr>'])
    expect(cseq(ack).number).toBe(cseq(invite).number)
    const dialog = await call.answered
    const transfer = dialog.transfer('8002')
    const refer = await peer.hearsRequest('REFER')
    expect(header(refer, 'Refer-To')).toBe('<sip:8002@127.0.0.1:9>')
    peer.reply(refer, 403)
    await expect(transfer).rejects.toMatchObject({ status: 403 })
    peer.reply(invite, 200, { headers, body: sdp() })
    expect(header(await peer.hearsRequest('ACK'), 'Via')).toBe(header(ack, 'Via'))
  })

  test('that two phones answer is kept by the first', async () => {
    const call = phone.invite('4001')
    const invite = await peer.hearsRequest('INVITE')
    const headers: [string, string][] = [['Contact', `<sip:far@127.0.0.1:${peer.address.port}>`]]
    peer.reply(invite, 200, { headers, body: sdp() })
    await peer.hearsRequest('ACK')
    peer.reply(invite, 200, { headers, body: sdp(), toTag: 'second' })
    expect(header(await peer.hearsRequest('ACK'), 'To')).toMatch('tag=second')
    expect(header(await peer.hearsRequest('BYE'), 'To')).toMatch('tag=second')
    expect((await call.answered).over).toBe(false)
  })

  test('is ended at once when there is nothing that both can speak', async () => {
    const call = phone.invite('4001')
    const invite = await peer.hearsRequest('INVITE')
    const headers: [string, string][] = [['Contact', `<sip:far@127.0.0.1:${peer.address.port}>`]]
    peer.reply(invite, 200, { headers, body: sdp().replace('AVP 0', 'AVP 9') })
    await peer.hearsRequest('ACK')
    peer.reply(await peer.hearsRequest('BYE'), 200)
    await expect(call.answered).rejects.toThrow('no codec in common')
  })
})
