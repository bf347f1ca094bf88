import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { longestGap } from './gaps.ts'
import { barging, coaching, hear, listening, Parties, type Talk, TONES } from './parties.ts'
import { channelsOf } from './tape.ts'

/** Listen, coach, barge, take over, clear by force: who hears whom, whatever dies meanwhile. */

const parties = new Parties()

const set = (call: Talk, mode: string) => parties.act(call, 'supervision', { mode, phone: '8003' }, 'PATCH')

const IN = { listen: listening, coach: coaching, barge: barging }

test('a supervisor listens, coaches and barges in, by the API and by keys, and nobody hears them come or go', async () => {
  const call = await parties.talk('13800138101')
  const gaps = [longestGap(call.caller, TONES.agent), longestGap(call.agent, TONES.caller)]
  const boss = await parties.supervises(call, 'listen')
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
  await parties.world.quiet()
  const uses = await parties.world.knex('supervisions').where({ call_id: call.id }).orderBy('seq')
  expect(uses.map(use => use.mode).join(' ')).toBe('listen coach barge coach listen barge listen barge coach listen')
  expect(uses[0]).toMatchObject({ supervisor: '8003', agent_id: '8001', by: 'key:centre' })
  expect(uses.at(-1)).toMatchObject({ by: 'phone:8003', ended_at: expect.any(Date) })
})

test('the caller’s recording has who barges in, and not who coaches', async () => {
  const call = await parties.talk('13800138102')
  const boss = await parties.supervises(call, 'coach')
  await hear(coaching(call, boss))
  const [coached] = [Date.now()]
  await wait(1_000)
  await set(call, 'barge')
  await hear(barging(call, boss))
  const barged = Date.now()
  await wait(1_000)
  await call.caller.hangUp()
  await parties.world.quiet()
  const { recording_file: file, answered_at: from } = await parties.world.recordOf('13800138102')
  const { right } = await channelsOf(join(parties.world.config.recordingsFolder, file))
  const at = (ms: number) => ms - from.getTime() + 200
  expect(right.level(TONES.supervisor, at(coached), 500)).toBeLessThan(-45)
  expect(right.throughout(TONES.supervisor, at(barged), 500)).toBeGreaterThan(-30)
})

test('they follow the caller through hold, consultation and transfer', async () => {
  const call = await parties.talk('13800138103')
  const boss = await parties.supervises(call, 'listen')
  await hear(listening(call, boss))
  await parties.act(call, 'hold-call')
  await hear({ caller: [call.caller], agent: [call.agent], boss: [boss, 'agent'] })
  await set(call, 'coach')
  await hear({ caller: [call.caller], agent: [call.agent, 'supervisor'], boss: [boss, 'agent'] })
  const ring = parties.second.nextInvite({ withinMs: 15_000 })
  await parties.act(call, 'consultation-call', { agent: '8002' })
  const colleague = await (await ring).answer()
  await hear({
    ...{ caller: [call.caller], agent: [call.agent, 'second', 'supervisor'] },
    ...{ colleague: [colleague, 'agent'], boss: [boss, 'agent', 'second'] },
  })
  await parties.act(call, 'transfer-call')
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
  const call = await parties.talk('13800138104')
  const boss = await parties.supervises(call, 'coach')
  await hear(coaching(call, boss))
  await parties.world.killService()
  await hear(coaching(call, boss))
  await parties.world.startService()
  await hear(coaching(call, boss))
  await set(call, 'barge')
  await hear(barging(call, boss))
  await boss.press('4')
  await hear(listening(call, boss))
})

test('two supervise one talk, one takes it over, and the other listens to them', async () => {
  const call = await parties.talk('13800138105')
  const boss = await parties.supervises(call, 'barge')
  const listener = await parties.supervises(call, 'listen', parties.third, '8004')
  await hear({ ...barging(call, boss), listener: [listener, 'agent', 'caller'] })
  expect(await parties.act(call, 'talk', undefined, 'GET')).toMatchObject({
    supervisors: [
      { agent: '8003', mode: 'barge', state: 'supervising' },
      { agent: '8004', mode: 'listen', state: 'supervising' },
    ],
  })
  await parties.act(call, 'take-over', { phone: '8003' })
  await call.agent.ended
  await hear({
    ...{ caller: [call.caller, 'supervisor'], boss: [boss, 'caller'] },
    listener: [listener, 'caller', 'supervisor'],
  })
  await parties.world.agentIs('8001', 'ready')
  await parties.act(call, 'force-clear')
  await Promise.all([call.caller.ended, boss.ended, listener.ended])
  await parties.world.quiet()
  expect(await parties.world.recordOf('13800138105')).toMatchObject({ outcome: 'answered', ended_by: 'supervisor' })
  await vi.waitFor(async () =>
    expect(await parties.world.knex('agents').where({ id: '8003' }).first()).toMatchObject({ state: 'signed-out' }),
  )
})

test('who listens is let go, and told, when the caller is passed on to somebody outside: no agent is left to be heard', async () => {
  const { world, outside } = parties
  const call = await parties.talk('13800138106')
  const boss = await parties.supervises(call, 'listen')
  await hear(listening(call, boss))
  const other = await parties.consults(call, outside, { number: '13900139000' })
  await hear({ agent: [call.agent, 'outside'], boss: [boss, 'agent', 'outside'] })
  await parties.act(call, 'transfer-call')
  await boss.ended
  await hear({ caller: [call.caller, 'outside'], other: [other, 'caller'] })
  const told = await world.knex('events').where({ type: 'supervision.ended' }).whereRaw(`call->>'id' = ?`, [call.id])
  expect(told).toHaveLength(1)
  expect(await parties.act(call, 'talk', undefined, 'GET')).toMatchObject({ supervisors: [] })
})

const wait = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))
