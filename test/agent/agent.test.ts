import { describe, expect, test } from 'vitest'
import {
  type Agent,
  answered,
  endWrapUp,
  extendWrapUp,
  offerEnded,
  offered,
  signIn,
  takenBy,
  talkEnded,
  type Wish,
  WRAP_UP_AT_MOST_MS,
  wish,
  woken,
} from '../../src/agent/agent.ts'
import { anAgent, NOON } from '../call/given.ts'
import { random } from '../random.ts'

const LATER = NOON + 60_000
const rest: Wish = { kind: 'pause', reason: 'rest' }
const meal: Wish = { kind: 'pause', reason: 'meal' }
const out: Wish = { kind: 'sign-out' }
const ready: Wish = { kind: 'ready' }
const of = (agent: Agent) => [agent.state, agent.reason]

const signedOut = anAgent('8001', { state: 'signed-out' })
const ringing = offered(anAgent('8001'), 'c1', NOON)
const talking = answered(ringing, NOON)
const wrappingUp = talkEnded(talking, 10_000, NOON)

describe('an agent who is free', () => {
  test('signs in ready, idle from now on', () => {
    expect(signIn(signedOut, LATER)).toMatchObject({ state: 'ready', since: LATER, idleSince: LATER })
  })

  test('who is signed in is not signed in again', () => {
    const paused = wish(anAgent('8001'), rest, LATER)
    expect(signIn(paused, LATER)).toBe(paused)
  })

  test('pauses, is ready and signs out at once', () => {
    const paused = wish(anAgent('8001'), rest, LATER)
    expect(paused).toMatchObject({ state: 'paused', reason: 'rest', since: LATER })
    expect(of(wish(paused, ready, LATER))).toEqual(['ready', null])
    expect(of(wish(paused, meal, LATER))).toEqual(['paused', 'meal'])
    expect(of(wish(paused, out, LATER))).toEqual(['signed-out', null])
  })

  test('who wishes what they have begins no new period', () => {
    const paused = wish(anAgent('8001'), rest, NOON)
    expect(wish(paused, rest, LATER)).toBe(paused)
    expect(wish(anAgent('8001'), ready, LATER)).toEqual(anAgent('8001'))
  })

  test('keeps their idle time through a pause', () => {
    expect(wish(wish(anAgent('8001'), rest, NOON + 1), ready, LATER).idleSince).toBe(NOON)
  })

  test('who is signed out has no wishes', () => {
    for (const wanted of [rest, ready, out]) expect(wish(signedOut, wanted, LATER)).toBe(signedOut)
  })
})

describe('an agent whose phone rings', () => {
  test('belongs to that call', () => {
    expect(ringing).toMatchObject({ state: 'ringing', call: 'c1', since: NOON })
  })

  test.each([
    ['signed-out', signedOut],
    ['ringing', ringing],
    ['talking', talking],
    ['wrapping-up', wrappingUp],
    ['paused', wish(anAgent('8001'), rest, NOON)],
  ])('was ready: one who is %s is never rung', (_state, agent) => {
    expect(() => offered(agent, 'c2', LATER)).toThrow('not ready')
  })

  test('and who answers, talks', () => {
    expect(talking).toMatchObject({ state: 'talking', call: 'c1' })
  })

  test('and who misses the call is paused for it, and is free of it', () => {
    for (const miss of ['no-answer', 'rejected', 'unreachable'] as const) {
      expect(offerEnded(ringing, miss, LATER)).toMatchObject({
        state: 'paused',
        reason: miss,
        call: null,
        since: LATER,
      })
    }
  })

  test('is ready again when the call was taken back, and has kept their turn', () => {
    expect(offerEnded(ringing, null, LATER)).toMatchObject({ state: 'ready', call: null, idleSince: NOON })
  })

  test('keeps a wish until the ring ends, whichever way', () => {
    const wishing = wish(ringing, rest, NOON)
    expect(wishing).toMatchObject({ state: 'ringing', since: NOON, next: rest })
    expect(of(offerEnded(wishing, null, LATER))).toEqual(['paused', 'rest'])
    expect(of(offerEnded(wishing, 'no-answer', LATER))).toEqual(['paused', 'rest'])
    expect(of(offerEnded(wish(ringing, out, NOON), 'no-answer', LATER))).toEqual(['signed-out', null])
  })

  test('who wished to be ready and then missed the call is not there', () => {
    expect(of(offerEnded(wish(ringing, ready, NOON), 'no-answer', LATER))).toEqual(['paused', 'no-answer'])
  })

  test('who missed a call is ready again when they say so: nothing sticks', () => {
    expect(wish(offerEnded(ringing, 'no-answer', NOON), ready, LATER)).toMatchObject({ state: 'ready', reason: null })
  })
})

