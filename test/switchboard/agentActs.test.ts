import { describe, expect, test } from 'vitest'
import type { Leg } from '../../src/call/call.ts'
import { answerCall } from '../../src/switchboard/answering.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'
import { anAgent } from '../call/given.ts'
import { aTalkAndItsActs } from './aTalk.ts'

/** Agent 8001 talks, and 8002 is signed out. */
const aDesk = () => {
  const desk = aTalkAndItsActs()
  desk.centre.pauseReasons = [{ id: 'coffee', zh: '咖啡', en: 'Coffee', key: 5 }]
  return desk
}

describe('an agent’s state is set from a desk', () => {
  test('at once, signed in by it', async () => {
    const { agents } = aDesk()
    await expect(agents.setState('8002', { state: 'paused' })).rejects.toMatchObject({ id: 'signed-out' })
    expect((await agents.setState('8002', { state: 'ready', by: 'person:li' })).agent).toMatchObject({
      by: 'person:li',
    })
    const { agent } = await agents.setState('8002', { state: 'paused', reason: 'coffee', by: 'person:li' })
    expect(agent).toMatchObject({ state: 'paused', reason: 'coffee', by: 'person:li' })
    expect((await agents.setState('8002', { state: 'ready' })).agent).toMatchObject({ state: 'ready', by: null })
    expect((await agents.setState('8002', { state: 'signed-out' })).agent.state).toBe('signed-out')
  })

  test('during a talk as a wish, which the next one replaces', async () => {
    const { agents, board } = aDesk()
    await agents.setState('8001', { state: 'paused', reason: 'meal', by: 'person:li' })
    expect(board.agents.get('8001')!.next).toEqual({ kind: 'pause', reason: 'meal', by: 'person:li' })
    const { agent, call } = await agents.setState('8001', { state: 'ready' })
    expect(agent).toMatchObject({ state: 'talking', next: { kind: 'ready' } })
    expect(call?.id).toBe('talk')
  })

  test('at a phone of the centre’s, to which they move, and from which nobody in a call is moved', async () => {
    const { agents, board, centre } = aDesk()
    centre.phones = new Set(['2001', '2002'])
    expect((await agents.setState('8002', { state: 'ready', phone: '2001' })).agent).toMatchObject({ phone: '2001' })
    await agents.setState('8002', { state: 'paused' })
    expect((await agents.setState('8002', { state: 'ready' })).agent).toMatchObject({ state: 'ready', phone: '2001' })
    await agents.setState('8002', { state: 'paused' })
    const { agent } = await agents.setState('8002', { state: 'ready', phone: '2002' })
    expect(agent).toMatchObject({ state: 'ready', phone: '2002' })
    expect((await agents.setState('8002', { state: 'ready', phone: '8002' })).agent.phone).toBeNull()
    await expect(agents.setState('8001', { state: 'ready', phone: '2001' })).rejects.toMatchObject({ id: 'in-call' })
    await expect(agents.setState('8002', { state: 'ready', phone: '8001' })).rejects.toMatchObject({ field: 'phone' })
    await expect(agents.setState('8002', { state: 'ready', phone: '2009' })).rejects.toMatchObject({
      ...{ field: 'phone', message: 'phone must be 8002, their own, or one of the centre’s: there is no phone 2009.' },
    })
    await expect(agents.setState('8002', { state: 'paused', phone: '2001' })).rejects.toMatchObject({ field: 'phone' })
    expect(board.agents.get('8002')).toMatchObject({ state: 'ready', phone: null })
  })

  test('at a phone where a colleague sits only for who may sign them out, by whose name they are', async () => {
    const { agents, board, centre } = aDesk()
    centre.phones = new Set(['2001'])
    board.setAgent(anAgent('8003', { phone: '2001' }))
    const asked = { state: 'ready', phone: '2001', by: 'person:wang' } as const
    for (const mayPutOut of [undefined, () => false])
      await expect(agents.setState('8002', { ...asked, mayPutOut })).rejects.toMatchObject({
        ...{ id: 'phone-in-use', message: 'Agent 8002 cannot sign in at phone 2001 now: somebody else sits there.' },
      })
    expect(board.agents.get('8003')).toMatchObject({ state: 'ready', phone: '2001' })
    await agents.setState('8002', { ...asked, mayPutOut: ({ id }) => id === '8003' })
    expect(board.agents.get('8003')).toMatchObject({ state: 'signed-out', phone: null, by: 'person:wang' })
    // Who sits there already puts nobody out.
    expect((await agents.setState('8002', asked)).agent.phone).toBe('2001')
    // Also of one who is moved there, and whose own state somebody else has set.
    board.setAgent(anAgent('8003', { by: 'person:li' }))
    await agents.setState('8003', { ...asked, mayPutOut: () => true })
    expect(board.agents.get('8002')).toMatchObject({ state: 'signed-out', by: 'person:wang' })
  })

  test('as often as it is asked for, and is then so once', async () => {
    const { agents, board } = aDesk()
    await agents.setState('8002', { state: 'ready' })
    await agents.setState('8002', { state: 'paused' })
    const { version } = board.agents.get('8002')!
    await agents.setState('8002', { state: 'paused' })
    expect(board.agents.get('8002')).toMatchObject({ version, reason: 'rest' })
  })

  test('or it is said why not', async () => {
    const { agents } = aDesk()
    await expect(agents.setState('9999', { state: 'ready' })).rejects.toMatchObject({ id: 'not-found' })
    await expect(agents.setState('8002', { state: 'paused', reason: 'nap' })).rejects.toMatchObject({
      ...{ id: 'bad-input', field: 'reason', allowed: ['rest', 'meal', 'training', 'meeting', 'coffee'] },
    })
    await expect(agents.setState('8002', { state: 'ready', reason: 'rest' })).rejects.toMatchObject({ field: 'reason' })
  })
})

