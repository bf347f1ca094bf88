import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import type { Command } from '../../src/call/commands.ts'
import type { Happening } from '../../src/call/facts.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { Audit } from '../../src/switchboard/audit.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { Clock, Phone, Seen, SeenChannel } from '../../src/switchboard/ports.ts'
import { matchAgentsToCalls } from '../../src/switchboard/recover.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'

const CALL = 'hotline-1.1'
const NOON = Date.UTC(2026, 10, 23, 4)

const sales: Queue = {
  id: 'sales',
  skills: { sales: 1 },
  strategy: 'most-skilled',
  relaxing: [],
  headStartMs: 0,
  repeatWithinMs: 0,
  repeatHeadStartMs: 0,
  lastAgentMs: 0,
  mostWaiting: null,
  shows: null,
  overflow: {},
  survey: { flow: 'survey', share: 100, everyDays: 0 },
  callback: { keepsPlace: false, withinMs: 7_200_000, pausesMs: [300_000], afterLowScore: false },
  ringMs: 15_000,
  wrapUpMs: 0,
  announceEveryMs: 30_000,
  music: null,
  comfort: { prompts: [], firstMs: 30_000, everyMs: 60_000 },
  longestWaitMs: 900_000,
  serviceLevelMs: 30_000,
}
const fang: Agent = {
  id: '8001',
  language: 'zh',
  team: '',
  by: null,
  phone: null,
  skills: { sales: 8 },
  version: 1,
  state: 'ready',
  reason: null,
  since: NOON,
  call: null,
  idleSince: NOON,
  signedInAt: NOON,
  talks: 0,
  offeredAt: NOON,
  next: null,
  wakeAt: null,
}

/** A board with an Asterisk that has just these channels, and does what it is told to be written down. */
function aBoard() {
  const asterisk = new Map<string, SeenChannel>()
  const performed: Command[] = []
  const said = new Set<string>()
  const clock: Clock = { now: () => NOON + 1_000, at: () => () => {} }
  const phone: Phone = {
    perform: async command => void performed.push(command),
    look: async (): Promise<Seen> => ({
      startedAt: 0,
      channels: asterisk,
      bridges: new Map(),
      sayings: said,
      messages: new Map(),
      spoken: [],
    }),
  }
  const log = pino({ level: 'silent' })
  const centre = new Centre([sales], new Map())
  const board = new Switchboard({ centre, namedQueues: [], phone, memory: { remember: async () => {} }, clock, log })
  board.restore([fang], [])
  board.wake()
  const dialled = () => ({ flow: 'direct-sales', language: 'zh', release: 0 }) as const
  const audit = new Audit({
    board,
    phone,
    clock,
    log,
    dialled,
    endOf: async () => undefined,
    onRecord: async () => new Set(),
    isTold: () => false,
  })
  const has = (id: string, up = true, role: SeenChannel['role'] = id === CALL ? 'caller' : 'other'): void => {
    asterisk.set(id, { id, up, ours: true, caller: { number: '', name: '' }, dialled: '', role })
  }
  return {
    ...{ board, audit, performed, has },
    loses: (id: string) => asterisk.delete(id),
    says: (say: string) => said.add(say),
  }
}

function aTalk() {
  const { board, has, ...rest } = aBoard()
  const happen = (happening: Omit<Happening, 'at'>): void => board.happen(CALL, { ...happening, at: NOON } as Happening)
  const caller = { channel: CALL, from: '1', name: '', to: '2', flow: 'direct-sales', language: 'zh' }
  happen({ kind: 'Arrived', ...caller } as Happening)
  happen({ kind: 'Answered' })
  const leg = board.call(CALL)!.leg!.id
  happen({ kind: 'LegAnswered', leg } as Happening)
  for (const say of [board.call(CALL)!.saying, board.call(CALL)!.sayingToAgent])
    happen({ kind: 'PromptEnded', say } as Happening)
  has(CALL)
  has(leg)
  expect(board.call(CALL)!.phase).toBe('talking')
  return { board, leg, has, happen, ...rest }
}

test('a caller whose end was never heard of is let go at the second look, and so is the agent', async () => {
  const { board, audit, loses, leg } = aTalk()
  loses(CALL)
  loses(leg)
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('talking')
  await audit.look()
  expect(board.call(CALL)).toMatchObject({ phase: 'ended', outcome: 'answered' })
  expect(board.agents.get('8001')!.state).toBe('ready')
})

test('who dials a code is left alone while they are served, and not for ever', async () => {
  const { board, audit, performed, has } = aBoard()
  has('hotline-2.1', true, 'agent')
  board.busyPhones.begin('hotline-2.1', '2001')
  for (let i = 0; i < 3; i += 1) await audit.look()
  expect(performed).toEqual([])
  board.busyPhones.end('hotline-2.1')
  for (let i = 0; i < 2; i += 1) await audit.look()
  expect(performed).toEqual([{ do: 'hang-up', channel: 'hotline-2.1', cause: 16 }])
})

test('an agent whose end was never heard of has left: the survey follows', async () => {
  const { board, audit, loses, leg } = aTalk()
  loses(leg)
  await audit.look()
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('surveying')
})

