import { describe, expect, test } from 'vitest'
import { isClosed } from '../../src/call/call.ts'
import { evolve } from '../../src/call/evolve.ts'
import type { Outcome } from '../../src/call/facts.ts'
import {
  aCallArrives,
  aCallerBeingGreeted,
  aCallerHearingMusic,
  aCallerInLine,
  aCallerInTheMenu,
  aCallerInTheSurvey,
  agentIs,
  anAnnouncement,
  anEndedCall,
  aRingingPhone,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  given,
  itIsToldAs,
  itsTapeIsFiled,
  itWaitsFor,
  later,
  NOON,
  noPhoneIsHeld,
  nothingHappens,
  type Step,
  theAgentHangsUp,
  theAgentHolds,
  theAgentRetrieves,
  theCallerHangsUp,
  theCallerIsGone,
  theCallerPresses,
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theDatabaseIsAway,
  theDiskRefusesItsTape,
  theLegHas,
  theLifeboatConnects,
  theOutcomeIs,
  thePromptEnds,
} from './given.ts'
import { toSendTo } from './partiesGiven.ts'

const WHERE: Record<string, [stands: Step, whoHangsUp: Outcome, asteriskDies: Outcome]> = {
  'on arrival': [aCallArrives(), 'abandoned-in-flow', 'failed'],
  'while being greeted': [aCallerBeingGreeted, 'abandoned-in-flow', 'failed'],
  'in the menu': [aCallerInTheMenu, 'abandoned-in-flow', 'failed'],
  'in line': [aCallerInLine, 'abandoned-in-queue', 'failed'],
  'while a phone rings': [aRingingPhone, 'abandoned-ringing', 'failed'],
  'during the announcement': [anAnnouncement, 'abandoned-ringing', 'failed'],
  'in a talk': [aTalk, 'answered', 'answered'],
  'in the survey': [aCallerInTheSurvey, 'answered', 'answered'],
}

describe.each(Object.entries(WHERE))('a call that ends %s', (_where, [stands, whoHangsUp, asteriskDies]) => {
  test('has one outcome, holds nobody, and waits for its tape alone', () => {
    given(stands, later(6_000))
      .when(theCallerHangsUp)
      .so(theOutcomeIs(whoHangsUp, { short: false }), noPhoneIsHeld, itWaitsFor({ filing: 1_000 }))
      .when(theCallerHangsUp, theAgentHangsUpIfAny, theCallerPresses('1'))
      .so(nothingHappens)
  })

  test('because Asterisk died is our failure, unless they had talked', () => {
    given(stands).when(theCallerIsGone('asterisk')).so(theOutcomeIs(asteriskDies), noPhoneIsHeld)
  })

  test('can be folded from its facts again, and survives being kept as JSON', () => {
    const tale = given(stands, theCallerHangsUp, itsTapeIsFiled)
    const folded = tale.story.reduce(evolve, null as ReturnType<typeof evolve> | null)
    expect(folded).toEqual(tale.call)
    expect(JSON.parse(JSON.stringify(tale.call))).toEqual(tale.call)
    expect(tale.call!.seq).toBe(tale.story.length)
  })
})

const theAgentHangsUpIfAny: Step = tale => (tale.call!.leg ? theAgentHangsUp(tale) : undefined)

