import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { HotlineError, sentenceOf } from '../errors.ts'
import type { Say } from './debian.ts'
import { comesTrue, workingIn } from './life.ts'
import { refusePortsInUse } from './ports.ts'
import { postgresPrograms } from './postgres-programs.ts'
import { type PostgresUser, postgresUser } from './postgres-user.ts'

const run = promisify(execFile)

export type PostgresOptions = { folder: string; port: number; cacheFolder: string; say: Say }

export type RunningPostgres = {
  url: string
  pid: number
  /** It was running already: whoever started it may still need it. */
  tookOver: boolean
  /** A clean end: what was committed is on disk. */
  stop(): Promise<void>
  /** SIGKILL, as tests and disasters do it. */
  kill(): void
}

export class PostgresFailed extends HotlineError {
  constructor(message: string, cause?: unknown) {
    super('postgres-failed', message, cause === undefined ? undefined : { cause })
  }
}

/** One cluster: the folder of its files, the user who owns them, and the programs that work on it. */
type Cluster = { files: string; programs: string; user: PostgresUser }

type Server = { pid: number; port: number }

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  shared_buffers: '64MB',
  synchronous_commit: 'on',
  timezone: 'UTC',
  jit: 'off',
  log_checkpoints: 'off',
}

/** Whether a private Postgres was ever started in this folder. True also where that cannot be seen. */
export const wasStarted = (folder: string): Promise<boolean> =>
  stat(filesIn(folder)).then(
    () => true,
    thrown => (thrown as NodeJS.ErrnoException).code !== 'ENOENT',
  )

const filesIn = (folder: string): string => join(folder, 'cluster')

/** Starts a private Postgres, or takes over the one of this folder that a former owner left running. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { cacheFolder, say } = options
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const folder = await realpath(options.folder)
  const files = filesIn(folder)
  const user = await postgresUser(files)
  const cluster = { files, programs: await postgresPrograms(cacheFolder, user, say), user }
  const password = await passwordOf(folder)
  if (!existsSync(files)) await create(cluster, password, say)
  const found = await runningServer(files)
  if (found) say(`Postgres is still running (pid ${found.pid}); it goes on.`)
  const server = found ?? (await launch(cluster, options.port))
  const url = (database: string) => `postgres://hotline:${password}@127.0.0.1:${server.port}/${database}`
  await ensureDatabase(url('postgres'))
  return {
    url: url('hotline'),
    pid: server.pid,
    tookOver: found !== undefined,
    stop: () => stop(cluster),
    kill: () => process.kill(server.pid, 'SIGKILL'),
  }
}

async function passwordOf(folder: string): Promise<string> {
  const path = join(folder, 'password')
  if (!existsSync(path)) await writeFile(path, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return await readFile(path, 'utf8')
}

/** Made beside and renamed into place, so that an interrupted run leaves no half of a cluster. */
async function create(cluster: Cluster, password: string, say: Say): Promise<void> {
  say('Creating the database …')
  const beside = { ...cluster, files: `${cluster.files}.new` }
  await rm(beside.files, { recursive: true, force: true })
  await mkdir(beside.files, { mode: 0o700 })
  await giveTo(cluster.user, beside.files)
  await withPasswordFile(cluster.user, password, async path => {
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    await program(beside, 'initdb', ['--username=hotline', `--pwfile=${path}`, '--auth=scram-sha-256', ...locale])
  })
  await rename(beside.files, cluster.files)
}

async function withPasswordFile(
  user: PostgresUser,
  password: string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hotline-'))
  try {
    const path = join(folder, 'password')
    await writeFile(path, password, { mode: 0o600 })
    await giveTo(user, path)
    await giveTo(user, folder)
    await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function giveTo(user: PostgresUser, path: string): Promise<void> {
  if (user !== 'myself') await chown(path, user.uid, user.gid)
}

/** The server that works on these files, if one lives; one that is just starting or dying is waited for. */
async function runningServer(files: string): Promise<Server | undefined> {
  let server: Server | undefined
  const settled = await comesTrue(async () => {
    const workers = await workingIn(files, 'postgres')
    server = await serverOfPidFile(files)
    if (server && workers.includes(server.pid)) return await accepts(server.port)
    server = undefined
    return workers.length === 0
  }, 15_000)
  if (!settled) throw new PostgresFailed(`A Postgres works in ${files}, but does not answer: end it and start again.`)
  return server
}

async function serverOfPidFile(files: string): Promise<Server | undefined> {
  const lines = (await readFile(join(files, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port, state] = [Number(lines[0]), Number(lines[3]), lines[7]?.trim()]
  return pid && port && state === 'ready' ? { pid, port } : undefined
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return await once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy())
}

/** pg_ctl puts the server into a session of its own, where neither our death nor a Ctrl-C reaches it. */
async function launch(cluster: Cluster, port: number): Promise<Server> {
  // A server that was killed leaves its pid behind, and a stranger with that pid would keep ours from starting.
  await rm(join(cluster.files, 'postmaster.pid'), { force: true })
  await refusePortsInUse('127.0.0.1', { tcp: [port] })
  const words = Object.entries({ ...settings, port: String(port) }).map(([name, value]) => `-c ${name}=${value}`)
  try {
    await program(cluster, 'pg_ctl', ['start', '--wait', '--log=server.log', '-o', words.join(' ')])
  } catch (cause) {
    const log = await readFile(join(cluster.files, 'server.log'), 'utf8').catch(() => '')
    throw new PostgresFailed(`Postgres did not start.\n${log.trimEnd().split('\n').slice(-6).join('\n')}`, cause)
  }
  const server = await runningServer(cluster.files)
  if (!server) throw new PostgresFailed('Postgres ended as soon as it had started.')
  return server
}

async function stop(cluster: Cluster): Promise<void> {
  if (await runningServer(cluster.files)) await program(cluster, 'pg_ctl', ['stop', '--wait', '--mode=fast'])
}

/**
 * Runs one of Postgres's programs inside the folder of the files, and calls that folder by what the kernel calls it there.
 * So the files may lie where their owner could never walk to, such as below root's closed home.
 */
async function program({ programs, user, files }: Cluster, name: string, words: string[]): Promise<void> {
  const identity = user === 'myself' ? {} : user
  try {
    await run(join(programs, name), [...words, '--pgdata=/proc/self/cwd'], {
      cwd: files,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      ...identity,
    })
  } catch (cause) {
    throw new PostgresFailed(`${name} failed: ${sentenceOf(cause)}`, cause)
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  await client.connect()
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'hotline'")
    if (rowCount === 0) await client.query('create database hotline')
  } finally {
    await client.end()
  }
}
