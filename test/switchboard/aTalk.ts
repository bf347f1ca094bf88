import { pino } from 'pino'
import type { Call } from '../../src/call/call.ts'
import type { Command } from '../../src/call/commands.ts'
import type { Fact } from '../../src/call/facts.ts'
import type { Scene } from '../../src/live/board.ts'
import { Today } from '../../src/live/today.ts'
import type { Queue } from '../../src/queue/queue.ts'
import type { Names } from '../../src/report/names.ts'
import { actsOn } from '../../src/switchboard/acts.ts'
import { agentActs } from '../../src/switchboard/agentActs.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { Change } from '../../src/switchboard/ports.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { anAgent, aQueue, aTalk, given, NOON } from '../call/given.ts'

const NAMES: Names = {
  queues: new Map([['sales', { zh: '销售', en: 'Sales' }]]),
  agents: new Map([['8001', { name: '王芳', team: 'A' }]]),
}

/** Agent 8001 talks with the caller of `talk`, and nobody with that of `waiting`; what is asked for at desks, and what came of it. */
export function aTalkAndItsActs(
  set: { queue?: Partial<Queue>; call?: Partial<Call>; isAwake?: boolean; isPresent?: boolean } = {},
) {
  const clock = { now: () => NOON, at: () => () => {} }
  const done: Command[] = []
  const remembered: Fact[] = []
  const phone = {
    perform: async (command: Command) => void done.push(command),
    look: () => Promise.reject(new Error('nobody looks')),
  }
  const memory = {
    isPresent: set.isPresent ?? true,
    remember: async ({ call }: Change) => void remembered.push(...(call?.facts ?? [])),
  }
  const centre = new Centre([aQueue('sales', set.queue)], new Map())
  const board = new Switchboard({ centre, namedQueues: [], phone, memory, clock, log: pino({ level: 'silent' }) })
  const { call } = given(aTalk)
  const talk: Call = { ...call!, id: 'talk', channel: 'talk', ...set.call }
  const waiting: Call = { ...call!, id: 'waiting', channel: 'waiting', phase: 'queued', leg: null }
  const idle = anAgent('8002', { state: 'signed-out', team: 'night', skills: {} })
  board.restore([anAgent('8001', { state: 'talking', call: 'talk' }), idle], [talk, waiting])
  board.wake()
  remembered.length = 0
  const parts = { board, centre, clock, isAwake: () => set.isAwake ?? true }
  const today = new Today(NOON, () => ({ from: NOON - 43_200_000, to: NOON + 43_200_000 }))
  const live = (): Scene => {
    const { agents, calls } = board
    const { queues } = centre
    return { now: NOON, queues, agents, calls, call: id => board.call(id), names: NAMES, today }
  }
  const numberOf = async (customer: string) => (customer === 'c-1' ? '13800138009' : undefined)
  /** Legs whose phones were told to pick up. */
  const pickedUp: string[] = []
  const pickUp = async (leg: string): Promise<void> => void pickedUp.push(leg)
  const agents = agentActs({ ...parts, numberOf, pickUp })
  return { board, centre, parts, acts: actsOn(parts), agents, done, remembered, live, pickedUp }
}
