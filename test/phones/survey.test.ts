import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Flow } from '../../src/ivr/flow.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { hotline } from './typed.ts'
import { VOICES, WARN, World } from './world.ts'

/** What callers are asked about a talk, and how they come to be asked. Sales asks for 0 to 10, support for 1 to 5, the operator nothing. */

const RECOMMEND: Flow = {
  id: 'recommend',
  start: 'recommend',
  nodes: {
    recommend: {
      ...{ type: 'rate', name: 'recommend', scale: 'nps', lowAtOrUnder: 6 },
      ...{ prompts: ['survey-nps'], again: ['survey-nps-again'], tries: 2, patienceMs: 6_000 },
      ...{ next: 'thanks', otherwise: 'thanks' },
    },
    thanks: { type: 'play', prompts: ['survey-thanks'], next: 'end' },
    end: { type: 'hangup' },
  },
}
const folder = mkdtempSync(join(tmpdir(), 'hotline-survey-'))
let world: World
let phone: Softphone

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  const file = join(folder, 'recommend.json')
  writeFileSync(file, JSON.stringify(RECOMMEND))
  await hotline(world, folder, `flow publish ${file}`)
  await world.knex('queues').where({ id: 'sales' }).update({ survey: 'recommend' })
  await world.knex('queues').where({ id: 'operator' }).update({ survey: null })
  await dieAndComeBack()
  phone = await world.signedIn('8001')
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

async function dieAndComeBack(): Promise<void> {
  await world.killService()
  await world.startService()
}

const ready = () => world.agentIs('8001', 'ready')

test('10 is two keys: it is kept with the call, the agent, the line and the version of the survey', async () => {
  const { caller, agent } = await world.talk('13800009001', phone)
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  const since = world.facts.length
  await caller.press('10')
  await world.fact('SurveyAnswered', { since })
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  expect(await world.recordOf('13800009001')).toMatchObject({
    ...{ outcome: 'answered', ended_by: 'agent', nps: 10, rating: null, recording_faults: [] },
    ...{ survey: 'recommend', survey_release: 3 },
  })
  expect(await world.knex('survey_answers').select('queue', 'agent_id', 'name', 'score')).toEqual([
    { queue: 'sales', agent_id: '8001', name: 'recommend', score: 10 },
  ])
})

test('1 is one key and a moment, also where the service dies in it; and so low that a person is told', async () => {
  await ready()
  const warned = world.countLogged({ level: WARN, msg: 'a caller is not content with a talk' })
  const { caller, agent } = await world.talk('13800009002', phone)
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  const since = world.facts.length
  await caller.press('1')
  await world.fact('KeysKept', { since })
  await dieAndComeBack()
  await caller.ended
  await world.quiet()
  const answers = [{ name: 'recommend', scale: 'nps', score: 1, low: true }]
  expect(await world.recordOf('13800009002')).toMatchObject({ outcome: 'answered', nps: 1, answers })
  expect(warned()).toBe(1)
})

test('an agent sends the caller to the survey by a code, from a second line: it is asked, and the talk is over', async () => {
  await ready()
  const { caller, agent } = await world.talk('13800009003', phone, '2')
  const since = world.facts.length
  await agent.hold()
  await world.fact('Held', { since })
  const asked = world.fact('SurveyOffered')
  const code = await phone.invite('*6').answered
  await Promise.all([code.heard.speech({ withinMs: 10_000 }), agent.ended, asked])
  // The question, and then nothing: neither the music of the hold nor the agent.
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.heard.silence({ forMs: 2_000, withinMs: 30_000 })
  await caller.press('5')
  await caller.ended
  await code.ended
  await world.quiet()
  expect(await world.recordOf('13800009003')).toMatchObject({
    ...{ outcome: 'answered', ended_by: 'agent', rating: 5, survey: 'survey', recording_faults: [] },
  })
})

test('who dials it without a talk hears that there is none; and in a line without a survey the talk goes on', async () => {
  await ready()
  await world.dial(phone, '*6')
  await ready()
  const { caller, agent } = await world.talk('13800009004', phone, '0')
  const code = await phone.invite('*6').answered
  await code.heard.speech({ withinMs: 10_000 })
  await code.ended
  await caller.heard.tone(VOICES.agent, { withinMs: 5_000 })
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  expect(await world.recordOf('13800009004')).toMatchObject({
    ...{ outcome: 'answered', ended_by: 'agent', survey_offered: false, recording_faults: [] },
  })
})

test('a key counts as soon as the question begins; # alone means nothing, * is apologised for, and who then presses nothing is let go', async () => {
  await ready()
  const first = await world.talk('13800009005', phone, '2')
  let since = world.facts.length
  await first.agent.hangUp()
  await world.fact('SurveyOffered', { since })
  await first.caller.press('4')
  await world.fact('SurveyAnswered', { since, withinMs: 3_000 })
  await first.caller.ended
  await ready()
  const { caller, agent } = await world.talk('13800009006', phone, '2')
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 5_000 })
  since = world.facts.length
  await caller.press('#')
  await world.fact('KeyPressed', { since })
  await caller.press('*')
  await world.fact('Prompted', { since })
  await caller.ended
  await world.quiet()
  const told = world.facts.slice(since).flatMap(({ fact }) => (fact.kind === 'Prompted' ? fact.prompts : []))
  expect(told).toEqual(['survey-again', 'survey-none'])
  expect(await world.recordOf('13800009005')).toMatchObject({ rating: 4, ended_by: 'agent' })
  expect(await world.recordOf('13800009006')).toMatchObject({
    ...{ outcome: 'answered', ended_by: 'agent', survey_offered: true, rating: null, recording_faults: [] },
  })
})
