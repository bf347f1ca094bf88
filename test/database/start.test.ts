import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { CHANGED } from '../../src/database/bell.ts'
import { takeLease } from '../../src/database/lease.ts'
import { direct } from '../../src/ivr/flow.ts'
import { Program } from '../program.ts'
import { leaseHolder } from './leaseHolder.ts'
import { testDatabase } from './testDatabase.ts'

/** `hotline start` with a Postgres of one's own, and an Asterisk that is not there. */

const database = testDatabase()
const PORTS = 12_000
const ARI = PORTS + 88
const quiet = pino({ level: 'silent' })

let knex: Knex
let url: string
let folder: string

beforeEach(async () => {
  knex = await database.fresh()
  url = knex.client.config.connection.connectionString
  folder = await mkdtemp(join(tmpdir(), 'hotline-start-'))
  return () => rm(folder, { recursive: true })
})

function started(): Program {
  const settings = {
    HOTLINE_EMBEDDED: 'never',
    HOTLINE_FOLDER: folder,
    HOTLINE_PORTS: String(PORTS),
    HOTLINE_API_KEY: 'a-key-of-this-test',
    DATABASE_URL: url,
    ASTERISK_HOST: '127.0.0.1',
    ASTERISK_ARI_PORT: String(ARI),
    ASTERISK_ARI_SECRET: 'nobody-is-there',
    ASTERISK_AMI_SECRET: 'nobody-is-there',
  }
  const program = new Program('node bin/hotline.js start', { ...process.env, ...settings })
  onTestFinished(() => program.kill())
  return program
}

const isLive = (): Promise<boolean> =>
  fetch(`http://127.0.0.1:${PORTS + 80}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  )
const itServes = (): Promise<void> => expect.poll(isLive, { timeout: 20_000 }).toBe(true)

test('a start that fails when it has the lease gives it back, and ends with a sentence and code 1', async () => {
  // What answers like a hotline may be the one that we are to stand by for; here it stays when the lease is ours.
  const other = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end('{"alive":true}'),
  )
  other.listen(PORTS + 80, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const program = started()
  expect(await program.ended).toBe(1)
  expect(program.output).toMatch(
    /^HTTP cannot listen on 127\.0\.0\.1, port 12080: it is in use by another program\. End /m,
  )
  expect(await knex('leases').first()).toMatchObject({ term: 1 })
  expect(await leaseHolder(knex)).toBeUndefined()
})

test('a start whose database refuses what is loaded closes all, and ends with code 1', async () => {
  await knex.raw('drop view if exists queue_log cascade')
  await knex.raw('alter table numbers rename column flow to elsewhere')
  const program = started()
  expect(await program.ended).toBe(1)
  expect(program.output).toMatch(/flow/)
  expect(await leaseHolder(knex)).toBeUndefined()
})

test('a standby says so, and ends when it is told to', async () => {
  const lease = await takeLease(url, `127.0.0.1:${ARI}`, quiet, () => {})
  onTestFinished(() => lease.release())
  const standby = started()
  await standby.says(/^Another service drives this Asterisk: this one stands by/m, 20_000)
  expect(await standby.interrupt()).toBe(0)
  expect(await leaseHolder(knex)).toBeDefined()
})

test('a standby takes over when the other is gone', async () => {
  const lease = await takeLease(url, `127.0.0.1:${ARI}`, quiet, () => {})
  const standby = started()
  await standby.says(/this one stands by/, 20_000)
  await lease.release()
  await itServes()
  expect(await standby.interrupt()).toBe(0)
})

test('a flow and a queue that lean on each other may be set in one go: a person is told of dead ends alone', async () => {
  const program = started()
  await itServes()
  const night = { ...direct('bills'), id: 'night' }
  const bills = { id: 'bills', name_zh: '账单', name_en: 'Bills', skills: '{}', overflow_wait: 'night' }
  await knex.transaction(async trx => {
    await trx('queues').insert(bills)
    await trx('flow_releases').insert({ flow: 'night', document: JSON.stringify(night) })
    await trx.raw('select pg_notify(?, ?)', [CHANGED, 'both'])
  })
  await program.says(/"flows":\["night \d+"\]/, 20_000)
  await knex('queues').where({ id: 'bills' }).delete()
  await program.says(/Flow night leads to queue bills, which does not exist/, 20_000)
  expect(program.output).not.toMatch(/Queue bills leads on to flow night/)
  expect(await program.interrupt()).toBe(0)
})
