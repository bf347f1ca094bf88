import { describe, expect, test } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import type { Call } from '../../src/call/call.ts'
import { evolve } from '../../src/call/evolve.ts'
import type { Why } from '../../src/queue/choose.ts'
import type { Strategy } from '../../src/queue/queue.ts'
import { Matching } from '../../src/switchboard/matching.ts'
import { aCallerHearingMusic, anAgent, aQueue, aTalk, given, NOON } from '../call/given.ts'

/** A matching that writes down whom it brings together. */
function aMatching(...agents: Agent[]) {
  const known = new Map(agents.map(agent => [agent.id, agent]))
  const pairs: string[] = []
  const calls = new Map<string, Call>()
  const state = { mayOffer: true, busy: [] as string[], strategy: 'most-skilled' as Strategy }
  const matching: Matching = new Matching({
    agents: known,
    isBusy: id => state.busy.includes(id),
    queue: id => aQueue(id, { strategy: state.strategy }),
    queueOf: () => 'sales',
    halfHour: () => 0,
    now: () => NOON,
    mayOffer: () => state.mayOffer,
    giveUp: () => {},
    offer: (call, agent) => {
      pairs.push(`${call} → ${agent}`)
      known.set(agent, { ...known.get(agent)!, state: 'ringing' })
      calls.set(call, ringing(calls.get(call) ?? waiting(call, 0, 'sales'), agent))
      matching.seat(calls.get(call)!)
    },
  })
  return { matching, known, pairs, state, calls }
}

const ringing = (call: Call, agent: string): Call =>
  evolve(call, { kind: 'AgentOffered', at: NOON, agent, leg: `${call.id}~${agent}`, why: WHY, until: NOON + 15_000 })
const WHY: Why = { rule: 'ring-all', level: 5, idleMs: 0, rivals: [], others: {} }

const waiting = (id: string, seconds: number, queue: string): Call => ({
  ...given(aCallerHearingMusic).call!,
  id,
  queue,
  queuedAt: NOON + seconds * 1_000,
})

test('a caller who joins gets a free agent at once', () => {
  const { matching, pairs } = aMatching(anAgent('8001'))
  matching.match(null, waiting('a', 1, 'sales'), [])
  expect(pairs).toEqual(['a → 8001'])
})

test('after a time without offers everyone is matched who can be, the longest waiting first', () => {
  const { matching, pairs, state } = aMatching(
    anAgent('8001', { skills: { sales: 1 } }),
    anAgent('8002', { skills: { sales: 9 } }),
    anAgent('8003', { skills: { support: 5 } }),
  )
  state.mayOffer = false
  for (const call of [waiting('b', 2, 'sales'), waiting('a', 1, 'sales'), waiting('c', 3, 'support')]) {
    matching.match(null, call, [])
  }
  matching.matchAll()
  expect(pairs).toEqual([])
  state.mayOffer = true
  matching.matchAll()
  expect(pairs).toEqual(['a → 8002', 'b → 8001', 'c → 8003'])
})

test('a caller who comes back to the line does not take the agent from one who has waited longer in another', () => {
  const { matching, known, pairs } = aMatching(anAgent('8001', { state: 'ringing' }))
  matching.match(null, waiting('older', 1, 'support'), [])
  known.set('8001', anAgent('8001'))
  matching.match(null, waiting('back', 2, 'sales'), ['8001'])
  expect(pairs).toEqual(['older → 8001'])
})

test('a caller whose offer goes wrong does not keep the others from theirs', () => {
  const agents = new Map([['8001', anAgent('8001')]])
  const offered: string[] = []
  const matching = new Matching({
    agents,
    isBusy: () => false,
    queue: aQueue,
    queueOf: () => 'sales',
    halfHour: () => 0,
    now: () => NOON,
    mayOffer: () => true,
    giveUp: () => {},
    offer: call => void offered.push(call),
  })
  for (const call of [waiting('a', 1, 'sales'), waiting('b', 2, 'sales')]) matching.seat(call)
  matching.matchAll()
  expect(offered).toEqual(['a', 'b'])
})

