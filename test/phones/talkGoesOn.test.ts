import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { agentsReport } from '../../src/report/agents.ts'
import { callReport } from '../../src/report/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { hear, Parties, type Talk } from './parties.ts'

/** With whom a talk goes on: whom we have called is sent on, a caller leaves a conference, a telephone holds. */

const parties = new Parties()

const openCall = (caller: string, direction: string): Promise<{ id: string }> =>
  parties.world.knex('calls').where({ caller, direction, is_open: true }).first()

const legsOf = async (id: string) =>
  (await callReport(parties.world.knex, id)).legs.map(({ agent, role, result }) => [agent, role, result].join(' '))

/** What their tapes lack. */
const faultsOf = async (id: string) =>
  (await callReport(parties.world.knex, id)).legs.flatMap(({ recording }) => recording?.faults ?? [])

/** 8004 is ready for as long as it takes to be rung. */
async function sentToThird(call: { id: string }): Promise<Dialog> {
  const { world, third } = parties
  await world.dial(third, '*1')
  await world.dial(third, '*3')
  const next = await parties.answers(third, () => parties.act(call, 'single-step-transfer', { agent: '8004' }))
  await world.dial(third, '*2')
  return next
}

test('whom an agent has dialled is conferred with, and sent on to an agent, a line, and outside, whatever dies meanwhile', async () => {
  const { world, agent, second, outside } = parties
  const from = Date.now()
  const ring = outside.nextInvite({ withinMs: 15_000 })
  const dialling = agent.invite('13800138301').answered
  const customer = await (await ring).answer()
  const agents = await dialling
  await hear({ customer: [customer, 'agent'], agents: [agents, 'outside'] })
  const call = await openCall('13800138301', 'outbound')
  const colleague = await parties.consults(call, second, { agent: '8002' })
  await hear({ customer: [customer], agents: [agents, 'second'], colleague: [colleague, 'agent'] })
  await parties.act(call, 'conference-call')
  await hear({
    ...{ customer: [customer, 'agent', 'second'], agents: [agents, 'outside', 'second'] },
    colleague: [colleague, 'agent', 'outside'],
  })
  await colleague.hangUp()
  const next = await sentToThird(call)
  await agents.ended
  await hear({ customer: [customer, 'third'], next: [next, 'outside'] })

  await world.dial(agent, '*41')
  await parties.act(call, 'single-step-transfer', { queue: 'sales' })
  await next.ended
  await hear({ customer: [customer] })
  await world.killService()
  await customer.heard.speech({ withinMs: 5_000 })
  await world.startService()
  expect(await parties.act(call, 'talk', undefined, 'GET')).toMatchObject({ phase: 'queued', agent: null })
  const again = await parties.answers(agent, () => world.dial(agent, '*3'))
  await hear({ customer: [customer, 'agent'], again: [again, 'outside'] })
  const other = await parties.answers(outside, () =>
    parties.act(call, 'single-step-transfer', { number: '13900139000' }),
  )
  await hear({ customer: [customer, 'outside'], other: [other, 'outside'] })
  await customer.hangUp()
  await other.ended
  await world.quiet()
  expect(await legsOf(call.id)).toEqual([
    '8001 serves answered',
    '8002 conferee answered',
    '8004 serves answered',
    '8001 serves answered',
    ' transferred answered',
  ])
  const record = await world.knex('calls').where({ id: call.id }).first()
  expect(record).toMatchObject({ outcome: 'answered', agent_id: '8001', queue: 'sales', recording_faults: [] })
  const { agents: figures } = await agentsReport(world.knex, { from, to: Date.now() + 1 }, Date.now())
  expect(figures.map(row => [row.agent, row.dialled, row.handled, row.blindTransfers])).toEqual([
    ['8001', 1, 1, 2],
    ['8002', 0, 0, 0],
    ['8004', 0, 1, 1],
  ])
})

test('who is called back is sent on to a colleague, and talks with them', async () => {
  const { world, agent, outside } = parties
  const learned = world.facts.length
  await parties.typed('dialling set quiet=none')
  await parties.typed('queue set sales keep-place=yes callback-pauses=1,1')
  const busy = await parties.talk('13800138302')
  const waits = await world.callIn('13800138303')
  await waits.press('1')
  await world.until('they wait', () => world.callOf('13800138303')?.phase === 'queued')
  await waits.press('1')
  await world.until('they are to be called', () => world.callbackOf('13800138303') !== undefined)
  await waits.ended
  const offer = agent.nextInvite({ withinMs: 15_000 })
  await busy.caller.hangUp()
  const offered = await (await offer).answer()
  await offered.heard.speech({ withinMs: 10_000 })
  const ring = outside.nextInvite({ withinMs: 15_000 })
  await offered.press('1')
  const customer = await (await ring).answer()
  await hear({ customer: [customer, 'agent'], agents: [offered, 'outside'] })
  const next = await sentToThird(await openCall('13800138303', 'callback'))
  await offered.ended
  await hear({ customer: [customer, 'third'], next: [next, 'outside'] })
  await next.hangUp()
  await customer.ended
  await world.quiet()
  const record = await world.knex('calls').where({ caller: '13800138303', direction: 'callback' }).first()
  expect(record).toMatchObject({ outcome: 'answered', agent_id: '8004', ended_by: 'agent' })
  expect(await legsOf(record.id)).toEqual(['8001 serves answered', '8004 serves answered'])
  expect(world.facts.slice(learned).filter(({ fact }) => fact.kind === 'CustomerDialled')).toHaveLength(1)
})

