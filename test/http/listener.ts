import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { vi } from 'vitest'

export type Heard = { id: number; type: string; [more: string]: unknown }

/** Somebody who hears the stream of events, and remembers the last id as a browser does. */
export class Listener {
  readonly heard: Heard[] = []
  lastId: string | undefined
  isOver = false
  #asked: ClientRequest
  #response: IncomingMessage | undefined
  #rest = ''

  private constructor(asked: ClientRequest, lastId: string | undefined) {
    this.#asked = asked
    this.lastId = lastId
  }

  /** Resolves when the stream has begun. Rejects with the answer where there is none. */
  static async open(
    port: number,
    { key, query = '', lastId }: { key: string; query?: string; lastId?: string | undefined },
  ): Promise<Listener> {
    const headers = { 'x-api-key': key, ...(lastId !== undefined && { 'last-event-id': lastId }) }
    const asked = get({ host: '127.0.0.1', port, path: `/api/events${query}`, headers, agent: false })
    const listener = new Listener(asked, lastId)
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    if (response.statusCode !== 200) throw new Error(`${response.statusCode}`)
    listener.#response = response
    asked.on('error', () => listener.#over())
    response
      .setEncoding('utf8')
      .on('data', text => listener.#read(text))
      .on('error', () => listener.#over())
      .on('close', () => listener.#over())
    return listener
  }

  get headers() {
    return this.#response!.headers
  }

  /** Reads nothing any more, and does not say so. */
  fallAsleep(): void {
    this.#response!.pause()
  }

  wakeUp(): void {
    this.#response!.resume()
  }

  close(): void {
    this.#asked.destroy()
  }

  /** Resolves when it has heard this. */
  hears(id: number, withinMs = 20_000): Promise<void> {
    return vi.waitFor(() => {
      if (!(Number(this.lastId ?? 0) >= id)) throw new Error(`heard up to ${this.lastId}, not ${id}`)
    }, withinMs)
  }

  #over(): void {
    this.isOver = true
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop()!
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map(line => [line.split(':')[0]!, line.slice(line.indexOf(': ') + 2)]))
      this.lastId = fields.get('id') ?? this.lastId
      const told = fields.get('data')
      if (told !== undefined) this.heard.push(JSON.parse(told))
    }
  }
}
