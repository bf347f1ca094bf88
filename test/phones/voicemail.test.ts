import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { publish } from '../../src/database/flows.ts'
import { type Flow, HOTLINE, type MenuNode } from '../../src/ivr/flow.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { RATE, toneLevelThroughout } from '../../src/softphone/tone.ts'
import { settled } from './settled.ts'
import { expectWholeTapes, STRIPPED_MS } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { VOICES, WARN, World } from './world.ts'

/** Callers leave messages, which are heard by those who call back, whatever dies meanwhile. */

const menu = HOTLINE.nodes.menu as MenuNode
const flow: Flow = {
  ...HOTLINE,
  nodes: {
    ...HOTLINE.nodes,
    menu: { ...menu, keys: { ...menu.keys, 4: 'leave' } },
    leave: {
      ...{ type: 'voicemail', queue: 'sales', prompts: ['leave-message'], again: ['message-empty'] },
      ...{ review: ['message-review'], tries: 2, leastMs: 1_000, mostMs: 60_000, silenceMs: 3_000 },
      ...{ patienceMs: 3_000, next: 'thanks', otherwise: 'bye' },
    },
    thanks: { type: 'play', prompts: ['message-thanks'], next: 'end' },
    bye: { type: 'play', prompts: ['goodbye'], next: 'end' },
    end: { type: 'hangup' },
  },
}

const folder = mkdtempSync(join(tmpdir(), 'hotline-messages-'))
let world: World

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await publish(world.knex, flow)
  await world.until('the service has learned it', () => published() === 1)
  // Nobody is called back here: test/phones/callback.test.ts does that.
  await hotline('dialling set prefixes=none')
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

/** A caller who speaks after the tone. */
async function speaks(from: string): Promise<Dialog> {
  const caller = await world.callIn(from)
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('4')
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('#')
  await world.until('the message is begun', () => world.callOf(from)?.message != null)
  const { id } = world.callOf(from)!.message!
  await vi.waitFor(() => world.ari(`recordings/live/${encodeURIComponent(id)}`), 5_000)
  return caller
}

/** So long: whoever speaks a message hears nothing meanwhile. */
const speaking = (caller: Dialog, forMs: number): Promise<void> =>
  caller.heard.silence({ forMs, withinMs: forMs + 5_000 })

const messagesOf = (from: string) =>
  world.knex('messages').join('calls', 'calls.id', 'call_id').where({ caller: from }).select('messages.*', 'outcome')

/** What a person hears who listens to it: how long it is, and how loud the caller's voice is in it, throughout. */
async function saved(id: string): Promise<{ ms: number; voice: number }> {
  const file = join(folder, 'message.wav')
  await hotline(`message save ${id} ${file}`)
  const wav = await readFile(file)
  const pcm = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.length - 44) >> 1)
  return { ms: (pcm.length * 1_000) / RATE, voice: toneLevelThroughout(pcm, VOICES.caller) }
}

test('a message is spoken, heard again by its caller, left with 1, and listened to by a person', async () => {
  const caller = await speaks('13800009001')
  await speaking(caller, 3_000)
  await caller.press('#')
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.press('2')
  await caller.heard.tone(VOICES.caller, { forMs: 2_000, withinMs: 10_000 })
  await caller.press('1')
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()

  const [message] = await messagesOf('13800009001')
  expect(message).toMatchObject({ queue: 'sales', outcome: 'voicemail', done_at: null })
  const { ms, voice } = await saved(message.id)
  expect(ms).toBeGreaterThan(3_000 - STRIPPED_MS)
  expect(ms).toBeLessThan(6_000)
  expect(voice).toBeGreaterThan(-25)

  expect(await hotline('message list')).toContain(message.id)
  expect(await hotline(`message done ${message.id} --note called-back`)).toBe(`${message.id} is done.\n`)
  expect(await hotline('message list')).toBe('No message is waiting.\n')
})

test('who hangs up in the midst of it has left it', async () => {
  const caller = await speaks('13800009002')
  await speaking(caller, 2_500)
  await caller.hangUp()
  await world.quiet()
  const [message] = await messagesOf('13800009002')
  expect(message).toMatchObject({ outcome: 'voicemail' })
  expect((await saved(message.id)).voice).toBeGreaterThan(-25)
})

test('who says nothing is asked again, and has left nothing', async () => {
  const phone = await world.phone({ user: '13800009003' })
  const caller = await phone.invite('4008001000').answered
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('4')
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('#')
  await world.fact('MessageBegun', { since: 0 })
  await world.fact('MessageDropped', { since: 0 })
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.hangUp()
  await world.quiet()
  expect(await messagesOf('13800009003')).toEqual([])
  expect(await world.recordOf('13800009003')).toMatchObject({ outcome: 'abandoned-in-flow' })
})

test('where the service dies while it is spoken, it is spoken on, and left', async () => {
  const caller = await speaks('13800009004')
  await world.killService()
  await speaking(caller, 2_000)
  await world.startService()
  await speaking(caller, 1_000)
  await caller.press('#')
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.press('1')
  await caller.ended
  await world.quiet()
  const [message] = await messagesOf('13800009004')
  const { ms, voice } = await saved(message.id)
  expect(ms).toBeGreaterThan(3_000 - STRIPPED_MS)
  expect(voice).toBeGreaterThan(-25)
})

test('where it ends while the service is dead, its caller is asked about it after the restart; who presses nothing has left it', async () => {
  const caller = await speaks('13800009005')
  await world.killService()
  await speaking(caller, 2_000)
  await caller.press('#')
  await world.startService()
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  const [message] = await messagesOf('13800009005')
  expect(message).toMatchObject({ outcome: 'voicemail' })
  expect((await saved(message.id)).voice).toBeGreaterThan(-25)
})
