import { describe, expect, test } from 'vitest'
import { chooseAgents, levelFor, staffOf } from '../../src/queue/choose.ts'
import type { Strategy, Waiting } from '../../src/queue/queue.ts'
import { anAgent, aQueue, NOON } from '../call/given.ts'

const caller = (set: Partial<Waiting> = {}): Waiting => ({
  call: 'c',
  queue: aQueue('sales'),
  relaxed: 0,
  place: NOON,
  missedBy: [],
  ...set,
})
const idleFor = (seconds: number) => ({ idleSince: NOON - seconds * 1_000 })
const choose = (agents: ReturnType<typeof anAgent>[], set?: Partial<Waiting>, busy: string[] = []) =>
  chooseAgents(caller(set), agents, NOON, id => busy.includes(id))[0]

describe('the agent chosen', () => {
  test('is the most skilled', () => {
    const chosen = choose([
      anAgent('8001', { skills: { sales: 3 }, ...idleFor(900) }),
      anAgent('8002', { skills: { sales: 8 } }),
    ])
    expect(chosen!.agent.id).toBe('8002')
  })

  test('is among equals the longest idle', () => {
    expect(choose([anAgent('8001', idleFor(10)), anAgent('8002', idleFor(60)), anAgent('8003')])!.agent.id).toBe('8002')
  })

  test('is among those idle equally long always the same', () => {
    expect(choose([anAgent('8002'), anAgent('8001')])!.agent.id).toBe('8001')
    expect(choose([anAgent('8001'), anAgent('8002')])!.agent.id).toBe('8001')
  })

  test('is one who missed this caller only if nobody else can', () => {
    const best = anAgent('8001', { skills: { sales: 9 } })
    expect(choose([best, anAgent('8002')], { missedBy: ['8001'] })!.agent.id).toBe('8002')
    expect(choose([best], { missedBy: ['8001'] })!.agent.id).toBe('8001')
  })

  test.each(['signed-out', 'ringing', 'talking', 'wrapping-up', 'paused'] as const)('is nobody who is %s', state => {
    expect(choose([anAgent('8001', { state })])).toBeUndefined()
  })

  test('is nobody whose phone is on a call of their own', () => {
    const agents = [anAgent('8001', { skills: { sales: 9 } }), anAgent('8002')]
    const chosen = choose(agents, {}, ['8001'])!
    expect([chosen.agent.id, chosen.why.others]).toEqual(['8002', { 'phone-busy': 1 }])
    expect(choose(agents, {}, ['8001', '8002'])).toBeUndefined()
  })

  test('has every skill that the line asks for, at its least level', () => {
    const queue = aQueue('vip', { skills: { sales: 5, english: 3 } })
    expect(levelFor(anAgent('1', { skills: { sales: 5, english: 3, support: 9 } }), queue)).toBe(8)
    expect(levelFor(anAgent('1', { skills: { sales: 9, english: 2 } }), queue)).toBeUndefined()
    expect(levelFor(anAgent('1', { skills: { sales: 9 } }), queue)).toBeUndefined()
  })

  test('may be anyone where the line asks for no skill', () => {
    expect(levelFor(anAgent('1', { skills: {} }), aQueue('operator'))).toBe(0)
  })
})

