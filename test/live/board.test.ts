import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { type Asked, boardOf } from '../../src/live/board.ts'
import { KEY_HOLDER, type Who } from '../../src/rights/rights.ts'
import { NOON } from '../call/given.ts'
import { aScene, LI, waiting } from './scene.ts'

const seenBy = (who: Who, asked: Asked = {}) => boardOf(aScene(), who, asked)
const idsIn = (who: Who, asked: Asked = {}) => {
  const { queues, agents, calls } = seenBy(who, asked)
  return [queues.map(({ queue }) => queue), agents.map(({ agent }) => agent), calls.map(({ call }) => call)]
}

describe('the board', () => {
  test('shows of a queue who waits, and by state who can serve it', () => {
    expect(seenBy(LI).queues).toMatchObject([
      {
        ...{ queue: 'sales', nameZh: '销售', nameEn: 'Sales', waiting: 2, ringing: 1, longestWaitMs: 10_000 },
        staff: { ready: 0, ringing: 0, dialling: 0, talking: 1, 'wrapping-up': 0, paused: 0 },
        today: { offered: 3, answered: 1, abandoned: 0, serviceLevel: 1 },
      },
      { queue: 'support', nameZh: null, waiting: 0, longestWaitMs: 0, staff: { talking: 1, paused: 1 } },
    ])
  })

  test('shows of an agent since when they are in their state, with whom, and what they have asked for', () => {
    expect(seenBy(LI).agents).toMatchObject([
      {
        ...{ agent: '8001', name: '王芳', team: 'A', state: 'talking', sinceAt: NOON, call: 'talk', queue: 'sales' },
        ...{ wish: { kind: 'pause', reason: 'meal' }, talks: 3, held: false },
      },
      { agent: '8002', state: 'paused', reason: 'rest', call: null, wish: null },
      { agent: '8003', name: '', team: '', state: 'signed-out', signedInAt: null, talks: 0 },
    ])
  })

  test('shows of a call where it is, since when, and who has it', () => {
    expect(seenBy(LI).calls).toMatchObject([
      { call: 'waiting', phase: 'queued', sinceAt: NOON, queue: 'sales', agents: [] },
      { call: 'ringing', phase: 'ringing', agents: ['8001'] },
      { call: 'talk', phase: 'talking', agents: ['8001'] },
      { call: 'menu', phase: 'in-flow', queue: null },
    ])
  })

  test('shows numbers and names masked to whoever may not see them', () => {
    expect(seenBy(LI).calls[0]).toMatchObject({ caller: '138****8000', callerName: '**' })
    expect(seenBy(KEY_HOLDER).calls[0]).toMatchObject({ caller: '13800138000', callerName: '李雷' })
  })

  test('shows what is promised apart, and when it is due', () => {
    const callback: NonNullable<Call['callback']> = {
      ...{ of: 'x', because: 'asked' as const, bookings: [], messages: [], tries: [], triedBefore: 0, callingIn: [] },
      ...{ promisedAt: NOON, promisedUntil: NOON + 5_000, dialledAt: null, reachedAt: null },
    }
    const promise: Call = { ...waiting, id: 'promise', direction: 'callback', callback, answeredAt: null }
    const { callbacks, calls, queues } = boardOf(aScene([promise]), LI, {})
    expect(callbacks).toMatchObject([{ callback: 'promise', caller: '138****8000', overdue: true, tries: 0 }])
    expect(calls).toEqual([])
    expect(queues[0]).toMatchObject({ waiting: 0, callbacks: 1 })
  })

  test('of one queue has that queue, its calls, and who can serve it', () => {
    expect(idsIn(LI, { queue: 'sales' })).toEqual([['sales'], ['8001', '8003'], ['waiting', 'ringing', 'talk']])
  })

  test('of one team has its agents, their calls, and those that nobody has yet', () => {
    expect(idsIn(LI, { team: 'B' })).toEqual([['sales', 'support'], ['8002'], ['waiting', 'menu']])
  })

  test.each<[Partial<Who>, string[][]]>([
    [{ queues: ['support'] }, [['support'], ['8001', '8002', '8003'], []]],
    [{ queues: ['sales'] }, [['sales'], ['8001', '8002', '8003'], ['waiting', 'ringing', 'talk']]],
    [{ teams: ['B'] }, [['sales', 'support'], ['8002'], ['waiting']]],
    [{ teams: [], queues: [] }, [[], [], []]],
  ])('of who reaches %j has that much, and a caller in the flow is of nobody’s reach', (bounds, ids) => {
    expect(idsIn({ ...LI, ...bounds })).toEqual(ids)
  })
})