describe('an agent after a talk', () => {
  test('wraps up for the time of the line, then is ready', () => {
    expect(wrappingUp).toMatchObject({ state: 'wrapping-up', call: 'c1', wakeAt: NOON + 10_000, idleSince: NOON })
    expect(woken(wrappingUp, NOON + 10_000)).toMatchObject({
      state: 'ready',
      call: null,
      wakeAt: null,
      idleSince: NOON,
    })
  })

  test('is ready at once where the line has no wrap-up', () => {
    expect(talkEnded(talking, 0, LATER)).toMatchObject({ state: 'ready', call: null, idleSince: LATER })
  })

  test('is not woken early, nor twice, nor out of another state', () => {
    expect(woken(wrappingUp, NOON + 9_999)).toBe(wrappingUp)
    for (const other of [anAgent('8001'), talking, ringing]) expect(woken(other, LATER)).toBe(other)
  })

  test('wraps up to the end before a pause that they asked for', () => {
    const wishing = wish(wrappingUp, rest, NOON + 5_000)
    expect(wishing).toMatchObject({ state: 'wrapping-up', wakeAt: NOON + 10_000, since: NOON })
    expect(of(woken(wishing, NOON + 10_000))).toEqual(['paused', 'rest'])
  })

  test('may end the wrap-up themselves: ready, or signed out', () => {
    expect(wish(wrappingUp, ready, NOON + 5_000)).toMatchObject({ state: 'ready', wakeAt: null, since: NOON + 5_000 })
    expect(of(wish(wrappingUp, out, NOON + 5_000))).toEqual(['signed-out', null])
  })
})

describe('a wish during a talk', () => {
  test('takes place at its end, after the wrap-up', () => {
    const wishing = wish(talking, meal, NOON + 1)
    expect(wishing).toMatchObject({ state: 'talking', call: 'c1', since: NOON })
    const wrapping = talkEnded(wishing, 10_000, LATER)
    expect(wrapping.state).toBe('wrapping-up')
    expect(of(woken(wrapping, LATER + 10_000))).toEqual(['paused', 'meal'])
    expect(of(talkEnded(wishing, 0, LATER))).toEqual(['paused', 'meal'])
  })

  test('is the newest: an older one is forgotten', () => {
    for (const [first, second, state] of [
      [rest, ready, 'ready'],
      [rest, out, 'signed-out'],
      [out, meal, 'paused'],
    ] as const) {
      const after = talkEnded(wish(wish(talking, first, NOON), second, NOON), 0, LATER)
      expect(after.state).toBe(state)
      expect(after.next).toBeNull()
    }
  })

  test('asked for again during wrap-up is replaced too', () => {
    const wrapping = talkEnded(wish(talking, rest, NOON), 10_000, LATER)
    expect(of(woken(wish(wrapping, meal, LATER), LATER + 10_000))).toEqual(['paused', 'meal'])
  })
})

describe('an agent whom a call has, whatever was believed of them', () => {
  test('is with that call, and has afterwards what they had chosen', () => {
    const paused = wish(anAgent('8001'), rest, NOON)
    for (const [was, then] of [
      [anAgent('8001'), 'ready'],
      [paused, 'paused'],
      [wrappingUp, 'ready'],
      [wish(wrappingUp, meal, NOON), 'paused'],
      [signedOut, 'signed-out'],
    ] as const) {
      const through = takenBy(was, 'c2', 'talking', LATER)
      expect(through).toMatchObject({ state: 'talking', call: 'c2', since: LATER, wakeAt: null })
      expect(talkEnded(through, 0, LATER).state).toBe(then)
    }
  })

  test('while another call holds them stays with that call', () => {
    expect(takenBy(talking, 'c2', 'ringing', LATER)).toBe(talking)
  })
})

test('every change counts, and its time never runs back', () => {
  const { pick, upTo } = random(11)
  let agent = signedOut
  let at = NOON
  for (let i = 0; i < 20_000; i += 1) {
    at += upTo(8_000)
    const before = agent
    agent = pick(CHANGES)(agent, at)
    if (agent === before) continue
    expect(agent.version).toBe(before.version + 1)
    const sameState = agent.state === before.state && agent.reason === before.reason
    expect(agent.since).toBe(sameState ? before.since : at)
    expect(agent.call === null).toBe(!['ringing', 'talking', 'wrapping-up'].includes(agent.state))
    expect(agent.wakeAt === null).toBe(agent.state !== 'wrapping-up')
    expect(agent.reason === null).toBe(agent.state !== 'paused')
    if (['ready', 'paused', 'signed-out'].includes(agent.state)) expect(agent.next).toBeNull()
  }
})

