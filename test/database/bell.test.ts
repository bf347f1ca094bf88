import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const quiet = pino({ level: 'silent' })

test('a bell that is closed at any moment, while it connects as well, ends nothing but itself', async () => {
  const knex = await database.fresh()
  const url: string = knex.client.config.connection.connectionString
  const astray: unknown[] = []
  const strayed = (thrown: unknown): void => void astray.push(thrown)
  process.prependListener('unhandledRejection', strayed)
  for (let ms = 0; ms < 40; ms++) {
    const bell = listenFor(CHANGED, url, async () => {}, quiet)
    await pause(ms / 2)
    await bell.close()
  }
  process.off('unhandledRejection', strayed)
  expect(astray).toEqual([])
})
