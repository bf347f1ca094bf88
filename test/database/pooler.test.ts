import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAway } from '../../src/away.ts'
import { connectDatabase } from '../../src/database/connect.ts'
import { takeLease } from '../../src/database/lease.ts'

/** A PgBouncer at its door: who wants in says so, and is turned away. */

const TAKEN = ['user', 'database', 'application_name', 'client_encoding']

let door: Server
let url: string
let brought: string[]
let answer: string
beforeEach(async () => {
  brought = []
  answer = 'pgbouncer cannot connect to server'
  door = createServer(socket =>
    socket.once('data', packet => {
      const words = packet.subarray(8).toString().split('\0')
      brought.push(...words.filter((word, i) => i % 2 === 0 && word !== ''))
      socket.end(refusal(answer))
    }),
  ).listen(0, '127.0.0.1')
  await once(door, 'listening')
  url = `postgres://hotline@127.0.0.1:${(door.address() as AddressInfo).port}/hotline`
})
afterEach(() => door.close())

/** An ErrorResponse: severity, code, message. */
function refusal(words: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${words}\0\0`)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(4 + fields.length)
  return Buffer.concat([Buffer.from('E'), length, fields])
}

async function failureOfAsking(): Promise<unknown> {
  const knex = connectDatabase(url, { byKey: true })
  try {
    return await knex.raw('select 1').then(
      () => undefined,
      thrown => thrown,
    )
  } finally {
    await knex.destroy()
  }
}

test('nothing is brought along that PgBouncer does not take', async () => {
  await failureOfAsking()
  await expect(takeLease(url, 'asterisk', pino({ level: 'silent' }), () => {})).rejects.toThrow(answer)
  expect(brought).toContain('application_name')
  expect(TAKEN).toEqual(expect.arrayContaining(brought))
})

test('a PgBouncer that does not reach its Postgres is a database that is away', async () => {
  expect(isAway(await failureOfAsking())).toBe(true)
})

test.for(['unsupported startup parameter in options: geqo', 'no such database: hotlin', 'no such user: hotlin'])(
  'a PgBouncer that says "%s" will not let us in later, either',
  async refused => {
    answer = refused
    expect(isAway(await failureOfAsking())).toBe(false)
  },
)
