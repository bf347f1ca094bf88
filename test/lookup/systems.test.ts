import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { evaluate } from '../../src/flows/expressions.ts'
import type { Asked } from '../../src/ivr/step.ts'
import { Systems } from '../../src/lookup/systems.ts'

const asked: Asked = {
  system: 'billing',
  method: 'GET',
  path: '/balance',
  send: { number: '138', all: true },
  timeoutMs: 2_000,
}

/** A customer system that does this, in turn. */
async function billing(...turns: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const seen: { line: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
    turns[Math.min(seen.length, turns.length) - 1]!(request, response)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`
  return { systems: new Systems([{ id: 'billing', url, headers: { 'x-api-key': 'k' } }]), seen, url }
}

const says =
  (body: string, status = 200, headers = {}) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, headers).end(body)
  }
const hangs = (): void => {}
const breaks = (request: IncomingMessage): void => void request.socket.destroy()

const endless = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200)
  const more = (): void => {
    while (response.write('[0,'.repeat(10_000)));
  }
  response.on('drain', more)
  more()
}
const packed = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100_000_000, ' ')))
}
const drips = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200).write('[')
  const drop = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(drop))
}

describe('a customer system', () => {
  test('is asked below its address, with its key, and with what is sent in the query', async () => {
    const { systems, seen } = await billing(says('{"balance":12.5}'))
    expect(await systems.ask(asked, 'l1')).toEqual({ answer: { balance: 12.5 } })
    expect(seen).toMatchObject([{ line: 'GET /api/balance?number=138&all=true', headers: { 'x-api-key': 'k' } }])
  })

  test('that is asked once only is not asked again where it fails', async () => {
    const { systems, seen } = await billing(breaks, says('{}'))
    expect((await systems.askOnce(asked, 'l1')).failure).toBeDefined()
    expect(seen).toHaveLength(1)
  })

  test('is sent JSON by POST, with a key that tells a second try from a second wish', async () => {
    const { systems, seen } = await billing(breaks, says('{}'))
    await systems.ask({ ...asked, method: 'POST' }, 'l1')
    expect(seen.map(({ line, body }) => [line, body])).toEqual(
      Array(2).fill(['POST /api/balance', '{"number":"138","all":true}']),
    )
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['l1', 'l1'])
  })

  test.each([
    ['breaks the connection', breaks],
    ['is out of order', says('', 503)],
    ['hangs', hangs],
  ])('that %s is asked once more, and no more', async (_, wrong) => {
    const mended = await billing(wrong, says('1'))
    expect(await mended.systems.ask({ ...asked, timeoutMs: 300 }, 'l1')).toEqual({ answer: 1 })
    const broken = await billing(wrong)
    expect((await broken.systems.ask({ ...asked, timeoutMs: 300 }, 'l1')).failure).toBeDefined()
    expect(broken.seen).toHaveLength(2)
  })

  test.each([
    ['refuses', says('', 404), 'it answered 404'],
    ['does not speak JSON', says('<html>'), 'its answer is no JSON'],
    ['says too much', says(JSON.stringify('x'.repeat(70_000))), 'its answer is longer than 65536 bytes'],
  ])('that %s is not asked again', async (_, wrong, failure) => {
    const { systems, seen } = await billing(wrong)
    expect(await systems.ask(asked, 'l1')).toMatchObject({ failure })
    expect(seen).toHaveLength(1)
  })

  test.each([
    ['never stops', endless],
    ['has packed a hundred megabytes into a few', packed],
  ])('that %s is not listened to any longer than it takes to notice', async (_, wrong) => {
    const { systems, seen } = await billing(wrong)
    expect(await systems.ask(asked, 'l1')).toMatchObject({ failure: 'its answer is longer than 65536 bytes' })
    expect(seen).toHaveLength(1)
  })

  test('that says one letter after the other has no more time than another', async () => {
    const { systems } = await billing(drips)
    expect(await systems.ask({ ...asked, timeoutMs: 300 }, 'l1')).toMatchObject({ failure: 'no answer in time' })
  })

  test('may answer with boxes in boxes: of what use they are, expressions tell', async () => {
    const { systems } = await billing(says(`${'['.repeat(30_000)}${']'.repeat(30_000)}`))
    const { answer } = await systems.ask(asked, 'l1')
    expect(evaluate('answer[0] == 1', { answer })).toEqual({ fault: 'an answer is nested deeper than 20' })
  })

  test('does not send us, and our key, elsewhere', async () => {
    const other = await billing(says('1'))
    const { systems, seen } = await billing(says('', 302, { location: other.url }))
    expect(await systems.ask(asked, 'l1')).toMatchObject({ failure: 'it answered 302' })
    expect([seen.length, other.seen.length]).toEqual([1, 0])
  })

  test('whose address is none fails, and its secret is not told', async () => {
    const systems = new Systems([{ id: 'billing', url: 'http://:hush@', headers: { 'x-api-key': 'k\n' } }])
    expect(JSON.stringify(await systems.ask(asked, 'l1'))).not.toContain('hush')
  })

  test('that nobody knows fails at once', async () => {
    expect(await new Systems().ask(asked, 'l1')).toEqual({ failure: 'there is no system billing' })
  })
})
