import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { publish } from '../../src/database/flows.ts'
import { type Flow, HOTLINE, LANGUAGES, type MenuNode } from '../../src/ivr/flow.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { KeyForm } from '../../src/softphone/dtmf.ts'
import type { Timing } from '../../src/softphone/keypad.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { parseWav } from '../../src/softphone/wav.ts'
import { FORMS } from './forms.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { bothHear, ERROR, VOICES, WARN, World } from './world.ts'

/**
 * Keys as telephones tell of them: by events in RTP (RFC 4733), in SIP INFO of both kinds, and by nothing but their tones. Each must
 * count once, and none where none was pressed.
 */

const menu = HOTLINE.nodes.menu as MenuNode
const flow: Flow = {
  ...HOTLINE,
  nodes: {
    ...HOTLINE.nodes,
    menu: { ...menu, keys: { ...menu.keys, 3: 'number', 4: 'leave' } },
    number: {
      ...{ type: 'collect', name: 'number', prompts: ['menu'], again: ['invalid-number'], least: 1, most: 60 },
      ...{ terminator: '#', tries: 2, patienceMs: 60_000, betweenMs: 60_000, next: 'recommend', otherwise: 'end' },
    },
    recommend: {
      ...{ type: 'rate', name: 'recommend', scale: 'nps', prompts: ['survey-nps'], again: ['survey-nps-again'] },
      ...{ tries: 2, patienceMs: 6_000, next: 'menu', otherwise: 'menu' },
    },
    leave: {
      ...{ type: 'voicemail', queue: 'sales', prompts: ['leave-message'], again: ['message-empty'] },
      ...{ review: ['message-review'], tries: 2, leastMs: 1_000, mostMs: 60_000, silenceMs: 3_000 },
      ...{ patienceMs: 5_000, next: 'sales', otherwise: 'end' },
    },
    end: { type: 'hangup' },
  },
}

let world: World
let phone: Softphone

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await publish(world.knex, flow)
  await world.until('the service has learned it', () => published() === 1)
  phone = await world.signedIn('8001')
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
  // Where this machine was busy a phone sends late: of that, expectWholeTapes knows.
  const errors = world.logged.filter(({ level, msg }) => level >= ERROR && msg !== 'the recording is not whole')
  expect(errors).toEqual([])
})
afterAll(() => world?.close())

const keysOf = (from: string): string => {
  const call = world.callOf(from)!.id
  const facts = world.facts.filter(told => told.call === call).map(({ fact }) => fact)
  return facts.map(fact => (fact.kind === 'KeyPressed' ? fact.key : '')).join('')
}

/** A caller who is asked for a number, and has heard the question to its end. */
async function asked(from: string, keys: KeyForm[]): Promise<Dialog> {
  const caller = await world.callIn(from, { keys })
  await caller.press('3')
  await world.until('the number is asked for', () => world.callOf(from)?.place?.node === 'number')
  await world.until('it has been asked', () => world.callOf(from)?.waits.key !== undefined, 40_000)
  return caller
}

/** Presses keys, and another one to know that all before it have come: which were counted? */
async function counted(from: string, caller: Dialog, keys: string, how: Timing): Promise<string> {
  const before = keysOf(from).length
  await caller.press(keys, how)
  await caller.press('*', { gapMs: 300 })
  await world.until('the last key has come', () => keysOf(from).endsWith('*'))
  return keysOf(from).slice(before, -1)
}

