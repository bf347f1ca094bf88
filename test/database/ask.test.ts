import type { Knex } from 'knex'
import { expect, test } from 'vitest'
import { callCommand, ledgerCommand, reportCommand } from '../../src/cli/ask.ts'
import { readConfig } from '../../src/config.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()

test('--quarters is refused where there are none', async () => {
  const config = readConfig({}, '/nowhere')
  await expect(reportCommand(config, 'agents', { quarters: true })).rejects.toMatchObject({
    id: 'bad-input',
    message: '--quarters goes with the report of queues, not of agents',
  })
})

test('of a folder in which no hotline has run nothing is told, least of all that it balances', async () => {
  const config = readConfig({ HOTLINE_FOLDER: 'var/dmeo' }, '/nowhere')
  const refusal = {
    id: 'not-found',
    message:
      'No hotline has run in /nowhere/var/dmeo yet: set HOTLINE_FOLDER, or DATABASE_URL, to that of the one that you ask about.',
  }
  await expect(ledgerCommand(config, {})).rejects.toMatchObject(refusal)
  await expect(reportCommand(config, 'calls', {})).rejects.toMatchObject(refusal)
  await expect(callCommand(config, 'hotline-1.1')).rejects.toMatchObject(refusal)
})

test('a question to an empty database says what to do, and makes no tables', async () => {
  const knex = await database.fresh()
  await knex.raw('drop schema public cascade; create schema public')
  await expect(ledgerCommand(asking(knex), {})).rejects.toMatchObject({
    id: 'tables-are-older',
    message: 'The database lacks its tables: start the service of this version first, which makes them.',
  })
  expect(await knex('information_schema.tables').where({ table_schema: 'public' })).toEqual([])
})

test('a question to the database of an older service leaves its tables as they are', async () => {
  const knex = await database.fresh()
  const [last] = await knex('knex_migrations')
    .where({ id: knex('knex_migrations').max('id') })
    .delete('name')
  await expect(reportCommand(asking(knex), 'queues', {})).rejects.toMatchObject({
    id: 'tables-are-older',
    message: expect.stringContaining(`lacks ${last.name}: start the service of this version first`),
  })
  expect(await knex('knex_migrations').where({ name: last.name })).toEqual([])
})

const asking = (knex: Knex) => readConfig({ DATABASE_URL: knex.client.config.connection.connectionString }, '/nowhere')
