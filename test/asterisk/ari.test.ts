import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { Ari } from '../../src/asterisk/ari.ts'

/** How an Asterisk on paper answers a request for a channel: whole, or cut off in the midst of its answer. */
type Manner = 'whole' | 'cut off'

let server: Server
let ari: Ari
let asked: string[]
let lost: number

afterEach(() => {
  ari.stop()
  server.closeAllConnections()
  server.close()
})

/** Connected to an Asterisk that answers so, one manner after another, and everything else wholly. */
async function connectedTo(...manners: Manner[]): Promise<void> {
  asked = []
  lost = 0
  server = createServer(({ method, url }, response) => {
    const path = url!.split('?')[0]!
    if (!path.startsWith('/ari/channels')) return answer(response, path)
    asked.push(`${method} ${path}`)
    manners.shift() === 'cut off' ? cutOff(response) : answer(response, path)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  new WebSocketServer({ server })
  const { port } = server.address() as AddressInfo
  await new Promise<void>(up => {
    ari = new Ari({
      ...{ host: '127.0.0.1', port, user: 'u', password: 'p', log: pino({ level: 'silent' }) },
      ...{ onUp: up, onAlive: () => {}, onEvent: () => {}, onDown: () => (lost += 1) },
    })
    ari.start()
  })
}

function answer(response: ServerResponse, path: string): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(path.endsWith('.json') ? describedAs(path, response.req.headers.host!) : {}))
}

/** Just enough of its description for ari-client to take it for one. */
function describedAs(path: string, host: string): object {
  const resources = path.endsWith('/resources.json') ? [{ path: '/api-docs/asterisk.{format}', description: '' }] : []
  return {
    ...{ swaggerVersion: '1.1', apiVersion: '2', basePath: `http://${host}/ari` },
    ...{ resourcePath: '/api-docs/asterisk.{format}', apis: resources },
  }
}

/** As an Asterisk that dies: some of it has come, and then the end of the line. */
function cutOff(response: ServerResponse): void {
  response.setHeader('content-length', '100')
  response.write('{', () => response.socket!.end())
}

const answerCall = { method: 'POST', uri: 'channels/1.1/answer' } as const

test('of an answer that is cut off in its midst nobody knows: it is told to whoever asked, and nothing is done twice', async () => {
  await connectedTo('cut off')
  await expect(ari.ask(answerCall)).rejects.toMatchObject({ id: 'away' })
  expect(asked).toHaveLength(1)
})

test('one request without an answer is no reason to give up a link to an Asterisk that answers others', async () => {
  await connectedTo('cut off', 'whole')
  await expect(ari.ask(answerCall)).rejects.toMatchObject({ id: 'away' })
  await ari.ask(answerCall)
  expect(lost).toBe(0)
})
