import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, vi } from 'vitest'
import type { Clock } from '../../src/switchboard/ports.ts'
import type { Heard } from './listener.ts'

export type Taken = { headers: IncomingHttpHeaders; body: string; events: Heard[] }

/** Whom a webhook leads to: it remembers what it was sent, and answers as it is told. */
export async function receiver() {
  const taken: Taken[] = []
  const asked: Taken[] = []
  const answers = { with: (_events: Heard[]): number | Promise<number> => 200 }
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const one = { headers: request.headers, body, events: JSON.parse(body) as Heard[] }
    asked.push(one)
    const status = await answers.with(one.events)
    if (status < 300) taken.push(one)
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hotline`
  const ids = (): number[] => taken.flatMap(({ events }) => events.map(({ id }) => id))
  const took = (id: number): Promise<true> => vi.waitUntil(() => ids().includes(id), { timeout: 20_000, interval: 5 })
  return { url, taken, asked, answers, ids, took }
}

/** As docs/api.md says that it is done: its age is the reader's to judge. */
export function isSignedBy(secret: string, { headers, body }: Taken): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const said = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(said).digest('base64')}`
}

/** A clock on which a test lets time pass. */
export class PassingClock implements Clock {
  #ahead = 0
  readonly #alarms = new Set<{ time: number; wake: () => void }>()

  now = (): number => Date.now() + this.#ahead

  at(time: number, wake: () => void): () => void {
    const alarm = { time, wake }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Resolves when somebody waits for something: what they wait for comes about. */
  async pass(): Promise<void> {
    const [next] = await vi.waitUntil(() => this.#alarms.size > 0 && [...this.#alarms], {
      timeout: 20_000,
      interval: 5,
    })
    this.#alarms.delete(next!)
    this.#ahead = Math.max(this.#ahead, next!.time - Date.now())
    next!.wake()
  }

  skip(ms: number): void {
    this.#ahead += ms
  }
}