/** A conference of the caller, 8001, 8002 and somebody outside. */
async function conference(from: string): Promise<Talk & { colleague: Dialog; other: Dialog }> {
  const call = await parties.talk(from)
  const colleague = await parties.answers(parties.second, () => parties.act(call, 'parties', { agent: '8002' }))
  const other = await parties.answers(parties.outside, () => parties.act(call, 'parties', { number: '13900139000' }))
  await hear({
    ...{ caller: [call.caller, 'agent', 'second', 'outside'], agent: [call.agent, 'caller', 'second', 'outside'] },
    ...{ colleague: [colleague, 'caller', 'agent', 'outside'], other: [other, 'caller', 'agent', 'second'] },
  })
  return { ...call, colleague, other }
}

test('a caller leaves a conference: the others talk on, until an agent is alone', async () => {
  const { world } = parties
  const { id, caller, agent, colleague, other } = await conference('13800138304')
  await caller.hangUp()
  const left = {
    ...{ agent: [agent, 'second', 'outside'], colleague: [colleague, 'agent', 'outside'] },
    other: [other, 'agent', 'second'],
  } satisfies Parameters<typeof hear>[0]
  await hear(left)
  await pause(3_000)
  await world.killService()
  await hear(left)
  await world.startService()
  await hear(left)
  expect(await parties.act({ id }, 'talk', undefined, 'GET')).toMatchObject({
    ...{ phase: 'talking', agent: '8001', callerGone: true },
    parties: [{ agent: '8002', state: 'talking' }, { state: 'talking' }],
  })
  await agent.hangUp()
  await hear({ colleague: [colleague, 'outside'], other: [other, 'second'] })
  await pause(2_000)
  await other.hangUp()
  await colleague.ended
  await world.quiet()
  const record = await world.recordOf('13800138304')
  expect(record).toMatchObject({ outcome: 'answered', ended_by: 'caller', survey_offered: false, recording_faults: [] })
  expect(record.recording_ms).toBeLessThan(record.ended_at - record.answered_at - 4_000)
  expect(await legsOf(id)).toEqual(['8001 serves answered', '8002 serves answered', ' conferee answered'])
  expect(await faultsOf(id)).toEqual([])
  await world.agentIs('8002', 'paused')
})

test('a caller leaves a conference while the service is dead, and so does an agent: it is known afterwards', async () => {
  const { world } = parties
  const { id, caller, agent, colleague, other } = await conference('13800138305')
  await world.killService()
  await caller.hangUp()
  await agent.hangUp()
  await hear({ colleague: [colleague, 'outside'], other: [other, 'second'] })
  await world.startService()
  await world.agentIs('8001', 'ready')
  await hear({ colleague: [colleague, 'outside'], other: [other, 'second'] })
  expect(await parties.act({ id }, 'talk', undefined, 'GET')).toMatchObject({ agent: '8002', callerGone: true })
  await colleague.hangUp()
  await other.ended
  await world.quiet()
  expect(await world.recordOf('13800138305')).toMatchObject({ outcome: 'answered', recording_faults: [] })
})

test('a consultation begins with a hold on the telephone, as a transfer does there', async () => {
  const { world, second } = parties
  const from = Date.now()
  const call = await parties.talk('13800138306')
  await call.agent.hold()
  await hear({ caller: [call.caller] })
  await world.until('it is on hold', () => world.calls.get(call.id)?.leg?.heldSince != null)
  const colleague = await parties.consults(call, second, { agent: '8002' })
  await hear({ caller: [call.caller], colleague: [colleague] })
  await call.caller.heard.speech({ withinMs: 5_000 })
  await call.agent.unhold()
  await hear({ caller: [call.caller], agent: [call.agent, 'second'], colleague: [colleague, 'agent'] })
  await parties.act(call, 'alternate-call')
  await hear({ caller: [call.caller, 'agent'], agent: [call.agent, 'caller'], colleague: [colleague] })
  await call.agent.hold()
  await parties.act(call, 'transfer-call')
  await call.agent.ended
  await hear({ caller: [call.caller, 'second'], colleague: [colleague, 'caller'] })
  await call.caller.hangUp()
  await world.quiet()
  const { agents } = await agentsReport(world.knex, { from, to: Date.now() + 1 }, Date.now())
  const { holdMs, handledHoldMs } = agents.find(row => row.agent === '8001')!
  expect(holdMs).toBeGreaterThan(0)
  expect(holdMs).toBe(handledHoldMs)
})