const CHANGES: ((agent: Agent, at: number) => Agent)[] = [
  signIn,
  ...[rest, meal, ready, out].map(wanted => (agent: Agent, at: number) => wish(agent, wanted, at)),
  ...Array<(agent: Agent, at: number) => Agent>(4).fill((agent, at) =>
    agent.state === 'ready' ? offered(agent, `c${at}`, at) : agent,
  ),
  (agent, at) => (agent.state === 'ringing' ? answered(agent, at) : agent),
  (agent, at) => (agent.state === 'ringing' ? offerEnded(agent, 'no-answer', at) : agent),
  (agent, at) => (agent.state === 'talking' ? talkEnded(agent, at % 2 ? 0 : 10_000, at) : agent),
  woken,
]

describe('what is counted for the strategies', () => {
  test('talks since signing in, and when they were last offered a caller', () => {
    expect(signIn({ ...signedOut, talks: 9 }, LATER).talks).toBe(0)
    expect(offered(anAgent('8001'), 'c1', LATER)).toMatchObject({ offeredAt: LATER, talks: 0 })
    expect(answered(offered(anAgent('8001'), 'c1', LATER), LATER)).toMatchObject({ talks: 1 })
    expect(offerEnded(offered(anAgent('8001'), 'c1', LATER), 'no-answer', LATER).talks).toBe(0)
  })

  test('a talk in the lifeboat counts like any other', () => {
    expect(takenBy(anAgent('8001'), 'c1', 'talking', LATER).talks).toBe(1)
    expect(takenBy(anAgent('8001'), 'c1', 'ringing', LATER).talks).toBe(0)
  })
})

describe('whom somebody else directs', () => {
  const forced: Wish = { kind: 'pause', reason: 'meeting', by: 'person:li' }

  test('is so by them, until they or a call change it', () => {
    const paused = wish(anAgent('8001'), forced, NOON)
    expect(paused).toMatchObject({ state: 'paused', reason: 'meeting', by: 'person:li' })
    expect(wish(paused, ready, LATER)).toMatchObject({ state: 'ready', by: null })
  })

  test('during a call is so at its end, unless they wish otherwise since: newer beats older', () => {
    expect(talkEnded(wish(talking, forced, NOON), 0, LATER)).toMatchObject({ state: 'paused', by: 'person:li' })
    expect(talkEnded(wish(wish(talking, forced, NOON), ready, NOON), 0, LATER)).toMatchObject({
      state: 'ready',
      by: null,
    })
  })

  test('and is then with a call of the lifeboat is so again after it', () => {
    const taken = takenBy(wish(anAgent('8001'), forced, NOON), 'c2', 'talking', NOON)
    expect(talkEnded(taken, 0, LATER)).toMatchObject({ state: 'paused', reason: 'meeting', by: 'person:li' })
  })
})

describe('a wrap-up', () => {
  test('lasts for as long as is asked from now, and asked for twice not longer', () => {
    const longer = extendWrapUp(wrappingUp, 60_000, NOON + 5_000)
    expect(longer.wakeAt).toBe(NOON + 65_000)
    expect(extendWrapUp(longer, 60_000, NOON + 5_000)).toBe(longer)
  })

  test('is never shortened by it, nor longer than a quarter of an hour', () => {
    expect(extendWrapUp(wrappingUp, 1_000, NOON)).toBe(wrappingUp)
    const longest = extendWrapUp(wrappingUp, 600_000, NOON + 600_000)
    expect(longest.wakeAt).toBe(NOON + WRAP_UP_AT_MOST_MS)
  })

  test('ends early, and what they had wished for takes place; who does not wrap up has none to end', () => {
    expect(of(endWrapUp(wrappingUp, NOON + 1_000))).toEqual(['ready', null])
    expect(of(endWrapUp(wish(wrappingUp, meal, NOON), NOON + 1_000))).toEqual(['paused', 'meal'])
    expect(endWrapUp(talking, LATER)).toBe(talking)
    expect(extendWrapUp(talking, 60_000, LATER)).toBe(talking)
  })
})
