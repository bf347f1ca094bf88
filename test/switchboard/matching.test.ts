import { expect, test } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import type { Call } from '../../src/call/call.ts'
import { Matching } from '../../src/switchboard/matching.ts'
import { aCallerHearingMusic, anAgent, aQueue, given, NOON } from '../call/given.ts'

/** A matching that writes down whom it brings together. */
function aMatching(...agents: Agent[]) {
  const known = new Map(agents.map(agent => [agent.id, agent]))
  const pairs: string[] = []
  const state = { mayOffer: true, busy: [] as string[] }
  const matching: Matching = new Matching({
    agents: known,
    isBusy: id => state.busy.includes(id),
    queue: aQueue,
    now: () => NOON,
    mayOffer: () => state.mayOffer,
    giveUp: () => {},
    offer: (call, agent) => {
      pairs.push(`${call} → ${agent}`)
      known.set(agent, { ...known.get(agent)!, state: 'ringing' })
      matching.seat({ ...waiting(call, 0, 'sales'), phase: 'ringing' })
    },
  })
  return { matching, known, pairs, state }
}

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
    now: () => NOON,
    mayOffer: () => true,
    giveUp: () => {},
    offer: call => void offered.push(call),
  })
  for (const call of [waiting('a', 1, 'sales'), waiting('b', 2, 'sales')]) matching.seat(call)
  matching.matchAll()
  expect(offered).toEqual(['a', 'b'])
})

test('a line is staffed by whoever is signed in and able, ready or not', () => {
  const { matching } = aMatching(anAgent('8001', { state: 'paused', skills: { sales: 1 } }))
  expect([matching.staff(aQueue('sales')), matching.staff(aQueue('support'))]).toEqual([{ paused: 1 }, {}])
})

test('after a restart the wait is told from the talks that were before it', () => {
  const { matching } = aMatching(anAgent('8001', { state: 'talking' }))
  expect(matching.placeInLine(aQueue('sales'), NOON).waitMs).toBeNull()
  matching.clear([{ queue: 'sales', ms: 60_000 }])
  expect(matching.placeInLine(aQueue('sales'), NOON).waitMs).toBe(60_000)
})

test('who is served at once is told no wait', () => {
  const { matching } = aMatching(anAgent('8001'))
  matching.clear([{ queue: 'sales', ms: 180_000 }])
  expect(matching.placeInLine(aQueue('sales'), NOON)).toEqual({ ahead: 0, waitMs: null })
})

test('the wait is told with the earlier callers of other lines in mind, the place without', () => {
  const { matching } = aMatching(anAgent('8001', { state: 'talking' }))
  matching.clear([{ queue: 'sales', ms: 60_000 }])
  matching.match(null, waiting('a', 1, 'operator'), [])
  expect(matching.placeInLine(aQueue('sales'), NOON + 2_000)).toEqual({ ahead: 0, waitMs: 120_000 })
})
