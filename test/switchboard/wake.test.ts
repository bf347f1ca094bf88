import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import type { Call } from '../../src/call/call.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { Clock, Phone } from '../../src/switchboard/ports.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { aCallerHearingMusic, anAgent, aQueue, given, NOON } from '../call/given.ts'

const seconds = (n: number): number => NOON + n * 1_000

/** At noon, after a time in which we heard nothing: who has been brought together, and from when the agents are free. */
function awake(agents: Agent[], calls: Call[]) {
  const clock: Clock = { now: () => NOON, at: () => () => {} }
  const phone: Phone = { perform: async () => {}, look: () => Promise.reject(new Error('nobody looks')) }
  const centre = new Centre([aQueue('sales')], new Map())
  const memory = { remember: async () => {} }
  const board = new Switchboard({ centre, namedQueues: [], phone, memory, clock, log: pino({ level: 'silent' }) })
  board.restore(agents, calls)
  const freeSince = new Map<string, number>()
  board.watch((call, _, changes) => {
    for (const { after } of changes) if (!call) freeSince.set(after.id, after.since)
  })
  board.wake()
  const pairs = board.calls.map(({ id, leg }) => `${id} → ${leg?.agent ?? 'nobody'}`)
  return { pairs, freeSince: Object.fromEntries(freeSince) }
}

const waiting = (id: string, since: number): Call => {
  const call = given(aCallerHearingMusic).call!
  return { ...call, id, queuedAt: since, waits: {} }
}
const wrappingUp = (id: string, idleSince: number, wakeAt: number): Agent =>
  anAgent(id, { state: 'wrapping-up', call: 'over', since: idleSince, idleSince, wakeAt })

test('whoever’s wrap-up ended while we heard nothing is free since then, and is chosen by the rule like everybody else', () => {
  const { pairs, freeSince } = awake(
    [
      anAgent('8001', { idleSince: seconds(-20) }),
      wrappingUp('8002', seconds(-50), seconds(-40)),
      wrappingUp('8003', seconds(-60), seconds(-50)),
    ],
    [waiting('c', seconds(-10)), waiting('a', seconds(-30)), waiting('b', seconds(-20))],
  )
  // The longest idle agent for the longest waiting caller, and so on.
  expect(pairs.toSorted()).toEqual(['a → 8003', 'b → 8002', 'c → 8001'])
  expect(freeSince).toEqual({ 8002: seconds(-40), 8003: seconds(-50) })
})

test('a wrap-up that is not over goes on', () => {
  const { pairs } = awake([wrappingUp('8001', seconds(-5), seconds(5))], [waiting('a', seconds(-30))])
  expect(pairs).toEqual(['a → nobody'])
})

describe('lines that are set otherwise while callers wait', () => {
  function aBoard(queue: Queue, agents: Agent[], calls: Call[]) {
    const clock: Clock = { now: () => NOON, at: () => () => {} }
    const phone: Phone = { perform: async () => {}, look: () => Promise.reject(new Error('nobody looks')) }
    const centre = new Centre([queue], new Map())
    const memory = { remember: async () => {} }
    const board = new Switchboard({ centre, namedQueues: [], phone, memory, clock, log: pino({ level: 'silent' }) })
    board.restore(agents, calls)
    board.wake()
    return { board, centre }
  }

  test('a line that asks for less is served at once, by who has waited longest', () => {
    const calls = [waiting('b', seconds(-10)), waiting('a', seconds(-30))]
    const { board, centre } = aBoard(aQueue('sales', { skills: { chess: 1 } }), [anAgent('8001')], calls)
    expect(board.call('a')!.phase).toBe('queued')
    centre.learn([aQueue('sales', { skills: {} })], new Map())
    board.linesChanged()
    expect(board.call('a')!.leg?.agent).toBe('8001')
    expect(board.call('b')!).toMatchObject({ phase: 'queued', queuedAt: seconds(-10) })
  })

  test('whose line is gone is told that something went wrong, and keeps nobody from anything', () => {
    const { board, centre } = aBoard(
      aQueue('sales', { skills: { chess: 1 } }),
      [anAgent('8001')],
      [waiting('a', seconds(-30))],
    )
    centre.learn([aQueue('support')], new Map())
    board.linesChanged()
    expect(board.call('a')).toMatchObject({ dismissed: 'failed' })
    expect(board.agents.get('8001')).toMatchObject({ state: 'ready' })
  })
})
