import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { numberList, numberRemove, numberSet, queueAdd, queueList, queueRemove, queueSet } from '../../src/cli/lines.ts'
import { promptList, promptRemove } from '../../src/cli/prompts.ts'
import { readConfig } from '../../src/config.ts'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import { learnLines } from '../../src/database/lines.ts'
import { loadCentre } from '../../src/database/load.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { HOTLINE } from '../../src/ivr/flow.ts'
import { home } from '../embedded/ground.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'silent' })

let knex: Knex
let config: ReturnType<typeof readConfig>

beforeEach(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
  config = readConfig({ DATABASE_URL: knex.client.config.connection.connectionString }, '/nowhere')
})

const refusal = (message: string | RegExp) => ({ id: 'bad-input', message: expect.stringMatching(message) })

test('a service goes by queues and numbers as soon as they are set, by a command or by hand', async () => {
  const centre = await loadCentre(knex, 'UTC')
  const told = vi.fn()
  const learn = async () => (await learnLines(knex, centre, log)) && told()
  const bell = listenFor(CHANGED, config.databaseUrl!, learn, log)
  onTestFinished(() => bell.close())
  await queueSet(config, 'sales', ['ring=7', 'skills=sales:5,english:1'])
  await vi.waitFor(() =>
    expect(centre.queue('sales')).toMatchObject({ ringMs: 7_000, skills: { sales: 5, english: 1 } }),
  )
  await knex('queues').where({ id: 'sales' }).update({ ring_ms: 9_000 })
  await vi.waitFor(() => expect(centre.queue('sales')?.ringMs).toBe(9_000))
  await queueAdd(config, 'bills', ['name-zh=账单', 'name-en=Bills'])
  await numberSet(config, '4008001002', 'direct-bills', { language: 'en' })
  await vi.waitFor(() => expect(centre.dialled('4008001002')).toMatchObject({ flow: 'direct-bills', language: 'en' }))
  await numberRemove(config, '4008001002')
  await queueRemove(config, 'bills')
  await vi.waitFor(() => expect(centre.queue('bills')).toBeUndefined())
  expect(centre.dialled('4008001002').flow).toBe('hotline')
  const times = told.mock.calls.length
  await knex('queues').where({ id: 'sales' }).update({ ring_ms: 9_000 })
  await learn()
  expect(told.mock.calls.length).toBe(times)
})

test('what is shown can be typed again', async () => {
  const words = [
    'comfort-every=45',
    'relaxing=60 sales:1; 120.5 none',
    'strategy=ring-all',
    'most-waiting=5',
    'overflow-length=hotline',
  ]
  await knex('flow_releases').insert({ flow: 'hotline', document: JSON.stringify(HOTLINE) })
  await queueSet(config, 'sales', words)
  const shown = await queueList(config)
  for (const word of words) expect(shown).toContain(`  ${word}\n`)
  const [, ...sales] = shown.slice(shown.indexOf('sales:'), shown.indexOf('support:')).trim().split('\n')
  const before = await knex('queues').orderBy('id')
  await queueSet(
    config,
    'sales',
    sales.map(line => line.trim()),
  )
  expect(await knex('queues').orderBy('id')).toEqual(before)
})

test('a skill that no agent has, or has so well, is told, and set all the same', async () => {
  expect(await queueSet(config, 'sales', ['skills=sale:1'])).toBe(
    'sales is set so from now on.\nBut no agent has sale:1.',
  )
  expect(await queueSet(config, 'sales', ['skills=sales:9', 'relaxing=60 sales:8'])).toContain(
    'But no agent has sales:9.',
  )
  expect(await queueSet(config, 'sales', ['skills=sales:8'])).toBe('sales is set so from now on.')
  expect(await queueAdd(config, 'bills', ['name-zh=账单', 'name-en=Bills', 'skills=bills:2'])).toMatch(
    /\nBut no agent has bills:2\.$/,
  )
})

