import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { agentsReport } from '../../src/report/agents.ts'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { Listener } from '../http/listener.ts'
import { ask, hear, TONES } from './parties.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { World } from './world.ts'

/** What a desk program does with an agent's phone, and what the bare phone does without one. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-desk-'))
let world: World
let first: Softphone
let second: Softphone

beforeAll(async () => {
  world = await World.open()
  for (const queue of ['sales', 'support'])
    await typed(world, folder, `queue set ${queue} wrap-up=0 survey=none keep-place=yes`)
  // Whatever the hour is where this runs.
  await typed(world, folder, 'dialling set quiet=none')
  second = await world.signedIn('8002', { tone: { hz: TONES.second } })
  await world.dial(second, '*41')
  first = await world.signedIn('8001', { tone: { hz: TONES.agent } })
})
afterEach(async () => {
  await settled(world)
  await expectWholeTapes(world.knex)
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

const act = async (path: string, body?: object) => {
  const answer = await ask(world, 'POST', path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

/** A caller for whom this phone rings. */
async function rings(from: string, phone: Softphone): Promise<{ id: string; caller: Dialog; incoming: IncomingCall }> {
  const ring = phone.nextInvite({ withinMs: 60_000 })
  const caller = await world.callIn(from)
  await caller.press('1')
  const incoming = await ring
  const { id } = world.callOf(from)!
  incoming.ring()
  await world.until('it rings', () => world.callOf(from)!.leg?.rangAt != null)
  return { id, caller, incoming }
}

/** Told by the API alone. */
async function answers(agent: string, incoming: IncomingCall): Promise<Dialog> {
  const answered = once(incoming, 'answered', { signal: AbortSignal.timeout(10_000) })
  await act(`/api/agents/${agent}/answer`)
  const [dialog] = await answered
  return dialog
}

test('a phone that rings is answered by the API, and both hear each other; so is whom the agent consults', async () => {
  const nothing = await ask(world, 'POST', '/api/agents/8001/answer')
  expect([nothing.status, nothing.body.id]).toEqual([409, 'nothing-rings'])
  const { id, caller, incoming } = await rings('13800138101', first)
  const agent = await answers('8001', incoming)
  await hear({ caller: [caller, 'agent'], agent: [agent, 'caller'] })
  expect(await act('/api/agents/8001/answer')).toMatchObject({ state: 'talking', call: { id } })

  const ring = second.nextInvite({ withinMs: 15_000 })
  await act(`/api/calls/${id}/consultation-call`, { agent: '8002' })
  const consulted = await ring
  consulted.ring()
  await world.fact('PartyRang', { since: 0 })
  const colleague = await answers('8002', consulted)
  await hear({ caller: [caller], agent: [agent, 'second'], colleague: [colleague, 'agent'] })
})

test('what rings is sent on to a colleague unanswered: the phone shows no missed call, and nobody has missed one', async () => {
  await world.dial(second, '*3')
  await world.dial(first, '*41')
  const { id, caller, incoming } = await rings('13800138102', second)
  await world.dial(first, '*3')
  const ring = first.nextInvite({ withinMs: 15_000 })
  const cancelled = once(incoming, 'cancelled', { signal: AbortSignal.timeout(10_000) })
  const sentOn = { from: '8002', agent: '8001' }
  expect(await act(`/api/calls/${id}/deflect-call`, sentOn)).toMatchObject({ call: id, queue: 'sales', agent: '8001' })
  const [because] = await cancelled
  expect(because).toContain('elsewhere')
  const agent = await (await ring).answer()
  await hear({ caller: [caller, 'agent'], agent: [agent, 'caller'] })
  await world.agentIs('8002', 'ready')
  await caller.hangUp()
  await world.quiet()
  const { agents } = await agentsReport(world.knex, { from: 0, to: Date.now() }, Date.now())
  expect(agents.find(one => one.agent === '8002')).toMatchObject({ offered: 1, missed: 0, withdrawn: 1 })
  await world.dial(second, '*41')
})

test('what came of a talk is filed by a code, which is confirmed', async () => {
  await typed(world, folder, 'disposition add sold --zh 成交 --en Sold --key 1')
  const { caller, agent } = await world.talk('13800138103', first)
  const { id } = world.callOf('13800138103')!
  await caller.hangUp()
  await agent.ended
  const said = await first.invite('*01').answered
  await said.heard.speech({ withinMs: 5_000 })
  await said.ended
  expect(await world.knex('dispositions_given').where({ call_id: id })).toEqual([
    expect.objectContaining({ agent_id: '8001', code: 'sold', by: null }),
  ])
})

test('the lamp tells what waits, again when the service or the phone has come back, and goes out with the last of it', async () => {
  await world.dial(first, '*41')
  const shows = (phone: Softphone, waiting: number): Promise<unknown> => {
    const signal = AbortSignal.timeout(15_000)
    const told = (async () => {
      for (;;) if ((await once(phone, 'lamp', { signal }))[0] === waiting) return
    })()
    told.catch(() => {})
    return told
  }
  let both = Promise.all([shows(first, 1), shows(second, 1)])
  const caller = await world.callIn('13800138104')
  await caller.press('1')
  await world.until('they wait', () => world.callOf('13800138104')?.phase === 'queued')
  await caller.press('1')
  await world.until('they are to be called', () => world.callbackOf('13800138104') !== undefined)
  await caller.ended
  await both

  await world.killService()
  both = Promise.all([shows(first, 1), shows(second, 1)])
  await world.startService()
  await both

  const again = shows(first, 1)
  await first.register()
  await again

  both = Promise.all([shows(first, 0), shows(second, 0)])
  const { id } = world.callbackOf('13800138104')!
  await act(`/api/callbacks/${id}/cancel`, { reason: 'solved by e-mail' })
  await both
})

test('an agent whose browser tab sleeps, or is gone, stays ready and is offered callers, and hears then what they have missed', async () => {
  const open = (lastId?: string) =>
    Listener.open(world.config.ports.http, { key: world.surroundings.apiKey, query: '?agent=8001', lastId })
  const tab = await open()
  await world.dial(first, '*3')
  await vi.waitFor(() => expect(tab.heard.map(({ type }) => type)).toEqual(['agent.state']))
  tab.fallAsleep()
  const served: string[] = []
  for (const from of ['13800138105', '13800138106']) {
    const { id, caller, incoming } = await rings(from, first)
    const agent = await answers('8001', incoming)
    await hear({ caller: [caller, 'agent'], agent: [agent, 'caller'] })
    await caller.hangUp()
    await world.agentIs('8001', 'ready')
    served.push(id)
    // The second time there is none at all.
    tab.close()
  }
  const back = await open(tab.lastId)
  const offered = () => back.heard.filter(({ type }) => type === 'call.offered').map(one => (one.call as Offered).id)
  await vi.waitFor(() => expect(offered()).toEqual(served))
  expect(back.heard.filter(({ type }) => type === 'agent.state').map(one => (one.details as Turned).state)).toEqual(
    served.flatMap(() => ['ringing', 'talking', 'ready']),
  )
  back.close()
})

type Offered = { id: string }
type Turned = { state: string }
