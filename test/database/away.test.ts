import pg from 'pg'
import { expect, test } from 'vitest'
import { isAway } from '../../src/away.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()

/** What asking says that goes wrong. */
const failureOf = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => undefined,
    thrown => thrown,
  )

/** A session whose connection breaks while it is idle. */
async function brokenSession(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const broken = new Promise(done => client.on('error', done))
  ;(client as unknown as { connection: { stream: { destroy(why: Error): void } } }).connection.stream.destroy(
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  )
  await broken
  return client
}

test('a session that broke before it was asked is a database that is away', async () => {
  const client = await brokenSession()
  expect(isAway(await failureOf(client.query('select 1')))).toBe(true)
})

test('a port where nobody listens is a database that is away', async () => {
  expect(isAway(await failureOf(database.unreachable().raw('select 1').then()))).toBe(true)
})

test('a database that knows no such table is there', async () => {
  const knex = await database.fresh()
  expect(isAway(await failureOf(knex('nowhere').first().then()))).toBe(false)
})
