import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { FactKind } from '../../src/call/facts.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { Disk } from './disk.ts'
import { channelsOf } from './tape.ts'
import { bothHear, ERROR, VOICES, World } from './world.ts'

/** The disk of the recordings takes nothing more: callers and agents do not notice, and whoever looks at the call does. */

const REFUSED = /^the disk refused it, which is tried again every hour: E\w+: /
const SHORTER = /^\d+\.\d s shorter than the call$/
const NOTHING = /^nothing was recorded$/

let disk: Disk
let world: World
let phone: Softphone

beforeAll(async () => {
  disk = await Disk.open()
  world = await World.open({ environment: { HOTLINE_RECORDINGS: disk.path } })
  await world.killService()
  await world.knex('queues').update({ wrap_up_ms: 300 })
  await world.startService()
  phone = await world.signedIn('8001')
})
afterAll(async () => {
  await world?.close()
  await disk?.close()
})
afterEach(() => world.hangUpAll())

const full = { befalls: () => disk.fill(), heals: () => disk.empty() }
const readOnly = { befalls: () => disk.makeReadOnly(), heals: () => disk.makeWritable() }
/** As the kernel makes it for its errors: what is open already takes nothing more, either. */
const failed = {
  befalls: () => full.befalls().then(readOnly.befalls),
  heals: () => readOnly.heals().then(full.heals),
}

describe.each([
  { what: 'full when a call begins', ill: full, faults: REFUSED, inTheEnd: SHORTER },
  { what: 'read-only when a call begins', ill: readOnly, faults: NOTHING, inTheEnd: NOTHING },
  { what: 'full in the middle of a talk', ill: full, faults: REFUSED, inTheEnd: SHORTER },
  { what: 'read-only in the middle of a talk', ill: failed, faults: REFUSED, inTheEnd: SHORTER },
])('a disk that is $what', ({ what, ill, faults, inTheEnd }) => {
  test('harms neither the call nor the next recording; what could not be filed is filed at the next start', async () => {
    const id = await aCall({
      before: what.endsWith('begins') ? ill.befalls : undefined,
      during: what.endsWith('talk') ? ill.befalls : undefined,
    })
    await expectFault(id, faults)
    expect(alarmsOf(id)).toHaveLength(1)
    expect(await world.knex('calls').where({ id }).first('rating')).toEqual({ rating: 5 })

    await ill.heals()
    await expectWhole(await aShortCall())
    await world.killService()
    await world.startService()
    await world.quiet()
    await expectFault(id, inTheEnd)
  })
})

test('a disk that was full for a while has left a gap in the tape, which is noticed', async () => {
  const id = await aCall({
    async during(caller, agent) {
      await disk.fill()
      await bothHear(caller, agent, { forMs: 3_000 })
      await disk.empty()
    },
  })
  await expectFault(id, SHORTER)
  expect(alarmsOf(id)).toHaveLength(1)
  // What was written after the gap is still the caller's on the left and the agent's on the right.
  const call = await world.knex('calls').where({ id }).first()
  const { left, right } = await channelsOf(join(disk.path, call.recording_file))
  const talkTo = left.ms - (call.ended_at - call.talk_ended_at)
  expect(left.throughout(VOICES.caller, talkTo - 1_500, 1_000)).toBeGreaterThan(-20)
  expect(left.level(VOICES.agent, talkTo - 1_500, 1_000)).toBeLessThan(-60)
  expect(right.throughout(VOICES.agent, talkTo - 1_500, 1_000)).toBeGreaterThan(-20)
  expect(right.level(VOICES.caller, talkTo - 1_500, 1_000)).toBeLessThan(-60)
})

test('a tape that cannot be moved into the day’s folder stays, and is filed whole at the next start', async () => {
  const years = join(disk.path, String(new Date().getUTCFullYear()))
  await rename(years, `${years}.away`)
  await writeFile(years, 'in the way')
  const id = await aCall()
  await expectFault(id, REFUSED)
  expect(alarmsOf(id)).toHaveLength(1)

  await rm(years)
  await rename(`${years}.away`, years)
  await world.killService()
  await world.startService()
  await world.quiet()
  await expectWhole(id)
})

