import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Knex } from 'knex'
import { type Config, readConfig } from '../../src/config.ts'
import { connectDatabase } from '../../src/database/connect.ts'
import { bringAlong, type Surroundings } from '../../src/embedded/bring.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { wallClock } from '../../src/softphone/clock.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { InviteOptions, SoftphoneOptions } from '../../src/softphone/softphone.ts'
import { Softphone } from '../../src/softphone/softphone.ts'
import { BASE, TRUNK_PORT } from '../ports.ts'
import { sayOnConsole } from './console.ts'
import { type Message, Observer } from './observer.ts'
import { Wires } from './wires.ts'

export { ERROR, WARN } from './observer.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))
const SERVICE = fileURLToPath(new URL('service.ts', import.meta.url))

/** The number that callers dial. */
export const NUMBER = '4008001000'

/** A voice for each party, so that one can measure who hears whom. */
export const VOICES = { caller: 440, agent: 880, other: 1_300 }

/** Resolves when both hear each other's voice, for so long without a break. */
export async function bothHear(caller: Dialog, agent: Dialog, { forMs = 200, withinMs = 30_000 } = {}): Promise<void> {
  const wait = { forMs, withinMs }
  const before = wallClock.stoodStill()
  await Promise.all([caller.heard.tone(VOICES.agent, wait), agent.heard.tone(VOICES.caller, wait)])
  const missed = wallClock.stoodStill() - before
  if (missed > 1_000)
    console.log(`Both were heard, but for ${Math.round(missed)} ms in which the test itself stood still.`)
}

type Settings = {
  environment?: Record<string, string>
  wired?: boolean
}

/**
 * A centre of its own for one test file: a private Asterisk and Postgres in a folder and at ports of their own, the service in a
 * process that can be killed, and phones. What it dials outside arrives at `TRUNK_PORT`.
 */
export class World extends Observer {
  readonly config: Config
  surroundings: Surroundings
  readonly knex: Knex
  readonly #environment: Record<string, string>
  readonly #wires: Wires | undefined
  readonly #phones: Softphone[] = []
  #service: ChildProcess | undefined

  private constructor(
    config: Config,
    surroundings: Surroundings,
    environment: Record<string, string>,
    wires: Wires | undefined,
  ) {
    super()
    this.config = config
    this.surroundings = surroundings
    this.knex = connectDatabase(surroundings.databaseUrl)
    this.#environment = environment
    this.#wires = wires
  }

