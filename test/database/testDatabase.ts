import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { afterAll, beforeAll } from 'vitest'
import { connectDatabase } from '../../src/database/connect.ts'
import { migrate } from '../../src/database/migrations.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'

export type TestDatabase = {
  url: string
  fresh(): Promise<Knex>
  /** A database that nobody answers for. */
  unreachable(): Knex
}

/**
 * A Postgres for this test file, and in it as many fresh, migrated databases as are asked for. All are gone afterwards.
 * TEST_DATABASE_URL names a server to use instead (its user must be allowed to create databases).
 */
export function testDatabase(): TestDatabase {
  const open: { knex: Knex; name: string }[] = []
  let server: Server
  beforeAll(async () => {
    server = await serverForTests()
  })
  afterAll(async () => {
    for (const { knex } of open) await knex.destroy()
    await server.end(open.map(({ name }) => name))
  })
  return {
    get url() {
      return server.url
    },
    async fresh() {
      const name = `test_${randomBytes(6).toString('hex')}`
      await onServer(server.url, admin => admin.raw('create database ??', [name]))
      const knex = connectDatabase(named(server.url, name))
      open.push({ knex, name })
      await migrate(knex)
      return knex
    },
    unreachable: () => connectDatabase('postgres://nobody@127.0.0.1:1/nothing'),
  }
}

type Server = { url: string; end(databases: string[]): Promise<void> }

async function serverForTests(): Promise<Server> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, end: databases => drop(given, databases) }
  const folder = mkdtempSync(join(tmpdir(), 'hotline-test-postgres-'))
  const cacheFolder = join(tmpdir(), 'hotline-test-cache')
  const running = await startPostgres({ folder, cacheFolder, port: await freePort(), say: () => {} })
  return {
    url: running.url,
    // Its databases go with their folder.
    async end() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const drop = (url: string, databases: string[]): Promise<void> =>
  onServer(url, async admin => {
    for (const name of databases) await admin.raw('drop database ?? with (force)', [name])
  })

async function onServer<T>(url: string, act: (admin: Knex) => PromiseLike<T>): Promise<void> {
  const admin = connectDatabase(url)
  try {
    await act(admin)
  } finally {
    await admin.destroy()
  }
}

function named(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => found(port))
    })
  })
}
