import { describe, expect, test } from 'vitest'
import { agentAfter, agentOf } from '../../src/call/agents.ts'
import { type Call, nextWait } from '../../src/call/call.ts'
import { decide } from '../../src/call/decide.ts'
import { evolve } from '../../src/call/evolve.ts'
import type { Happening } from '../../src/call/facts.ts'
import { isPromise } from '../../src/call/made.ts'
import type { Destination } from '../../src/call/partyFacts.ts'
import type { View } from '../../src/call/view.ts'
import type { Why } from '../../src/queue/choose.ts'
import { anAgent, aQueue, given, NOON } from './given.ts'

// What comes of a promise to call back, until the customer is reached or nobody need call.

const CB = 'cb9-hotline-1763871911.12'
const MINUTE = 60_000
type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never

const why: Why = { rule: 'longest-idle', level: 5, idleMs: 0, rivals: [], others: {} }
const promised = {
  id: CB,
  queue: 'sales',
  because: 'asked',
  place: NOON,
  promisedAt: NOON,
  promisedUntil: NOON + 60 * MINUTE,
} as const
const who = { of: 'hotline-1763871911.12', from: '13800138000', name: '', to: '4008001000', flow: 'hotline' } as const

/** One promise, and what happens to it; the clock goes on as told. */
class Promised {
  view: View = given().view
  at = NOON
  call: Call | null = null
  agents = new Map(['8001', '8002'].map(id => [id, anAgent(id)]))

  constructor(set: Partial<View> = {}) {
    this.view = { ...this.view, ...set }
    this.happens({ kind: 'Booked', ...promised, ...who, language: 'zh', callingIn: [] })
  }

  later(ms: number): this {
    this.at += ms
    return this
  }

  happens(...happenings: Unstamped<Happening>[]): this {
    for (const happening of happenings) {
      for (const fact of decide(this.call, { ...happening, at: this.at } as Happening, this.view)) {
        const before = this.call
        this.call = evolve(before, fact)
        const agent = this.agents.get(agentOf(before, fact) ?? '')
        if (agent) this.agents.set(agent.id, agentAfter(agent, before!, fact, this.view))
      }
    }
    return this
  }

  /** Asked, answered, and told what it is about. */
  isHeardBy(agent: string): this {
    this.happens({ kind: 'AgentChosen', agent, why })
    const { id: leg } = this.call!.leg!
    this.happens({ kind: 'LegAnswered', leg })
    return this.happens({ kind: 'PromptEnded', say: this.call!.sayingToAgent!, heard: true })
  }

  presses(key: string): this {
    return this.happens({ kind: 'LegKey', leg: this.call!.leg!.id, key })
  }

  customer(happening: { kind: 'LegAnswered' } | { kind: 'OnTape' } | { kind: 'LegEnded'; cause: number }): this {
    return this.happens({ ...happening, leg: this.call!.channel })
  }
}

const dialled = (set?: Partial<View>) => new Promised(set).isHeardBy('8001').presses('1')

describe('an agent who is asked', () => {
  test('has heard it, and takes it with 1: the customer is dialled, and the agent dials', () => {
    const { call, agents } = dialled()
    expect(call).toMatchObject({ phase: 'dialling', channel: expect.stringContaining('~customer') })
    expect(agents.get('8001')!.state).toBe('dialling')
  })

  test('hears it again with 2, as often as they like', () => {
    const told = new Promised().isHeardBy('8001')
    const first = told.call!.seq
    expect(told.presses('2').call).toMatchObject({ phase: 'ringing', sayingToAgent: expect.any(String) })
    expect(told.call!.seq).toBeGreaterThan(first)
  })

  test.each([
    ['says no with 3', (told: Promised) => told.presses('3'), 'rejected'],
    ['says nothing', (told: Promised) => told.later(20_000).happens({ kind: 'WaitOver', wait: 'accept' }), 'no-answer'],
  ] as const)('who %s is paused, and the next one has all their time', (_, act, reason) => {
    const told = act(new Promised().isHeardBy('8001'))
    expect(told.agents.get('8001')).toMatchObject({ state: 'paused', reason })
    expect(told.call).toMatchObject({ phase: 'queued', queuedAt: NOON, waits: {} })
    told.later(MINUTE).happens({ kind: 'AgentChosen', agent: '8002', why })
    expect(nextWait(told.call!)).toEqual({ wait: 'ring', at: told.at + 15_000 })
  })

  test('is told again what it is about where we did not hear them for a while', () => {
    const told = new Promised().isHeardBy('8001').later(MINUTE).happens({ kind: 'AgentUnheard' })
    expect(told.call!.waits.accept).toBeGreaterThan(told.at)
    expect(told.agents.get('8001')!.state).toBe('dialling')
  })
})