describe('a line that rings all', () => {
  /** Two callers of it, of whom `a` came first, and whoever is in these agents' state. */
  function aRingAll(...agents: Agent[]) {
    const parts = aMatching(...agents)
    parts.state.strategy = 'ring-all'
    const joins = (id: string, seconds: number, queue = 'sales'): void => {
      parts.calls.set(id, waiting(id, seconds, queue))
      parts.matching.match(null, parts.calls.get(id)!, [])
    }
    /** Its phones are let go, and all who were rung are free together. */
    const isAnsweredBy = (id: string, agent: string, ...letGo: string[]): void => {
      for (const free of letGo) parts.known.set(free, anAgent(free))
      const before = parts.calls.get(id)!
      const answered = evolve(before, { kind: 'AgentAnswered', at: NOON, leg: `${id}~${agent}`, agent })
      parts.matching.match(before, answered, [agent, ...letGo])
    }
    const isFree = (agent: Agent): void => {
      parts.known.set(agent.id, agent)
      parts.matching.offerTo(agent.id)
    }
    return { ...parts, joins, isAnsweredBy, isFree }
  }

  test('rings every agent who is ready and able, and no other', () => {
    const { joins, pairs } = aRingAll(
      anAgent('8001'),
      anAgent('8002'),
      anAgent('8003', { skills: { support: 5 } }),
      anAgent('8004', { state: 'talking' }),
    )
    joins('a', 1)
    expect(pairs).toEqual(['a → 8001', 'a → 8002'])
  })

  test('rings whoever becomes ready while the others ring', () => {
    const { joins, isFree, pairs } = aRingAll(anAgent('8001'), anAgent('8002', { state: 'wrapping-up' }))
    joins('a', 1)
    isFree(anAgent('8002'))
    isFree(anAgent('8003', { skills: { support: 5 } }))
    expect(pairs).toEqual(['a → 8001', 'a → 8002'])
  })

  test('rings whoever became ready while nobody could be offered', () => {
    const { joins, isFree, matching, state, pairs } = aRingAll(anAgent('8001'))
    joins('a', 1)
    state.mayOffer = false
    isFree(anAgent('8002'))
    state.mayOffer = true
    matching.matchAll()
    expect(pairs).toEqual(['a → 8001', 'a → 8002'])
  })

  test('gives all to the first in line, and when one has answered, all the others to the next', () => {
    const { joins, isAnsweredBy, pairs } = aRingAll(anAgent('8001'), anAgent('8002'), anAgent('8003'))
    joins('a', 1)
    joins('b', 2)
    expect(pairs.splice(0)).toEqual(['a → 8001', 'a → 8002', 'a → 8003'])
    isAnsweredBy('a', '8002', '8001', '8003')
    expect(pairs).toEqual(['b → 8001', 'b → 8003'])
  })

  test('takes no agent, of those who come free together, from a caller who came first', () => {
    const { joins, known, matching, calls, pairs } = aRingAll(anAgent('8001'), anAgent('8002'))
    joins('a', 1)
    joins('b', 3)
    joins('c', 2, 'support')
    pairs.length = 0
    const before = calls.get('a')!
    known.set('8001', anAgent('8001', { skills: { sales: 5 } }))
    known.set('8002', anAgent('8002'))
    matching.match(before, { ...before, phase: 'ended' }, ['8001', '8002'])
    expect(pairs).toEqual(['c → 8002', 'b → 8001'])
  })

  test('rings whom the caller knows alone, as long as they wait for that one', () => {
    const { matching, calls, isFree, pairs } = aRingAll(anAgent('8001'), anAgent('8002'))
    calls.set('a', { ...waiting('a', 1, 'sales'), first: '8002' })
    matching.match(null, calls.get('a')!, [])
    isFree(anAgent('8003'))
    expect(pairs).toEqual(['a → 8002'])
  })
})

