import { expect, test } from 'vitest'
import { migrate, TablesAreNewer } from '../../src/database/migrations.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()

test('a service that is older than its tables does not touch them', async () => {
  const knex = await database.fresh()
  await knex('knex_migrations').insert({ name: '999_later', batch: 9, migration_time: new Date() })
  await expect(migrate(knex)).rejects.toThrow(TablesAreNewer)
  await expect(migrate(knex)).rejects.toMatchObject({ stack: expect.stringContaining('999_later') })
})

test('two services that start at once on an empty database build its tables once', async () => {
  const knex = await database.fresh()
  await knex.raw('drop schema public cascade; create schema public')
  await Promise.all([migrate(knex), migrate(knex)])
  expect(await knex('knex_migrations').count().first()).toEqual({ count: 5 })
})
