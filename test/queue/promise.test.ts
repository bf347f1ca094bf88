import { describe, expect, test } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import type { Scene } from '../../src/queue/course.ts'
import { Pace } from '../../src/queue/pace.ts'
import { type Forecast, forecast, toTell } from '../../src/queue/promise.ts'
import type { Queue, Waiting } from '../../src/queue/queue.ts'
import { anAgent, aQueue, NOON } from '../call/given.ts'
import { random } from '../random.ts'

const S = 1_000
const MINUTE = 60 * S

/** Without a wrap-up, unless one is wanted. */
const aLine = (id: string, set: Partial<Queue> = {}): Queue => aQueue(id, { wrapUpMs: 0, ...set })

/** Every talk took a minute from the offer on, of which ten seconds until the two were connected. */
const ofAMinute = (): Pace => pastOf(40, () => MINUTE)
function pastOf(talks: number, ms: () => number): Pace {
  const pace = new Pace(() => 0)
  for (let i = 0; i < talks; i += 1) pace.handled({ queue: 'sales', at: NOON, ringMs: 10 * S, ms: ms() })
  return pace
}

/** Talks for so long. */
const talksSince = (id: string, seconds: number, set: Partial<Agent> = {}): Agent => {
  const at = NOON - seconds * S
  return anAgent(id, { state: 'talking', call: `talk-${id}`, since: at, offeredAt: at, ...set })
}
const waits = (call: string, seconds: number, queue = aLine('sales')): Waiting => ({
  call,
  queue,
  relaxed: 0,
  place: NOON - seconds * S,
  missedBy: [],
})
const others = (count: number, queue?: Queue): Waiting[] =>
  Array.from({ length: count }, (_, i) => waits(`c${i}`, count - i, queue))

const told = (set: Partial<Scene>): Forecast | null =>
  forecast({
    now: NOON,
    queue: aLine('sales'),
    place: NOON,
    joinedAt: NOON,
    ahead: [],
    agents: [talksSince('8001', 0)],
    queueOf: () => aLine('sales'),
    pace: ofAMinute(),
    ...set,
  })
const exactly = (seconds: number): Forecast => ({ medianMs: seconds * S, mostMs: seconds * S })

describe('the wait to promise, where every talk takes a minute and an answer ten seconds,', () => {
  test('is what is left of the talk that ends first, and the answer', () => {
    expect(told({ agents: [talksSince('8001', 20), talksSince('8002', 45)] })).toEqual(exactly(15 + 10))
  })

  test('grows by a talk for each round of callers ahead', () => {
    const agents = [talksSince('8001', 20), talksSince('8002', 45)]
    const seconds = [0, 1, 2, 3, 4].map(count => told({ ahead: others(count), agents })!.mostMs / S)
    expect(seconds).toEqual([25, 50, 85, 110, 145])
  })

  test('is none where an agent is ready for this place in the line', () => {
    const agents = [anAgent('8001'), talksSince('8002', 45)]
    expect([told({ agents }), told({ agents, ahead: others(1) })]).toEqual([null, exactly(25)])
  })

  test('takes one of the agents who are rung for the same caller for busy, and the others for free when that one answers', () => {
    const rung = (id: string) => talksSince(id, 4, { state: 'ringing', call: 'ring-all' })
    expect(told({ agents: [rung('8001'), rung('8002'), rung('8003')] })).toEqual(exactly(6 + 10))
    expect(told({ agents: [rung('8001')] })).toEqual(exactly(56 + 10))
  })

  test('goes by when the wrap-up ends', () => {
    const wrapping = anAgent('8001', { state: 'wrapping-up', wakeAt: NOON + 7 * S })
    expect(told({ agents: [wrapping] })).toEqual(exactly(17))
    const queue = aLine('sales', { wrapUpMs: 15 * S })
    const agents = [talksSince('8001', 20)]
    expect(told({ queue, queueOf: () => queue, agents, ahead: others(1, queue) })).toEqual(
      exactly(40 + 15 + 60 + 15 + 10),
    )
  })

  test('does not count on who is paused, signed out, not able, or will rest after this call', () => {
    const nobody = [
      anAgent('8002', { state: 'paused' }),
      anAgent('8003', { state: 'signed-out' }),
      talksSince('8004', 59, { skills: {} }),
      talksSince('8005', 59, { next: { kind: 'pause', reason: 'meal' } }),
      talksSince('8006', 59, { next: { kind: 'sign-out' } }),
    ]
    expect(told({ agents: nobody })).toBeNull()
    expect(told({ agents: [...nobody, talksSince('8001', 20, { next: { kind: 'ready' } })] })).toEqual(exactly(50))
  })

  test('counts earlier callers of other lines as far as these agents serve them', () => {
    const ahead = others(2, aLine('support'))
    const both = talksSince('8001', 20)
    const support = (id: string) => talksSince(id, 55, { skills: { support: 1 } })
    expect(told({ agents: [both], ahead })).toEqual(exactly(40 + 60 + 60 + 10))
    expect(told({ agents: [both, support('8002')], ahead })).toEqual(exactly(40 + 60 + 10))
    expect(told({ agents: [both, support('8002'), support('8003')], ahead })).toEqual(exactly(40 + 10))
  })

  test('counts on agents who are able only when the line is content with less', () => {
    const queue = aLine('sales', { skills: { sales: 9 }, relaxing: [{ afterMs: 30 * S, skills: {} }] })
    expect(
      told({ queue, agents: [anAgent('8001', { skills: {} }), talksSince('8002', 0, { skills: { sales: 9 } })] }),
    ).toEqual(exactly(30 + 10))
  })

  test('is not told where there were no talks yet, or the line does not let them wait for so long', () => {
    expect(told({ pace: new Pace(() => 0) })).toBeNull()
    expect(told({ ahead: others(14) })).toEqual(exactly(15 * 60 + 10))
    expect(told({ ahead: others(15) })).toBeNull()
    expect(told({ ahead: others(14), joinedAt: NOON - 1 })).toBeNull()
  })

  test('is shorter where callers ahead are used to hang up', () => {
    const impatient = ofAMinute()
    for (let i = 0; i < 500; i += 1) impatient.waited({ queue: 'sales', waitedMs: MINUTE, left: 1 })
    const [patient, hanging] = [told({ ahead: others(10) })!, told({ ahead: others(10), pace: impatient })!]
    expect(hanging.mostMs).toBeLessThan(patient.mostMs / 2)
  })
})