test('a line is staffed by whoever is signed in and able, ready or not', () => {
  const { matching } = aMatching(anAgent('8001', { state: 'paused', skills: { sales: 1 } }))
  expect([matching.staff(aQueue('sales')), matching.staff(aQueue('support'))]).toEqual([{ paused: 1 }, {}])
})

const talksOf = (ms: number) => ({ talks: [{ queue: 'sales', at: NOON, ringMs: 5_000, ms }], waits: [], promises: [] })
const aTalker = anAgent('8001', { state: 'talking', call: 'x', since: NOON, offeredAt: NOON })

test('after a restart the wait is promised from the talks that were before it', () => {
  const { matching } = aMatching(aTalker)
  expect(matching.placeInLine(aQueue('sales'), NOON, NOON).wait).toBeNull()
  matching.clear(talksOf(60_000))
  expect(matching.placeInLine(aQueue('sales'), NOON, NOON).wait).toEqual({ medianMs: 75_000, mostMs: 75_000 })
})

test('who is served at once is promised no wait', () => {
  const { matching } = aMatching(anAgent('8001'))
  matching.clear(talksOf(180_000))
  expect(matching.placeInLine(aQueue('sales'), NOON, NOON)).toEqual({ ahead: 0, wait: null })
})

test('the wait is promised with the earlier callers of other lines in mind, the place without', () => {
  const { matching } = aMatching(aTalker)
  matching.clear(talksOf(60_000))
  matching.match(null, waiting('a', 1, 'operator'), [])
  const { ahead, wait } = matching.placeInLine(aQueue('sales'), NOON + 2_000, NOON)
  expect([ahead, wait?.mostMs]).toEqual([0, 145_000])
})

describe('of a call it is learnt', () => {
  const talking: Call = { ...given(aTalk).call!, queuedAt: NOON, lastAt: NOON + 55_000 }
  const leg = { ...talking.leg!, offeredAt: NOON + 50_000, connectedAt: NOON + 55_000 }
  const promise = { queue: 'sales', at: NOON, ms: 60_000, medianMs: 30_000, until: NOON + 60_000 }
  /** Talks of one to a hundred minutes, and a call that has changed: how long may a caller have to wait then? */
  const mostAfter = (before: Call, after: Call): number => {
    const { matching } = aMatching(aTalker)
    const talks = Array.from({ length: 100 }, (_, i) => ({ ...talksOf((i + 1) * 60_000).talks[0]! }))
    matching.clear({ talks, waits: [], promises: [] })
    matching.match(before, after, [])
    return matching.placeInLine(aQueue('sales', { longestWaitMs: 1e9 }), NOON, NOON).wait!.mostMs
  }
  const nothing = mostAfter(talking, talking)
  const ringing: Call = { ...talking, phase: 'ringing', promise }
  const gone: Call = { ...ringing, phase: 'ended', leg: null, endedBy: 'caller' }

  test('how long its agent was busy, with the wrap-up', () => {
    const { matching } = aMatching(aTalker)
    const ended: Call = { ...talking, phase: 'ended', leg: { ...leg, endedAt: NOON + 150_000 } }
    matching.match({ ...talking, leg }, ended, [])
    expect(matching.placeInLine(aQueue('sales'), NOON, NOON).wait?.mostMs).toBe(5_000 + 100_000 + 10_000)
  })

  test('that a promise was broken, by who was served late or left when it was over: the next ones are longer', () => {
    const late = { lastAt: NOON + 60_001 }
    expect(mostAfter(ringing, { ...talking, promise, ...late })).toBeGreaterThan(nothing)
    expect(mostAfter(ringing, { ...gone, ...late })).toBeGreaterThan(nothing)
  })

  test('that it was kept; and nothing from who left sooner, or was promised nothing', () => {
    expect(mostAfter(ringing, { ...talking, promise })).toBeLessThanOrEqual(nothing)
    expect(mostAfter(ringing, { ...gone, lastAt: NOON + 60_000 })).toBe(nothing)
    expect(mostAfter({ ...talking, phase: 'ringing' }, talking)).toBe(nothing)
  })
})
