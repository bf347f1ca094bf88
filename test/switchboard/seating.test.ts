import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import type { Command } from '../../src/call/commands.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { Change } from '../../src/switchboard/ports.ts'
import { agentAt, phoneFor, whoSignsIn, whyNotSeated } from '../../src/switchboard/seating.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { aCallerHearingMusic, anAgent, aQueue, given, NOON } from '../call/given.ts'

/** Who sits at which phone. */

const DESK = '2001'
const PHONES = new Set([DESK, '2002'])
const away = { state: 'signed-out' } as const

const FIRST = 'hotline-1.8'

/** These agents are there, and so many callers wait. */
function aCentre(agents: readonly Agent[], callers = 0) {
  const commands: Command[] = []
  let holdsUp: Promise<void> | undefined
  const changes: Change[] = []
  const board = new Switchboard({
    centre: new Centre([aQueue('sales')], new Map()),
    namedQueues: [],
    phone: {
      perform: async command => {
        if (command.do === 'hang-up') await holdsUp
        commands.push(command)
      },
      look: () => Promise.reject(new Error('nobody looks')),
    },
    memory: { remember: async change => void changes.push(change) },
    clock: { now: () => NOON, at: () => () => {} },
    log: pino({ level: 'silent' }),
  })
  const waiting = given(aCallerHearingMusic).call!
  const calls = [FIRST, 'hotline-1.9'].map((id, i) => ({ ...waiting, id, channel: id, queuedAt: NOON + i }))
  board.restore(agents, calls.slice(0, callers))
  board.wake()
  const agent = (id: string) => board.agents.get(id)!
  const sits = (id: string, phone: string | null = DESK) => board.dial(id, { kind: 'sign-in', phone })
  const whyNot = (id: string, phone = DESK, channel?: string) => whyNotSeated(board, agent(id), phone, channel)
  const holdUp = (until: Promise<void>) => {
    holdsUp = until
  }
  return { board, commands, changes, agent, sits, whyNot, holdUp }
}

describe('an agent who signs in at a phone', () => {
  test('is at that one until they sign out, and then at their own again', async () => {
    const centre = aCentre([anAgent('8001', away)])
    expect(await centre.sits('8001')).toEqual(['signed-in', 'now-ready'])
    expect(centre.agent('8001')).toMatchObject({ state: 'ready', phone: DESK })
    expect(agentAt(centre.board.agents, DESK)?.id).toBe('8001')
    // Where they are not, they are not reached.
    expect(agentAt(centre.board.agents, '8001')).toBeUndefined()
    await centre.board.dial('8001', { kind: 'wish', wish: { kind: 'sign-out' } })
    expect(centre.agent('8001')).toMatchObject({ state: 'signed-out', phone: null })
    expect([agentAt(centre.board.agents, DESK), phoneFor(centre.board.agents, '8001')]).toEqual([undefined, '8001'])
  })

  test('is rung there, under their own name', async () => {
    const centre = aCentre([anAgent('8001', away)], 1)
    await centre.sits('8001')
    await centre.board.settled()
    expect(centre.commands).toContainEqual(expect.objectContaining({ do: 'ring', agent: '8001', phone: DESK }))
  })

  test('moves there from another, and stays what they are', async () => {
    const centre = aCentre([anAgent('8001', { state: 'paused', reason: 'meal', phone: '2002' })])
    expect(await centre.sits('8001')).toEqual(['already-signed-in', 'now-paused', 'reason/meal'])
    expect(centre.agent('8001')).toMatchObject({ state: 'paused', reason: 'meal', phone: DESK })
    await centre.sits('8001', null)
    expect(centre.agent('8001').phone).toBeNull()
  })

  test('takes the seat of who sits there, who is signed out by that, in one change', async () => {
    const centre = aCentre([
      anAgent('8001', { phone: DESK, state: 'wrapping-up', wakeAt: NOON + 1 }),
      anAgent('8002', away),
    ])
    await centre.sits('8002')
    expect(centre.agent('8001')).toMatchObject({ state: 'signed-out', phone: null, by: 'agent:8002' })
    expect(centre.agent('8002')).toMatchObject({ state: 'ready', phone: DESK })
    expect(centre.changes.map(({ agents }) => agents.map(({ after }) => [after.id, after.phone]))).toEqual([
      [
        ['8001', null],
        ['8002', DESK],
      ],
    ])
  })

  test('has it alone, however many come at once', async () => {
    const ids = ['8001', '8002', '8003', '8004']
    const centre = aCentre(ids.map(id => anAgent(id, away)))
    await Promise.all(ids.map(id => centre.sits(id)))
    expect(ids.filter(id => centre.agent(id).phone === DESK)).toEqual(['8004'])
    expect(ids.filter(id => centre.agent(id).state === 'signed-out')).toEqual(['8001', '8002', '8003'])
    expect(agentAt(centre.board.agents, DESK)?.id).toBe('8004')
  })
})

