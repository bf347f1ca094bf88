import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { publish } from '../../src/database/flows.ts'
import { type Flow, HOTLINE, type MenuNode, type TransferOutNode } from '../../src/ivr/flow.ts'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { TRUNK_PORT } from '../ports.ts'
import { settled } from './settled.ts'
import { channelsOf, expectWholeTapes } from './tape.ts'
import { hotline } from './typed.ts'
import { NUMBER, VOICES, WARN, World } from './world.ts'

/** Callers are put through to numbers outside: the trunk's far end is a phone of ours. */

const OUTSIDE = '02162345678'

const menu = HOTLINE.nodes.menu as MenuNode
const out: TransferOutNode = {
  ...{ type: 'transfer-out', number: `'021-62345678'`, prompts: [], meanwhile: 'ringing', ringMs: 8_000 },
  ...{ busy: 'busy', noAnswer: 'nobody', refused: 'refused' },
}
const flow: Flow = {
  ...HOTLINE,
  nodes: {
    ...HOTLINE.nodes,
    menu: { ...menu, keys: { ...menu.keys, 4: 'out', 5: 'told-out', 6: 'account' } },
    out,
    'told-out': { ...out, prompts: ['one-moment'], meanwhile: 'music', ringMs: 60_000 },
    account: {
      ...{ type: 'collect', name: 'keyed', prompts: ['menu'], again: ['menu'], least: 3, most: 3, tries: 1 },
      ...{ patienceMs: 5_000, betweenMs: 3_000, next: 'keyed-out', otherwise: 'end' },
    },
    'keyed-out': { ...out, number: 'keyed' },
    busy: { type: 'play', prompts: ['all-agents-away'], next: 'end' },
    nobody: { type: 'play', prompts: ['all-agents-away'], next: 'end' },
    refused: { type: 'play', prompts: ['all-agents-away'], next: 'end' },
    end: { type: 'hangup' },
  },
}

