import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { longestGap } from './gaps.ts'
import { ask, hear, TONES } from './parties.ts'
import { settled } from './settled.ts'
import { channelsOf, expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { World } from './world.ts'

/** Listen, coach, barge, take over, clear by force: who hears whom, whatever dies meanwhile. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-supervision-'))
let world: World
let first: Softphone
let second: Softphone
let supervisor: Softphone
let other: Softphone

beforeAll(async () => {
  world = await World.open()
  await typed(world, folder, 'queue set sales wrap-up=0 survey=none')
  second = await world.signedIn('8002', { tone: { hz: TONES.second } })
  await world.dial(second, '*41')
  first = await world.signedIn('8001', { tone: { hz: TONES.agent } })
  supervisor = await world.agent('8003', { tone: { hz: TONES.supervisor } })
  other = await world.agent('8004', { tone: { hz: TONES.third } })
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

type Talk = { id: string; caller: Dialog; agent: Dialog }

async function talk(from: string): Promise<Talk> {
  const { caller, agent } = await world.talk(from, first)
  const { id } = await world.recordOf(from)
  return { id, caller, agent }
}

async function act(method: string, { id }: { id: string }, what: string, body?: object) {
  const answer = await ask(world, method, `/api/calls/${id}/${what}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

const set = (call: Talk, mode: string) => act('PATCH', call, 'supervision', { mode, phone: '8003' })

/** Their phone rings, and they pick up. */
async function supervises(call: Talk, mode: string, phone = supervisor, of = '8003'): Promise<Dialog> {
  const ring = phone.nextInvite({ withinMs: 15_000 })
  await act('POST', call, 'supervision', { mode, phone: of })
  const incoming = await ring
  incoming.ring()
  return incoming.answer()
}

const listening = ({ caller, agent }: Talk, boss: Dialog): Parameters<typeof hear>[0] => ({
  ...{ caller: [caller, 'agent'], agent: [agent, 'caller'], boss: [boss, 'agent', 'caller'] },
})
const coaching = (call: Talk, boss: Dialog): Parameters<typeof hear>[0] => ({
  ...listening(call, boss),
  agent: [call.agent, 'caller', 'supervisor'],
})
const barging = (call: Talk, boss: Dialog): Parameters<typeof hear>[0] => ({
  ...coaching(call, boss),
  caller: [call.caller, 'agent', 'supervisor'],
})
const IN = { listen: listening, coach: coaching, barge: barging }

test('a supervisor listens, coaches and barges in, by the API and by keys, and nobody hears them come or go', async () => {
  const call = await talk('13800138101')
  const gaps = [longestGap(call.caller, TONES.agent), longestGap(call.agent, TONES.caller)]
  const boss = await supervises(call, 'listen')
  await hear(listening(call, boss))
  for (const mode of ['coach', 'barge', 'coach', 'listen', 'barge', 'listen'] as const) {
    await set(call, mode)
    await hear(IN[mode](call, boss))
  }
  for (const [key, mode] of [
    ['6', 'barge'],
    ['5', 'coach'],
    ['4', 'listen'],
  ] as const) {
    await boss.press(key)
    await hear(IN[mode](call, boss))
  }
  await boss.hangUp()
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'] })
  console.log(
    'GAPS',
    gaps.map(gap => gap.ms()),
  )
  for (const gap of gaps) expect(gap.ms()).toBeLessThanOrEqual(40)
  await call.caller.hangUp()
  await world.quiet()
  const uses = await world.knex('supervisions').where({ call_id: call.id }).orderBy('seq')
  expect(uses.map(use => use.mode).join(' ')).toBe('listen coach barge coach listen barge listen barge coach listen')
  expect(uses[0]).toMatchObject({ supervisor: '8003', agent_id: '8001', by: 'key:centre' })
  expect(uses.at(-1)).toMatchObject({ by: 'phone:8003', ended_at: expect.any(Date) })
})

test('the caller’s recording has who barges in, and not who coaches', async () => {
  const call = await talk('13800138102')
  const boss = await supervises(call, 'coach')
  await hear(coaching(call, boss))
  const [coached] = [Date.now()]
  await wait(1_000)
  await set(call, 'barge')
  await hear(barging(call, boss))
  const barged = Date.now()
  await wait(1_000)
  await call.caller.hangUp()
  await world.quiet()
  const { recording_file: file, answered_at: from } = await world.recordOf('13800138102')
  const { right } = await channelsOf(join(world.config.recordingsFolder, file))
  const at = (ms: number) => ms - from.getTime() + 200
  expect(right.level(TONES.supervisor, at(coached), 500)).toBeLessThan(-45)
  expect(right.throughout(TONES.supervisor, at(barged), 500)).toBeGreaterThan(-30)
})

test('they follow the caller through hold, consultation and transfer', async () => {
  const call = await talk('13800138103')
  const boss = await supervises(call, 'listen')
  await hear(listening(call, boss))
  await act('POST', call, 'hold-call')
  await hear({ caller: [call.caller], agent: [call.agent], boss: [boss, 'agent'] })
  await set(call, 'coach')
  await hear({ caller: [call.caller], agent: [call.agent, 'supervisor'], boss: [boss, 'agent'] })
  const ring = second.nextInvite({ withinMs: 15_000 })
  await act('POST', call, 'consultation-call', { agent: '8002' })
  const colleague = await (await ring).answer()
  await hear({
    ...{ caller: [call.caller], agent: [call.agent, 'second', 'supervisor'] },
    ...{ colleague: [colleague, 'agent'], boss: [boss, 'agent', 'second'] },
  })
  await act('POST', call, 'transfer-call')
  await call.agent.ended
  await hear({
    ...{ caller: [call.caller, 'second'], colleague: [colleague, 'caller', 'supervisor'] },
    boss: [boss, 'caller', 'second'],
  })
  await set(call, 'barge')
  await hear({ caller: [call.caller, 'second', 'supervisor'], colleague: [colleague, 'caller', 'supervisor'] })
  await call.caller.hangUp()
  await boss.ended
})

test('a service that dies while a supervisor coaches leaves all as it was, and knows it again', async () => {
  const call = await talk('13800138104')
  const boss = await supervises(call, 'coach')
  await hear(coaching(call, boss))
  await world.killService()
  await hear(coaching(call, boss))
  await world.startService()
  await hear(coaching(call, boss))
  await set(call, 'barge')
  await hear(barging(call, boss))
  await boss.press('4')
  await hear(listening(call, boss))
})

test('two supervise one talk, one takes it over, and the other listens to them', async () => {
  const call = await talk('13800138105')
  const boss = await supervises(call, 'barge')
  const listener = await supervises(call, 'listen', other, '8004')
  await hear({ ...barging(call, boss), listener: [listener, 'agent', 'caller'] })
  expect(await act('GET', call, 'talk')).toMatchObject({
    supervisors: [
      { agent: '8003', mode: 'barge', state: 'supervising' },
      { agent: '8004', mode: 'listen', state: 'supervising' },
    ],
  })
  await act('POST', call, 'take-over', { phone: '8003' })
  await call.agent.ended
  await hear({
    ...{ caller: [call.caller, 'supervisor'], boss: [boss, 'caller'] },
    listener: [listener, 'caller', 'supervisor'],
  })
  await world.agentIs('8001', 'ready')
  await act('POST', call, 'force-clear')
  await Promise.all([call.caller.ended, boss.ended, listener.ended])
  await world.quiet()
  expect(await world.recordOf('13800138105')).toMatchObject({ outcome: 'answered', ended_by: 'supervisor' })
  await vi.waitFor(async () =>
    expect(await world.knex('agents').where({ id: '8003' }).first()).toMatchObject({ state: 'signed-out' }),
  )
})

const wait = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))
