import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadNumbers } from '../../src/database/lines.ts'
import { loadAgents } from '../../src/database/load.ts'
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
  expect(await knex('knex_migrations').count().first()).toEqual({ count: readdirSync('migrations').length })
})

test('every table, view and column says what it is', async () => {
  const knex = await database.fresh()
  const { rows } = await knex.raw(`
    select concat_ws('.', c.relname, a.attname) as silent
    from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and c.relname not like 'knex%'
      and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)
    order by 1`)
  expect(rows.map((row: { silent: string }) => row.silent)).toEqual([])
})

test('a number greets in the language it is given, in Chinese if in none, and in no third', async () => {
  const knex = await database.fresh()
  await knex('numbers').insert({ number: '1', flow: 'hotline' })
  await knex('numbers').insert({ number: '2', flow: 'direct-sales', language: 'en' })
  expect(Object.fromEntries(await loadNumbers(knex))).toEqual({
    1: { flow: 'hotline', language: 'zh' },
    2: { flow: 'direct-sales', language: 'en' },
  })
  await expect(knex('numbers').insert({ number: '3', flow: 'hotline', language: 'fr' })).rejects.toThrow('language')
})

test('an agent is spoken to in the language they are given, in Chinese if in none, and in no third', async () => {
  const knex = await database.fresh()
  await knex('agents').insert({ id: '8001', name: 'A', sip_password: 's' })
  await knex('agents').insert({ id: '8002', name: 'B', sip_password: 's', language: 'en' })
  expect((await loadAgents(knex)).map(({ id, language }) => [id, language])).toEqual([
    ['8001', 'zh'],
    ['8002', 'en'],
  ])
  await expect(knex('agents').update({ language: 'fr' })).rejects.toThrow('agents_language_check')
})
