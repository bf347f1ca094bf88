import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Address } from '../../src/softphone/address.ts'
import { bound } from '../../src/softphone/media.ts'

/**
 * Stands between a phone and its server and writes what the phone's own software would not: any bytes as who is calling
 * (the From header, up to its tag).
 */
export class Forger {
  readonly #phones: Socket
  readonly #server: Socket
  #phone: Address | undefined
  /** What stands in the From of the requests that pass from now on. */
  from: Buffer = Buffer.alloc(0)

  private constructor(phones: Socket, server: Socket, to: Address) {
    this.#phones = phones
    this.#server = server
    phones.on('message', (bytes, { address: host, port }) => {
      this.#phone = { host, port }
      server.send(this.#forged(bytes), to.port, to.host)
    })
    server.on('message', bytes => this.#phone && phones.send(bytes, this.#phone.port, this.#phone.host))
  }

  /** `host`: where the phone, and this, are. */
  static async open(host: string, to: Address): Promise<Forger> {
    return new Forger(await bound(host, 0), await bound(host, 0), to)
  }

  /** Where the phone takes its server to be. */
  get address(): Address {
    const { address: host, port } = this.#phones.address()
    return { host, port }
  }

  /** Resolves when the next message of a phone has gone on to the server. */
  get passed(): Promise<unknown> {
    return once(this.#phones, 'message')
  }

  #forged(bytes: Buffer): Buffer {
    const text = bytes.toString('latin1')
    return Buffer.from(
      text.replace(/^From: .*?(?=;tag=)/m, () => `From: ${this.from.toString('latin1')}`),
      'latin1',
    )
  }

  close(): void {
    this.#phones.close()
    this.#server.close()
  }
}