test.each(FORMS)(
  'by %s a caller gets through everything: languages, menu, number, rating, message, line and survey',
  async form => {
    const from = `1380002000${FORMS.indexOf(form)}`
    const caller = await world.callIn(from, { keys: [form] })
    await caller.heard.speech({ withinMs: 10_000 })
    await caller.press('9')
    await world.until('they hear English', () => world.callOf(from)?.language === 'en')
    await caller.press('3')
    await world.until('the number is asked for', () => world.callOf(from)?.place?.node === 'number')
    await caller.press('1234567890#')
    await world.until('it is taken', () => world.callOf(from)?.words?.number === '1234567890')
    await caller.press('10')
    await world.until('it is rated', () => world.callOf(from)?.words?.recommend === 10)

    await caller.press('4')
    await caller.heard.speech({ withinMs: 10_000 })
    await caller.press('#')
    await world.until('the message is begun', () => world.callOf(from)?.message != null)
    await caller.heard.silence({ forMs: 2_500, withinMs: 10_000 })
    await caller.press('#')
    await world.until('it is ended', () => world.callOf(from)?.message?.to != null)
    await caller.press('2')
    await caller.heard.tone(VOICES.caller, { forMs: 1_500, withinMs: 10_000 })
    const ring = phone.nextInvite({ withinMs: 30_000 })
    await caller.press('1')

    const agent = await (await ring).answer()
    await bothHear(caller, agent)
    await agent.hangUp()
    await caller.heard.speech({ withinMs: 5_000 })
    await caller.press('5')
    await caller.ended
    await world.quiet()
    expect(await world.recordOf(from)).toMatchObject({ outcome: 'answered', rating: 5, language: 'en' })
    await world.agentIs('8001', 'ready', 20_000)
  },
)

test.each(FORMS)('by %s each key counts once: many, fast ones, the same ones, one held for long', async form => {
  const from = `1380002001${FORMS.indexOf(form)}`
  const caller = await asked(from, [form])
  const press = (keys: string, how: Timing = {}) => counted(from, caller, keys, how)
  expect(await press('1234567890')).toBe('1234567890')
  // What ITU-T Q.24 asks of a receiver: 40 ms down, 40 ms up.
  expect(await press('11223', { ms: 40, gapMs: 40 })).toBe('11223')
  expect(await press('55', { ms: 70, gapMs: 30 })).toBe('55')
  expect(await press('7', { ms: 3_000 })).toBe('7')
})

test('who tells of a key by an event and by its tones, at once, has pressed it once', async () => {
  const caller = await asked('13800020020', ['event', 'tones'])
  expect(await counted('13800020020', caller, '159900', {})).toBe('159900')
})

test('a key counts once though all the packets of its end are lost', async () => {
  const caller = await asked('13800020021', ['event'])
  expect(await counted('13800020021', caller, '1590', { losesEnds: true })).toBe('1590')
  // The same one again is another only after 150 ms of sound (res_rtp_asterisk.c, DEFAULT_DTMF_TIMEOUT).
  await caller.press('7', { losesEnds: true })
  await caller.heard.silence({ forMs: 300 })
  await caller.press('7', { losesEnds: true })
  await caller.heard.silence({ forMs: 300 })
  expect(await counted('13800020021', caller, '0', {})).toBe('0')
  expect(keysOf('13800020021')).toMatch(/\*770\*$/)
})

test('a key that is pressed while the hotline answers counts, in any form', async () => {
  for (const form of FORMS) {
    const from = `1380002003${FORMS.indexOf(form)}`
    const caller = await world.callIn(from, { keys: [form] })
    await caller.press('3')
    await world.until('the number is asked for', () => world.callOf(from)?.place?.node === 'number')
    expect(keysOf(from)).toBe('3')
  }
})

/** Speech and music, cut into so many parts of about the same length. */
function sounds(parts: number): Int16Array[] {
  const folders = [...LANGUAGES, 'music'].map(folder => join(world.config.soundsFolder, folder))
  const files = folders.flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)),
  )
  const all = files.filter(file => file.endsWith('.wav')).map(file => parseWav(readFileSync(file)))
  const samples = new Int16Array(all.reduce((sum, pcm) => sum + pcm.length, 0))
  let at = 0
  for (const pcm of all) {
    samples.set(pcm, at)
    at += pcm.length
  }
  const each = Math.ceil(samples.length / parts)
  return Array.from({ length: parts }, (_, i) => samples.slice(i * each, (i + 1) * each))
}

test('no key is heard in speech or music, of a caller who has nothing but tones', async () => {
  const callers = await Promise.all(
    sounds(16).map(async (sound, i) => {
      const from = `138000204${String(i).padStart(2, '0')}`
      return { from, sound, caller: await asked(from, ['tones']) }
    }),
  )
  await Promise.all(callers.map(({ caller, sound }) => caller.play(sound)))
  for (const { from, caller } of callers) expect(await counted(from, caller, '5', {}), from).toBe('5')
})
