import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { hear, TONES } from './parties.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { World } from './world.ts'

/** A supervisor with nothing but a telephone: *9 and an agent's id, and then keys. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-by-phone-'))
let world: World
let agent: Softphone
let supervisor: Softphone
let other: Softphone

beforeAll(async () => {
  world = await World.open()
  await typed(world, folder, 'queue set sales wrap-up=0 survey=none')
  await typed(world, folder, 'person add li roles=supervisor name=李娜 queues=sales agent=8003')
  await typed(world, folder, 'person add wang roles=supervisor name=王芳 queues=support agent=8004')
  agent = await world.signedIn('8001', { tone: { hz: TONES.agent } })
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

type Talk = { caller: Dialog; agent: Dialog }

const among = ({ caller, agent }: Talk): Parameters<typeof hear>[0] => ({
  ...{ caller: [caller, 'agent'], agent: [agent, 'caller'] },
})
const listening = (talk: Talk, boss: Dialog): Parameters<typeof hear>[0] => ({
  ...among(talk),
  boss: [boss, 'agent', 'caller'],
})
const coaching = (talk: Talk, boss: Dialog): Parameters<typeof hear>[0] => ({
  ...listening(talk, boss),
  agent: [talk.agent, 'caller', 'supervisor'],
})
const barging = (talk: Talk, boss: Dialog): Parameters<typeof hear>[0] => ({
  ...coaching(talk, boss),
  caller: [talk.caller, 'agent', 'supervisor'],
})

/** Who did what on which phone, and what came of it. */
const deeds = async (): Promise<string[]> =>
  (await world.knex('audit_log').where('address', 'like', 'phone:%').orderBy('id')).map(
    ({ who, what, address, outcome }) => `${who} ${what} ${address} ${outcome}`,
  )

test('a supervisor dials, listens, coaches and barges in by keys, and hangs up; a death of the service changes nothing', async () => {
  const talk = await world.talk('13800138301', agent)
  const boss = await supervisor.invite('*98001').answered
  await hear(listening(talk, boss))
  await boss.press('5')
  await hear(coaching(talk, boss))
  await boss.press('6')
  await hear(barging(talk, boss))
  await world.killService()
  await hear(barging(talk, boss))
  await world.startService()
  await hear(barging(talk, boss))
  await boss.press('4')
  await hear(listening(talk, boss))
  await boss.hangUp()
  await hear(among(talk))
  await talk.caller.hangUp()
  await world.quiet()
  expect(await deeds()).toEqual([
    'person:li dial *9 phone:8003 done',
    'person:li press 5 phone:8003 done',
    'person:li press 6 phone:8003 done',
    'person:li press 4 phone:8003 done',
  ])
  const { id } = await world.recordOf('13800138301')
  const uses = await world.knex('supervisions').where({ call_id: id }).orderBy('seq')
  expect(uses.map(({ mode }) => mode)).toEqual(['listen', 'coach', 'barge', 'listen'])
  expect(uses[0]).toMatchObject({ supervisor: '8003', agent_id: '8001', by: 'person:li', ended_at: expect.any(Date) })
})

test('with 7 the talk is theirs on that same line, through a death of the service, with the keys of who talks; hanging up ends it', async () => {
  const talk = await world.talk('13800138302', agent)
  const boss = await supervisor.invite('*98001').answered
  await hear(listening(talk, boss))
  await boss.press('7')
  await talk.agent.ended
  await hear({ caller: [talk.caller, 'supervisor'], boss: [boss, 'caller'] })
  await world.agentIs('8001', 'ready')
  await world.killService()
  await hear({ caller: [talk.caller, 'supervisor'], boss: [boss, 'caller'] })
  await world.startService()
  await boss.press('*')
  await boss.press('7')
  await boss.press('0')
  await hear({ caller: [talk.caller], boss: [boss] })
  await boss.press('*')
  await boss.press('7')
  await boss.press('0')
  await hear({ caller: [talk.caller, 'supervisor'], boss: [boss, 'caller'] })
  await boss.hangUp()
  await talk.caller.ended
  await world.quiet()
  expect(await world.recordOf('13800138302')).toMatchObject({
    outcome: 'answered',
    ended_by: 'agent',
    agent_id: '8003',
  })
  expect((await deeds()).slice(-2)).toEqual(['person:li dial *9 phone:8003 done', 'person:li press 7 phone:8003 done'])
})

test('who may not, or where nobody talks, is told so, and nobody notices', async () => {
  const early = await supervisor.invite('*98001').answered
  await early.heard.speech({ withinMs: 10_000 })
  await early.ended
  const talk = await world.talk('13800138303', agent)
  const refused = await other.invite('*98001').answered
  await refused.heard.speech({ withinMs: 10_000 })
  await hear(among(talk))
  await refused.ended
  await talk.caller.hangUp()
  await world.quiet()
  expect((await deeds()).slice(-2)).toEqual([
    'person:li dial *9 phone:8003 no-talk',
    'person:wang dial *9 phone:8004 forbidden',
  ])
})