const folder = mkdtempSync(join(tmpdir(), 'hotline-outside-'))
let world: World
let trunk: Softphone

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  trunk = await world.phone({ user: OUTSIDE, port: TRUNK_PORT, tone: { hz: VOICES.other } })
  await hotline(world, folder, 'dialling set quiet=none')
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await publish(world.knex, flow)
  await world.until('the service has learned it', () => published() === 1)
})
afterEach(async () => {
  await world.hangUpAll()
  await world.quiet()
  await settled(world)
  expect(await world.leftInAsterisk()).toEqual([])
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

/** A caller whose flow leads outside, and the ring there. */
async function leads(from: string, key = '4') {
  const ring = trunk.nextInvite({ withinMs: 20_000 })
  const caller = await world.callIn(from)
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press(key)
  return { caller, ring: await ring }
}

async function talk(from: string, key?: string) {
  const { caller, ring } = await leads(from, key)
  ring.ring()
  const other = await ring.answer()
  await together(caller, other)
  return { caller, other, ring }
}

type Party = Awaited<ReturnType<World['callIn']>>

async function together(caller: Party, other: Party): Promise<void> {
  const wait = { forMs: 300, withinMs: 20_000 }
  await Promise.all([caller.heard.tone(VOICES.other, wait), other.heard.tone(VOICES.caller, wait)])
}

const outsideLegsOf = (from: string) =>
  world
    .knex('outside_legs')
    .join('calls', 'calls.id', 'call_id')
    .where({ caller: from })
    .select('outside_legs.*', 'outcome', 'ended_by')

test('the two are put through, each hears the other, and it is on the tape', async () => {
  const { caller, other, ring } = await talk('13800007001')
  expect(ring.from).toBe(NUMBER)
  expect(ring.request.uri).toContain(`sip:${OUTSIDE}@`)
  await other.heard.tone(VOICES.caller, { forMs: 5_500, withinMs: 10_000 })
  await caller.hangUp()
  await other.ended
  await world.quiet()
  const [leg] = await outsideLegsOf('13800007001')
  expect(leg).toMatchObject({ number: OUTSIDE, result: 'answered', outcome: 'transferred-out', ended_by: 'caller' })
  expect(leg.rang_at).not.toBeNull()
  expect(leg.ended_at - leg.answered_at).toBeGreaterThan(5_500)
  const record = await world.recordOf('13800007001')
  expect(record).toMatchObject({ agent_id: null, connected_at: null, recording_faults: [] })
  const { left, right } = await channelsOf(join(world.config.recordingsFolder, record.recording_file))
  const from = leg.answered_at - record.answered_at + 500
  expect(left.throughout(VOICES.caller, from, 4_000)).toBeGreaterThan(-25)
  expect(right.throughout(VOICES.other, from, 4_000)).toBeGreaterThan(-25)
})

test('while it rings the caller hears it ring, or what the flow says and then music', async () => {
  const { caller, ring } = await leads('13800007002')
  ring.ring()
  await caller.heard.tone(450, { forMs: 300, withinMs: 8_000 })
  await caller.hangUp()
  await world.quiet()
  expect(await outsideLegsOf('13800007002')).toMatchObject([{ result: 'withdrawn', outcome: 'abandoned-in-flow' }])
  const told = await leads('13800007012', '5')
  told.ring.ring()
  await told.caller.heard.speech({ withinMs: 8_000 })
  const other = await told.ring.answer()
  await together(told.caller, other)
})

test('where whom they were put through to hangs up, the call is over', async () => {
  const { caller, other } = await talk('13800007003')
  await other.hangUp()
  await caller.ended
  await world.quiet()
  expect(await outsideLegsOf('13800007003')).toMatchObject([{ result: 'answered', ended_by: 'outside' }])
})

test('both hang up at once', async () => {
  const { caller, other } = await talk('13800007004')
  await Promise.all([caller.hangUp(), other.hangUp()])
  await world.quiet()
  expect(await outsideLegsOf('13800007004')).toMatchObject([{ result: 'answered', outcome: 'transferred-out' }])
})

test.each<[string, (ring: IncomingCall) => void, string]>([
  ['busy', ring => ring.reject(486), '13800007005'],
  ['rejected', ring => ring.reject(603), '13800007006'],
  ['unreachable', ring => ring.reject(404), '13800007007'],
  ['no-answer', ring => ring.ring(), '13800007008'],
])('it is %s there: the flow leads on', async (result, act, from) => {
  const { caller, ring } = await leads(from)
  act(ring)
  await caller.heard.speech({ withinMs: 15_000 })
  await caller.ended
  await world.quiet()
  expect(await outsideLegsOf(from)).toMatchObject([{ result, answered_at: null, outcome: 'self-served' }])
})

test('a number that was keyed in goes by the dialling rules: 110 never reaches the trunk', async () => {
  const caller = await world.callIn('13800007009')
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('6')
  await caller.heard.speech({ withinMs: 10_000 })
  for (const key of '110') await caller.press(key)
  await world.fact('DiallingRefused', { since: 0 })
  await caller.ended
  await world.quiet()
  expect(await outsideLegsOf('13800007009')).toEqual([])
})

test('killed while it rings, and answered meanwhile or after: the two are put through when the service is back', async () => {
  const { caller, ring } = await leads('13800007010', '5')
  ring.ring()
  await world.until('it rings', () => world.callOf('13800007010')?.outside?.rangAt != null)
  await world.killService()
  await world.startService()
  const other = await ring.answer()
  await together(caller, other)
  await caller.hangUp()
  await world.quiet()
  expect(await outsideLegsOf('13800007010')).toMatchObject([{ result: 'answered' }])
})

test('killed while they talk: they talk on, and whoever hangs up meanwhile has ended the call', async () => {
  const { caller, other } = await talk('13800007011')
  await world.killService()
  await together(caller, other)
  await world.startService()
  await together(caller, other)
  await world.killService()
  await other.hangUp()
  await world.startService()
  await caller.ended
  await world.quiet()
  expect(await outsideLegsOf('13800007011')).toMatchObject([
    { result: 'answered', cause: 0, outcome: 'transferred-out' },
  ])
})

test('publishing refuses a number that is never dialled, tells where, and a rehearsal says what is dialled', async () => {
  const file = join(folder, 'out.json')
  const written = (number: string) =>
    writeFileSync(
      file,
      JSON.stringify({
        ...{ id: 'outside', start: 'out' },
        nodes: { out: { ...out, number, busy: 'end', noAnswer: 'end', refused: 'end' }, end: { type: 'hangup' } },
      }),
    )
  written(`'010-110'`)
  await expect(hotline(world, folder, `flow publish ${file}`)).rejects.toThrow(
    /nodes\.out\.number.*emergency and service numbers are never dialled/s,
  )
  written('caller')
  expect(await hotline(world, folder, `flow try ${file}`)).toContain('out is not dialled: this is no number')
  written(`'021-62345678'`)
  expect(await hotline(world, folder, `flow try ${file}`)).toBe(`→ is put through to ${OUTSIDE}\n`)
})