// With no database and no disk, memory is all that is left, and it is enough for a service that lives.
test('a disk that is full while the database is away harms no call, and nothing that happened is lost', async () => {
  await symlink(join(disk.path, 'spool.jsonl'), join(world.config.folder, 'spool.jsonl'))
  const bystander = await world.agent('8004')
  await world.agentIs('8001', 'ready')
  const since = world.facts.length
  const { caller, agent } = await world.talk('13800138000', phone)
  const waiting = await world.callIn('13900139000')
  await waiting.press('1')
  await world.until('both are in line', () => factsSince(since, 'Queued').length === 2)
  await disk.fill()
  world.killPostgres()
  await world.dial(bystander, '*1') // something to remember: by that it is noticed
  await world.fact('HandedToLifeboat', { since })
  await waiting.heard.speech({ withinMs: 10_000 })
  await bothHear(caller, agent, { forMs: 3_000 })
  await rate(caller, agent)
  await waiting.hangUp()
  await world.until('both are told filed', () => factsSince(since, 'RecordingFiled').length === 2)
  expect(spoolAlarms()).toHaveLength(1)

  await disk.empty()
  await world.startPostgres()
  const ids = factsSince(since, 'CallArrived').map(({ call }) => call)
  const remembered = () => world.knex('calls').whereIn('id', ids).whereNotNull('recording_faults')
  await expect.poll(remembered, { timeout: 30_000 }).toHaveLength(2)
  await world.killService()
  await world.startService()
  await world.quiet()
  expect(await remembered().orderBy('arrived_at', 'desc')).toMatchObject([
    { caller: '13900139000', outcome: 'abandoned-in-queue', via_lifeboat: true },
    { caller: '13800138000', outcome: 'answered', rating: 5, recording_faults: [expect.stringMatching(SHORTER)] },
  ])
})

const spoolAlarms = () => world.logged.filter(({ msg }) => msg.startsWith('the disk refuses the spool'))
const factsSince = (since: number, kind: FactKind) => world.facts.slice(since).filter(({ fact }) => fact.kind === kind)

type Moments = {
  before?: (() => Promise<void>) | undefined
  during?: ((caller: Dialog, agent: Dialog) => Promise<void>) | undefined
}

/** A whole call: put through, both hear each other throughout, rated. Resolves with its id when its recording is told. */
async function aCall({ before, during }: Moments = {}): Promise<string> {
  const since = world.facts.length
  await world.agentIs('8001', 'ready')
  await before?.()
  const { caller, agent } = await world.talk('13800138000', phone)
  await during?.(caller, agent)
  await bothHear(caller, agent, { forMs: 3_000 })
  await rate(caller, agent)
  return filedSince(since)
}

/** A call that is put through, and over. */
async function aShortCall(): Promise<string> {
  const since = world.facts.length
  await world.agentIs('8001', 'ready')
  const { caller, agent } = await world.talk('13800138000', phone)
  await bothHear(caller, agent, { forMs: 1_000 })
  await caller.hangUp()
  return filedSince(since)
}

async function filedSince(since: number): Promise<string> {
  await world.fact('RecordingFiled', { since })
  return factsSince(since, 'RecordingFiled')[0]!.call
}

async function rate(caller: Dialog, agent: Dialog): Promise<void> {
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('5')
  await caller.ended
}

/** As the API shows it; the call itself was answered like any other. */
async function shown(id: string): Promise<{ file: string | null; faults: string[] }> {
  const headers = { 'x-api-key': world.surroundings.apiKey }
  const answer = await fetch(`http://127.0.0.1:${world.config.ports.http}/api/calls/${id}`, { headers })
  const { call } = (await answer.json()) as { call: { recording: { file: string | null; faults: string[] } } }
  expect(call).toMatchObject({ outcome: 'answered', queue: 'sales', agent: '8001' })
  return call.recording
}

async function expectFault(id: string, fault: RegExp): Promise<void> {
  await expect.poll(() => shown(id), { timeout: 10_000 }).toMatchObject({ faults: [expect.stringMatching(fault)] })
}

async function expectWhole(id: string): Promise<void> {
  await expect.poll(() => shown(id), { timeout: 10_000 }).toMatchObject({ faults: [] })
  const { file } = await shown(id)
  const { left, right } = await channelsOf(join(disk.path, file!))
  const call = await world.knex('calls').where({ id }).first()
  expect(Math.abs(left.ms - (call.ended_at - call.answered_at))).toBeLessThan(500)
  const talkFrom = call.connected_at - call.answered_at + 300
  const talkMs = call.talk_ended_at - call.connected_at - 600
  expect(left.throughout(VOICES.caller, talkFrom, talkMs)).toBeGreaterThan(-20)
  expect(right.throughout(VOICES.agent, talkFrom, talkMs)).toBeGreaterThan(-20)
}

const alarmsOf = (id: string) => world.logged.filter(({ level, call }) => level === ERROR && call === id)