  /** `wired`: between the service and what it needs there are wires that a test can cut. */
  static async open({ environment = {}, wired }: Settings = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'hotline-test-'))
    const ports = { HOTLINE_PORTS: String(BASE), HOTLINE_TRUNK_ADDRESS: `127.0.0.1:${TRUNK_PORT}` }
    const settings = { HOTLINE_FOLDER: folder, ...ports, HOTLINE_LOG: 'warn', ...environment }
    const config = readConfig(settings, home)
    const wires = wired ? await Wires.open() : undefined
    const world = new World(config, await bringAlong(config, () => {}), settings, wires)
    await world.startService()
    return world
  }

  get wires(): Wires {
    return this.#wires!
  }

  // ── The service ──

  /** Resolves when it has recovered and answers callers. */
  async startService(): Promise<void> {
    this.launchService()
    await this.serviceReady()
  }

  /** Starts it, and does not wait for it to be ready: something that it needs may be away. */
  launchService(): void {
    const { databaseUrl, asterisk, apiKey } = this.surroundings
    const { postgresPort, ...others } = this.#wires?.ports ?? {}
    const url = new URL(databaseUrl)
    if (postgresPort) url.port = String(postgresPort)
    const surroundings = { databaseUrl: url.href, asterisk: { ...asterisk, ...others }, apiKey, private: {} }
    const settings = JSON.stringify({ environment: this.#environment, surroundings, home })
    const service = fork(SERVICE, [settings], { execArgv: ['--import', 'tsx'], cwd: home, silent: true })
    this.#service = service
    service.on('message', message => this.#hear(message as Message))
    service.stderr!.pipe(process.stderr)
    createInterface({ input: service.stdout! }).on('line', line => this.#read(line))
  }

  serviceReady(withinMs = 60_000): Promise<void> {
    return this.until('the service is ready', () => this.#isReady, withinMs)
  }

  get isServiceAlive(): boolean {
    return this.#service!.exitCode === null && this.#service!.signalCode === null
  }

  /** What it logs is kept, and passed on. */
  #read(line: string): void {
    process.stdout.write(`${line}\n`)
    this.read(line)
  }

  #isReady = false

  /** SIGKILL. Resolves when the process is gone. */
  async killService(): Promise<void> {
    const ended = this.serviceEnded()
    this.#service!.kill('SIGKILL')
    await ended
  }

  /** Stopped, it is there and does nothing. */
  signalService(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#service!.kill(signal)
  }

  /** Resolves with its exit code when it ends by itself. */
  async serviceEnded(): Promise<number | null> {
    const [code] = await once(this.#service!, 'exit')
    this.#isReady = false
    return code
  }

  /** What the service holds on to: timers, calls. */
  async resources(): Promise<Record<string, number>> {
    this.#resources = undefined
    this.#service!.send({})
    await this.until('the service counts what it holds', () => this.#resources !== undefined)
    return this.#resources!
  }

  #resources: Record<string, number> | undefined

  #hear(message: Message): void {
    if (message.resources) this.#resources = message.resources
    if (message.ready) this.#isReady = true
    this.learn(message)
  }

  /** Every call has ended and its recording is filed. */
  async quiet(withinMs = 30_000): Promise<void> {
    await this.until('all calls are closed', () => this.calls.size === 0, withinMs)
    // The service tells us what it has decided; the last of it may still be on its way to the database.
    const deadline = Date.now() + withinMs
    while (await this.knex('calls').whereNotNull('state').first('id')) {
      if (Date.now() > deadline) throw new Error('the database has calls that are not closed')
    }
  }

  /** What is filed of the call from this number. */
  recordOf(from: string) {
    return this.knex('calls').where({ caller: from }).first()
  }

  // ── Phones ──

  /** An agent's registered phone, with the agent's voice. */
  async agent(id: string, options: Partial<SoftphoneOptions> = {}): Promise<Softphone> {
    const { sip_password: password } = await this.knex('agents').where({ id }).first('sip_password')
    const phone = await this.phone({ user: id, password, tone: { hz: VOICES.agent }, ...options })
    await phone.register()
    return phone
  }

  async signedIn(id: string, options: Partial<SoftphoneOptions> = {}): Promise<Softphone> {
    const phone = await this.agent(id, options)
    await this.dial(phone, '*1')
    await this.dial(phone, '*3')
    await this.agentIs(id, 'ready')
    return phone
  }

  /** An agent dials a code and listens to the end. */
  async dial(phone: Softphone, code: string): Promise<void> {
    await (await phone.invite(code).answered).ended
  }

  caller(user = '13800138000', options: Partial<SoftphoneOptions> = {}): Promise<Softphone> {
    return this.phone({ user, tone: { hz: VOICES.caller }, ...options })
  }

  async phone(options: SoftphoneOptions): Promise<Softphone> {
    const phone = await Softphone.open({ server: { host: '127.0.0.1', port: this.config.ports.sip }, ...options })
    this.#phones.push(phone)
    return phone
  }

  /** A caller who phones the hotline and is answered. */
  async callIn(user?: string, { number = NUMBER, ...options }: InviteOptions & { number?: string } = {}) {
    const phone = await this.caller(user)
    return phone.invite(number, options).answered
  }

  /** A caller is put through to this agent, who must be the only one free: both hear each other. */
  async talk(from: string, phone: Softphone, key = '1'): Promise<{ caller: Dialog; agent: Dialog }> {
    const ring = phone.nextInvite({ withinMs: 60_000 })
    const caller = await this.callIn(from)
    await caller.press(key)
    const agent = await (await ring).answer()
    await bothHear(caller, agent)
    return { caller, agent }
  }

  /** Everybody hangs up. What one test left must not fail the next. */
  async hangUpAll(): Promise<void> {
    const dialogs = this.#phones.flatMap(phone => phone.dialogs)
    await Promise.allSettled(dialogs.map(dialog => dialog.hangUp()))
  }

  // ── Asterisk itself ──

  /** What ARI says, straight from Asterisk. */
  async ari<T>(path: string): Promise<T> {
    const { host, ariPort, user, ariSecret } = this.surroundings.asterisk
    const authorization = `Basic ${Buffer.from(`${user}:${ariSecret}`).toString('base64')}`
    const answer = await fetch(`http://${host}:${ariPort}/ari/${path}`, { headers: { authorization } })
    if (!answer.ok) throw new Error(`ARI ${path}: ${answer.status}`)
    return (await answer.json()) as T
  }

  /** Resolves with what is left in Asterisk: nothing should be. */
  async leftInAsterisk(): Promise<string[]> {
    const [channels, bridges, messages] = await Promise.all([
      this.ari<{ id: string }[]>('channels'),
      this.ari<{ id: string }[]>('bridges'),
      this.ari<{ name: string }[]>('recordings/stored'),
    ])
    return [...[...channels, ...bridges].map(({ id }) => id), ...messages.map(({ name }) => name)]
  }

  /** SIGKILL. */
  killAsterisk(): void {
    this.surroundings.private.asterisk!.kill()
  }

  /** Starts Asterisk anew on the folder of the one that died. */
  async startAsterisk(): Promise<void> {
    this.surroundings = await bringAlong(this.config, () => {})
  }

  /** Says a line on Asterisk's own console. */
  console(line: string): Promise<void> {
    const { cacheFolder, folder } = this.config
    return sayOnConsole({ cacheFolder, folder: join(folder, 'asterisk') }, line)
  }

  // ── Postgres itself ──

  /** SIGKILL. */
  killPostgres(): void {
    this.surroundings.private.postgres!.kill()
  }

  /** Starts Postgres anew on the folder of the one that died. */
  async startPostgres(): Promise<void> {
    const { folder, ports, cacheFolder } = this.config
    const where = { folder: join(folder, 'postgres'), port: ports.postgres, cacheFolder }
    this.surroundings.private.postgres = await startPostgres({ ...where, say: () => {} })
  }

  /** Stops all of it, whatever else fails. */
  async close(): Promise<void> {
    try {
      await Promise.all(this.#phones.map(phone => phone.close()))
      if (this.isServiceAlive) await this.killService()
      await this.#wires?.close()
      await this.knex.destroy()
    } finally {
      await this.surroundings.stop()
      await rm(this.config.folder, { recursive: true, force: true })
    }
  }
}