describe('the wait to promise, where talks differ,', () => {
  const { about } = random(3)
  const pace = pastOf(500, () => 20 * S + about(3 * MINUTE))
  const agents = Array.from({ length: 6 }, (_, i) => talksSince(`800${i}`, i * 40))

  test('is the same for the same moment', () => {
    const scene = { ahead: others(5), agents, pace }
    expect(told(scene)).toEqual(told(scene))
  })

  test('is longer than the median, and longer yet where promises were broken', () => {
    const before = told({ ahead: others(5), agents, pace })!
    expect(before.mostMs).toBeGreaterThan(before.medianMs * 1.2)
    for (let i = 0; i < 5; i += 1) pace.promised({ queue: 'sales', isKept: false })
    expect(told({ ahead: others(5), agents, pace })!.mostMs).toBeGreaterThan(before.mostMs)
  })

  test('is told behind three hundred, and no more behind more than a thousand: the time it takes has an end', () => {
    const many = Array.from({ length: 100 }, (_, i) => talksSince(`${8000 + i}`, i))
    const queue = aLine('sales', { longestWaitMs: 3_600_000 })
    expect(told({ queue, ahead: others(300, queue), agents: many, pace })).not.toBeNull()
    expect(told({ queue, ahead: others(1_001, queue), agents: many, pace })).toBeNull()
  })
})

describe('what is told later', () => {
  const minutes = (medianMs: number, mostMs: number): Forecast => ({
    medianMs: medianMs * MINUTE,
    mostMs: mostMs * MINUTE,
  })
  const by = NOON + 4 * MINUTE

  test('is what is left of the promise, though the forecast has grown with waiting', () => {
    expect(toTell(minutes(3, 6), by, NOON)).toEqual(minutes(3, 4))
  })

  test('is less where that is minutes less, and no other where it is not', () => {
    expect(toTell(minutes(1, 2), by, NOON)).toEqual(minutes(1, 2))
    expect(toTell(minutes(1, 3.5), by, NOON)).toEqual(minutes(1, 4))
  })

  test('is the truth where the promise is more likely broken than kept', () => {
    expect(toTell(minutes(5, 6), by, NOON)).toEqual(minutes(5, 6))
    expect(toTell(minutes(1, 2), NOON - 1, NOON)).toEqual(minutes(1, 2))
  })

  test('is the forecast where nothing was promised, and nothing where there is none', () => {
    expect(toTell(minutes(5, 6), undefined, NOON)).toEqual(minutes(5, 6))
    expect(toTell(null, by, NOON)).toBeNull()
  })
})
