import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * How a line fails. `loudly`: all connections are reset, and who knocks is refused, as when a program dies. `silently`:
 * nothing passes any more in either direction and nobody is told, as when a cable is pulled; who connects meanwhile is
 * let in and hears nothing.
 */
export type Cut = 'loudly' | 'silently'

/**
 * What becomes of connections that were cut silently. `forgotten`: they stay dead for ever and only new ones work, as
 * behind a router that was started anew. `late`: all that was said meanwhile now arrives, as TCP does it.
 */
export type Mended = 'forgotten' | 'late'

/** A line between the service and what it needs, that a test can cut. */
export class Wire {
  readonly port: number
  /** How often the service has said something, heard or not. */
  words = 0
  readonly #to: number
  readonly #pairs = new Set<Pair>()
  #server: Server | undefined
  #silent = false

  private constructor(port: number, to: number) {
    this.port = port
    this.#to = to
  }

  /** From `port` to the port `to`, both on this machine. */
  static async open(port: number, to: number): Promise<Wire> {
    const wire = new Wire(port, to)
    await wire.#listen()
    return wire
  }

  /** Before what answers at this address: the wire, and the address at its near end. */
  static async before(address: string, port: number): Promise<{ wire: Wire; url: URL }> {
    const url = new URL(address)
    const wire = await Wire.open(port, Number(url.port))
    url.port = String(port)
    return { wire, url }
  }

  /** Of a loud one, the far end of a WebSocket knows when this resolves. */
  async cut(how: Cut): Promise<void> {
    if (how === 'silently') {
      this.#silent = true
      for (const pair of this.#pairs) pair.fallSilent()
      return
    }
    const refused = once(this.#server!, 'close')
    this.#server!.close()
    await Promise.all([...this.#pairs].map(pair => pair.reset()))
    await refused
  }

  /** What is open as a WebSocket goes on; all else, and what is opened from now on, falls silent. */
  cutAllButWebSockets(): void {
    this.#silent = true
    for (const pair of this.#pairs) if (!pair.isWebSocket) pair.fallSilent()
  }

  async mend(how: Mended = 'forgotten'): Promise<void> {
    if (!this.#silent) return this.#server?.listening ? undefined : this.#listen()
    this.#silent = false
    for (const pair of this.#pairs) how === 'late' ? pair.speakAgain() : pair.beForgotten()
  }

  /** Says a line on every WebSocket, as if it came from the far end. */
  say(line: string): void {
    const told = [...this.#pairs].filter(pair => pair.isWebSocket)
    if (told.length === 0) throw new Error('there is no WebSocket on this wire')
    for (const pair of told) pair.near.write(frameOf(line))
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) void pair.reset()
    if (!this.#server?.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  async #listen(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, near => this.#accept(near))
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  #accept(near: Socket): void {
    near.on('data', () => {
      this.words += 1
    })
    const pair: Pair = new Pair(near, this.#to, () => this.#pairs.delete(pair))
    this.#pairs.add(pair)
    if (this.#silent) pair.fallSilent()
    else pair.join()
  }
}

/** One connection through the wire: who knocked, and whom they want. */
class Pair {
  readonly near: Socket
  isWebSocket = false
  readonly #to: number
  readonly #onOver: () => void
  #far: Socket | undefined
  #passes = true

  constructor(near: Socket, to: number, onOver: () => void) {
    this.near = near
    this.#to = to
    this.#onOver = onOver
    near.pause()
    near.on('data', block => {
      if (!this.#passes) return
      if (/^upgrade: *websocket/im.test(block.toString('latin1'))) this.isWebSocket = true
      this.#far?.write(block)
    })
    this.#tellOf(near, () => this.#far)
  }

  join(): void {
    this.#far = connect({ port: this.#to, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    this.#far.on('data', block => this.#passes && this.near.write(block))
    this.#tellOf(this.#far, () => this.near)
    this.near.resume()
  }

  /** The end of one side is told to the other. */
  #tellOf(side: Socket, other: () => Socket | undefined): void {
    side.on('end', () => this.#passes && other()?.end())
    side.on('error', () => this.#passes && other()?.resetAndDestroy())
    side.on('close', () => {
      if (this.#passes) other()?.destroy()
      if (this.near.destroyed && (this.#far?.destroyed ?? true)) this.#onOver()
    })
  }

  /** What the two sides say stays in the kernel's hands, and when these are full, in theirs. */
  fallSilent(): void {
    this.near.pause()
    this.#far?.pause()
  }

  speakAgain(): void {
    if (!this.#far) this.join()
    this.near.resume()
    this.#far?.resume()
  }

  beForgotten(): void {
    this.#passes = false
    this.near.resume()
    this.#far?.resume()
  }

  async reset(): Promise<void> {
    this.#passes = false
    this.near.resetAndDestroy()
    const far = this.#far
    if (!far || far.destroyed) return
    if (!this.isWebSocket) {
      far.resetAndDestroy()
      return
    }
    // Until Asterisk hangs up as well, it takes the application for present, and callers come to it.
    const gone = once(far, 'close')
    far.resume()
    far.end()
    await gone
  }
}

/** RFC 6455 §5.2: one whole text frame, not masked, as a server sends it. */
function frameOf(line: string): Buffer {
  const said = Buffer.from(line)
  const length = said.length < 126 ? [said.length] : [126, said.length >> 8, said.length & 255]
  return Buffer.concat([Buffer.from([0x81, ...length]), said])
}
