import { describe, expect, test } from 'vitest'
import { wish } from '../../src/agent/agent.ts'
import type { Fact } from '../../src/call/facts.ts'
import { documentOf } from '../../src/events/document.ts'
import { type Event, eventsOf } from '../../src/events/event.ts'
import { EVENT_TYPES } from '../../src/events/names.ts'
import {
  aCallArrives,
  aCallerInLine,
  anAgent,
  anEndedCall,
  aTalk,
  CALL,
  given,
  itIsUp,
  itsTapeIsFiled,
  NOON,
  theAgentHolds,
  theAgentRetrieves,
  theCallerHangsUp,
  theCallerPresses,
} from '../call/given.ts'

const told = (...steps: Parameters<typeof given>) => {
  const { call, story } = given(...steps)
  return eventsOf({ call: { after: call!, facts: story }, agents: [] }, NOON)
}
const types = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type)
const document = (event: Omit<Event, 'id'>, whole = true) =>
  documentOf({ id: 7, ...event }, { whole, stamp: at => new Date(at).toISOString() })

describe('what happens to a call', () => {
  test('is told in words of its own, in the order in which it happened, and its prompts and keys are not', () => {
    expect(types(told(aTalk, theAgentHolds, theAgentRetrieves, theCallerHangsUp, itsTapeIsFiled))).toEqual([
      ...['call.arrived', 'call.in-flow', 'call.queued', 'call.offered', 'call.ringing', 'call.answered'],
      ...['call.connected', 'call.held', 'call.retrieved', 'call.ended', 'recording.filed'],
    ])
  })

  test('says which call, whose affair it is, whom it concerns, and what there is to say of it', () => {
    const [queued] = told(aCallerInLine).filter(({ type }) => type === 'call.queued')
    expect(JSON.parse(document(queued!))).toEqual({
      ...{ id: 7, version: 1, type: 'call.queued', at: '2026-01-05T12:00:00.000Z' },
      call: {
        ...{ id: CALL, direction: 'inbound', caller: '13800138000', callerName: '', called: '4008001000' },
        arrivedAt: '2026-01-05T12:00:00.000Z',
      },
      ...{ queue: 'sales', agents: [], details: { queue: 'sales', ahead: 0, waitMs: null } },
    })
    const answered = told(anEndedCall).find(({ type }) => type === 'call.answered')!
    expect(answered).toMatchObject({ queue: 'sales', agents: ['8001'], details: { agent: '8001' } })
  })

  test('concerns whoever has talked until it ends, and nobody whose phone has rung in vain', () => {
    expect(told(anEndedCall).at(-1)).toMatchObject({ type: 'call.ended', agents: ['8001'] })
    const { call } = given(aTalk)
    const leg = { ...call!.leg!, answeredAt: null, endedAt: NOON }
    const waits = { kind: 'CallbackDue', placeAt: NOON, at: NOON } as const
    expect(eventsOf({ call: { after: { ...call!, leg }, facts: [waits] }, agents: [] }, NOON)[0]?.agents).toEqual([])
  })

  test('is heard without numbers and names by who may not see them', () => {
    const { call } = given(aCallArrives(), itIsUp)
    const dialled = {
      kind: 'OutsideDialled',
      number: '13911112222',
      outside: 'o',
      meanwhile: 'music',
      at: NOON,
    } as never
    const after = { ...call!, name: '王小明' }
    const [event] = eventsOf({ call: { after, facts: [dialled] }, agents: [] }, NOON)
    expect(document(event!)).toMatch(/"caller":"13800138000".*"number":"13911112222"/)
    expect(JSON.parse(document(event!, false))).toMatchObject({
      call: { caller: '138****8000', callerName: '***' },
      details: { number: '139****2222' },
    })
  })

  test('of a kind that nobody has named yet is told by its own name, and nothing private with it', () => {
    const { call } = given(aTalk, theCallerPresses('1'))
    const coached = { kind: 'CoachBegun', agent: '8001', by: 'person:li', number: '13911112222', at: NOON }
    const [event] = eventsOf({ call: { after: call!, facts: [coached as unknown as Fact] }, agents: [] }, NOON)
    expect(event).toMatchObject({ type: 'call.coach-begun', details: { agent: '8001', by: 'person:li' } })
    expect(document(event!)).not.toContain('13911112222')
  })
})

describe('what happens to an agent', () => {
  const talking = anAgent('8001', { state: 'talking', call: CALL })
  const change = (to: Parameters<typeof wish>[1], from = anAgent('8001')) =>
    eventsOf({ agents: [{ before: from, after: wish(from, to, NOON + 1_000) }] }, NOON + 2_000)

  test('is told as the state that it leads to, since then', () => {
    expect(change({ kind: 'pause', reason: 'meal' })).toMatchObject([
      { type: 'agent.state', at: NOON + 1_000, agents: ['8001'], details: { state: 'paused', reason: 'meal' } },
    ])
  })

  test('is told where it is a wish for after the talk, as it is asked for', () => {
    expect(change({ kind: 'pause', reason: 'rest' }, talking)).toMatchObject([
      { type: 'agent.wish', at: NOON + 2_000, details: { state: 'talking', next: 'pause', nextReason: 'rest' } },
    ])
  })

  test('is told where they move to another phone, as they do', () => {
    const before = anAgent('8001', { state: 'paused', reason: 'rest' })
    expect(eventsOf({ agents: [{ before, after: { ...before, phone: '2001' } }] }, NOON + 2_000)).toMatchObject([
      { type: 'agent.state', at: NOON + 2_000, details: { state: 'paused', phone: '2001', reason: 'rest' } },
    ])
    expect(change({ kind: 'sign-out' }, anAgent('8001', { phone: '2001' }))).toMatchObject([
      { type: 'agent.state', at: NOON + 1_000, details: { state: 'signed-out', phone: null } },
    ])
  })

  test('is not told where nothing of it can be seen', () => {
    const before = anAgent('8001')
    expect(eventsOf({ agents: [{ before, after: { ...before, version: 2, offeredAt: NOON } }] }, NOON)).toEqual([])
  })
})

test('every type is of a kind, and in lower case', () => {
  for (const type of EVENT_TYPES) expect(type).toMatch(/^[a-z]+(\.[a-z]+(-[a-z]+)*)$/)
  expect(EVENT_TYPES).toContain('callback.promised')
})
