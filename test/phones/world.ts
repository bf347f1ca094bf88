import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../../src/config.ts'
import { bringAlong, type Surroundings } from '../../src/embedded/bring.ts'
import { openLog } from '../../src/log.ts'
import { type Hotline, openHotline } from '../../src/main.ts'
import { Softphone } from '../../src/softphone/softphone.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))

/** The number that callers dial. */
export const NUMBER = '4008001000'

/**
 * A centre of its own for one test file: a private Asterisk and Postgres in a folder of their own, the service, and phones.
 * `base`: the first of its ports, another for each file.
 */
export class World {
  readonly config: Config
  readonly surroundings: Surroundings
  hotline: Hotline
  readonly #phones: Softphone[] = []

  private constructor(config: Config, surroundings: Surroundings, hotline: Hotline) {
    this.config = config
    this.surroundings = surroundings
    this.hotline = hotline
  }

  static async open(base: number, environment: Record<string, string> = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'hotline-test-'))
    const settings = { HOTLINE_FOLDER: folder, HOTLINE_PORTS: String(base), HOTLINE_LOG: 'warn', ...environment }
    const config = readConfig({ ...process.env, DATABASE_URL: undefined, ...settings }, home)
    const surroundings = await bringAlong(config, () => {})
    return new World(config, surroundings, await openService(config, surroundings))
  }

  /** The service dies between two lines of code and is started again. Phones, Asterisk and Postgres live on. */
  async restartService(): Promise<void> {
    await this.hotline.stop()
    this.hotline = await openService(this.config, this.surroundings)
  }

  /** An agent's phone, registered; every call to it is answered by `onInvite`. */
  async agent(id: string): Promise<Softphone> {
    const row = await this.hotline.knex('agents').where({ id }).first('sip_password')
    const phone = await this.#open({ user: id, password: row.sip_password })
    await phone.register()
    return phone
  }

  async signedIn(id: string): Promise<Softphone> {
    const phone = await this.agent(id)
    await this.dials(phone, '*1')
    return phone
  }

  /** An agent dials a code and listens to its end. */
  async dials(phone: Softphone, code: string): Promise<void> {
    const dialog = await phone.invite(code).answered
    await dialog.ended
  }

  async caller(number: string): Promise<Softphone> {
    return this.#open({ user: number })
  }

  async #open(account: { user: string; password?: string }): Promise<Softphone> {
    const phone = await Softphone.open({ server: { host: '127.0.0.1', port: this.config.ports.sip }, ...account })
    this.#phones.push(phone)
    return phone
  }

  async close(): Promise<void> {
    await Promise.all(this.#phones.map(phone => phone.close()))
    await this.hotline.stop()
    await this.surroundings.stop()
    await rm(this.config.folder, { recursive: true, force: true })
  }
}

async function openService(config: Config, surroundings: Surroundings): Promise<Hotline> {
  const hotline = await openHotline(config, surroundings, openLog(config.logLevel))
  await hotline.ready
  return hotline
}

/** Resolves when the question is answered with yes; asked after every fact, with a deadline of `withinMs`. */
export function until(hotline: Hotline, what: string, isSo: () => boolean, withinMs = 10_000): Promise<void> {
  return new Promise((done, failed) => {
    const check = (): void => {
      if (!isSo()) return
      clearTimeout(deadline)
      stop()
      done()
    }
    const deadline = setTimeout(() => {
      stop()
      failed(new Error(`not within ${withinMs} ms: ${what}`))
    }, withinMs)
    const stop = hotline.board.watch(() => queueMicrotask(check))
    check()
  })
}
