import { describe, expect, test } from 'vitest'
import {
  DUTY_CALL,
  dialledIn,
  hearing,
  identified,
  isDue,
  isToldOf,
  message,
  SHIFT_ENDS,
  theirPhone,
  theirPhoneEnds,
  thePinIs,
  theyHear,
} from './dutyGiven.ts'
import {
  aCallArrives,
  asteriskIsAsked,
  asteriskIsAskedTo,
  given,
  itIsToldAs,
  itIsUp,
  itsTapeIsFiled,
  itWaitsFor,
  noKeyComes,
  nothingHappens,
  theCallerHangsUp,
  theCallerIsGone,
  theCallerPresses,
  theCallHas,
  theCallIs,
  theDatabaseIsAway,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

describe('who dials in for duty', () => {
  test('is asked who they are, whatever number they show, and for the PIN', () => {
    given(aCallArrives('duty'))
      .so(itIsToldAs('DutyBegan'), asteriskIsAskedTo('answer'))
      .when(itIsUp)
      .so(itIsToldAs('CallAnswered', 'DutyAsked', 'Prompted'), theyHear('duty-who'), theCallIs('in-flow'))
      .when(theCallerPresses('#'))
      .so(itIsToldAs('DutyAsked', 'Prompted'), theyHear('duty-pin'))
      .when(theCallerPresses('#'))
      .so(itIsToldAs('PinGiven'), asteriskIsAskedTo('stop-saying', 'check-pin'), itWaitsFor({}))
  })

  test('is a call of the centre, and no caller', () => {
    dialledIn().so(theCallHas({ direction: 'internal', from: '13800138000', queue: null }))
  })

  test('hears how many wait, then who has called, when, and what they said', () => {
    const [first, second] = [message('m1'), message('m2')]
    hearing(first, second).so(
      itIsToldAs('DutyEntered', 'MessageTold', 'Prompted'),
      theyHear('duty-you-have', 'number/pair', 'duty-messages', ...isToldOf(first)),
    )
  })

  test('hears of a caller who showed no number', () => {
    hearing(message('m1', { from: '' })).so(({ commands }) =>
      expect(commands[0]).toMatchObject({ prompts: expect.arrayContaining(['duty-no-number']) }),
    )
  })

  test('is let go where nothing waits', () => {
    hearing()
      .so(theyHear('duty-none'))
      .when(thePromptEnds, theCallerIsGone())
      .so(theOutcomeIs('self-served', { endedBy: 'hotline' }))
  })

  test('is asked for both anew after a wrong PIN, and let go after three', () => {
    const wrong = thePinIs('wrong')
    identified()
      .when(wrong)
      .so(itIsToldAs('PinRefused', 'DutyAsked', 'Prompted'), theyHear('duty-wrong', 'duty-who'))
      .when(theCallerPresses('#'), theCallerPresses('#'))
      .when(wrong)
      .so(theyHear('duty-wrong', 'duty-who'))
      .when(theCallerPresses('#'), theCallerPresses('#'))
      .when(wrong)
      .so(theyHear('duty-refused'))
      .when(theCallerIsGone())
      .so(theOutcomeIs('blocked', { endedBy: 'hotline' }))
  })

  test('is asked again, and has not been wrong, where what they keyed in is lost; but not for ever', () => {
    identified()
      .when(thePinIs('lost'))
      .so(theyHear('duty-who'))
      .when(theCallerPresses('#'), theCallerPresses('#'), thePinIs('lost'))
      .so(theyHear('duty-pin', 'duty-who'))
      .when(theCallerPresses('#'), theCallerPresses('#'))
      .when(thePinIs('lost'))
      .so(theyHear('duty-refused'))
  })

  test('hears that something went wrong where the PIN cannot be looked at', () => {
    identified()
      .when(thePinIs('failed'))
      .so(theyHear('system-error'), theCallHas({ dismissed: 'failed' }))
  })

  test('is asked three times in all, and then let go', () => {
    dialledIn()
      .when(thePromptEnds, noKeyComes, thePromptEnds, noKeyComes)
      .so(theyHear('duty-who', 'duty-who'))
      .when(thePromptEnds, noKeyComes)
      .so(theyHear('duty-refused'))
      .when(theCallerIsGone())
      .so(theOutcomeIs('abandoned-in-flow'))
  })

  test('is no matter for the lifeboat while the database is away', () => {
    hearing(message('m1')).when(theDatabaseIsAway).so(nothingHappens)
  })
})

describe('a message on duty', () => {
  const [first, second] = [message('m1'), message('m2')]

  test('is heard again with 1', () => {
    hearing(first)
      .when(theCallerPresses('1'))
      .so(itIsToldAs('KeyPressed', 'MessageTold', 'Prompted'), theyHear(...isToldOf(first)))
  })

  test.each([
    ['2', 'kept', { until: SHIFT_ENDS }],
    ['4', 'passed', { asked: ['7'] }],
    ['5', 'done', {}],
  ])('is settled with %s: %s, and the next is told', (key, as, onward) => {
    hearing(first, second)
      .when(theCallerPresses(key))
      .so(
        itIsToldAs('KeyPressed', 'MessageSettled', 'MessageTold', 'Prompted'),
        theyHear(...isToldOf(second)),
        ({ facts }) => expect(facts[1]).toMatchObject({ message: 'm1', person: '7', as, callback: 'cb-m1', ...onward }),
      )
  })

  test.each([
    [
      ['3', '7'],
      ['3', '7'],
    ],
    [
      ['7', '3'],
      ['7', '3', '7'],
    ],
  ])('is passed on to those who were not asked: who passes it on has been, after %j', (asked, now) => {
    hearing(message('m1', { asked }))
      .when(theCallerPresses('4'))
      .so(({ facts }) => expect(facts[1]).toMatchObject({ asked: now }))
  })

  test('is the last: then they are let go', () => {
    hearing(first)
      .when(theCallerPresses('5'))
      .so(theyHear('duty-no-more'))
      .when(thePromptEnds)
      .so(asteriskIsAskedTo('hang-up'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('self-served'))
  })

  test('stays where they hang up', () => {
    hearing(first)
      .when(theCallerHangsUp)
      .so(itIsToldAs('CallEnded'), theOutcomeIs('self-served'))
      .when(itsTapeIsFiled)
      .so(itIsToldAs('RecordingFiled'))
  })

  test('stays where they press nothing: the keys are told twice', () => {
    hearing(first)
      .when(thePromptEnds, noKeyComes, thePromptEnds, noKeyComes)
      .so(theyHear('duty-keys', 'duty-keys'))
      .when(thePromptEnds, noKeyComes)
      .so(itIsToldAs('PromptFinished', 'KeyMissed', 'Dismissed', 'Prompted'), theyHear('goodbye'))
  })
})

describe('who is on duty', () => {
  const dialled = () => given(isDue)

  test('is dialled, and sees the number of the hotline', () => {
    dialled().so(
      theCallIs('dialling'),
      itWaitsFor({ dial: 45_000 }),
      asteriskIsAsked({ do: 'dial', number: '013900139000', shows: '4008001000', forMs: 45_000 }),
    )
  })

  test('is recorded, and asked for the PIN alone', () => {
    dialled()
      .when(theirPhone('LegAnswered'))
      .so(asteriskIsAsked({ do: 'tape', call: DUTY_CALL }))
      .when(theirPhone('OnTape'))
      .so(theyHear('duty-calling', 'duty-pin'), theCallIs('in-flow'))
  })

  test.each([
    ['does not answer', theWaitIsOver('dial'), 'not-reached'],
    ['is busy', theirPhoneEnds(17), 'not-reached'],
  ] as const)('who %s has not been reached, and no tape is looked for', (_, happens, outcome) => {
    dialled()
      .when(happens)
      .so(
        theOutcomeIs(outcome),
        itWaitsFor({}),
        theCallHas({ recording: { file: null, ms: 0, sha256: null, faults: [] } }),
      )
  })

  test('whose phone rings in vain is rung no longer', () => {
    dialled()
      .when(theWaitIsOver('dial'))
      .so(asteriskIsAsked({ do: 'hang-up' }))
  })

  test('who hangs up without a PIN has not been reached', () => {
    dialled()
      .when(theirPhone('LegAnswered'), theirPhone('OnTape'), theirPhoneEnds(16))
      .so(theOutcomeIs('not-reached'), itWaitsFor({ filing: 1_000 }))
  })
})