describe('a customer', () => {
  test('whom the agent passes to a number outside is let go with that, and has been answered', () => {
    const talk = dialled().customer({ kind: 'LegAnswered' }).customer({ kind: 'OnTape' })
    const { channel } = talk.call!
    const by = 'phone:8001'
    talk.happens({ kind: 'ConsultationCall', invited: { number: '013900139000' }, by })
    const leg = talk.call!.parties![0]!.way.id
    talk.happens({ kind: 'LegAnswered', leg }, { kind: 'OnTape', leg }, { kind: 'TransferCall', by })
    expect(talk.happens({ kind: 'LegEnded', leg, cause: 16 }).call).toMatchObject({ dismissed: 'transferred-out' })
    expect(talk.happens({ kind: 'LegEnded', leg: channel, cause: 16 }).call).toMatchObject({
      ...{ phase: 'ended', outcome: 'answered' },
    })
  })

  test('who picks up is taped, and then talks with the agent at once', () => {
    const { call, agents } = dialled().customer({ kind: 'LegAnswered' }).customer({ kind: 'OnTape' })
    expect(call).toMatchObject({ phase: 'talking', callback: { tries: [{ result: 'reached' }] } })
    expect(agents.get('8001')!.state).toBe('talking')
  })

  test.each([
    [17, 'busy'],
    [19, 'no-answer'],
    [21, 'rejected'],
    [38, 'unreachable'],
  ])(
    'with cause %d is %s: the agent is free, and they are tried again, after pauses that grow, until the last',
    (cause, result) => {
      const told = dialled().customer({ kind: 'LegEnded', cause })
      expect(told.agents.get('8001')!.state).toBe('ready')
      expect(told.call).toMatchObject({
        phase: 'scheduled',
        waits: { due: NOON + 5 * MINUTE },
        callback: { tries: [{ result }] },
      })
      for (const pauseMs of [5 * MINUTE, 30 * MINUTE]) {
        expect(told.call!.waits.due).toBe(told.at + pauseMs)
        told.later(pauseMs).happens({ kind: 'WaitOver', wait: 'due' }).isHeardBy('8001').presses('1')
        told.customer({ kind: 'LegEnded', cause })
      }
      expect(told.call).toMatchObject({ phase: 'ended', outcome: 'not-reached', recording: { file: null, faults: [] } })
    },
  )

  test('whose number nobody has is not tried again', () => {
    expect(dialled().customer({ kind: 'LegEnded', cause: 1 }).call).toMatchObject({ outcome: 'not-reached' })
  })

  test('is not given up for what agents do: who hangs up first uses up no try', () => {
    const told = dialled()
    for (let i = 0; i < 3; i += 1) {
      told.happens({ kind: 'LegEnded', leg: told.call!.leg!.id, cause: 16 })
      expect(told.call).toMatchObject({ phase: 'scheduled', waits: { due: told.at + 5 * MINUTE } })
      told
        .later(5 * MINUTE)
        .happens({ kind: 'WaitOver', wait: 'due' })
        .isHeardBy('8001')
        .presses('1')
    }
    expect(told.customer({ kind: 'LegEnded', cause: 17 }).call!.waits.due).toBe(told.at + 5 * MINUTE)
  })

  test('who calls meanwhile is dialled no more, and need not be called once they are served', () => {
    const told = dialled().happens({ kind: 'RangBack', call: 'h-2' })
    expect(told.call).toMatchObject({ phase: 'scheduled', callback: { tries: [], callingIn: ['h-2'] } })
    expect(told.agents.get('8001')!.state).toBe('ready')
    told.happens({ kind: 'RangOff', call: 'h-2', isServed: true })
    expect(told.call).toMatchObject({ phase: 'ended', outcome: 'withdrawn' })
  })
})

