import { describe, expect, test } from 'vitest'
import { NotFound } from '../../src/errors.ts'
import { anAgent, NOON } from '../call/given.ts'
import { aTalkAndItsActs } from './aTalk.ts'

const BY = 'key:crm'

/** Beside the agent who talks there are two: one rests, one has a call of their own. */
function aDesk() {
  const desk = aTalkAndItsActs()
  const others = [
    anAgent('8002', { state: 'paused', reason: 'rest' }),
    anAgent('8003', { state: 'talking', call: 'another' }),
  ]
  desk.board.restore([...desk.board.agents.values(), ...others], desk.board.calls)
  desk.board.wake()
  desk.remembered.length = 0
  return desk
}

describe('a talk is controlled', () => {
  test('by whom the story says, and the answer is the talk as it then is', async () => {
    const { acts, remembered } = aDesk()
    expect(await acts.control('talk', { do: 'hold-call' }, BY)).toEqual({
      ...{
        call: 'talk',
        phase: 'talking',
        agent: '8001',
        callerHeld: true,
        callerGone: false,
        recordingPaused: false,
        parties: [],
      },
    })
    expect(remembered).toMatchObject([{ kind: 'Held', isHere: true, by: BY }])
  })
  test('twice without more coming of it', async () => {
    const { acts, remembered, done } = aDesk()
    await acts.control('talk', { do: 'hold-call' }, BY)
    const before = [remembered.length, done.length]
    await acts.control('talk', { do: 'hold-call' }, BY)
    expect([remembered.length, done.length]).toEqual(before)
  })
  test('so that a colleague who rests is asked, and once however often it is asked for', async () => {
    const { acts, board } = aDesk()
    const talk = await acts.control('talk', { do: 'consultation-call', to: { agent: '8002' } }, BY)
    expect(talk.parties).toMatchObject([{ agent: '8002', role: 'consulted', state: 'ringing' }])
    expect(await acts.control('talk', { do: 'consultation-call', to: { agent: '8002' } }, BY)).toEqual(talk)
    expect(board.agents.get('8002')).toMatchObject({ state: 'ringing', call: 'talk' })
  })
})

test('a caller who is sent on to a line while the database is away is handed to the lifeboat', async () => {
  for (const isPresent of [true, false]) {
    const { acts, board, done } = aTalkAndItsActs({ isPresent })
    await acts.control('talk', { do: 'single-step-transfer', to: { queue: 'sales' } }, BY)
    expect(board.call('talk')!.inLifeboat).toBe(!isPresent)
    expect(done.filter(command => command.do === 'lifeboat')).toHaveLength(isPresent ? 0 : 1)
  }
})

test('a caller who is sent on to one agent of a line that rings all has that one rung, and all others where they do not answer', async () => {
  const { acts, board } = aTalkAndItsActs({ queue: { strategy: 'ring-all', wrapUpMs: 0 } })
  const others = ['8003', '8004'].map(id => anAgent(id))
  board.restore([...board.agents.values(), ...others], board.calls)
  board.wake()
  const rung = () => [...board.agents.values()].flatMap(({ id, state }) => (state === 'ringing' ? id : []))
  board.happen('waiting', { kind: 'CallerLeftUs', at: NOON })
  await acts.control('talk', { do: 'single-step-transfer', to: { agent: '8004' } }, BY)
  expect(rung()).toEqual(['8004'])
  // Where it was lost unheard, they are rung anew.
  board.happen('talk', { kind: 'LegEnded', leg: board.call('talk')!.leg!.id, cause: 0, at: NOON })
  expect(rung()).toEqual(['8004'])
  board.happen('talk', { kind: 'LegEnded', leg: board.call('talk')!.leg!.id, cause: 17, at: NOON })
  expect(rung()).toEqual(['8001', '8003'])
})

describe('it is said why not', () => {
  const refused = (what: Parameters<ReturnType<typeof aDesk>['acts']['control']>[1], call = 'talk') =>
    expect(aDesk().acts.control(call, what, BY)).rejects
  test('where there is no call, or nobody talks', async () => {
    await refused({ do: 'hold-call' }, 'none').toThrow(NotFound)
    await refused({ do: 'hold-call' }, 'waiting').toMatchObject({ id: 'no-talk' })
  })
  test('where nobody is consulted, or there is no such party', async () => {
    await refused({ do: 'transfer-call' }).toMatchObject({ id: 'nobody-consulted' })
    await refused({ do: 'mute', party: 'none', isMuted: true }).toMatchObject({ id: 'no-such-party' })
  })
  test('where whoever is asked cannot be: unknown, in a call, themselves', async () => {
    await refused({ do: 'consultation-call', to: { agent: '9999' } }).toMatchObject({ id: 'bad-input', field: 'agent' })
    await refused({ do: 'consultation-call', to: { agent: '8003' } }).toMatchObject({ id: 'agent-unavailable' })
    await refused({ do: 'consultation-call', to: { agent: '8001' } }).toMatchObject({ id: 'agent-unavailable' })
  })
  test('where there is no such line, no such flow, or a number that may not be dialled', async () => {
    await refused({ do: 'single-step-transfer', to: { queue: 'none' } }).toMatchObject({ field: 'queue' })
    await refused({ do: 'single-step-transfer', to: { flow: 'none' } }).toMatchObject({ field: 'flow' })
    await refused({ do: 'consultation-call', to: { number: '12' } }).toMatchObject({ field: 'number' })
  })
  test('where Asterisk is away', async () => {
    await expect(
      aTalkAndItsActs({ isAwake: false }).acts.control('talk', { do: 'hold-call' }, BY),
    ).rejects.toMatchObject({ id: 'asterisk-away' })
  })
})
