import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { publish } from '../../src/database/flows.ts'
import type { Flow } from '../../src/ivr/flow.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { RATE, toneLevelThroughout } from '../../src/softphone/tone.ts'
import { settled } from './settled.ts'
import { expectWholeTapes, STRIPPED_MS } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { VOICES, WARN, World } from './world.ts'

/** Callers say in their own words how a talk was, whatever dies meanwhile; and an agent's desk sends them to the survey. */

const flow: Flow = {
  id: 'survey',
  start: 'recommend',
  nodes: {
    recommend: {
      ...{ type: 'rate', name: 'recommend', scale: 'nps', lowAtOrUnder: 6 },
      ...{ prompts: ['survey-nps'], again: ['survey-nps-again'], tries: 2, patienceMs: 6_000 },
      ...{ next: 'why', otherwise: 'goodbye' },
    },
    why: {
      ...{ type: 'comment', name: 'why', prompts: ['survey-comment'], again: ['survey-comment-again'], tries: 2 },
      ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 3_000, next: 'thanks', otherwise: 'goodbye' },
    },
    thanks: { type: 'play', prompts: ['survey-thanks'], next: 'end' },
    goodbye: { type: 'play', prompts: ['survey-none'], next: 'end' },
    end: { type: 'hangup' },
  },
}

const folder = mkdtempSync(join(tmpdir(), 'hotline-comments-'))
let world: World
let phone: Softphone
let release: number

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  release = await publish(world.knex, flow)
  await world.until('the service has learned it', () => published() === 1)
  phone = await world.signedIn('8001')
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

/** The agent has left, and the caller answers the question with these keys. */
async function answers(from: string, keys: string): Promise<Dialog> {
  await world.agentIs('8001', 'ready')
  const { caller, agent } = await world.talk(from, phone)
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  const since = world.facts.length
  for (const key of keys) await caller.press(key)
  await world.fact('SurveyAnswered', { since })
  return caller
}

/** They hear what they are asked and the tone, to the end, and speak. */
async function speaks(from: string, keys = '9#'): Promise<Dialog> {
  const caller = await answers(from, keys)
  await world.until('the comment is begun', () => world.callOf(from)?.message != null)
  const { id } = world.callOf(from)!.message!
  await vi.waitFor(() => world.ari(`recordings/live/${encodeURIComponent(id)}`), 5_000)
  return caller
}

/** So long: whoever speaks hears nothing meanwhile. */
const speaking = (caller: Dialog, forMs: number): Promise<void> =>
  caller.heard.silence({ forMs, withinMs: forMs + 5_000 })

const answersOf = (from: string) =>
  world
    .knex('survey_answers')
    .join('calls', 'calls.id', 'call_id')
    .where({ caller: from })
    .orderBy('place')
    .select('survey_answers.*', 'outcome', 'calls.ended_by')

/** How long it is, and how loud the caller's voice is in it, throughout. */
async function saved(id: string): Promise<{ ms: number; voice: number }> {
  const file = join(folder, 'comment.wav')
  await hotline(`survey save ${id} ${file}`)
  const wav = await readFile(file)
  const pcm = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.length - 44) >> 1)
  return { ms: (pcm.length * 1_000) / RATE, voice: toneLevelThroughout(pcm, VOICES.caller) }
}

async function heardAs(from: string): Promise<{ ms: number; voice: number }> {
  const [, comment] = await answersOf(from)
  expect(comment).toMatchObject({
    ...{ name: 'why', scale: 'spoken', score: null, queue: 'sales', agent_id: '8001', outcome: 'answered' },
    ...{ survey: 'survey', survey_release: release, ended_by: 'agent' },
  })
  return saved(comment.message)
}

test('a comment is spoken after a score that ends with #, and listened to by a person', async () => {
  const caller = await speaks('13800009001')
  await speaking(caller, 3_000)
  await caller.press('#')
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  const { ms, voice } = await heardAs('13800009001')
  expect(ms).toBeGreaterThan(3_000 - STRIPPED_MS)
  expect(ms).toBeLessThan(6_000)
  expect(voice).toBeGreaterThan(-25)
  expect(await hotline('survey answers --spoken')).toMatch(/ why +spoken +– +– +\S+~message\d+ /)
  expect(await hotline('message list')).toBe('No message is waiting.\n')
})

test('who hangs up in the midst of it has left it; and a low score waits for somebody to look at it', async () => {
  const caller = await speaks('13800009002', '3')
  await speaking(caller, 2_500)
  await caller.hangUp()
  await world.quiet()
  expect((await heardAs('13800009002')).voice).toBeGreaterThan(-25)
  const { id } = await world.recordOf('13800009002')
  expect(await hotline('survey low')).toMatch(new RegExp(`${id} +sales +8001 +recommend +3 +6 +1 `))
  expect(await hotline(`survey done ${id} --note apologised`)).toBe(`The low scores of ${id} are done.\n`)
  expect(await hotline('survey low')).toBe('No low score is waiting to be looked at.\n')
})

test('where the service dies while it is spoken, it is spoken on, and kept', async () => {
  const caller = await speaks('13800009003')
  await world.killService()
  await speaking(caller, 2_000)
  await world.startService()
  await speaking(caller, 1_000)
  await caller.press('#')
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  const { ms, voice } = await heardAs('13800009003')
  expect(ms).toBeGreaterThan(3_000 - STRIPPED_MS)
  expect(voice).toBeGreaterThan(-25)
})

test('where it ends while the service is dead, it is kept after the restart', async () => {
  const caller = await speaks('13800009004')
  await world.killService()
  await speaking(caller, 2_000)
  await caller.press('#')
  await world.startService()
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  expect((await heardAs('13800009004')).voice).toBeGreaterThan(-25)
})

test('who hangs up while the service is dead has left it', async () => {
  const caller = await speaks('13800009005')
  await world.killService()
  await speaking(caller, 2_000)
  await caller.hangUp()
  await world.startService()
  await world.quiet()
  expect((await heardAs('13800009005')).voice).toBeGreaterThan(-25)
})

test('who presses * is asked no more', async () => {
  const caller = await answers('13800009006', '10')
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.press('*')
  await caller.ended
  await world.quiet()
  expect(await answersOf('13800009006')).toMatchObject([{ name: 'recommend', score: 10, outcome: 'answered' }])
})

test('an agent’s desk sends the caller to the survey over HTTP, once however often it asks', async () => {
  await world.agentIs('8001', 'ready')
  const { caller, agent } = await world.talk('13800009007', phone)
  const { id } = world.callOf('13800009007')!
  const ask = () =>
    fetch(`http://127.0.0.1:${world.config.ports.http}/api/calls/${id}/survey`, {
      method: 'POST',
      headers: { 'x-api-key': world.surroundings.apiKey },
    })
  const sent = await Promise.all([ask(), ask()])
  await agent.ended
  await caller.heard.speech({ withinMs: 5_000 })
  expect(sent.map(({ status }) => status)).toEqual([200, 200])
  expect(await sent[0]!.json()).toMatchObject({ call: id, agent: '8001', survey: { flow: 'survey' } })
  expect((await ask()).status).toBe(200)
  await caller.press('8')
  await caller.hangUp()
  await world.quiet()
  expect(await answersOf('13800009007')).toMatchObject([{ score: 8, ended_by: 'agent' }])
  expect(world.facts.filter(({ fact }) => fact.kind === 'SurveyPushed')).toHaveLength(1)
})
