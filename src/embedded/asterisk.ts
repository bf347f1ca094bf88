import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { AsteriskFailed, type AsteriskOptions, LOOPBACK, writeConfiguration } from './configuration.ts'
import { comesTrue, isAlive } from './life.ts'
import { refusePortsInUse } from './ports.ts'

export { type AsteriskProgram, findAsterisk, installedHere } from './program.ts'
export { AsteriskFailed, type AsteriskOptions }

export type RunningAsterisk = {
  pid: number
  version: string
  /** It was running already: whoever started it may still need it. */
  tookOver: boolean
  /** A clean end, at latest after five seconds. */
  stop(): Promise<void>
  /** SIGKILL, as tests and disasters do it. */
  kill(): void
}

/** Starts a private Asterisk, or takes over the one of this folder that a former owner left running. */
export async function startAsterisk(given: AsteriskOptions): Promise<RunningAsterisk> {
  await mkdir(given.folder, { recursive: true, mode: 0o750 })
  const options = { ...given, folder: await realpath(given.folder) }
  const { bind, ports, program, say } = options
  const former = await formerAsterisk(options)
  if (former !== undefined) {
    say(`Asterisk ${program.version} is still running (pid ${former}); its calls go on.`)
    return { ...controls(former), version: program.version, tookOver: true }
  }
  await refusePortsInUse(bind, { udp: [ports.sip], tcp: [ports.tls] })
  await refusePortsInUse(LOOPBACK, { udp: [], tcp: [ports.http, ports.ami] })
  await writeConfiguration(options)
  const pid = await launch(options)
  await untilBooted(options, pid).catch(why => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    throw why
  })
  return { ...controls(pid), version: program.version, tookOver: false }
}

/** The pid of the Asterisk that was started from this folder, when it lives and answers; one that is dying is waited for. */
async function formerAsterisk(options: AsteriskOptions): Promise<number | undefined> {
  const pid = await pidOf(options.folder)
  if (pid === undefined) return undefined
  const settled = await comesTrue(async () => !isAlive(pid) || (await ariStatus(options)) === 200, 10_000)
  if (settled) return isAlive(pid) ? pid : undefined
  throw new AsteriskFailed(
    `The Asterisk of ${options.folder} still runs (pid ${pid}), but ARI does not answer on port ${options.ports.http} with our password: end it with "kill ${pid}" and start again.`,
  )
}

/** From its pid file; but after a reboot that pid may be a stranger's. A dying program tells its name no more. */
async function pidOf(folder: string): Promise<number | undefined> {
  const pid = Number(await textOf(join(folder, 'run', 'asterisk.pid')))
  if (!pid || !isAlive(pid)) return undefined
  const commandLine = await textOf(`/proc/${pid}/cmdline`)
  return commandLine === '' || commandLine.split('\0').includes(configurationOf(folder)) ? pid : undefined
}

const configurationOf = (folder: string) => join(folder, 'etc', 'asterisk.conf')

/** In a session of its own, so that neither our death nor a Ctrl-C ends the calls. */
async function launch({ program, folder }: AsteriskOptions): Promise<number> {
  const [file, ...words] = program.command
  const output = await open(join(folder, 'log', 'output'), 'a')
  try {
    const asterisk = spawn(file, [...words, '-C', configurationOf(folder), '-f'], {
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      cwd: folder,
    })
    await once(asterisk, 'spawn')
    asterisk.unref()
    return asterisk.pid!
  } finally {
    await output.close()
  }
}

/** ARI answers 503 until Asterisk has fully booted. There is no event to wait for: nothing can be connected to yet. */
async function untilBooted(options: AsteriskOptions, pid: number): Promise<void> {
  const { http } = options.ports
  let status = 0
  const booted = await comesTrue(async () => {
    if (!isAlive(pid)) throw await failed(options, 'Asterisk ended while it was starting.')
    status = await ariStatus(options)
    return status === 200
  }, 30_000)
  if (booted) return
  throw await failed(options, `Asterisk did not boot: ARI answered on port ${http} with ${status || 'nothing'}.`)
}

async function ariStatus({ ports, secrets }: AsteriskOptions): Promise<number> {
  const authorization = `Basic ${Buffer.from(`hotline:${secrets.ari}`).toString('base64')}`
  const answer = await fetch(`http://${LOOPBACK}:${ports.http}/ari/asterisk/info?filter=status`, {
    headers: { authorization },
    signal: AbortSignal.timeout(2000),
  }).catch(() => undefined) // Nobody listens yet.
  return answer?.status ?? 0
}

async function failed({ folder }: AsteriskOptions, message: string): Promise<AsteriskFailed> {
  const logs = await Promise.all(['messages', 'output'].map(name => textOf(join(folder, 'log', name))))
  const tail = logs.flatMap(log => log.trimEnd().split('\n').slice(-8))
  return new AsteriskFailed([message, ...tail.map(line => `  ${line}`)].join('\n'))
}

/** What stands in the file, nothing if there is none. */
async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '')
}

function controls(pid: number): Pick<RunningAsterisk, 'pid' | 'stop' | 'kill'> {
  return { pid, stop: () => stop(pid), kill: () => process.kill(pid, 'SIGKILL') }
}

async function stop(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isAlive(pid)) return
    process.kill(pid, signal)
    await comesTrue(() => !isAlive(pid), 5000)
  }
}
