import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { HotlineError } from '../errors.ts'
import type { Say } from './debian.ts'
import { refusePortsInUse } from './ports.ts'
import type { AsteriskProgram } from './program.ts'

export { type AsteriskProgram, findAsterisk } from './program.ts'

export type AsteriskOptions = {
  program: AsteriskProgram
  /** Everything that this Asterisk writes, except recordings. */
  folder: string
  bind: string
  ports: { sip: number; http: number; ami: number; rtpStart: number; rtpEnd: number }
  secrets: { ari: string; ami: string }
  soundsFolder: string
  recordingsFolder: string
  /** The first part of every unique id. */
  systemName?: string
  /** Where callers come from (addresses or networks) and where calls out go to (host:port). */
  trunk?: { match: string; address: string }
  say: Say
}

export type RunningAsterisk = {
  pid: number
  version: string
  /** A clean end, at latest after five seconds. */
  stop(): Promise<void>
  /** SIGKILL, as tests and disasters do it. */
  kill(): void
}

export class AsteriskFailed extends HotlineError {
  constructor(message: string) {
    super('asterisk-failed', message)
  }
}

const templates = new URL('../../dialplan/', import.meta.url)
/** Without a trunk, callers are simulated on this machine, where the agents' phones may be too. */
const ownAddress = '127.0.0.1'
const bootDeadlineMs = 30_000

/** Starts a private Asterisk, or takes over the one of this folder that a former owner left running. */
export async function startAsterisk(options: AsteriskOptions): Promise<RunningAsterisk> {
  const former = await formerPid(options.folder)
  if (former !== undefined) {
    await untilAnswering(options, () => alive(former))
    options.say(`Asterisk ${options.program.version} is still running (pid ${former}); it goes on.`)
    return running(former, options.program.version)
  }
  const { sip, http, ami } = options.ports
  await refusePortsInUse(options.bind, { udp: [sip], tcp: [http, ami] })
  await prepare(options)
  const pid = launch(options)
  try {
    await untilAnswering(options, () => alive(pid))
  } catch (cause) {
    if (alive(pid)) process.kill(pid, 'SIGKILL')
    throw cause
  }
  return running(pid, options.program.version)
}

/** The pid of a living Asterisk that was started with this folder's configuration. */
async function formerPid(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(join(folder, 'run', 'asterisk.pid'), 'utf8').catch(() => ''))
  if (!pid || !alive(pid)) return undefined
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  return words.includes(join(folder, 'etc', 'asterisk.conf')) ? pid : undefined
}

async function prepare(options: AsteriskOptions): Promise<void> {
  const { folder, recordingsFolder } = options
  const ours = ['etc', 'lib', 'log', 'run', 'spool/recording', 'spool/monitor', 'spool/tmp'].map(name =>
    join(folder, name),
  )
  for (const needed of [...ours, join(recordingsFolder, 'live')]) await mkdir(needed, { recursive: true, mode: 0o750 })
  const values = valuesFor(options)
  for (const name of await readdir(templates)) {
    const template = await readFile(new URL(name, templates), 'utf8')
    const text = withoutUnknownModules(filled(name, template, values), options.program)
    await writeFile(join(folder, 'etc', name), text, { mode: 0o600 })
  }
}

/** A module marked with the version that brought it is left out where an older Asterisk does not have it. */
function withoutUnknownModules(text: string, { modulesFolder }: AsteriskProgram): string {
  return text.replace(/^load = (\S+) ; since .*\n/gm, (line, name: string) =>
    existsSync(join(modulesFolder, name)) ? line : '',
  )
}

