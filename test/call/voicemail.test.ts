import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/call/call.ts'
import type { Flow, VoicemailNode } from '../../src/ivr/flow.ts'
import {
  aCallArrives,
  asteriskIsAsked,
  asteriskIsAskedTo,
  CALL,
  given,
  itIsToldAs,
  itIsUp,
  itWaitsFor,
  later,
  NOON,
  noKeyComes,
  nothingHappens,
  type Step,
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

const NODE: VoicemailNode = {
  ...{ type: 'voicemail', queue: 'sales', prompts: ['leave-message'], again: ['message-empty'] },
  ...{ review: ['message-review'], tries: 2, patienceMs: 5_000 },
  ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000, next: 'thanks', otherwise: 'bye' },
}
const flow: Flow = {
  id: 'away',
  start: 'leave',
  nodes: {
    leave: NODE,
    thanks: { type: 'play', prompts: ['message-thanks'], next: 'end' },
    bye: { type: 'play', prompts: ['goodbye'], next: 'end' },
    end: { type: 'hangup', outcome: 'closed' },
  },
}
const KEPT: Message = {
  ...{ id: `${CALL}~message5`, queue: 'sales', leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000 },
  ...{ from: NOON, to: NOON + 8_000, spokenMs: 7_000 },
}

const itIsSpoken =
  (spokenMs?: number): Step =>
  ({ call }) => ({ kind: 'MessageSpoken', message: call!.message!.id, ...(spokenMs !== undefined && { spokenMs }) })

const asked = () =>
  given()
    .with({ flow: () => flow })
    .when(aCallArrives('away'), itIsUp)
const speaking = () => asked().when(thePromptEnds)
const reviewing = () => speaking().when(later(8_000), itIsSpoken(7_000))

