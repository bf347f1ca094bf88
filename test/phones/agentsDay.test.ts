import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Board } from '../../src/live/board.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { expectWholeTapes } from './tape.ts'
import { bothHear, VOICES, World } from './world.ts'

/** What an agent meets in a day: codes, rings, talks, and the states between them. */

let world: World
let fang: Softphone
let qiang: Softphone

beforeAll(async () => {
  world = await World.open()
  await world.killService()
  await world.knex('queues').update({ ring_ms: 4_000, wrap_up_ms: 1_000 })
  await world.knex('numbers').insert({ number: '4008001001', flow: 'hotline', language: 'en' })
  await world.startService()
  fang = await world.agent('8001')
  qiang = await world.agent('8002')
})
afterAll(() => world?.close())
afterEach(async () => {
  await world.hangUpAll()
  await world.quiet()
  await expectWholeTapes(world.knex)
  for (const phone of [fang, qiang]) {
    await world.until('no call holds an agent', () =>
      ['signed-out', 'ready', 'paused'].includes(world.agents.get(phone.user)!.state),
    )
    await world.dial(phone, '*2')
    await world.agentIs(phone.user, 'signed-out')
  }
})

/** A caller in the line for sales. */
async function waitingCaller(from?: string): Promise<Dialog> {
  const since = world.facts.length
  const caller = await world.callIn(from)
  await caller.press('1')
  await world.fact('Queued', { since })
  return caller
}

async function talking(phone: Softphone): Promise<{ caller: Dialog; agent: Dialog }> {
  const ring = phone.nextInvite({ withinMs: 30_000 })
  const since = world.facts.length
  const caller = await waitingCaller()
  const agent = await (await ring).answer()
  await world.fact('Connected', { since })
  await caller.heard.tone(VOICES.agent)
  return { caller, agent }
}

const signIn = async (phone: Softphone): Promise<void> => {
  await world.dial(phone, '*1')
  await world.agentIs(phone.user, 'ready')
}

const lastCall = () => world.knex('calls').orderBy('arrived_at', 'desc').first()

test('signs in, pauses for a meal, is ready again and signs out by dialling, and hears it each time', async () => {
  const codes: [string, object][] = [
    ['*1', { state: 'ready' }],
    ['*42', { state: 'paused', reason: 'meal' }],
    ['*5', { state: 'paused', reason: 'meal' }],
    ['*4', { state: 'paused', reason: 'rest' }],
    ['*3', { state: 'ready' }],
    ['*99', { state: 'ready' }],
    ['*2', { state: 'signed-out' }],
    ['*3', { state: 'signed-out' }],
  ]
  for (const [code, state] of codes) {
    const dialog = await fang.invite(code).answered
    await dialog.heard.speech({ forMs: 300, withinMs: 10_000 })
    await dialog.ended
    expect(world.agents.get('8001'), code).toMatchObject(state)
  }
})

test('whoever does not answer is paused, and the caller is offered on at once, before those who came later', async () => {
  await signIn(fang)
  await signIn(qiang)
  const rings = [fang.nextInvite({ withinMs: 30_000 }), qiang.nextInvite({ withinMs: 30_000 })]
  const first = await waitingCaller('13800000001')
  ;(await rings[0]!).ring()
  await world.agentIs('8001', 'ringing')
  const passedOn = await rings[1]!
  expect(passedOn.from).toContain('13800000001')
  expect(world.agents.get('8001')).toMatchObject({ state: 'paused', reason: 'no-answer' })
  await passedOn.answer()
  await first.heard.tone(VOICES.agent, { withinMs: 15_000 })
})

test('whoever rejects is paused, and the caller keeps the place before a later one', async () => {
  await signIn(fang)
  const ring = fang.nextInvite({ withinMs: 30_000 })
  await waitingCaller('13800000001')
  const incoming = await ring
  await waitingCaller('13800000002')
  incoming.reject(486)
  await world.agentIs('8001', 'paused')
  expect(world.agents.get('8001')!.reason).toBe('rejected')
  const again = fang.nextInvite({ withinMs: 30_000 })
  await world.dial(fang, '*3')
  expect((await again).from).toContain('13800000001')
})