describe('an end', () => {
  test('goes on where it was written before its prompts and holds were kept, and keeps them from then on', () => {
    const held = given(aTalk, theAgentHolds, later(5_000), theAgentRetrieves)
    const { said: _, sayingSince: __, leg, ...call } = held.call!
    const { holds: ___, ...old } = leg!
    held.call = JSON.parse(JSON.stringify({ ...call, leg: old }))
    held
      .when(theAgentHolds, later(1_000), theAgentHangsUp, later(4_000), thePromptEnds, theCallerHangsUp)
      .so(
        theLegHas({ heldMs: 6_000, holds: [{ from: NOON + 5_000, to: NOON + 6_000 }] }),
        theCallHas({ outcome: 'answered', said: [{ from: NOON + 6_000, to: NOON + 10_000 }] }),
      )
  })

  test('sooner than five seconds is short, counted from joining the line', () => {
    given(aCallerInTheMenu, later(4_999))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('abandoned-in-flow', { short: true }))
    given(aCallerInTheMenu, later(60_000), theCallerPresses('1'), later(4_999))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('abandoned-in-queue', { short: true }))
    given(aCallerInLine, later(5_000))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('abandoned-in-queue', { short: false }))
  })

  test('of a talk is never short', () => {
    given(aTalk)
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { short: false }))
  })

  test('is closed when its recording is filed, and that happens once', () => {
    const ended = given(anEndedCall)
    expect(isClosed(ended.call!)).toBe(false)
    ended.when(itsTapeIsFiled).so(itIsToldAs('RecordingFiled'), itWaitsFor({}))
    expect(isClosed(ended.call!)).toBe(true)
    ended.when(itsTapeIsFiled).so(nothingHappens)
  })

  test('is not closed while the disk refuses its tape: refused again that is no news, and filed at last it is', () => {
    const ended = given(anEndedCall)
    ended.when(theDiskRefusesItsTape).so(itIsToldAs('RecordingFiled'), itWaitsFor({}))
    expect(isClosed(ended.call!)).toBe(false)
    ended.when(theDiskRefusesItsTape).so(nothingHappens)
    ended.when(itsTapeIsFiled).so(itIsToldAs('RecordingFiled'))
    expect(isClosed(ended.call!)).toBe(true)
    expect(ended.call!.recording!.faults).toEqual([])
  })

  test('seen late is not earlier than what is already written, but it is kept when it was', () => {
    given(aTalk, later(-30_000))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { endedAt: NOON, goneAt: NOON - 30_000 }))
    expect(given(anEndedCall).call).not.toHaveProperty('goneAt')
  })
})

test('a call begins with its arrival', () => {
  expect(() => evolve(null, { kind: 'CallAnswered', at: NOON })).toThrow('a call does not begin with CallAnswered')
})

describe('when the database is away', () => {
  test.each([
    ['being greeted', aCallerBeingGreeted, 'lifeboat'],
    ['in line', aCallerHearingMusic, 'sales'],
  ] as const)('a caller %s is handed to the lifeboat', (_where, stands, queue) => {
    given(stands)
      .when(theDatabaseIsAway)
      .so(asteriskIsAsked({ do: 'lifeboat', channel: CALL, queue }), itWaitsFor({}))
      .when(theDatabaseIsAway)
      .so(nothingHappens)
  })

  test('a phone that rings stops, and its agent is ready', () => {
    given(aRingingPhone).when(theDatabaseIsAway).so(asteriskIsAskedTo('hang-up', 'lifeboat'), agentIs('8001', 'ready'))
  })

  test.each([
    ['an announcement', anAnnouncement],
    ['a talk', aTalk],
    ['a survey', aCallerInTheSurvey],
  ])('%s goes on', (_what, stands) => {
    given(stands).when(theDatabaseIsAway).so(nothingHappens)
  })

  test('who is sent on out of a talk is handed to the lifeboat at that moment, but for a number outside', () => {
    const isAway = { isDatabaseAway: () => true }
    for (const [to, queue] of [
      [{ queue: 'support' }, 'support'],
      [{ agent: '8002' }, 'sales'],
    ] as const)
      given(aTalk)
        .with(isAway)
        .when(toSendTo(to))
        .so(theCallHas({ inLifeboat: true, queue }), agentIs('8001', 'wrapping-up'), agentIs('8002', 'ready'))
    given(aTalk)
      .with(isAway)
      .when(toSendTo({ number: '13900139000' }))
      .so(theCallHas({ inLifeboat: false }), theCallIs('transferring-out'))
  })

  test('whoever the lifeboat put through was answered', () => {
    given(aCallerHearingMusic, theDatabaseIsAway)
      .when(theLifeboatConnects('8002'))
      .so(agentIs('8002', 'talking'), theCallHas({ phase: 'talking', inLifeboat: true }))
      .when(theLifeboatConnects('8001'))
      .so(nothingHappens, agentIs('8001', 'ready'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered'), agentIs('8002', 'ready'), asteriskIsAskedTo())
  })

  test('whoever waits there still waits in their line', () => {
    given(aCallerHearingMusic, theDatabaseIsAway).so(theCallerWaitsIn('sales'))
  })
})
