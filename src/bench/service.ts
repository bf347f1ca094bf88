import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import WebSocket from 'ws'
import type { Config } from '../config.ts'
import type { Surroundings } from '../embedded/bring.ts'
import { HotlineError } from '../errors.ts'

const DOOR = fileURLToPath(new URL('../../bin/hotline.js', import.meta.url))
const START_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 15_000

export type Memory = { rssMb: number; heapMb: number }

/** The service in a process of its own, as in earnest, beside an Asterisk and a Postgres that are not its own. */
export class Service {
  readonly #program: ChildProcess
  readonly #inspector: number

  private constructor(program: ChildProcess, inspector: number) {
    this.#program = program
    this.#inspector = inspector
  }

  /** Resolves when it answers calls. `nodeOptions` are for its Node, such as `--cpu-prof`. */
  static async start(config: Config, surroundings: Surroundings, nodeOptions: string[] = []): Promise<Service> {
    const inspector = config.ports.http + 10
    const options = [...nodeOptions, `--inspect=127.0.0.1:${inspector}`]
    const program = spawn(process.execPath, [...options, DOOR, 'start'], {
      env: { ...process.env, ...environment(config, surroundings) },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: config.folder,
    })
    const log = createWriteStream(join(config.folder, 'service.log'), { flags: 'a' })
    program.stderr!.pipe(log, { end: false })
    program.stdout!.pipe(log, { end: false })
    try {
      await answers(program)
    } catch (thrown) {
      program.kill('SIGKILL')
      throw thrown
    }
    return new Service(program, inspector)
  }

  get pid(): number {
    return this.#program.pid!
  }

  async stop(): Promise<void> {
    if (this.#program.exitCode !== null) return
    const closed = once(this.#program, 'exit')
    this.#program.kill('SIGTERM')
    const deadline = setTimeout(() => this.kill(), STOP_WITHIN_MS)
    await closed
    clearTimeout(deadline)
  }

  kill(): void {
    this.#program.kill('SIGKILL')
  }

  /** What it holds once all that it needs no more is collected. */
  async memory(): Promise<Memory> {
    const [page] = (await (await fetch(`http://127.0.0.1:${this.#inspector}/json/list`)).json()) as [
      { webSocketDebuggerUrl: string },
    ]
    const socket = new WebSocket(page.webSocketDebuggerUrl)
    await once(socket, 'open')
    const ask = async (method: string, params = {}): Promise<{ result: { result: { value: string } } }> => {
      socket.send(JSON.stringify({ id: 1, method, params }))
      return JSON.parse(String((await once(socket, 'message'))[0]))
    }
    await ask('HeapProfiler.collectGarbage')
    const answer = await ask('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())' })
    socket.close()
    const { rss, heapUsed } = JSON.parse(answer.result.result.value)
    return { rssMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20 }
  }
}

const environment = (config: Config, { databaseUrl, asterisk, apiKey }: Surroundings): Record<string, string> => ({
  HOTLINE_EMBEDDED: 'never',
  HOTLINE_FOLDER: join(config.folder, 'service'),
  HOTLINE_RECORDINGS: config.recordingsFolder,
  HOTLINE_SOUNDS: config.soundsFolder,
  HOTLINE_HTTP_PORT: String(config.ports.http),
  HOTLINE_LOG: config.logLevel,
  HOTLINE_API_KEY: apiKey,
  DATABASE_URL: databaseUrl,
  ASTERISK_HOST: asterisk.host,
  ASTERISK_ARI_PORT: String(asterisk.ariPort),
  ASTERISK_AMI_PORT: String(asterisk.amiPort),
  ASTERISK_USER: asterisk.user,
  ASTERISK_ARI_SECRET: asterisk.ariSecret,
  ASTERISK_AMI_SECRET: asterisk.amiSecret,
})

function answers(program: ChildProcess): Promise<void> {
  return new Promise((done, failed) => {
    const give = (why: string): void => failed(new HotlineError('bench-failed', `The service ${why}: see service.log.`))
    const deadline = setTimeout(() => give(`was not ready within ${START_WITHIN_MS / 1_000} s`), START_WITHIN_MS)
    program.on('exit', code => give(`ended as it was started (code ${code})`))
    createInterface({ input: program.stdout! }).on('line', line => {
      if (!line.startsWith('The hotline is answered')) return
      clearTimeout(deadline)
      done()
    })
  })
}
