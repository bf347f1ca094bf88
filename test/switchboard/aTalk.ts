import { pino } from 'pino'
import type { Call } from '../../src/call/call.ts'
import type { Command } from '../../src/call/commands.ts'
import type { Fact } from '../../src/call/facts.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { actsOn } from '../../src/switchboard/acts.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { Change } from '../../src/switchboard/ports.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { anAgent, aQueue, aTalk, given, NOON } from '../call/given.ts'

/** Agent 8001 talks with the caller of `talk`, and nobody with that of `waiting`; what is asked for at desks, and what came of it. */
export function aTalkAndItsActs(set: { queue?: Partial<Queue>; call?: Partial<Call>; isAwake?: boolean } = {}) {
  const clock = { now: () => NOON, at: () => () => {} }
  const done: Command[] = []
  const remembered: Fact[] = []
  const phone = {
    perform: async (command: Command) => void done.push(command),
    look: () => Promise.reject(new Error('nobody looks')),
  }
  const memory = { remember: async ({ call }: Change) => void remembered.push(...(call?.facts ?? [])) }
  const centre = new Centre([aQueue('sales', set.queue)], new Map())
  const board = new Switchboard({ centre, namedQueues: [], phone, memory, clock, log: pino({ level: 'silent' }) })
  const { call } = given(aTalk)
  const talk: Call = { ...call!, id: 'talk', channel: 'talk', ...set.call }
  const waiting: Call = { ...call!, id: 'waiting', channel: 'waiting', phase: 'queued', leg: null }
  board.restore([anAgent('8001', { state: 'talking', call: 'talk' })], [talk, waiting])
  board.wake()
  remembered.length = 0
  const parts = { board, centre, clock, isAwake: () => set.isAwake ?? true }
  return { board, parts, acts: actsOn(parts), done, remembered }
}
