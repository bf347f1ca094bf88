import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { afterAll, inject } from 'vitest'
import { connectDatabase } from '../../src/database/connect.ts'
import { named, onServer } from './server.ts'

export type TestDatabase = {
  url: string
  fresh(): Promise<Knex>
  /** A database that nobody answers for. */
  unreachable(): Knex
}

/** As many fresh databases with all tables as are asked for. All are gone after the test file. */
export function testDatabase(): TestDatabase {
  const open: { knex: Knex; name: string }[] = []
  const { url, template } = inject('database')
  afterAll(async () => {
    for (const { knex } of open) await knex.destroy()
    await onServer(url, async admin => {
      for (const { name } of open) await admin.raw('drop database ?? with (force)', [name])
    })
  })
  return {
    url,
    async fresh() {
      const name = `test_${randomBytes(6).toString('hex')}`
      await onServer(url, admin => admin.raw('create database ?? template ??', [name, template]))
      const knex = connectDatabase(named(url, name))
      open.push({ knex, name })
      return knex
    },
    unreachable: () => connectDatabase('postgres://nobody@127.0.0.1:1/nothing'),
  }
}
