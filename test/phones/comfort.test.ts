import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { swelling, wav } from '../sound/given.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { bothHear, ERROR, WARN, World } from './world.ts'

/** A manager chooses what who waits hears, while they wait. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-comfort-'))
/** Each prompt is a tone of its own, three seconds long. */
const TONES = { jazz: 700, piano: 1_100, tip: 1_600, news: 2_000 }
let world: World
let agent: Softphone

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  const written = world.countLogged({ level: WARN - 10, msg: 'an uploaded prompt can be played' })
  for (const [name, hertz] of Object.entries(TONES)) {
    const file = join(folder, `${name}.wav`)
    writeFileSync(file, wav(swelling(hertz, { seconds: 3 })))
    for (const language of ['zh', 'en']) await hotline(`prompt add ${name} ${file} --language ${language} --text tone`)
  }
  await world.until('the service has written them', () => written() === 8, 30_000)
  agent = await world.agent('8001')
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

/** What `hotline …` prints; rejects where it refuses. */
const hotline = (words: string): Promise<string> => typed(world, folder, words)

/** Resolves when the service goes by it. */
async function set(words: string): Promise<void> {
  const changed = world.countLogged({ level: WARN - 10, msg: 'queues or numbers were changed' })
  await hotline(`queue set sales ${words}`)
  await world.until('the service has learned it', () => changed() > 0)
}

/** Somebody could serve them, but rests. */
async function waits(from: string): Promise<Dialog> {
  await world.dial(agent, '*1')
  await world.dial(agent, '*4')
  await world.agentIs('8001', 'paused')
  const caller = await world.callIn(from)
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('1')
  return caller
}
const hears = (caller: Dialog, name: keyof typeof TONES, forMs = 1_500, withinMs = 30_000): Promise<void> =>
  caller.heard.tone(TONES[name], { forMs, withinMs })

test('who waits hears the line’s own music, over and over, and another as soon as it is set', async () => {
  await set('music=jazz announce-every=120')
  const caller = await waits('13800021001')
  await hears(caller, 'jazz', 8_000)
  await set('music=piano')
  await hears(caller, 'piano', 4_000, 8_000)
  await set('music=none')
  await caller.heard.speech({ withinMs: 8_000 })
  await caller.hangUp()
  await world.quiet()
})

test('who waits hears the messages in turn, with music in between, also after a death of the service', async () => {
  await set('music=jazz comfort=tip,news comfort-first=6 comfort-every=12 announce-every=120')
  const caller = await waits('13800021002')
  await hears(caller, 'tip')
  await hears(caller, 'jazz')
  await world.killService()
  await hears(caller, 'jazz')
  await world.startService()
  await hears(caller, 'news')
  await hears(caller, 'jazz')
  await hears(caller, 'tip')
  await caller.hangUp()
  await world.quiet()
  const { id } = await world.recordOf('13800021002')
  const told = await world.knex('facts').whereRaw(`call_id = ? and body->>'isComfort' = 'true'`, [id]).orderBy('seq')
  expect(told.map(({ body }) => body.prompts)).toEqual([['tip'], ['news'], ['tip']])
})

test('who is offered an agent in the midst of a message hears music, then who serves them, and then the agent', async () => {
  await set('music=jazz comfort=tip comfort-first=6 comfort-every=12 announce-every=120')
  const caller = await waits('13800021003')
  await hears(caller, 'tip', 500)
  const ring = agent.nextInvite({ withinMs: 30_000 })
  await world.dial(agent, '*3')
  const incoming = await ring
  await hears(caller, 'jazz', 1_500, 4_000)
  const talk = await incoming.answer()
  await bothHear(caller, talk)
  await caller.hangUp()
  await world.quiet()
  // Where this machine was busy a phone sends late: of that, expectWholeTapes knows.
  const errors = world.logged.filter(({ level, msg }) => level >= ERROR && msg !== 'the recording is not whole')
  expect(errors).toEqual([])
})
