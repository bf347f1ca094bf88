import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addDispositions, dispositionList } from '../../src/cli/dispositions.ts'
import { addPauses, pauseList } from '../../src/cli/pauses.ts'
import { readConfig } from '../../src/config.ts'
import { testDatabase } from './testDatabase.ts'

/** Keys of phones, by which agents say what came of a talk, and why they pause. */

const database = testDatabase()
let config: ReturnType<typeof readConfig>

beforeEach(async () => {
  const knex = await database.fresh()
  config = readConfig({ DATABASE_URL: knex.client.config.connection.connectionString }, '/nowhere')
  vi.spyOn(console, 'log').mockReturnValue()
})
afterEach(() => vi.restoreAllMocks())

async function types(words: string): Promise<void> {
  const hotline = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  addDispositions(hotline, () => config)
  addPauses(hotline, () => config)
  for (const command of hotline.commands.flatMap(({ commands }) => commands)) command.exitOverride()
  await hotline.parseAsync(words.split(' '), { from: 'user' })
}

test.each([
  {
    set: 'disposition add sold',
    key: 1,
    low: 0,
    list: () => dispositionList(config),
    shown: (en: string) => `sold: 成交, ${en} (any queue)`,
    code: '*01',
  },
  {
    set: 'pause set coffee',
    key: 5,
    low: 4,
    list: () => pauseList(config),
    shown: (en: string) => `coffee: 成交, ${en}`,
    code: '*45',
  },
])('$set: a corrected name leaves it its key, which is taken away where somebody says so', async one => {
  const { set, key, low, list, shown, code } = one
  await types(`${set} --zh 成交 --en Slod --key ${key}`)
  expect(await list()).toBe(`${shown('Slod')}, ${code}`)
  await types(`${set} --zh 成交 --en Sold`)
  expect(await list()).toBe(`${shown('Sold')}, ${code}`)
  await types(`${set} --zh 成交 --en Sold --key none`)
  expect(await list()).toBe(shown('Sold'))
  for (const wrong of [low, 10, 'x', '5.0'])
    await expect(types(`${set} --zh 成交 --en Sold --key ${wrong}`)).rejects.toThrow(`a key from ${key} to 9, or none`)
})