test('a prompt that was never said is taken for over at the third look: nobody waits in silence', async () => {
  const { board, audit, happen } = aTalk()
  happen({ kind: 'LegEnded', leg: board.call(CALL)!.leg!.id, cause: 16 } as Happening)
  const asked = board.call(CALL)!.saying
  expect(asked).not.toBeNull()
  await audit.look()
  await audit.look()
  expect(board.call(CALL)).toMatchObject({ phase: 'surveying', saying: asked })
  await audit.look()
  expect(board.call(CALL)!.saying).toBeNull()
})

test('a prompt that is being said is left alone, however long it is', async () => {
  const { board, audit, happen, says } = aTalk()
  happen({ kind: 'LegEnded', leg: board.call(CALL)!.leg!.id, cause: 16 } as Happening)
  const { saying } = board.call(CALL)!
  says(saying!)
  for (let looks = 0; looks < 5; looks += 1) await audit.look()
  expect(board.call(CALL)!.saying).toBe(saying)
})

test('what differs for a moment only is left alone', async () => {
  const { board, audit, loses, has, leg } = aTalk()
  loses(leg)
  await audit.look()
  has(leg)
  await audit.look()
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('talking')
})

test('what differed before we lost sight of Asterisk is recovery’s: it counts anew', async () => {
  const { board, audit, loses, leg } = aTalk()
  loses(leg)
  await audit.look()
  board.sleep()
  board.wake()
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('talking')
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('surveying')
})

test('what has gone is not kept by what else happens in the meantime', async () => {
  const { board, audit, loses, happen, leg } = aTalk()
  loses(leg)
  await audit.look()
  happen({ kind: 'LegHeld', leg } as Happening)
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('surveying')
})

test('what differs in another way than before is doubted anew', async () => {
  const { board, audit, loses, leg } = aTalk()
  loses(leg)
  await audit.look()
  loses(CALL)
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('talking')
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('ended')
})

test('a leg that no call needs is hung up at the second look', async () => {
  const { audit, has, performed } = aBoard()
  has('hotline-9.9~8001~7')
  await audit.look()
  expect(performed).toEqual([])
  await audit.look()
  expect(performed).toEqual([{ do: 'hang-up', channel: 'hotline-9.9~8001~7', cause: 16 }])
})

test('an agent whom the tables call ready while a call has them is with that call', () => {
  const { board } = aTalk()
  board.restore([fang], board.calls)
  matchAgentsToCalls(board)
  expect(board.agents.get('8001')).toMatchObject({ state: 'talking', call: CALL })
})

test('the state of an agent whom a call has begins when they answered, or were offered, and not before the one that it ends', () => {
  const { board, leg } = aTalk()
  const talk = board.call(CALL)!
  const sinceOf = (since: number, answeredAt: number | null): number => {
    const offered = { ...talk.leg!, id: leg, offeredAt: NOON - 60_000, answeredAt }
    board.restore([{ ...fang, since }], [{ ...talk, leg: offered }])
    matchAgentsToCalls(board)
    return board.agents.get('8001')!.since - NOON
  }
  expect(sinceOf(NOON - 90_000, NOON - 50_000)).toBe(-50_000)
  expect(sinceOf(NOON - 90_000, null)).toBe(-60_000)
  expect(sinceOf(NOON - 40_000, NOON - 50_000)).toBe(-40_000)
})

test('an agent who seems to be with a call that is gone, while another has them, is offered to nobody in between', () => {
  const { board } = aTalk()
  const talk = board.call(CALL)!
  board.restore(
    [{ ...fang, state: 'talking', call: 'gone' }],
    [talk, { ...talk, id: 'waits', channel: 'waits', phase: 'queued', leg: null }],
  )
  board.wake()
  const states: string[] = []
  board.watch((_call, _facts, agents) => {
    for (const { after } of agents) states.push(`${after.state} ${after.call}`)
  })
  matchAgentsToCalls(board)
  expect(states).toEqual([`talking ${CALL}`])
  expect(board.call('waits')!.phase).toBe('queued')
})

test('an agent whom the tables call talking while no call has them is free', () => {
  const { board } = aBoard()
  board.restore([{ ...fang, state: 'talking', call: 'gone' }], [])
  matchAgentsToCalls(board)
  expect(board.agents.get('8001')).toMatchObject({ state: 'ready', call: null })
})

test('a caller of whom no event ever came is answered at the second look', async () => {
  const { board, audit, has, performed } = aBoard()
  has(CALL, false)
  await audit.look()
  expect(board.call(CALL)).toBeUndefined()
  await audit.look()
  await board.settled()
  expect(board.call(CALL)!.phase).toBe('arriving')
  expect(performed).toEqual([{ do: 'answer', channel: CALL }])
})

test('an answer whose word never came is known at the second look', async () => {
  const { board, audit, has } = aBoard()
  has(CALL, false)
  await audit.look()
  await audit.look()
  has(CALL, true)
  await audit.look()
  expect(board.call(CALL)!.phase).toBe('arriving')
  await audit.look()
  expect(board.call(CALL)!.phase).not.toBe('arriving')
})

test('two who talk and are in no bridge are connected again', async () => {
  const { board, audit, performed, leg } = aTalk()
  await board.settled()
  performed.length = 0
  await audit.look()
  expect(performed).toEqual([])
  await audit.look()
  await board.settled()
  expect(performed).toContainEqual(expect.objectContaining({ do: 'connect', channels: [CALL, leg] }))
})
