import { describe, expect, test } from 'vitest'
import { evolve } from '../../src/call/evolve.ts'
import type { Fact } from '../../src/call/facts.ts'
import type { Flow } from '../../src/ivr/flow.ts'
import {
  aCallerInTheSurvey,
  aQueue,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  type Check,
  given,
  itWaitsFor,
  NOON,
  noKeyComes,
  theAgentHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallHas,
} from './given.ts'

/** Whether they recommend us; who does not is asked why in a yes or no. */
const NPS: Flow = {
  id: 'nps',
  start: 'recommend',
  nodes: {
    recommend: {
      ...{ type: 'rate', name: 'recommend', scale: 'nps', lowAtOrUnder: 6, prompts: ['survey-nps'] },
      ...{ again: ['survey-nps-again'], tries: 2, patienceMs: 6_000, next: 'how', otherwise: 'end' },
    },
    how: { type: 'branch', cases: [{ when: 'recommend > 8', next: 'end' }], otherwise: 'solved' },
    solved: {
      ...{ type: 'rate', name: 'solved', scale: 'yes-no', lowAtOrUnder: 0, prompts: ['survey-solved'] },
      ...{ again: ['survey-solved-again'], tries: 2, patienceMs: 6_000, next: 'end', otherwise: 'end' },
    },
    end: { type: 'hangup' },
  },
}
const inNps = () =>
  given(aTalk)
    .with({
      queue: id => aQueue(id, { survey: { flow: 'nps', share: 100, everyDays: 0 } }),
      flow: () => NPS,
      releaseOf: () => 9,
    })
    .when(theAgentHangsUp)
const itIsTold =
  (fact: Partial<Fact>): Check =>
  ({ facts }) =>
    expect(facts).toContainEqual(expect.objectContaining(fact))

describe('an answer', () => {
  test('of 10 is two keys; after 1 the next is waited for, and the question is not said on', () => {
    inNps()
      .when(theCallerPresses('1'))
      .so(itWaitsFor({ key: 2_000 }), asteriskIsAskedTo('stop-saying'))
      .when(theCallerPresses('0'))
      .so(
        itIsTold({ kind: 'SurveyAnswered', name: 'recommend', scale: 'nps', rating: 10 }),
        theCallHas({ answers: [{ name: 'recommend', scale: 'nps', score: 10, low: false }], rating: null }),
        asteriskIsAsked({ do: 'hang-up', channel: CALL }),
      )
  })

  test.each([
    ['the next key does not come', noKeyComes],
    ['the hash key says so', theCallerPresses('#')],
  ])('of 1 is one where %s', (_, ends) => {
    inNps()
      .when(theCallerPresses('1'), ends)
      .so(itIsTold({ kind: 'SurveyAnswered', rating: 1 }))
  })

  test('decides what is asked next', () => {
    inNps()
      .when(theCallerPresses('8'))
      .so(theCallerHears('survey-solved'))
      .when(theCallerPresses('1'))
      .so(
        theCallHas({
          answers: [
            { name: 'recommend', scale: 'nps', score: 8, low: false },
            { name: 'solved', scale: 'yes-no', score: 1, low: false },
          ],
        }),
      )
  })

  test('at or under the threshold is told a person, and marked', () => {
    inNps()
      .when(theCallerPresses('6'))
      .so(
        itIsTold({ kind: 'LowScore', name: 'recommend', score: 6, atOrUnder: 6 }),
        theCallHas({ answers: [{ name: 'recommend', scale: 'nps', score: 6, low: true }] }),
      )
      .when(theCallerPresses('2'))
      .so(itIsTold({ kind: 'LowScore', name: 'solved', score: 0 }))
  })

  test('above it is not', () => {
    inNps()
      .when(theCallerPresses('7'))
      .so(({ facts }) => expect(facts.map(fact => fact.kind)).not.toContain('LowScore'))
  })

  test('of a version that had one question still counts', () => {
    const { call } = given(aCallerInTheSurvey)
    const before = { ...call!, answers: undefined } as never
    expect(evolve(before, { kind: 'SurveyAnswered', rating: 4, at: NOON })).toMatchObject({
      rating: 4,
      answers: [{ name: 'rating', scale: '1-5', score: 4 }],
    })
  })
})
