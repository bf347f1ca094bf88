import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it, vi } from 'vitest'
import { isAlive } from '../../src/embedded/life.ts'
import { type PostgresOptions, type RunningPostgres, startPostgres } from '../../src/embedded/postgres.ts'
import { afterwards, cacheFolder, freeTcp, freshFolder, quiet } from './ground.ts'

it('starts, with the settings that the ledger relies on, for this machine alone', async () => {
  const { url } = await started(await options())
  const settings = await ask(
    url,
    `select current_setting('server_encoding') as encoding, datlocprovider, datlocale,
       current_setting('synchronous_commit') as commits, current_setting('fsync') as fsync,
       current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets
     from pg_database where datname = current_database()`,
  )
  expect(settings).toEqual([
    {
      encoding: 'UTF8',
      datlocprovider: 'b',
      datlocale: 'C.UTF-8',
      commits: 'on',
      fsync: 'on',
      listens: '127.0.0.1',
      sockets: '',
    },
  ])
})

it('asks for the password, which only its owner can read', async () => {
  const asked = await options()
  const { url } = await started(asked)
  const wrong = new URL(url)
  wrong.password = 'guessed'
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed')
  expect((await stat(join(asked.folder, 'password'))).mode & 0o077).toBe(0)
})

it('is taken over by the next owner, on the port where it is', async () => {
  const asked = await options()
  const first = await started(asked)
  const second = await started({ ...asked, port: await freeTcp() })
  expect(second).toMatchObject({ pid: first.pid, url: first.url, tookOver: true })
})

it('keeps what was committed when it is stopped, and when it is killed', async () => {
  const asked = await options()
  const first = await started(asked)
  await ask(first.url, 'create table kept (word text)')
  await ask(first.url, "insert into kept values ('stopped')")
  await first.stop()
  // Its last act is to say that it has stopped; then it ends.
  await vi.waitFor(() => expect(isAlive(first.pid)).toBe(false))
  const second = await started(asked)
  await ask(second.url, "insert into kept values ('killed')")
  second.kill()
  const third = await started(asked)
  expect(third).toMatchObject({ tookOver: false, url: first.url })
  expect(await ask(third.url, 'select word from kept')).toEqual([{ word: 'stopped' }, { word: 'killed' }])
})

it('starts although a stranger has the pid that it left behind', async () => {
  const asked = await options()
  const first = await started(asked)
  const pidFile = join(asked.folder, 'cluster', 'postmaster.pid')
  const left = (await readFile(pidFile, 'utf8')).replace(String(first.pid), String(process.pid))
  await first.stop()
  await writeFile(pidFile, left)
  expect(await started(asked)).toMatchObject({ tookOver: false })
})

it('names the port that another program uses', async () => {
  const asked = await options()
  const other = createServer().listen(asked.port, '127.0.0.1')
  await once(other, 'listening')
  await expect(startPostgres(asked)).rejects.toMatchObject({ id: 'port-in-use', port: asked.port })
  other.close()
})

async function options(): Promise<PostgresOptions> {
  return { folder: await freshFolder(), port: await freeTcp(), cacheFolder, say: quiet }
}

async function started(asked: PostgresOptions): Promise<RunningPostgres> {
  const postgres = await startPostgres(asked)
  afterwards(() => postgres.stop())
  return postgres
}

async function ask(url: string, question: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(question)).rows
  } finally {
    await client.end()
  }
}