test('whoever dials that they are ready is offered the waiting caller when that call is over, not into it', async () => {
  await signIn(fang)
  await world.dial(fang, '*4')
  await waitingCaller()
  const ring = fang.nextInvite({ withinMs: 30_000 })
  const since = world.facts.length
  const code = await fang.invite('*3').answered
  await code.heard.speech({ forMs: 300, withinMs: 10_000 })
  expect(world.agents.get('8001')!.state).toBe('ready')
  expect(world.facts.slice(since).map(({ fact }) => fact.kind)).not.toContain('AgentOffered')
  await code.ended
  await (await ring).answer()
  await world.agentIs('8001', 'talking')
})

test('a phone that is not there pauses its agent, and the next one gets the caller', async () => {
  await signIn(fang)
  await signIn(qiang)
  await fang.unregister()
  const ring = qiang.nextInvite({ withinMs: 30_000 })
  const caller = await waitingCaller()
  await (await ring).answer()
  await caller.heard.tone(VOICES.agent, { withinMs: 15_000 })
  expect(world.agents.get('8001')).toMatchObject({ state: 'paused', reason: 'unreachable' })
  await fang.register()
})

test('a held caller hears music, and the time is counted as hold', async () => {
  await signIn(fang)
  const { caller, agent } = await talking(fang)
  await agent.hold()
  await world.fact('Held', { since: 0 })
  await caller.heard.speech({ forMs: 1_500, withinMs: 10_000 })
  await agent.unhold()
  await caller.heard.tone(VOICES.agent)
  await agent.hangUp()
  await caller.hangUp()
  await world.quiet()
  expect((await lastCall()).held_ms).toBeGreaterThan(1_000)
})

test('a caller who hangs up leaves the agent wrapping up, and there is no survey', async () => {
  await signIn(fang)
  const { caller, agent } = await talking(fang)
  await caller.hangUp()
  await agent.ended
  await world.agentIs('8001', 'wrapping-up')
  await world.agentIs('8001', 'ready')
  await world.quiet()
  expect(await lastCall()).toMatchObject({ outcome: 'answered', survey_offered: false, ended_by: 'caller' })
})

test('an agent who hangs up during the announcement gives the caller back to their place', async () => {
  await signIn(fang)
  await signIn(qiang)
  const rings = [fang.nextInvite({ withinMs: 30_000 }), qiang.nextInvite({ withinMs: 30_000 })]
  const caller = await waitingCaller()
  const since = world.facts.length
  const agent = await (await rings[0]!).answer()
  await world.fact('AgentAnswered', { since })
  await agent.hangUp()
  await (await rings[1]!).answer()
  await caller.heard.tone(VOICES.agent, { withinMs: 15_000 })
})

test('a pause asked for during a talk takes place after it, and not before the wrap-up is over', async () => {
  await signIn(fang)
  const { caller, agent } = await talking(fang)
  await world.dial(fang, '*43')
  expect(world.agents.get('8001')).toMatchObject({ state: 'talking', next: { kind: 'pause', reason: 'training' } })
  await agent.hangUp()
  await caller.hangUp()
  await world.agentIs('8001', 'wrapping-up')
  await world.agentIs('8001', 'paused')
  expect(world.agents.get('8001')!.reason).toBe('training')
})

test('nobody can be given two calls: the database itself refuses', async () => {
  await signIn(fang)
  await talking(fang)
  const second = { id: 'x~8001~1', call_id: 'x', agent_id: '8001', offered_at: new Date() }
  await expect(world.knex('legs').insert(second)).rejects.toMatchObject({ constraint: 'one_open_leg_an_agent' })
})

test('with nobody signed in the caller is told so, and the call is closed', async () => {
  const caller = await waitingCaller()
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.ended
  await world.quiet()
  expect(await lastCall()).toMatchObject({ outcome: 'closed', ended_by: 'hotline' })
})

