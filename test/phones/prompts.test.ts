import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Flow, HOTLINE, type MenuNode } from '../../src/ivr/flow.ts'
import { recording, swelling, wav } from '../sound/given.ts'
import { hotline as typed } from './typed.ts'
import { ERROR, WARN, World } from './world.ts'

/** A manager uploads what callers hear, while they call. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-uploads-'))
let world: World

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

/** What `hotline …` prints; rejects where it refuses. */
const hotline = (words: string): Promise<string> => typed(world, folder, words)

async function upload(name: string, file: string): Promise<void> {
  for (const language of ['zh', 'en'])
    await hotline(`prompt add ${name} ${file} --language ${language} --text swelling`)
}

/** The hotline, with these said first, and those to whoever presses 2, however late. */
async function publishWith(first: string[], second: string[] = []): Promise<void> {
  const { nodes } = HOTLINE
  const changed: Flow['nodes'] = {
    greeting: { type: 'play', prompts: first, next: 'menu' },
    menu: { ...(nodes.menu as MenuNode), patienceMs: 60_000 },
    ...(second.length > 0 && { support: { type: 'play', prompts: second, next: 'operator' } }),
  }
  const flow: Flow = { ...HOTLINE, nodes: { ...nodes, ...changed } }
  const file = join(folder, 'hotline.json')
  writeFileSync(file, JSON.stringify(flow))
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await hotline(`flow publish ${file}`)
  await world.until('the service has learned it', () => published() > 0)
}

test('the next caller hears what was uploaded, without a restart; and what was uploaded anew', async () => {
  await expect(publishWith(['swell'])).rejects.toThrow('the prompt "swell" is not recorded in Chinese')
  await upload('swell', recording('tone.ogg'))
  await publishWith(['swell'])
  const caller = await world.callIn('13800007101')
  await caller.heard.tone(1_000, { withinMs: 10_000 })
  await expect(hotline('prompt remove swell')).rejects.toThrow('swell is said by hotline.')

  const other = join(folder, 'other.wav')
  writeFileSync(other, wav(swelling(700, { rate: 48_000, seconds: 4 }), 's24', 2))
  const written = world.countLogged({ level: WARN - 10, msg: 'an uploaded prompt can be played' })
  await upload('swell', other)
  await world.until('the service has written it', () => written() === 2)
  const next = await world.callIn('13800007102')
  await next.heard.tone(700, { withinMs: 10_000 })
  await world.hangUpAll()
  await world.quiet()
})

test('one that was removed is not lost for those who are on their way to it', async () => {
  await upload('farewell', recording('tone.mp3'))
  await publishWith(['swell'], ['farewell'])
  const caller = await world.callIn('13800007103')
  await caller.heard.tone(700, { withinMs: 10_000 })
  await publishWith(['swell'])
  expect(await hotline('prompt remove farewell')).toBe('The prompt farewell is removed in Chinese and English.\n')
  // The service reads the prompts before the flows.
  await publishWith(['swell'])
  await caller.press('2')
  await caller.heard.tone(1_000, { withinMs: 10_000 })
  await world.hangUpAll()
  await world.quiet()
})

test('where one cannot be written, the log says so, and callers hear what is said around it', async () => {
  for (const language of ['zh', 'en'])
    mkdirSync(join(world.config.folder, 'prompts', language, 'lost.wav'), { recursive: true })
  const refused = world.countLogged({ level: ERROR, msg: 'an uploaded prompt cannot be written' })
  await upload('lost', recording('tone.webm'))
  await publishWith(['lost', 'swell', 'greeting'])
  await world.until('the log says so', () => refused() >= 2)
  const caller = await world.callIn('13800007104')
  await caller.heard.tone(700, { withinMs: 10_000 })
  await caller.heard.speech({ withinMs: 20_000 })
  await world.hangUpAll()
  await world.quiet()
  expect(await world.knex('calls').whereNull('outcome')).toEqual([])
})