describe('by the strategy', () => {
  const agents = [
    anAgent('8001', { skills: { sales: 9 }, ...idleFor(10), talks: 9, offeredAt: NOON - 1_000 }),
    anAgent('8002', { skills: { sales: 1 }, ...idleFor(90), talks: 8, offeredAt: NOON - 2_000 }),
    anAgent('8003', { skills: { sales: 1 }, ...idleFor(20), talks: 2, offeredAt: NOON - 3_000 }),
    anAgent('8004', { skills: { sales: 1 }, ...idleFor(30), talks: 5, offeredAt: NOON - 9_000 }),
  ]
  const by = (strategy: Strategy, set?: Partial<Waiting>) =>
    choose([...agents].reverse(), { queue: aQueue('sales', { strategy }), ...set })!

  test.each([
    ['most-skilled', '8001', 'less-skilled'],
    ['longest-idle', '8002', 'idle-less-long'],
    ['fewest-calls', '8003', 'more-calls'],
    ['round-robin', '8004', 'asked-more-recently'],
    ['in-order', '8001', 'later-in-order'],
  ] as const)('%s: %s is rung, the others because %s', (strategy, chosen, because) => {
    const { agent, why } = by(strategy)
    expect([agent.id, why.rule]).toEqual([chosen, strategy])
    expect(why.rivals.map(rival => rival.because)).toEqual(Array(3).fill(because))
  })

  test('random: each of them is drawn for some calls, about equally often, and for the same call always the same', () => {
    const drawn = Array.from({ length: 4_000 }, (_, i) => by('random', { call: `hotline-${i}` }).agent.id)
    const counts = agents.map(({ id }) => drawn.filter(one => one === id).length)
    for (const count of counts) expect(count).toBeGreaterThan(850)
    expect(by('random', { call: 'hotline-7' }).agent.id).toBe(drawn[7])
  })

  test('ring-all: every one of them is rung, the most skilled first, and nobody else', () => {
    const others = [anAgent('8005', { skills: {} }), anAgent('8006', { state: 'paused' }), anAgent('8007')]
    const waiting = caller({ queue: aQueue('sales', { strategy: 'ring-all' }), missedBy: ['8003'] })
    const all = chooseAgents(waiting, [...agents, ...others], NOON, id => id === '8007')
    expect(all.map(({ agent }) => agent.id)).toEqual(['8001', '8002', '8004', '8003'])
    for (const { why } of all)
      expect(why).toMatchObject({
        rule: 'ring-all',
        rivals: [],
        others: { 'not-skilled': 1, paused: 1, 'phone-busy': 1 },
      })
  })

  test('whoever missed this caller, or sent them on, comes last all the same', () => {
    expect(by('longest-idle', { missedBy: ['8002'] }).agent.id).toBe('8004')
    const { agent, why } = by('longest-idle', { deflectedBy: ['8002'] })
    expect(agent.id).toBe('8004')
    expect(why.rivals).toContainEqual(expect.objectContaining({ agent: '8002', because: 'sent-this-call-on' }))
  })
})

describe('why', () => {
  test('says what the chosen one had, and what each rival lacked, at most three of them', () => {
    const { why } = choose(
      [
        anAgent('8001', { skills: { sales: 7 }, ...idleFor(30) }),
        anAgent('8002', { skills: { sales: 7 }, ...idleFor(20) }),
        anAgent('8003', { skills: { sales: 2 }, ...idleFor(500) }),
        anAgent('8004', { skills: { sales: 9 } }),
        anAgent('8005', { skills: { sales: 9 } }),
      ],
      { missedBy: ['8004', '8005'] },
    )!
    expect(why).toEqual({
      rule: 'most-skilled',
      level: 7,
      idleMs: 30_000,
      rivals: [
        { agent: '8002', level: 7, idleMs: 20_000, because: 'idle-less-long' },
        { agent: '8003', level: 2, idleMs: 500_000, because: 'less-skilled' },
        { agent: '8004', level: 9, idleMs: 0, because: 'missed-this-call' },
      ],
      others: {},
      named: {},
    })
  })

  test('counts and names those who could not be asked, by reason; who is signed out is not there', () => {
    const { why } = choose([
      anAgent('8001'),
      anAgent('8002', { state: 'talking' }),
      anAgent('8003', { state: 'paused' }),
      anAgent('8004', { state: 'paused' }),
      anAgent('8005', { skills: {} }),
      anAgent('8006', { state: 'signed-out' }),
    ])!
    expect(why.others).toEqual({ talking: 1, paused: 2, 'not-skilled': 1 })
    expect(why.named).toEqual({ talking: ['8002'], paused: ['8003', '8004'], 'not-skilled': ['8005'] })
  })

  test('names ten of a thousand at most, the able ones first, and stays small', () => {
    const unable = Array.from({ length: 500 }, (_, i) => anAgent(`1${i}`, { skills: {} }))
    const busy = Array.from({ length: 8 }, (_, i) => anAgent(`2${i}`, { state: 'talking' }))
    const { why } = choose([...unable, anAgent('8001'), ...busy, ...unable.map(one => ({ ...one, id: `3${one.id}` }))])!
    expect(why.others).toEqual({ 'not-skilled': 1_000, talking: 8 })
    expect(why.named).toEqual({ talking: busy.map(({ id }) => id), 'not-skilled': ['10', '11'] })
    expect(JSON.stringify(why).length).toBeLessThan(500)
  })
})

test('the staff of a line are those who are able and signed in, by state', () => {
  const agents = [
    anAgent('8001'),
    anAgent('8002', { state: 'talking' }),
    anAgent('8003', { state: 'talking' }),
    anAgent('8004', { state: 'signed-out' }),
    anAgent('8005', { skills: {} }),
  ]
  expect(staffOf(aQueue('sales'), agents)).toEqual({ ready: 1, talking: 2 })
})
