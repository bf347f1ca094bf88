import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import type { TestProject } from 'vitest/node'
import { connectDatabase } from '../../src/database/connect.ts'
import { migrate } from '../../src/database/migrations.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A Postgres, and the name of a database in it that has all the tables: new ones are copies of it. */
    database: { url: string; template: string }
  }
}

const TEMPLATE = 'hotline_template'

/**
 * One Postgres for all test files of the project: to make one takes longer than most of them. TEST_DATABASE_URL names a server to
 * use instead (its user must be allowed to create databases).
 */
export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const { url, stop } = given ? { url: given, stop: async () => {} } : await start()
  await onServer(url, async admin => {
    await admin.raw('drop database if exists ??', [TEMPLATE])
    await admin.raw('create database ??', [TEMPLATE])
  })
  await onServer(named(url, TEMPLATE), migrate)
  project.provide('database', { url, template: TEMPLATE })
  return async () => {
    await onServer(url, admin => admin.raw('drop database ??', [TEMPLATE]))
    await stop()
  }
}

async function start(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-test-postgres-'))
  const cacheFolder = join(tmpdir(), 'hotline-test-cache')
  const running = await startPostgres({ folder, cacheFolder, port: await freePort(), say: () => {} })
  // To make and drop a database is otherwise to wait for the disk, and no test here cuts the power.
  await onServer(running.url, async admin => {
    await admin.raw('alter system set fsync = off')
    await admin.raw('select pg_reload_conf()')
  })
  return {
    url: running.url,
    async stop() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A database is made and dropped on the disk, which may be busy. */
const PATIENCE_MS = 60_000

export async function onServer<T>(url: string, act: (admin: Knex) => PromiseLike<T>): Promise<void> {
  const admin = connectDatabase(url, { answerWithinMs: PATIENCE_MS })
  try {
    await act(admin)
  } finally {
    await admin.destroy()
  }
}

export function named(url: string, database: string): string {
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
