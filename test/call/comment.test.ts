import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/call/call.ts'
import type { CommentNode, Flow } from '../../src/ivr/flow.ts'
import {
  aCallArrives,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  given,
  itIsToldAs,
  itIsUp,
  later,
  nothingHappens,
  type Step,
  theAgentHangsUp,
  theCallerHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallHas,
  theCallIs,
  theDatabaseIsAway,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

const WHY: CommentNode = {
  ...{ type: 'comment', name: 'why', prompts: ['survey-comment'], again: ['survey-comment-again'], tries: 2 },
  ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000, next: 'thanks', otherwise: 'bye' },
}
const flow: Flow = {
  id: 'survey',
  start: 'rating',
  nodes: {
    rating: {
      ...{ type: 'rate', name: 'rating', scale: '1-5', prompts: ['survey'], again: ['survey-again'], tries: 2 },
      ...{ patienceMs: 6_000, next: 'why', otherwise: 'bye' },
    },
    why: WHY,
    thanks: { type: 'play', prompts: ['survey-thanks'], next: 'end' },
    bye: { type: 'play', prompts: ['survey-none'], next: 'end' },
    end: { type: 'hangup' },
  },
}

const itIsSpoken =
  (spokenMs?: number): Step =>
  ({ call }) => ({ kind: 'MessageSpoken', message: call!.message!.id, ...(spokenMs !== undefined && { spokenMs }) })

const asked = () =>
  given(aTalk)
    .with({ flow: () => flow })
    .when(theAgentHangsUp)
    .when(theCallerPresses('5'))
const speaking = () => asked().when(thePromptEnds)
const rated = { name: 'rating', scale: '1-5', score: 5, low: false } as const
const answer = (tale: ReturnType<typeof given>) => {
  const { id } = tale.call!.comments![0]!
  return { name: 'why', scale: 'spoken', message: id, ms: 8_000 } as const
}

describe('a comment', () => {
  test('is asked for after the rating, and recorded after the tone; the caller is still being asked about the talk', () => {
    asked().so(theCallerHears('survey-comment', 'beep'))
    speaking().so(
      itIsToldAs('PromptFinished', 'MessageBegun'),
      theCallIs('surveying'),
      asteriskIsAsked({ do: 'record', channel: CALL, silenceMs: 5_000, mostMs: 60_000 }),
    )
  })

  test('that is spoken is kept at once, as an answer of the survey, and is no message to be called back', () => {
    const tale = speaking().when(later(8_000), itIsSpoken(7_000))
    tale.so(
      itIsToldAs('MessageEnded', 'CommentKept', 'Prompted'),
      theCallerHears('survey-thanks'),
      theCallHas({ rating: 5, answers: [rated, answer(tale)], message: null }),
      ({ call }) => expect(call).not.toHaveProperty('messages'),
    )
    tale.when(thePromptEnds, theCallerHangsUp).so(theOutcomeIs('answered', { endedBy: 'agent' }))
  })

  test('is left by who hangs up in the midst of it: the call was answered all the same', () => {
    const tale = speaking().when(later(8_000), theCallerHangsUp)
    tale.so(
      itIsToldAs('MessageEnded', 'CommentKept', 'CallEnded'),
      theOutcomeIs('answered', { endedBy: 'agent', answers: [rated, answer(tale)] }),
    )
  })

  test('without a word is asked for again, and then no more: nothing is kept', () => {
    speaking()
      .when(later(5_000), itIsSpoken(0))
      .so(itIsToldAs('MessageEnded', 'MessageDropped', 'Prompted'), theCallerHears('survey-comment-again', 'beep'))
      .when(thePromptEnds, later(5_000), itIsSpoken(0))
      .so(theCallerHears('survey-none'), theCallHas({ answers: [rated] }))
  })

  test('is not asked of who presses *', () => {
    asked()
      .when(theCallerPresses('*'))
      .so(asteriskIsAskedTo('stop-saying', 'say'), theCallerHears('survey-none'), theCallHas({ answers: [rated] }))
  })

  test('is not begun by the # with which they have ended their answer, nor by any other key', () => {
    asked().when(theCallerPresses('#'), theCallerPresses('5')).so(itIsToldAs('KeyPressed', 'KeyPressed'))
  })

  test('is not disturbed by keys: # ends it, and Asterisk says so', () => {
    speaking().when(theCallerPresses('1'), theCallerPresses('*')).so(itIsToldAs('KeyPressed', 'KeyPressed'))
  })

  test('that Asterisk cannot record leads on, and the story says so', () => {
    speaking()
      .when(({ call }) => ({ kind: 'MessageSpoken', message: call!.message!.id, isRefused: true }))
      .so(itIsToldAs('MessageEnded', 'MessageDropped', 'FlowFault', 'Prompted'), theCallerHears('survey-none'))
  })

  test('whose end nobody tells is over after its longest, and kept', () => {
    speaking()
      .when(later(70_000), theWaitIsOver('message'))
      .so(itIsToldAs('MessageEnded', 'CommentKept', 'Prompted'), asteriskIsAskedTo('end-message', 'say'))
  })

  test('needs no database', () => {
    speaking().when(theDatabaseIsAway).so(nothingHappens)
  })

  test('that no survey asked for is kept as well: the flow has served them', () => {
    const opinion: Flow = { id: 'opinion', start: 'why', nodes: { ...flow.nodes, why: { ...WHY, next: 'end' } } }
    const kept = { name: 'why', spokenMs: 7_000 }
    given()
      .with({ flow: () => opinion })
      .when(aCallArrives('opinion'), itIsUp, thePromptEnds, later(8_000), itIsSpoken(7_000))
      .so(theCallHas({ comments: [expect.objectContaining(kept) as Message], phase: 'in-flow' }))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('self-served', { endedBy: 'hotline' }))
  })

  test('that no survey asked for and that ends with their hanging up has served them, too', () => {
    const opinion: Flow = { ...flow, id: 'opinion', start: 'why' }
    const speaking = () =>
      given()
        .with({ flow: () => opinion })
        .when(aCallArrives('opinion'), itIsUp, thePromptEnds)
    speaking()
      .when(later(8_000), theCallerHangsUp)
      .so(theOutcomeIs('self-served', { endedBy: 'caller' }))
    speaking().when(theCallerHangsUp).so(theOutcomeIs('abandoned-in-flow'))
  })
})

describe('a score on a scale', () => {
  test('is not spoiled by a # that follows it: the next question is not answered by that', () => {
    const two: Flow = {
      ...flow,
      nodes: { ...flow.nodes, why: { ...flow.nodes.rating!, name: 'two', next: 'bye' } as never },
    }
    given(aTalk)
      .with({ flow: () => two })
      .when(theAgentHangsUp)
      .when(theCallerPresses('5'))
      .so(theCallerHears('survey'))
      .when(theCallerPresses('#'))
      .so(itIsToldAs('KeyPressed'))
      .when(thePromptEnds, theCallerPresses('#'))
      .so(({ call }) => expect(call!.waits).toHaveProperty('key'))
  })
})