describe('a refusal says what is allowed', () => {
  test.for<[string[], RegExp]>([
    [['ring=soon'], /^ring must be seconds, more than 0, such as 15, not soon$/],
    [['ring=0'], /^ring must be seconds/],
    [['skills=sales'], /^skills must be skills with their least levels/],
    [['skills=sales:11'], /^skills must be/],
    [['relaxing=60 sales:1; 30 none'], /^relaxing must be what is enough after so many seconds, in order of time/],
    [['strategy=best'], /^strategy must be one of most-skilled, longest-idle/],
    [['most-waiting=3'], /^most-waiting needs overflow-length=FLOW/],
    [['overflow-wait=nowhere'], /^overflow-wait must be a flow that is published/],
    [['id=other'], /^a setting must be one of name-zh, /],
    [['toString=1'], /^a setting must be one of /],
  ])('%s', async ([words, message]) => {
    await expect(queueSet(config, 'sales', words)).rejects.toMatchObject(refusal(message))
  })
  test('a queue that is not there, or there already, or without its names', async () => {
    await expect(queueSet(config, 'bills', ['ring=5'])).rejects.toMatchObject({ id: 'not-found' })
    await expect(queueAdd(config, 'sales', ['name-zh=x', 'name-en=y'])).rejects.toMatchObject(refusal(/already/))
    await expect(queueAdd(config, 'bills', ['name-zh=账单'])).rejects.toMatchObject(refusal(/needs name-en=/))
    await expect(queueAdd(config, 'Bills', ['ring=5'])).rejects.toMatchObject(refusal(/^the queue must be/))
  })
  test('a queue to which something leads, or in which somebody waits, is not removed', async () => {
    await queueAdd(config, 'bills', ['name-zh=账单', 'name-en=Bills'])
    await numberSet(config, '4008001002', 'direct-bills', {})
    await expect(queueRemove(config, 'bills')).rejects.toMatchObject(refusal(/^number 4008001002 leads to bills/))
    await numberRemove(config, '4008001002')
    await knex('calls').insert({
      ...{
        id: 'c',
        seq: 1,
        phase: 'queued',
        is_open: true,
        caller: '1',
        caller_name: '',
        called: '1',
        flow: 'hotline',
      },
      ...{ language: 'zh', arrived_at: new Date(), queue: 'bills', queued_at: new Date() },
    })
    const refused = refusal(/^callers still wait in bills, or to be called back \(1\)/)
    await expect(queueRemove(config, 'bills')).rejects.toMatchObject(refused)
    await knex('calls').update({ phase: 'scheduled', direction: 'callback' })
    await expect(queueRemove(config, 'bills')).rejects.toMatchObject(refused)
  })
  test('a queue to which callers of an older release may still press their way is not removed before they are through', async () => {
    await queueAdd(config, 'bills', ['name-zh=账单', 'name-en=Bills'])
    const sales = { ...HOTLINE, nodes: { ...HOTLINE.nodes, sales: { type: 'queue', queue: 'bills' } } }
    const release = async (flow: object): Promise<number> =>
      (
        await knex('flow_releases')
          .insert({ flow: 'hotline', document: JSON.stringify(flow) })
          .returning('number')
      )[0].number
    const former = await release(sales)
    await expect(queueRemove(config, 'bills')).rejects.toMatchObject(refusal(/^flow hotline leads to bills/))
    await release(HOTLINE)
    const state = JSON.stringify({ release: former })
    const call = { id: 'c', seq: 1, is_open: true, caller: '1', caller_name: '', called: '1', flow: 'hotline' }
    await knex('calls').insert({ ...call, phase: 'in-flow', language: 'zh', arrived_at: new Date(), state })
    await expect(queueRemove(config, 'bills')).rejects.toMatchObject(
      refusal(/may still press their way to bills \(1\)/),
    )
    await knex('calls').update({ phase: 'talking' })
    expect(await queueRemove(config, 'bills')).toBe('The queue bills is removed.')
  })
  test('a prompt that is not there in each language, as music or as a message to who waits', async () => {
    const here = readConfig({ DATABASE_URL: config.databaseUrl! }, home)
    const set = (...words: string[]) => queueSet(here, 'sales', words)
    await expect(set('music=jazz')).rejects.toMatchObject(refusal('music: the prompt jazz is not recorded in Chinese'))
    await expect(set('music=../a')).rejects.toMatchObject(refusal(/^music must be the key of a prompt/))
    await knex('prompts').insert({
      name: 'jazz',
      language: 'zh',
      text: 'x',
      audio: 'x',
      length_ms: 1,
      sha256: '0'.repeat(64),
    })
    await expect(set('comfort=greeting,jazz')).rejects.toMatchObject(
      refusal('comfort: the prompt jazz is not recorded in English'),
    )
    await set('music=still-busy', 'comfort=greeting,queue/sales', 'comfort-first=20', 'comfort-every=45')
    const centre = await loadCentre(knex, 'UTC')
    expect(centre.queue('sales')).toMatchObject({
      music: 'still-busy',
      comfort: { prompts: ['greeting', 'queue/sales'], firstMs: 20_000, everyMs: 45_000 },
    })
    await expect(promptRemove(here, 'jazz')).resolves.toContain('is removed')
    await expect(promptRemove(here, 'greeting')).rejects.toMatchObject(
      refusal('greeting is said by hotline, queue sales.'),
    )
    expect(await promptList(here, true)).toMatch(/^still-busy,zh,house,[\d.]+,queue sales,/m)
  })
  test('a number that is none, or leads nowhere', async () => {
    await expect(numberSet(config, 'abc', 'hotline', {})).rejects.toMatchObject(refusal(/^the number must be/))
    await expect(numberSet(config, '400', 'direct-bills', {})).rejects.toMatchObject(refusal(/^the flow must be/))
    await expect(numberRemove(config, '400')).rejects.toMatchObject({ id: 'not-found' })
    expect(await numberList(config)).toBe('4008001000: hotline, zh\nAny other number leads to hotline, zh.')
  })
})