describe('a message', () => {
  test('is asked for, and then recorded', () => {
    asked()
      .so(theCallerHears('leave-message', 'beep'), theCallIs('in-flow'))
      .when(thePromptEnds)
      .so(
        itIsToldAs('PromptFinished', 'MessageBegun'),
        theCallIs('leaving-voicemail'),
        itWaitsFor({ message: 70_000 }),
        asteriskIsAsked({
          ...{ do: 'record', channel: CALL, message: `${CALL}~message5`, silenceMs: 5_000, mostMs: 60_000 },
        }),
      )
  })

  test('is begun with #, after the tone alone, by who knows what is asked', () => {
    asked()
      .when(theCallerPresses('1'))
      .so(itIsToldAs('KeyPressed'))
      .when(theCallerPresses('#'))
      .so(asteriskIsAskedTo('stop-saying', 'say'), theCallerHears('beep'))
      .when(thePromptEnds)
      .so(itIsToldAs('PromptFinished', 'MessageBegun'))
  })

  test('that is spoken is looked over: who presses nothing has left it', () => {
    reviewing()
      .so(theCallerHears('message-review'), theCallIs('leaving-voicemail'))
      .when(thePromptEnds)
      .so(itWaitsFor({ key: 5_000 }))
      .when(noKeyComes)
      .so(
        itIsToldAs('KeyMissed', 'MessageKept', 'CallbackBooked', 'Prompted'),
        theCallerHears('message-thanks'),
        theCallIs('in-flow'),
        theCallHas({ message: null, messages: [KEPT] }),
      )
      .when(thePromptEnds, theCallerHangsUp)
      .so(theOutcomeIs('voicemail', { endedBy: 'hotline' }))
  })

  test('is left with 1', () => {
    reviewing()
      .when(theCallerPresses('1'))
      .so(itIsToldAs('KeyPressed', 'MessageKept', 'CallbackBooked', 'Prompted'))
  })

  test('is heard again with 2, and asked about once more', () => {
    reviewing()
      .when(theCallerPresses('2'))
      .so(theCallerHears(`message:${CALL}~message5`, 'message-review'), theCallIs('leaving-voicemail'))
  })

  test('is spoken anew with 3, as often as may be', () => {
    reviewing()
      .when(theCallerPresses('3'))
      .so(
        itIsToldAs('KeyPressed', 'MessageDropped', 'Prompted'),
        asteriskIsAskedTo('forget-message', 'stop-saying', 'say'),
        theCallerHears('beep'),
      )
      .when(thePromptEnds, later(2_000), itIsSpoken(2_000), theCallerPresses('3'))
      .so(theCallerHears('message-review', 'message-review'))
  })

  test('is deleted with *', () => {
    reviewing()
      .when(theCallerPresses('*'))
      .so(theCallerHears('goodbye'), theCallHas({ message: null }))
      .when(thePromptEnds, theCallerHangsUp)
      .so(theOutcomeIs('closed'))
  })

  test('of which nothing was spoken is asked for again, and then no more', () => {
    speaking()
      .when(later(5_100), itIsSpoken(1_000))
      .so(itIsToldAs('MessageEnded', 'MessageDropped', 'Prompted'), theCallerHears('message-empty', 'beep'))
      .when(thePromptEnds, later(900), itIsSpoken(1_000))
      .so(theCallerHears('goodbye'))
  })

  test('is kept where they hang up in the midst of it, or while they look it over', () => {
    speaking()
      .when(later(4_000), theCallerHangsUp)
      .so(
        itIsToldAs('MessageEnded', 'MessageKept', 'CallbackBooked', 'CallEnded'),
        theOutcomeIs('voicemail', { endedBy: 'caller', short: false }),
      )
    reviewing()
      .when(theCallerHangsUp)
      .so(itIsToldAs('MessageKept', 'CallbackBooked', 'CallEnded'), theOutcomeIs('voicemail'))
  })

  test('is none where they hang up before they say a word', () => {
    speaking()
      .when(later(500), theCallerHangsUp)
      .so(itIsToldAs('MessageEnded', 'MessageDropped', 'CallEnded'), theOutcomeIs('abandoned-in-flow'))
  })

  test('whose end nobody has told is over when it must be, and all of it counts as speech', () => {
    speaking()
      .when(later(70_000), theWaitIsOver('message'))
      .so(
        itIsToldAs('MessageEnded', 'Prompted'),
        theCallerHears('message-review'),
        asteriskIsAskedTo('end-message', 'say'),
        ({ call }) => expect(call!.message!.to).toBe(NOON + 60_000),
      )
  })

  test('so short that # ends it before silence could is a message, if it is as long as asked', () => {
    speaking().when(later(1_900), itIsSpoken(1_000)).so(theCallerHears('message-review'))
  })

  test('that is looked over waits on for its key, whatever # is pressed', () => {
    reviewing()
      .when(thePromptEnds)
      .when(later(1_000), theCallerPresses('#'))
      .so(itIsToldAs('KeyPressed'), itWaitsFor({ key: 4_000 }))
      .when(noKeyComes)
      .so(itIsToldAs('KeyMissed', 'MessageKept', 'CallbackBooked', 'Prompted'))
  })

  test.each(['1', '3', '*'])('that is heard again can be cut off with %s, however long it is', key => {
    const tale = speaking().when(later(590_000), itIsSpoken(590_000), theCallerPresses('2'))
    const { saying, waits } = tale.call!
    tale.when(later(589_000)).so(() => expect(waits.prompt).toBeGreaterThan(tale.at))
    tale.when(theCallerPresses(key))
    expect(tale.commands).toContainEqual({ do: 'stop-saying', say: saying })
  })

  test('that Asterisk cannot record leads elsewhere, and the flow is told to be at fault', () => {
    const itIsRefused: Step = ({ call }) => ({ kind: 'MessageSpoken', message: call!.message!.id, isRefused: true })
    speaking()
      .when(itIsRefused)
      .so(itIsToldAs('MessageEnded', 'MessageDropped', 'FlowFault', 'Prompted'), theCallerHears('goodbye'))
  })

  test('does not make served who waits in a line after it', () => {
    const onward: Flow = { ...flow, nodes: { ...flow.nodes, thanks: { type: 'queue', queue: 'sales' } } }
    reviewing()
      .with({ flow: () => onward })
      .when(theCallerPresses('1'))
      .so(theCallIs('queued'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('abandoned-in-queue'))
  })

  test('is ended once: the key that ends it, or word of it that comes late, means nothing more', () => {
    const tale = speaking()
    const message = tale.call!.message!.id
    const again: Step = () => ({ kind: 'MessageSpoken', message, spokenMs: 0 })
    tale.when(theCallerPresses('#')).so(itIsToldAs('KeyPressed'))
    tale.when(later(3_000), itIsSpoken(3_000), theCallerPresses('#')).so(theCallerHears('message-review'))
    tale.when(again).so(nothingHappens)
  })

  test('is not cut off where the database goes away', () => {
    speaking().when(theDatabaseIsAway).so(nothingHappens)
  })
})
