// Runs what test/docker/try-images.sh has built as docker-compose.yml says, without Docker: its environment, its user, its
// volumes, its health checks, and one agent who signs in and is called. The ports of docker-compose.yml must be free.
// Called by: test/docker/try-images.sh --run
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { parse } from 'yaml'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { Softphone } from '../../src/softphone/softphone.ts'

type Service = {
  environment: Record<string, string>
  volumes: string[]
  healthcheck: { test: string[] }
}

const home = resolve(import.meta.dirname, '../..')
const images = resolve(process.argv[2] ?? '/tmp/images')
const volumes = mkdtempSync(join(tmpdir(), 'hotline-volumes-'))
const mounted: string[] = []
const running: ChildProcess[] = []
const say = (line: string): void => console.log(line)

const postgres = await startPostgres({
  folder: join(volumes, 'database'),
  port: 5032,
  cacheFolder: process.env.HOTLINE_CACHE ?? '/var/cache/hotline',
  say,
})
const dotEnv: Record<string, string> = {
  HOTLINE_DATABASE_PASSWORD: new URL(postgres.url).password,
  ASTERISK_ARI_SECRET: 'a&b/c|d\\e',
  ASTERISK_AMI_SECRET: 'AmiSecret',
  HOTLINE_API_KEY: 'an-api-key-of-16-characters',
  HOTLINE_TRUNK: '127.0.0.1',
  HOTLINE_BIND: '127.0.0.1',
  HOTLINE_LOG: 'warn',
}
const text = readFileSync(join(home, 'docker-compose.yml'), 'utf8')
const filled = text.replace(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name, rest) => dotEnv[name] ?? rest)
const { services }: { services: Record<'asterisk' | 'hotline', Service> } = parse(filled)

try {
  await up('asterisk', ['/usr/share/hotline/start.sh'], '/var/lib/hotline/asterisk')
  await up('hotline', ['node', 'bin/hotline.js', 'start'], '/usr/share/hotline')
  inside('hotline', ['node', 'bin/hotline.js', 'doctor'], 'inherit')
  await oneCall()
  say('All is well.')
} catch (thrown) {
  console.error(thrown)
  process.exitCode = 1
} finally {
  for (const program of running.reverse()) await stop(program)
  await postgres.stop()
  for (const place of mounted) execFileSync('umount', [place])
  rmSync(volumes, { recursive: true, force: true })
}
process.exit()

async function up(name: 'asterisk' | 'hotline', command: string[], workdir: string): Promise<void> {
  for (const volume of services[name].volumes) mount(name, volume)
  const program = spawn('chroot', words(name, workdir, command), { stdio: 'inherit' })
  running.push(program)
  for (let tries = 0; tries < 60; tries += 1) {
    if (program.exitCode !== null) throw new Error(`${name} ended with code ${program.exitCode}`)
    if (isHealthy(name)) return say(`${name} is healthy`)
    await pause(500)
  }
  throw new Error(`${name} is not healthy after 30 s`)
}

function words(name: string, workdir: string, command: string[]): string[] {
  const environment = Object.entries(services[name as 'asterisk'].environment).map(([key, value]) => `${key}=${value}`)
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const shell = `cd ${workdir} && exec "$@"`
  return [
    '--userspec=5060:5060',
    join(images, name),
    'env',
    '-i',
    path,
    ...environment,
    'sh',
    '-c',
    shell,
    'sh',
    ...command,
  ]
}

/** A named volume that is empty takes its owner from the image. */
function mount(name: string, volume: string): void {
  const [source, target] = volume.split(':') as [string, string]
  mkdirSync(join(volumes, source), { recursive: true })
  chownSync(join(volumes, source), 5060, 5060)
  mkdirSync(join(images, name, target), { recursive: true }) // As Docker does.
  execFileSync('mount', ['--bind', join(volumes, source), join(images, name, target)])
  mounted.unshift(join(images, name, target))
}

/** As `docker compose exec` does it, in the image's WORKDIR. */
function inside(name: string, command: string[], stdio: 'ignore' | 'inherit' = 'ignore'): void {
  execFileSync('chroot', words(name, '/usr/share/hotline', command), { stdio, timeout: 10_000 })
}

function isHealthy(name: 'asterisk' | 'hotline'): boolean {
  try {
    inside(name, services[name].healthcheck.test.slice(1))
    return true
  } catch {
    return false
  }
}

async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null) return
  const ended = new Promise(done => program.once('exit', done))
  program.kill('SIGTERM')
  await ended
}

async function oneCall(): Promise<void> {
  const database = new pg.Client(postgres.url)
  await database.connect()
  try {
    const { rows } = await database.query("select sip_password from agents where id = '8001'")
    await ringAgent(rows[0].sip_password)
    say(`the call is filed: ${JSON.stringify(await filed(database))}`)
  } finally {
    await database.end()
  }
}

async function ringAgent(password: string): Promise<void> {
  const server = { host: '127.0.0.1', port: 5060 }
  const agent = await Softphone.open({ server, user: '8001', password })
  const caller = await Softphone.open({ server, user: '13800138000' })
  try {
    await agent.register()
    await (await agent.invite('*1').answered).ended
    say('8001 is signed in')
    const call = await caller.invite('4008001000').answered
    const invited = agent.nextInvite({ withinMs: 20_000 })
    await call.press('1')
    const incoming = await invited
    incoming.ring()
    say('8001 rings')
    await call.hangUp()
  } finally {
    await Promise.all([caller.close(), agent.close()])
  }
}

async function filed(database: pg.Client): Promise<object> {
  for (let tries = 0; tries < 40; tries += 1) {
    const { rows } = await database.query('select outcome, recording_file, recording_ms, recording_faults from calls')
    if (rows[0]?.recording_file) return rows[0]
    await pause(500)
  }
  throw new Error('the call is not filed after 20 s')
}