test('wrong keys: asked again once, then the operator; in the survey, then goodbye', async () => {
  await signIn(fang)
  const ring = fang.nextInvite({ withinMs: 60_000 })
  const since = world.facts.length
  const caller = await world.callIn()
  await world.until(
    'the menu',
    () => world.facts.slice(since).some(({ fact }) => fact.kind === 'Prompted' && fact.place?.node === 'menu'),
    30_000,
  )
  await caller.press('7')
  await world.until(
    'the menu again',
    () => world.facts.slice(since).some(({ fact }) => fact.kind === 'Prompted' && fact.place?.tries === 2),
    10_000,
  )
  await caller.press('8')
  expect((await world.fact('Queued', { since, withinMs: 30_000 })).queue).toBe('operator')
  const agent = await (await ring).answer()
  await caller.heard.tone(VOICES.agent, { withinMs: 15_000 })
  await agent.hangUp()
  await world.fact('SurveyOffered', { since })
  await caller.press('9')
  await world.until('the survey again', () =>
    world.facts
      .slice(since)
      .some(({ fact }) => fact.kind === 'Prompted' && fact.place?.flow === 'survey' && fact.place.tries === 2),
  )
  await caller.press('0')
  await caller.ended
  await world.quiet()
  expect(await lastCall()).toMatchObject({ outcome: 'answered', survey_offered: true, rating: null })
})

test('whoever dials the English number is greeted in English', async () => {
  const since = world.facts.length
  const caller = await world.callIn(undefined, { number: '4008001001' })
  await caller.heard.speech({ withinMs: 10_000 })
  expect(await world.fact('CallArrived', { since })).toMatchObject({ flow: 'hotline', language: 'en' })
  expect(await world.fact('Prompted', { since })).toMatchObject({ prompts: ['greeting'], place: { language: 'en' } })
})

test('9 leads to English, and back to what the greeting tells', async () => {
  const since = world.facts.length
  const caller = await world.callIn()
  await caller.press('9')
  expect((await world.fact('LanguageChosen', { since })).language).toBe('en')
  const greetings = () =>
    world.facts
      .slice(since)
      .flatMap(({ fact }) => (fact.kind === 'Prompted' ? [fact.prompts, fact.place?.language] : []))
  expect(greetings()).toEqual([['greeting'], 'zh', ['greeting'], 'en'])
  await caller.hangUp()
  await world.quiet()
  expect(await lastCall()).toMatchObject({ outcome: 'abandoned-in-flow', language: 'en' })
})

/** As a program of the centre's asks. */
async function api<T>(path: string, body?: object): Promise<T> {
  const headers = { 'x-api-key': world.surroundings.apiKey, 'content-type': 'application/json' }
  const asked = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
  return (await (await fetch(`http://127.0.0.1:${world.config.ports.http}/api/${path}`, asked)).json()) as T
}

test('who is moved to an agent is served next, and by that agent; the board shows it, and their phone what they are told', async () => {
  await signIn(fang)
  const { agent, caller } = await talking(fang)
  await waitingCaller('13800000001')
  const moved = await waitingCaller('13800000002')
  const { queues, agents, calls } = await api<Board>('board?queue=sales')
  expect(queues).toMatchObject([{ queue: 'sales', nameZh: expect.any(String), waiting: 2, staff: { talking: 1 } }])
  expect(agents.find(one => one.agent === '8001')).toMatchObject({ state: 'talking', queue: 'sales' })
  const { call } = calls.find(({ caller }) => caller === '13800000002')!
  const stands = { call, queue: 'sales', ahead: 0, agent: '8001' }
  expect(await api(`calls/${call}/move`, { agent: '8001' })).toMatchObject(stands)
  const ring = fang.nextInvite({ withinMs: 30_000 })
  const { answered, offered } = (await api<Board>('board')).queues.find(({ queue }) => queue === 'sales')!.today
  await caller.hangUp()
  await agent.ended
  const incoming = await ring
  expect(incoming.from).toContain('13800000002')
  await bothHear(moved, await incoming.answer())
  const shown = once(fang, 'text')
  const text = '下一位是李雷 🙂 & "co" <b>'
  const { words } = await api<{ words: { id: number }[] }>('agents/8001/word', { text })
  expect(await shown).toEqual([text])
  expect(await api('agents/8001/words')).toMatchObject({ words: [{ text, seenAt: null }] })
  await api(`agents/8001/words/${words[0]!.id}/seen`, {})
  expect(await api('agents/8001/words')).toEqual({ words: [] })
  const { today } = (await api<Board>('board?queue=sales')).queues[0]!
  expect(today).toMatchObject({ answered: answered + 1, offered })
})