test('in quiet hours nobody is asked: it waits for the morning', () => {
  const morning = NOON + 600 * MINUTE
  const told = new Promised()
  told.view = { ...told.view, dial: () => ({ may: 'later', from: morning }) }
  told.happens({ kind: 'AgentChosen', agent: '8001', why })
  expect(told.call).toMatchObject({ phase: 'scheduled', waits: { due: morning }, leg: null })
})

test('promised once more while it waits for a further try, it is due at once', () => {
  const told = dialled().customer({ kind: 'LegEnded', cause: 17 }).later(MINUTE)
  const again = { ...promised, id: 'cb7-h-3', place: told.at, promisedAt: told.at }
  told.happens({ kind: 'Booked', ...again, ...who, language: 'zh', callingIn: [] })
  expect(told.call).toMatchObject({ phase: 'queued', queuedAt: told.at, callback: { bookings: [CB, 'cb7-h-3'] } })
})

test.each([
  ['asked', 'message', 'asked', 'asked'],
  ['message', 'asked', 'asked', 'asked'],
  ['place-kept', 'message', 'place-kept', 'asked'],
  ['message', 'place-kept', 'asked', 'place-kept'],
  ['message', 'message', 'message', 'message'],
  ['place-kept', 'asked', 'place-kept', 'asked'],
] as const)(
  'promised because %s and then %s, it is one because %s; where it was not in line, %s',
  (first, then, inLine, scheduled) => {
    const booked = { kind: 'Booked', ...promised, ...who, language: 'zh', callingIn: [] } as const
    const because = (view: Partial<View>) => {
      const told = new Promised(view)
      told.call = { ...told.call!, callback: { ...told.call!.callback!, because: first } }
      return told.happens({ ...booked, id: 'cb7-h-3', because: then }).call!.callback!.because
    }
    expect(because({})).toBe(inLine)
    expect(because({ dial: () => ({ may: 'later', from: NOON + MINUTE }) })).toBe(scheduled)
  },
)

test('of a line that is there no more nobody is called', () => {
  const told = new Promised({ queue: id => (id === 'sales' ? aQueue(id) : undefined) })
  told.view = { ...told.view, queue: () => undefined }
  expect(told.happens({ kind: 'LineSet' }).call).toMatchObject({ outcome: 'withdrawn' })
})

describe('a customer whom the agent sends on', () => {
  const talks = () => dialled().customer({ kind: 'LegAnswered' }).customer({ kind: 'OnTape' })
  const sentTo = (to: Destination) => talks().later(5_000).happens({ kind: 'SingleStepTransfer', to, by: 'agent:8001' })
  test('waits like a caller, and is no promise any more', () => {
    const { call, agents } = sentTo({ queue: 'support' })
    expect(call).toMatchObject({ phase: 'queued', queue: 'support', queuedAt: NOON })
    expect(isPromise(call!)).toBe(false)
    expect(agents.get('8001')!.state).toBe('wrapping-up')
  })
  test('is served by who answers, who need not say yes', () => {
    const told = sentTo({ agent: '8002' })
    expect(told.agents.get('8002')!.state).toBe('ringing')
    const { id: leg } = told.call!.leg!
    told.happens({ kind: 'LegAnswered', leg })
    expect(told.agents.get('8002')!.state).toBe('talking')
    told.happens({ kind: 'PromptEnded', say: told.call!.sayingToAgent! })
    told.happens({ kind: 'PromptEnded', say: told.call!.saying! })
    expect(told.call).toMatchObject({
      phase: 'talking',
      leg: { agent: '8002' },
      callback: { tries: [{ agent: '8001' }] },
    })
    told.happens({ kind: 'LegEnded', leg, cause: 16 })
    expect(told.call).toMatchObject({ phase: 'surveying' })
  })
  test('is not withdrawn, nor called anew, whatever is promised meanwhile', () => {
    const { call } = sentTo({ queue: 'support' })
    const told = sentTo({ queue: 'support' }).happens({ kind: 'Withdrawn', because: 'cancelled' })
    expect(told.call).toEqual(call)
    told.happens({ kind: 'RangBack', call: 'another' })
    expect(told.call).toEqual(call)
  })
  test('hangs up in line, and was answered', () => {
    expect(sentTo({ queue: 'support' }).customer({ kind: 'LegEnded', cause: 16 }).call).toMatchObject({
      ...{ phase: 'ended', outcome: 'answered', endedBy: 'caller' },
    })
  })
})
