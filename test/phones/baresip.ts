import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Say, unpacked } from '../../src/embedded/debian.ts'
import { commandIn } from '../../src/embedded/program.ts'

/** What baresip tells of itself: REGISTER_OK, CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED … */
export type Told = { type: string; param?: string; peeruri?: string }

/** `certificate`: it speaks TLS alone, to whoever proves to be the server by this one (a file). `srtp`: its sound is encrypted, or there is none. */
type Account = { server: string; user: string; password: string; certificate?: string; srtp?: boolean }
type Options = {
  cacheFolder: string
  folder: string
  account: Account
  ports: { control: number; sip: number }
  say: Say
}

/** It says this, and is heard by nobody who listens for our own phones' voices. */
export const BARESIP_HZ = 1_700

/** baresip, a SIP phone that others have made: brought along like Asterisk, without a sound card, driven over its control port. */
export class Baresip {
  readonly #process: ChildProcess
  readonly #account: Account
  /** What it has heard in its last call, as a WAV file. */
  readonly heardFile: string
  readonly told: Told[] = []
  output = ''
  #control!: Socket
  #look: () => void = () => {}

  private constructor(running: ChildProcess, account: Account, heardFile: string) {
    this.#process = running
    this.#account = account
    this.heardFile = heardFile
    for (const stream of [running.stdout!, running.stderr!]) stream.on('data', text => (this.output += text))
  }

  static async open({ cacheFolder, folder, account, ports, say }: Options): Promise<Baresip> {
    const root = await unpacked({ name: 'baresip', package: 'baresip-core' }, cacheFolder, say)
    await mkdir(folder, { recursive: true })
    const heard = join(folder, 'heard.wav')
    await writeFile(join(folder, 'config'), configuration(join(root, 'usr/lib/baresip/modules'), heard, ports, account))
    await writeFile(join(folder, 'accounts'), '')
    await writeFile(join(folder, 'contacts'), '')
    const [file, ...words] = commandIn(root, 'usr/bin/baresip')
    const running = spawn(file, [...words, '-f', folder, '-v'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const phone = new Baresip(running, account, heard)
    await phone.#connect(ports.control)
    return phone
  }

  /** Its control port is there when it is ready. */
  async #connect(port: number): Promise<void> {
    for (const deadline = Date.now() + 60_000; ; await pause(100)) {
      const control = createConnection({ host: '127.0.0.1', port })
      const failure = await once(control, 'connect').then(
        () => undefined,
        (why: Error) => why,
      )
      if (!failure) {
        this.#control = control
        break
      }
      if (this.#process.exitCode !== null || Date.now() > deadline)
        throw new Error(`baresip does not listen: ${this.output}`)
    }
    let unread: Buffer = Buffer.alloc(0)
    this.#control.on('data', bytes => {
      unread = this.#read(Buffer.concat([unread, bytes]))
    })
    // Its end is told by its process.
    this.#control.on('error', () => {})
  }

  /** Netstrings of JSON: `12:{"type":…},`. Returns what is not whole yet. */
  #read(bytes: Buffer): Buffer {
    const colon = bytes.indexOf(':')
    const length = Number(bytes.subarray(0, colon))
    const end = colon + 1 + length
    if (colon < 0 || bytes.length <= end) return bytes
    const message = JSON.parse(bytes.toString('utf8', colon + 1, end))
    if (message.event) {
      this.told.push(message)
      this.#look()
    }
    return this.#read(bytes.subarray(end + 1))
  }

  /** A command of its menu, such as `dial` or `accept`. */
  command(command: string, params = ''): void {
    const message = JSON.stringify({ command, params })
    this.#control.write(`${Buffer.byteLength(message)}:${message},`)
  }

  /** Resolves when it tells this, or has done so since it had told so many things. */
  until(type: string, { since = this.told.length, withinMs = 60_000 } = {}): Promise<Told> {
    return new Promise((done, failed) => {
      const late = setTimeout(() => {
        const told = this.told.map(event => `${event.type} ${event.param ?? ''}`)
        failed(new Error(`baresip did not tell of ${type}; it told: ${told.join(', ')}\n${this.output.slice(-2_000)}`))
      }, withinMs)
      this.#look = () => {
        const found = this.told.slice(since).find(event => event.type === type)
        if (!found) return
        clearTimeout(late)
        done(found)
      }
      this.#look()
    })
  }

  async register(): Promise<void> {
    const since = this.told.length
    this.enter()
    await this.until('REGISTER_OK', { since })
  }

  /** Its account is typed in, and it tries to register. */
  enter(): void {
    const { server, user, password, certificate, srtp } = this.#account
    const secure = certificate === undefined ? '' : ';transport=tls'
    const media = srtp ? ';mediaenc=srtp-mand' : ''
    this.command('uanew', `<sip:${user}@${server}${secure}>;auth_pass=${password};regint=60${media}`)
  }

  /** Dials, and listens until the other side hangs up. */
  async dial(number: string): Promise<void> {
    const since = this.told.length
    this.command(
      'dial',
      `sip:${number}@${this.#account.server}${this.#account.certificate === undefined ? '' : ';transport=tls'}`,
    )
    await this.until('CALL_ESTABLISHED', { since })
    await this.until('CALL_CLOSED', { since })
  }

  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return
    const closed = once(this.#process, 'close')
    this.#process.kill('SIGKILL')
    await closed
  }
}

const configuration = (
  modules: string,
  heard: string,
  ports: Options['ports'],
  { certificate, srtp }: Account,
): string => `
module_path ${modules}
module g711.so
module ausine.so
module aufile.so
${srtp ? 'module srtp.so' : ''}
${certificate === undefined ? '' : `sip_cafile ${certificate}\nsip_verify_server yes`}
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${ports.control}
sip_listen 127.0.0.1:${ports.sip}
net_interface 127.0.0.1
audio_source ausine,${BARESIP_HZ}
ausrc_srate 48000
audio_player aufile,${heard}
audio_alert aufile,${heard}.alert
`