test('a wrap-up is extended and ended from a desk, where there is one', async () => {
  const { agents, acts } = aDesk()
  await expect(agents.wrapUp('8001', { extendMs: 60_000 })).rejects.toMatchObject({
    ...{ id: 'not-wrapping-up', message: 'Agent 8001 is not wrapping up, but talking.' },
  })
  await acts.sendToSurvey('talk')
  const { agent } = await agents.wrapUp('8001', { extendMs: 60_000 })
  expect(agent.wakeAt! - agent.since).toBe(60_000)
  // Ready, they are offered whoever waits; and there is nothing more to end.
  expect((await agents.wrapUp('8001', 'end')).agent).toMatchObject({ state: 'ringing', call: 'waiting' })
  expect((await agents.wrapUp('8001', 'end')).agent).toMatchObject({ state: 'ringing', call: 'waiting' })
})

describe('what rings at an agent’s phone is answered from a desk', () => {
  test('by the phone, which is told to pick up', async () => {
    const { agents, acts, pickedUp, board } = aDesk()
    await acts.sendToSurvey('talk')
    await agents.wrapUp('8001', 'end')
    const { call } = await agents.answer('8001')
    expect(call).toMatchObject({ id: 'waiting', phase: 'ringing' })
    expect(pickedUp).toEqual([board.call('waiting')!.leg!.id])
    await agents.answer('8001')
    expect(pickedUp, 'a phone that has not heard it may be told again').toHaveLength(2)
  })

  test('and is answered once: who talks already is told so again', async () => {
    const { agents, pickedUp } = aDesk()
    expect((await agents.answer('8001')).call?.id).toBe('talk')
    expect(pickedUp).toEqual([])
  })

  test('or it is said why not', async () => {
    const { agents } = aDesk()
    await expect(agents.answer('8002')).rejects.toMatchObject({
      ...{ id: 'nothing-rings', message: 'Nothing rings at the phone of agent 8002 now.' },
    })
    await expect(agents.answer('9999')).rejects.toMatchObject({ id: 'not-found' })
  })
})

test.each([
  ['gone', 'not-picked-up'],
  ['refused', 'phone-not-told'],
  ['away', 'asterisk-away'],
] as const)('a phone that cannot be told (%s) is said to be so: %s', async (why, id) => {
  const { board } = aDesk()
  const rings = { ...board.call('waiting')!, phase: 'ringing' as const, leg: aLeg }
  const untold = () => Promise.reject(new PhoneRefused(why, 'no'))
  await expect(answerCall({ calls: [rings] }, '8001', untold)).rejects.toMatchObject({ id })
})

const aLeg: Leg = {
  ...{ id: 'leg', agent: '8001', offeredAt: 0, rangAt: 0, answeredAt: null, connectedAt: null, endedAt: null },
  ...{ result: null, cause: null, heldSince: null, heldMs: 0 },
}
