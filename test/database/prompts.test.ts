import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { promptAdd, promptList, promptRemove } from '../../src/cli/prompts.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { publish, saveDraft } from '../../src/database/flows.ts'
import { learnPrompts } from '../../src/database/prompts.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import type { Flow, Prompt } from '../../src/ivr/flow.ts'
import { Shelf } from '../../src/sound/shelf.ts'
import { recording, swelling, wav } from '../sound/given.ts'
import { testDatabase } from './testDatabase.ts'

/** Prompts that managers upload, from the command to the file that Asterisk plays. */

const database = testDatabase()
const home = join(import.meta.dirname, '..', '..')

let knex: Knex
let config: Config
let folder: string

beforeEach(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
  folder = mkdtempSync(join(tmpdir(), 'hotline-prompts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  config = readConfig({ DATABASE_URL: knex.client.config.connection.connectionString, HOTLINE_FOLDER: folder }, home)
})

const add = (
  name: string,
  { file = recording('tone.ogg'), language = 'zh', text = '节日快乐' } = {},
): Promise<string> => promptAdd(config, name, file, { language, text })

const saying = (id: string, ...prompts: Prompt[]): Flow => ({
  id,
  start: 'play',
  nodes: { play: { type: 'play', prompts, next: 'end' }, end: { type: 'hangup' } },
})

async function csv(): Promise<string[][]> {
  return (await promptList(config, true)).split('\r\n').map(line => line.split(','))
}

type Wrong = { name?: string } & Parameters<typeof add>[1]

describe('a manager', () => {
  test('uploads a recording, sees where it is said, and can remove it once nobody says it', async () => {
    expect(await add('holiday')).toBe(
      'The prompt holiday is there in Chinese: 3.2 s. A flow that says it can be published once it is there in English, too.',
    )
    expect(await add('holiday', { language: 'en', text: 'Happy holidays' })).toContain(
      'A flow can say it now; where one does already, the next caller hears it so.',
    )
    await publish(knex, saying('hotline', 'holiday'))
    await saveDraft(knex, saying('winter', 'greeting', 'holiday'))
    expect((await csv()).slice(1, 3)).toEqual([
      ['holiday', 'en', 'uploaded', '3.2', '"hotline', ' winter (draft)"', 'Happy holidays'],
      ['holiday', 'zh', 'uploaded', '3.2', '"hotline', ' winter (draft)"', '节日快乐'],
    ])

    await expect(promptRemove(config, 'holiday', 'zh')).rejects.toThrow('holiday is said by hotline.')
    await publish(knex, saying('hotline', 'greeting'))
    expect(await promptRemove(config, 'holiday', 'zh')).toBe('The prompt holiday is removed in Chinese.')
    expect((await csv()).slice(1).filter(([name]) => name === 'holiday')).toHaveLength(1)
    await expect(promptRemove(config, 'holiday', 'zh')).rejects.toThrow(
      'There is no uploaded prompt holiday in Chinese.',
    )
  })

  test('sees those of the house, too', async () => {
    const [heads, first, ...others] = await csv()
    expect(heads).toEqual(['prompt', 'language', 'from', 'seconds', 'said by', 'text'])
    expect(first!.slice(1, 3)).toEqual(['zh', 'house'])
    expect(others.find(([name, language]) => name === 'greeting' && language === 'en')!.slice(2, 5)).toEqual([
      'house',
      expect.stringMatching(/^\d\.\d$/),
      'hotline',
    ])
  })

  test.for([
    [{ name: 'Holiday' }, 'the name must be a small letter'],
    [{ name: '../holiday' }, 'the name must be a small letter'],
    [{ name: 'greeting' }, 'greeting is a prompt of the house'],
    [{ language: 'fr' }, '--language must be zh or en, not fr.'],
    [{ text: ' ' }, '--text must be what is said'],
    [{ file: '/nowhere.wav' }, '/nowhere.wav cannot be read'],
    [
      { file: join(home, 'README.md') },
      /README\.md is not audio that is understood: it must be a WAV, an MP3 or Opus\.$/,
    ],
  ] as [Wrong, string | RegExp][])(
    'is told in a sentence what is wrong with %j',
    async ([{ name = 'holiday', ...asked }, why]) => {
      await expect(add(name, asked)).rejects.toThrow(why)
      expect(await knex('prompts')).toEqual([])
    },
  )
})

describe('a service', () => {
  let logged: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(JSON.parse(line).msg) })
  const shelf = () => new Shelf(join(folder, 'prompts'), '/house', log)
  beforeEach(() => {
    logged = []
  })

  test('plays what was uploaded, the newest, and the house’s where nothing was', async () => {
    const ours = shelf()
    await add('holiday')
    await learnPrompts(knex, ours)
    expect(ours.soundAt('zh', 'holiday')).toBe(join(folder, 'prompts/zh/holiday'))
    expect(ours.soundAt('en', 'holiday')).toBe('/house/en/holiday')
    const file = join(folder, 'prompts/zh/holiday.wav')
    const first = readFileSync(file)
    const other = join(folder, 'other.wav')
    writeFileSync(other, wav(swelling(700, { rate: 16_000 })))
    await add('holiday', { file: other })
    await learnPrompts(knex, ours)
    expect(readFileSync(file)).not.toEqual(first)
    expect(readdirSync(join(folder, 'prompts/zh'))).toEqual(['holiday.wav'])
  })

  test('writes again what was lost or spoilt meanwhile', async () => {
    await add('holiday')
    await learnPrompts(knex, shelf())
    const file = join(folder, 'prompts/zh/holiday.wav')
    const whole = readFileSync(file)
    writeFileSync(file, 'spoilt')
    const ours = shelf()
    await learnPrompts(knex, ours)
    expect(readFileSync(file)).toEqual(whole)
    rmSync(file)
    await learnPrompts(knex, ours)
    expect(readFileSync(file)).toEqual(whole)
  })

  test('keeps what was removed for a day: calls that began before may be about to hear it', async () => {
    const ours = shelf()
    await add('holiday')
    await learnPrompts(knex, ours)
    await promptRemove(config, 'holiday')
    await learnPrompts(knex, ours)
    expect(ours.soundAt('zh', 'holiday')).toBe(join(folder, 'prompts/zh/holiday'))
    await knex('prompts').update({ removed_at: knex.raw("now() - interval '25 hours'") })
    await learnPrompts(knex, ours)
    expect(ours.soundAt('zh', 'holiday')).toBe('/house/zh/holiday')
    expect(readdirSync(join(folder, 'prompts/zh'))).toEqual([])
    await add('easter')
    expect(await knex('prompts').pluck('name')).toEqual(['easter'])
  })

  test('says in the log what it cannot write, plays the others, and tries again', async () => {
    const ours = shelf()
    const inTheWay = join(folder, 'prompts/zh/holiday.wav')
    mkdirSync(inTheWay, { recursive: true })
    await add('easter')
    await add('holiday')
    await learnPrompts(knex, ours)
    expect(logged).toEqual(['an uploaded prompt cannot be written: callers do not hear it as it is now'])
    expect(ours.soundAt('zh', 'easter')).toBe(join(folder, 'prompts/zh/easter'))
    expect(ours.soundAt('zh', 'holiday')).toBe('/house/zh/holiday')
    rmSync(inTheWay, { recursive: true })
    await learnPrompts(knex, ours)
    expect(ours.soundAt('zh', 'holiday')).toBe(join(folder, 'prompts/zh/holiday'))
  })
})
