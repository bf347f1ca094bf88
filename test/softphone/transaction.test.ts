import { beforeEach, describe, expect, test } from 'vitest'
import {
  cseq,
  header,
  parseMessage,
  responseTo,
  type SipMessage,
  type SipRequest,
} from '../../src/softphone/message.ts'
import { type ServerTransaction, Transactions } from '../../src/softphone/transaction.ts'
import { ManualClock } from './manualClock.ts'

const server = { host: '127.0.0.1', port: 5060 }
let clock: ManualClock
let wire: { at: number; message: SipMessage }[]
let arrived: { request: SipRequest; transaction: ServerTransaction | undefined }[]
let transactions: Transactions

beforeEach(() => {
  clock = new ManualClock()
  wire = []
  arrived = []
  transactions = new Transactions({
    clock,
    send: message => wire.push({ at: clock.now(), message }),
    onRequest: (request, transaction) => arrived.push({ request, transaction }),
  })
})

function request(method: string, { branch = 'z9hG4bKx', to = '<sip:b@x>' } = {}): SipRequest {
  const lines = [
    `${method} sip:b@x SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:5061;branch=${branch}`,
    'Route: <sip:127.0.0.1;lr>',
    'From: <sip:a@x>;tag=1',
    `To: ${to}`,
    'Call-ID: c',
    `CSeq: 1 ${method}`,
  ]
  return parseMessage([...lines, '', ''].join('\r\n')) as SipRequest
}

const times = () => wire.map(({ at }) => at)
const kinds = () => wire.map(({ message }) => (message.kind === 'request' ? message.method : message.status))

describe('an INVITE that we send', () => {
  test('is repeated at 500 ms, 1.5 s, 3.5 s …, and given up after 32 s (RFC 3261 §17.1.1.2)', async () => {
    const client = transactions.request(request('INVITE'), server)
    clock.advance(40_000)
    expect(times()).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500])
    expect(await client.final).toMatchObject({ status: 408 })
  })

  test('is not repeated once the server has said that it works on it', () => {
    transactions.request(request('INVITE'), server)
    transactions.receive(responseTo(request('INVITE'), 100), server)
    clock.advance(60_000)
    expect(wire).toHaveLength(1)
  })

  test('that is refused is acknowledged in the same transaction, as often as the refusal comes', async () => {
    const client = transactions.request(request('INVITE'), server)
    const busy = responseTo(request('INVITE'), 486, { toTag: 't' })
    transactions.receive(busy, server)
    transactions.receive(busy, server)
    expect(await client.final).toMatchObject({ status: 486 })
    expect(kinds()).toEqual(['INVITE', 'ACK', 'ACK'])
    const ack = wire[1]!.message
    expect(header(ack, 'Via')).toBe(header(request('INVITE'), 'Via'))
    expect(header(ack, 'Route')).toBe('<sip:127.0.0.1;lr>')
    expect(header(ack, 'To')).toBe('<sip:b@x>;tag=t')
    expect(cseq(ack)).toEqual({ number: 1, method: 'ACK' })
    clock.advance(32_000)
    transactions.receive(busy, server)
    expect(wire).toHaveLength(3)
  })

  test('that is answered is acknowledged again when the answer comes again; a second phone is told apart', async () => {
    const forks: SipMessage[] = []
    const client = transactions.request(request('INVITE'), server)
    client.onFork = response => forks.push(response)
    const ok = responseTo(request('INVITE'), 200, { toTag: 't' })
    transactions.receive(ok, server)
    await client.final
    client.acknowledge(request('ACK', { branch: 'z9hG4bKother' }), server)
    transactions.receive(ok, server)
    transactions.receive(responseTo(request('INVITE'), 200, { toTag: 'u' }), server)
    expect(kinds()).toEqual(['INVITE', 'ACK', 'ACK'])
    expect(forks).toHaveLength(1)
  })

  test('is cancelled only when the server knows of it (RFC 3261 §9.1)', async () => {
    const client = transactions.request(request('INVITE'), server)
    const cancels: SipRequest[] = []
    client.onCancel = cancel => cancels.push(cancel)
    client.cancel()
    expect(cancels).toHaveLength(0)
    transactions.receive(responseTo(request('INVITE'), 100), server)
    transactions.receive(responseTo(request('INVITE'), 180), server)
    expect(cancels.map(c => [c.method, header(c, 'Via')])).toEqual([['CANCEL', header(request('INVITE'), 'Via')]])
    clock.advance(32_000)
    expect(await client.final).toMatchObject({ status: 487 })
  })
})

test('any other request is repeated at most every 4 s (RFC 3261 §17.1.2.2)', async () => {
  const client = transactions.request(request('BYE'), server)
  clock.advance(12_000)
  expect(times()).toEqual([0, 500, 1500, 3500, 7500, 11_500])
  transactions.receive(responseTo(request('BYE'), 200), server)
  expect(await client.final).toMatchObject({ status: 200 })
  clock.advance(60_000)
  expect(wire).toHaveLength(6)
})

describe('a request that comes', () => {
  test('twice is obeyed once, and answered as before', () => {
    transactions.receive(request('BYE'), server)
    transactions.receive(request('BYE'), server)
    expect(arrived).toHaveLength(1)
    arrived[0]!.transaction!.respond(responseTo(request('BYE'), 200))
    transactions.receive(request('BYE'), server)
    expect(arrived).toHaveLength(1)
    expect(kinds()).toEqual([200, 200])
  })

  test('as an INVITE is told to wait, when we need time', () => {
    transactions.receive(request('INVITE'), server)
    clock.advance(200)
    transactions.receive(request('INVITE'), server)
    expect(kinds()).toEqual([100, 100])
  })

  test('as an INVITE is refused until that is acknowledged', async () => {
    transactions.receive(request('INVITE'), server)
    const { transaction } = arrived[0]!
    transaction!.respond(responseTo(request('INVITE'), 486, { toTag: 't' }))
    clock.advance(1600)
    transactions.receive(request('ACK'), server)
    clock.advance(60_000)
    expect(times()).toEqual([0, 500, 1500])
    expect(await transaction!.acknowledged).toBe(true)
    expect(arrived).toHaveLength(1)
  })

  test('as an INVITE is answered until we give up', async () => {
    transactions.receive(request('INVITE'), server)
    const { transaction } = arrived[0]!
    transaction!.respond(responseTo(request('INVITE'), 200, { toTag: 't' }))
    clock.advance(32_000)
    expect(times()).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
    expect(await transaction!.acknowledged).toBe(false)
  })

  test('as the ACK to an answer belongs to no transaction', () => {
    transactions.receive(request('INVITE'), server)
    arrived[0]!.transaction!.respond(responseTo(request('INVITE'), 200, { toTag: 't' }))
    transactions.receive(request('ACK', { branch: 'z9hG4bKy', to: '<sip:b@x>;tag=t' }), server)
    expect(arrived[1]).toMatchObject({ request: { method: 'ACK' }, transaction: undefined })
  })

  test('as a CANCEL leads to its INVITE', () => {
    transactions.receive(request('INVITE'), server)
    transactions.receive(request('CANCEL'), server)
    expect(transactions.inviteOf(arrived[1]!.request)).toBe(arrived[0]!.transaction)
  })
})

test('a closed phone leaves nobody waiting', async () => {
  const client = transactions.request(request('INVITE'), server)
  transactions.close()
  expect(await client.final).toMatchObject({ status: 503 })
  expect(await transactions.request(request('BYE'), server).final).toMatchObject({ status: 503 })
})
