import { describe, test } from 'vitest'
import type { Known } from '../../src/call/facts.ts'
import type { Queue } from '../../src/queue/queue.ts'
import {
  aCallArrives,
  aCallerBeingGreeted,
  aCallerInTheMenu,
  anAgentIsChosen,
  aQueue,
  aRingingPhone,
  asteriskIsAsked,
  CALL,
  given,
  itIsToldAs,
  itIsUp,
  itWaitsFor,
  later,
  NOON,
  nothingHappens,
  type Step,
  theCallerHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallHas,
  theDatabaseIsAway,
  theLegEnds,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

const HOUR = 3_600_000
const theyAreKnown =
  (set: Partial<Known> = {}): Step =>
  () => ({ kind: 'CallerKnown', lastAt: NOON - HOUR, ...set })
const where = (set: Partial<Queue>) => ({ queue: (id: string) => aQueue(id, set) })

describe('a blocked caller', () => {
  const blocked = { standing: () => ({ as: 'blocked' }) as const }

  test('is turned away unanswered, and counted as such', () => {
    given()
      .with(blocked)
      .when(aCallArrives())
      .so(itIsToldAs('CallArrived'), asteriskIsAsked({ do: 'hang-up', channel: CALL, cause: 21 }))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('blocked', { endedBy: 'hotline', answeredAt: null }))
  })

  test('is not greeted, whatever Asterisk tells of them, nor sent to the lifeboat', () => {
    given()
      .with(blocked)
      .when(aCallArrives())
      .when(itIsUp)
      .so(nothingHappens)
      .when(theDatabaseIsAway)
      .so(nothingHappens)
  })
})

describe('who has called before', () => {
  test('is greeted in the language that they chose then', () => {
    given(aCallArrives(), theyAreKnown({ language: 'en' }))
      .when(itIsUp)
      .so(theCallHas({ language: 'en' }))
  })

  test('is greeted in the language of the number that they dial, where they never called that', () => {
    given(aCallArrives(), theyAreKnown())
      .when(itIsUp)
      .so(theCallHas({ language: 'zh' }))
  })

  test('goes on in the language that they hear, where that was told too late', () => {
    given(aCallerBeingGreeted)
      .when(theyAreKnown({ language: 'en' }))
      .so(itIsToldAs('CallerKnown'), theCallHas({ language: 'zh' }))
  })

  test('has a head start in a line that gives it to repeat callers, if it was not too long ago', () => {
    const line = where({ headStartMs: 1_000, repeatWithinMs: 2 * HOUR, repeatHeadStartMs: 60_000 })
    given(aCallerInTheMenu, theyAreKnown())
      .with(line)
      .when(theCallerPresses('1'))
      .so(theCallHas({ headStartMs: 61_000 }))
    given(aCallerInTheMenu, theyAreKnown({ lastAt: NOON - 3 * HOUR }))
      .with(line)
      .when(theCallerPresses('1'))
      .so(theCallHas({ headStartMs: 1_000 }))
  })

  test('has it also where that is told when they wait already, as where a number leads straight into the line', () => {
    const line = where({ headStartMs: 1_000, repeatWithinMs: 2 * HOUR, repeatHeadStartMs: 60_000, lastAgentMs: 20_000 })
    given(aCallerInTheMenu)
      .with(line)
      .when(theCallerPresses('1'))
      .so(theCallHas({ headStartMs: 1_000 }))
      .when(later(500), theyAreKnown({ lastAgent: '8002' }))
      .so(itIsToldAs('CallerKnown', 'PlaceRaised'), theCallHas({ headStartMs: 61_000, first: '8002', queuedAt: NOON }))
      .when(theyAreKnown({ lastAgent: '8001' }))
      .so(nothingHappens)
  })

  test('has it for the way back, where a phone rings already, and that phone goes on ringing', () => {
    const line = where({ repeatWithinMs: 2 * HOUR, repeatHeadStartMs: 60_000, lastAgentMs: 20_000 })
    given(aRingingPhone)
      .with(line)
      .when(theyAreKnown({ lastAgent: '8002' }))
      .so(itIsToldAs('CallerKnown', 'PlaceRaised'), theCallHas({ headStartMs: 60_000, first: null, phase: 'ringing' }))
  })

  test('stands where they stand, in a line that gives nothing for it', () => {
    given(aCallerInTheMenu, theCallerPresses('1')).when(theyAreKnown()).so(itIsToldAs('CallerKnown'))
  })
})

test('a VIP has a head start in every line', () => {
  given()
    .with({ standing: () => ({ as: 'vip', headStartMs: 300_000 }) })
    .when(aCallArrives(), itIsUp, thePromptEnds, theCallerPresses('1'))
    .so(theCallHas({ headStartMs: 300_000 }))
})

describe('the agent whom they talked with last', () => {
  const line = where({ lastAgentMs: 20_000 })
  const inLine = [aCallerInTheMenu, theyAreKnown({ lastAgent: '8002' })] as const

  test('is waited for, for a while; then anybody may serve them', () => {
    given(...inLine)
      .with(line)
      .when(theCallerPresses('1'), thePromptEnds)
      .so(
        theCallHas({ first: '8002' }),
        itWaitsFor({ 'first-agent': 20_000, 'longest-wait': 900_000, announce: 30_000 }),
      )
      .when(later(20_000), theWaitIsOver('first-agent'))
      .so(itIsToldAs('AnyAgent'), theCallHas({ first: null }))
  })

  test('is not waited for where they have gone, or rest', () => {
    given(...inLine)
      .with({ ...line, mayServeSoon: () => false })
      .when(theCallerPresses('1'))
      .so(theCallHas({ first: null }))
  })

  test('is asked once: where they do not answer, anybody may serve the caller', () => {
    given(...inLine)
      .with(line)
      .when(theCallerPresses('1'), thePromptEnds, anAgentIsChosen('8002'))
      .so(itWaitsFor({ ring: 15_000 }))
      .when(theLegEnds(17))
      .so(theCallHas({ first: null }), itWaitsFor({ 'longest-wait': 900_000, announce: 30_000 }))
  })
})

test('a caller hears the greeting, known or not', () => {
  given(aCallArrives(), theyAreKnown()).when(itIsUp).so(theCallerHears('greeting'))
})