function valuesFor(options: AsteriskOptions): Record<string, string> {
  const { program, ports, secrets } = options
  const trunk = options.trunk ?? { match: ownAddress, address: `${ownAddress}:5070` }
  return {
    FOLDER: options.folder,
    MODULES: program.modulesFolder,
    DATA: program.dataFolder,
    SYSTEM_NAME: options.systemName ?? 'hotline',
    BIND: options.bind,
    SIP_PORT: String(ports.sip),
    HTTP_PORT: String(ports.http),
    AMI_PORT: String(ports.ami),
    RTP_START: String(ports.rtpStart),
    RTP_END: String(ports.rtpEnd),
    ARI_SECRET: secrets.ari,
    AMI_SECRET: secrets.ami,
    SOUNDS: options.soundsFolder,
    RECORDINGS: options.recordingsFolder,
    TRUNK_MATCH: trunk.match,
    TRUNK_ADDRESS: trunk.address,
    // A trunk with an address of its own is known by it, whatever number its caller shows; else phones are looked for first.
    IDENTIFY_ORDER: trunk.match === ownAddress ? 'username,ip' : 'ip,username',
  }
}

function filled(name: string, template: string, values: Record<string, string>): string {
  return template.replace(/@([A-Z_]+)@/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new AsteriskFailed(`dialplan/${name} asks for @${key}@, which nobody sets.`)
    if (/[\r\n;]/.test(value)) throw new AsteriskFailed(`The value of @${key}@ would break Asterisk's configuration.`)
    return value
  })
}

/** In a process group of its own, so that neither our death nor a Ctrl-C ends the calls. */
function launch({ program, folder }: AsteriskOptions): number {
  const [file, ...words] = program.command
  const output = openSync(join(folder, 'log', 'output'), 'a')
  try {
    const asterisk = spawn(file, [...words, '-C', join(folder, 'etc', 'asterisk.conf'), '-f'], {
      detached: true,
      stdio: ['ignore', output, output],
      cwd: folder,
    })
    asterisk.unref()
    asterisk.on('error', () => {}) // Told below: a program that did not start has no pid.
    if (asterisk.pid === undefined) throw new AsteriskFailed(`${file} cannot be run.`)
    return asterisk.pid
  } finally {
    closeSync(output)
  }
}

/** ARI answers 503 until Asterisk has fully booted. There is no event to wait for: nothing can be connected to yet. */
async function untilAnswering(options: AsteriskOptions, lives: () => boolean): Promise<void> {
  const deadline = Date.now() + bootDeadlineMs
  while (Date.now() < deadline) {
    const status = await ariStatus(options)
    if (status === 200) return
    if (status === 401)
      throw failed(options, `Asterisk answers on port ${options.ports.http}, but refuses our password.`)
    if (!lives()) throw failed(options, 'Asterisk ended while it was starting.')
    await pause(50)
  }
  throw failed(options, `Asterisk did not answer on port ${options.ports.http} within ${bootDeadlineMs / 1000} s.`)
}

async function ariStatus({ bind, ports, secrets }: AsteriskOptions): Promise<number> {
  const host = bind === '0.0.0.0' ? '127.0.0.1' : bind
  const authorization = `Basic ${Buffer.from(`hotline:${secrets.ari}`).toString('base64')}`
  const answer = await fetch(`http://${host}:${ports.http}/ari/asterisk/info?filter=status`, {
    headers: { authorization },
    signal: AbortSignal.timeout(2000),
  }).catch(() => undefined)
  return answer?.status ?? 0
}

function failed({ folder }: AsteriskOptions, message: string): AsteriskFailed {
  const tail = ['messages', 'output'].flatMap(name => lastLines(join(folder, 'log', name), 8))
  return new AsteriskFailed([message, ...tail.map(line => `  ${line}`)].join('\n'))
}

function lastLines(path: string, count: number): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count)
  } catch {
    return [] // It died before it wrote anything.
  }
}

function running(pid: number, version: string): RunningAsterisk {
  return {
    pid,
    version,
    stop: () => stop(pid),
    kill: () => process.kill(pid, 'SIGKILL'),
  }
}

async function stop(pid: number): Promise<void> {
  if (!alive(pid)) return
  process.kill(pid, 'SIGTERM')
  const deadline = Date.now() + 5000
  while (alive(pid) && Date.now() < deadline) await pause(20)
  if (alive(pid)) process.kill(pid, 'SIGKILL')
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
