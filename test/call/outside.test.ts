import { describe, expect, test } from 'vitest'
import type { OutsideResult } from '../../src/call/facts.ts'
import type { Refusal } from '../../src/dialling/dialling.ts'
import { callOf } from '../../src/ids.ts'
import type { Flow, TransferOutNode } from '../../src/ivr/flow.ts'
import { HOTLINE } from '../../src/ivr/flow.ts'
import type { Staff } from '../../src/queue/choose.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { missed, strays } from '../../src/switchboard/compare.ts'
import type { Seen } from '../../src/switchboard/ports.ts'
import { commandsAgain } from '../../src/switchboard/recover.ts'
import {
  aCallArrives,
  aQueue,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  given,
  itIsToldAs,
  itIsUp,
  itWaitsFor,
  later,
  NOON,
  nothingHappens,
  type Step,
  type Tale,
  theAgentHangsUp,
  theCallerHangsUp,
  theCallerHears,
  theCallerIsGone,
  theCallerPresses,
  theCallHas,
  theCallIs,
  theDatabaseIsAway,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

const out: TransferOutNode = {
  ...{ type: 'transfer-out', number: '"021-62345678"', prompts: ['one-moment'], meanwhile: 'ringing', ringMs: 20_000 },
  ...{ busy: 'busy', noAnswer: 'nobody', refused: 'refused' },
}
const flowWith = (set: Partial<TransferOutNode>): Flow => ({
  id: 'out',
  start: 'out',
  nodes: {
    out: { ...out, ...set },
    busy: { type: 'play', prompts: ['busy'], next: 'end' },
    nobody: { type: 'play', prompts: ['nobody'], next: 'end' },
    refused: { type: 'play', prompts: ['refused'], next: 'end' },
    end: { type: 'hangup' },
  },
})

/** A caller whose flow leads outside at once. */
const aCaller = (set: Partial<TransferOutNode> = {}): Tale =>
  given()
    .with({ flow: () => flowWith(set), toDial: number => ({ number: number.replace('-', '') }) })
    .when(aCallArrives('out'))

const OUT = `${CALL}~out4`
const leg = (set: { kind: 'LegRang' | 'LegAnswered' } | { kind: 'LegEnded'; cause: number }): Step => {
  return ({ call }) => ({ leg: call!.outside!.id, ...set })
}
const itRingsThere = leg({ kind: 'LegRang' })
const itIsAnswered = leg({ kind: 'LegAnswered' })
const itEnds = (cause: number): Step => leg({ kind: 'LegEnded', cause })
const itIsHungUp = itEnds(16)
const hush = { do: 'end-meanwhile', channel: CALL, what: 'ringing' } as const

describe('a caller is put through to a number outside:', () => {
  test('it is dialled as the rules have it, while they are told so, and then hear it ring', () => {
    aCaller()
      .when(itIsUp)
      .so(
        theCallIs('transferring-out'),
        theCallerHears('one-moment'),
        asteriskIsAskedTo('say', 'dial'),
        itWaitsFor({ prompt: 660_000, outside: 20_000 }),
      )
      .when(itRingsThere, thePromptEnds)
      .so(itIsToldAs('OutsideRang', 'PromptFinished'), asteriskIsAsked({ do: 'ringing', channel: CALL }))
    aCaller()
      .when(itIsUp)
      .so(tale =>
        expect(tale.commands).toContainEqual({
          ...{ do: 'dial', leg: OUT, number: '02162345678', shows: '4008001000', forMs: 20_000 },
        }),
      )
  })

  test('without a word they hear it ring, or music, at once', () => {
    aCaller({ prompts: [] }).when(itIsUp).so(asteriskIsAskedTo('dial', 'ringing'))
    aCaller({ prompts: [], meanwhile: 'music' }).when(itIsUp).so(asteriskIsAskedTo('dial', 'music'))
  })

  test('answered, the two are together at once, whatever was still being said', () => {
    const bridge = `${CALL}~talk`
    aCaller()
      .when(itIsUp, itRingsThere)
      .when(later(3_000), itIsAnswered)
      .so(
        itIsToldAs('OutsideAnswered'),
        asteriskIsAsked({ do: 'stop-saying' }, hush, { do: 'connect', bridge, channels: [CALL, `${CALL}~out4`] }),
        itWaitsFor({}),
      )
      .when(theCallerPresses('1'))
      .so(nothingHappens)
  })

  test('whoever hangs up first, the call was transferred out', () => {
    const together = () => aCaller().when(itIsUp, thePromptEnds, itIsAnswered, later(60_000))
    together()
      .when(theCallerHangsUp)
      .so(
        theOutcomeIs('transferred-out', { endedBy: 'caller', short: false }),
        asteriskIsAskedTo('hang-up', 'disconnect'),
        theCallHas({ outside: expect.objectContaining({ result: 'answered', endedAt: NOON + 60_000, cause: 16 }) }),
      )
    together()
      .when(itIsHungUp)
      .so(itIsToldAs('OutsideEnded', 'Dismissed'), asteriskIsAskedTo('disconnect', 'hang-up'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('transferred-out', { endedBy: 'outside' }))
    together()
      .when(theCallerIsGone('asterisk'))
      .so(theOutcomeIs('transferred-out', { endedBy: 'asterisk' }))
  })

  test('both at once end it once', () => {
    aCaller()
      .when(itIsUp, itIsAnswered, theCallerHangsUp, itIsHungUp)
      .so(theOutcomeIs('transferred-out', { endedBy: 'caller' }))
      .when(itIsHungUp, theCallerHangsUp)
      .so(nothingHappens)
  })

  test.each<[number, OutsideResult, string]>([
    [17, 'busy', 'busy'],
    [18, 'no-answer', 'nobody'],
    [19, 'no-answer', 'nobody'],
    [21, 'rejected', 'refused'],
    [1, 'unreachable', 'refused'],
    [34, 'unreachable', 'refused'],
    [0, 'withdrawn', 'refused'],
  ])('unanswered with cause %i it is %s, and the flow leads on', (cause, result, to) => {
    aCaller()
      .when(itIsUp, thePromptEnds, itRingsThere)
      .when(itEnds(cause))
      .so(
        theCallIs('in-flow'),
        theCallHas({ outside: expect.objectContaining({ result, cause }) }),
        theCallerHears(to),
        itWaitsFor({ prompt: 660_000 }),
      )
      .when(thePromptEnds, theCallerHangsUp)
      .so(theOutcomeIs('self-served'))
  })

  test('nobody answers in time: it is hung up, and they are asked to go on', () => {
    aCaller()
      .when(itIsUp, thePromptEnds, itRingsThere, later(20_000))
      .when(theWaitIsOver('outside'))
      .so(
        asteriskIsAsked({ do: 'hang-up', channel: OUT, cause: 19 }, hush, { do: 'say', prompts: ['nobody'] }),
        theCallHas({ outside: expect.objectContaining({ result: 'no-answer' }) }),
      )
      .when(itIsAnswered)
      .so(nothingHappens)
  })

  test('who hangs up while it rings has left in the flow, and it is dialled no longer', () => {
    aCaller()
      .when(itIsUp, itRingsThere, later(10_000))
      .when(theCallerHangsUp)
      .so(
        theOutcomeIs('abandoned-in-flow', { endedBy: 'caller' }),
        asteriskIsAsked({ do: 'hang-up', channel: OUT }),
        theCallHas({ outside: expect.objectContaining({ result: 'withdrawn' }) }),
      )
  })

  test('a database that is away changes nothing', () => {
    for (const step of [itRingsThere, itIsAnswered])
      aCaller().when(itIsUp, step).when(theDatabaseIsAway).so(nothingHappens)
  })
})

describe('not dialled is', () => {
  test('what the rules refuse: the flow leads on, and the story says why', () => {
    const refusal: Refusal = { reason: 'quiet-hours', sentence: 'it is too early', from: NOON + 1 }
    aCaller()
      .with({ toDial: () => ({ refusal }) })
      .when(itIsUp)
      .so(theCallIs('in-flow'), theCallerHears('refused'), itIsToldAs('CallAnswered', 'DiallingRefused', 'Prompted'))
  })

  test('a number that nobody can tell', () => {
    aCaller({ number: 'nobody_knows' })
      .when(itIsUp)
      .so(theCallerHears('refused'), itIsToldAs('CallAnswered', 'FlowFault', 'Prompted'))
  })
})

test('whoever is dialled for a line sees the number of that line', () => {
  const line: Flow = { id: 'q', start: 'q', nodes: { q: { type: 'queue', queue: 'sales' } } }
  const dialledFrom = (set: Partial<Queue>, staff: Staff) =>
    given()
      .with({
        flow: id => (id === 'on' ? { ...flowWith({}), id } : line),
        queue: id => aQueue(id, { overflow: { nobody: 'on', wait: 'on' }, ...set }),
        staff: () => staff,
      })
      .when(aCallArrives('q'), itIsUp)
  const shows = (number: string) => (tale: Tale) =>
    expect(tale.commands).toContainEqual(expect.objectContaining({ do: 'dial', shows: number }))
  dialledFrom({ shows: '02188880000' }, {}).so(shows('02188880000'))
  dialledFrom({ shows: '02188880000' }, { talking: 1 }).when(theWaitIsOver('longest-wait')).so(shows('02188880000'))
  dialledFrom({}, {}).so(shows('4008001000'))
})

test('a survey leads nobody outside: the call has had its talk', () => {
  const survey = { ...flowWith({}), id: 'survey' }
  given()
    .with({ flow: id => (id === 'survey' ? survey : HOTLINE) })
    .when(aTalk)
    .when(theAgentHangsUp)
    .so(itIsToldAs('AgentLeft', 'SurveyOffered', 'Prompted', 'FlowFault', 'Dismissed'), tale =>
      expect(tale.commands).not.toContainEqual(expect.objectContaining({ do: 'dial' })),
    )
    .when(theCallerHangsUp)
    .so(theOutcomeIs('answered'))
})

describe('after a restart', () => {
  const seen = (channels: Record<string, boolean>, bridges: Record<string, string[]> = {}): Seen => ({
    startedAt: 0,
    channels: new Map(
      Object.entries(channels).map(([id, up]) => [
        id,
        { id, up, ours: true, caller: { number: '', name: '' }, dialled: '', role: id === CALL ? 'caller' : 'other' },
      ]),
    ),
    bridges: new Map(Object.entries(bridges)),
    sayings: new Set(),
    messages: new Map(),
    spoken: [],
  })
  const ringing = () => aCaller().when(itIsUp, thePromptEnds, itRingsThere).call!
  const together = () => aCaller().when(itIsUp, thePromptEnds, itIsAnswered).call!

  test('a number that rings on is left to ring, and the caller hears so', () => {
    expect(missed(ringing(), seen({ [CALL]: true, [OUT]: false }), NOON)).toEqual([])
    expect(commandsAgain(ringing(), seen({ [CALL]: true, [OUT]: false }))).toEqual([{ do: 'ringing', channel: CALL }])
  })

  test('what was answered unheard is answered, what is gone is gone', () => {
    expect(missed(ringing(), seen({ [CALL]: true, [OUT]: true }), NOON)).toEqual([
      { kind: 'LegAnswered', leg: OUT, at: NOON },
    ])
    for (const call of [ringing(), together()])
      expect(missed(call, seen({ [CALL]: true }), NOON)).toEqual([{ kind: 'LegEnded', leg: OUT, cause: 0, at: NOON }])
  })

  test('two who talk are left alone, and put together where they are not', () => {
    const both = { [CALL]: true, [OUT]: true }
    expect(commandsAgain(together(), seen(both, { [`${CALL}~talk`]: [CALL, OUT] }))).toEqual([])
    expect(commandsAgain(together(), seen(both, { [`${CALL}~talk`]: [OUT] })).at(-1)).toMatchObject({ do: 'connect' })
  })

  test('whom a call still needs is no stray; whom none needs is hung up', () => {
    const call = together()
    const both = seen({ [CALL]: true, [OUT]: true })
    expect(strays(both, () => call)).toEqual([])
    expect(
      strays(both, id => (callOf(id) === CALL ? aCaller().when(itIsUp, theCallerHangsUp).call! : undefined)),
    ).toEqual([{ do: 'hang-up', channel: OUT, cause: 16 }])
  })
})