test('whoever takes a seat is not rung there before the call of who sat there has let go of the phone', async () => {
  const centre = aCentre([anAgent('8001', away), anAgent('8002', away)], 2)
  await centre.sits('8001')
  await centre.board.settled()
  await centre.board.dial('8001', { kind: 'wish', wish: { kind: 'pause', reason: 'rest' } })
  let letGo = (): void => {}
  centre.holdUp(
    new Promise(done => {
      letGo = done
    }),
  )
  centre.board.happen(FIRST, { kind: 'CallerGone', cause: 16, by: 'caller', at: NOON })
  await centre.sits('8002')
  expect([centre.agent('8001').state, centre.agent('8002').state]).toEqual(['signed-out', 'ringing'])
  const rings = () => centre.commands.flatMap(command => (command.do === 'ring' ? [command.agent] : []))
  await new Promise(setImmediate)
  expect(rings()).toEqual(['8001'])
  letGo()
  await centre.board.settled()
  expect(rings()).toEqual(['8001', '8002'])
})

describe('nobody sits down', () => {
  test.each(['talking', 'ringing', 'dialling'] as const)('where another is %s', state => {
    const centre = aCentre([anAgent('8001', { state, call: 'c', phone: DESK }), anAgent('8002', away)])
    expect(centre.whyNot('8002')).toBe('phone-in-use')
    expect(centre.whyNot('8002', '2002')).toBeUndefined()
  })
  test('elsewhere who is in a call', () => {
    const centre = aCentre([anAgent('8001', { state: 'talking', call: 'c', phone: DESK })])
    expect(centre.whyNot('8001', '2002')).toBe('in-call')
    expect(centre.whyNot('8001', DESK)).toBeUndefined()
  })
  test('while who sits there supervises, or dials; but for the line on which they ask for it', () => {
    const centre = aCentre([anAgent('8001', { phone: DESK }), anAgent('8002', away)])
    centre.board.busyPhones.begin('hotline-1.1', DESK)
    expect(centre.whyNot('8002', DESK, 'hotline-1.1')).toBeUndefined()
    expect(centre.whyNot('8001', '2002')).toBe('in-call')
    centre.board.busyPhones.begin('hotline-1.2', DESK)
    expect(centre.whyNot('8002', DESK, 'hotline-1.1')).toBe('phone-in-use')
  })
})

test('a phone that is busy is not rung, whoever comes to sit there, and is once it is free', async () => {
  const centre = aCentre([anAgent('8001', away)], 1)
  centre.board.busyPhones.begin('hotline-1.1', DESK)
  await centre.sits('8001')
  expect(centre.agent('8001').state).toBe('ready')
  centre.board.busyPhones.end('hotline-1.1')
  expect(centre.agent('8001').state).toBe('ringing')
})

describe('who dials *1', () => {
  const there = new Map([anAgent('8001'), anAgent('8002', { phone: '2002' })].map(agent => [agent.id, agent]))
  test.each([
    ['on their own phone', '8001', '', { agent: '8001', needsPin: false }],
    ['on their own phone, with their id', '8001', '8001', { agent: '8001', needsPin: false }],
    ['on their own phone, while they sit elsewhere', '8002', '', { agent: '8002', needsPin: false }],
    ['on somebody else’s own', '8001', '8002', { says: 'phone/owned' }],
    ['where they sit', '2002', '', { agent: '8002', needsPin: false }],
    ['where they sit, with their id', '2002', '8002', { agent: '8002', needsPin: false }],
    ['where somebody else sits', '2002', '8001', { agent: '8001', needsPin: true }],
    ['where nobody sits', '2001', '8001', { agent: '8001', needsPin: true }],
    ['where nobody sits, without an id', '2001', '', { says: 'phone/nobody' }],
    ['as somebody there is not', '2001', '9999', { agent: '9999', needsPin: true }],
    ['on a phone that there is not', '2009', '8001', { says: 'unknown-agent' }],
  ])('%s', (_, phone, said, who) => expect(whoSignsIn(there, PHONES, phone, said)).toEqual(who))
})
