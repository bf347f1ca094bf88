import { describe, expect, test } from 'vitest'
import type { Flow, LookupNode } from '../../src/ivr/flow.ts'
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
  nothingHappens,
  type Step,
  theCallerHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallHas,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

const ask: LookupNode = {
  ...{ type: 'lookup', system: 'billing', method: 'GET', path: '/balance', send: { number: 'caller' } },
  ...{
    take: { balance: 'answer.balance' },
    prompts: ['one-moment'],
    timeoutMs: 3_000,
    next: 'tell',
    otherwise: 'sorry',
  },
}
const flow = (set: Partial<LookupNode> = {}): Flow => ({
  id: 'balance',
  start: 'ask',
  nodes: {
    ask: { ...ask, ...set },
    tell: {
      type: 'say',
      as: 'money',
      value: 'balance',
      before: ['balance'],
      after: [],
      next: 'end',
      otherwise: 'sorry',
    },
    sorry: { type: 'play', prompts: ['sorry'], next: 'end' },
    end: { type: 'hangup' },
  },
})
const where = (set?: Partial<LookupNode>) => ({ flow: () => flow(set) })
const itAnswers =
  (answer: unknown): Step =>
  ({ call }) => ({ kind: 'LookedUp', lookup: call!.lookup!.id, answer })
const itFails: Step = ({ call }) => ({ kind: 'LookedUp', lookup: call!.lookup!.id, failure: 'away' })
const asking = (set?: Partial<LookupNode>) => given().with(where(set)).when(aCallArrives('balance'), itIsUp)

describe('a customer system', () => {
  test('is asked with what the flow says, while the caller is told to wait', () => {
    asking().so(
      itIsToldAs('CallArrived', 'CallAnswered', 'Prompted', 'LookupBegun'),
      theCallerHears('one-moment'),
      itWaitsFor({ prompt: 660_000 }),
      ({ commands }) => {
        const { prompts: _, take: __, next: ___, otherwise: ____, type: _____, ...asked } = ask
        const lookup = `${CALL}~lookup4`
        expect(commands.at(-1)).toEqual({
          do: 'look-up',
          call: CALL,
          lookup,
          asked: { ...asked, send: { number: '13800138000' } },
        })
      },
    )
  })

  test('gives words, and what is being said is said to its end', () => {
    asking()
      .when(later(500), itAnswers({ balance: 12.5, secret: 'x' }))
      .so(itIsToldAs('LookupEnded', 'WordSet'), theCallHas({ words: { balance: 12.5 }, lookup: null }))
      .when(thePromptEnds)
      .so(theCallerHears('balance', 'number/12', 'money/yuan', 'number/5', 'money/jiao'))
  })

  test('that is slower than what is said leads on as soon as it answers', () => {
    asking()
      .when(thePromptEnds)
      .so(itIsToldAs('PromptFinished'))
      .when(itAnswers({ balance: 2 }))
      .so(itIsToldAs('LookupEnded', 'WordSet', 'Prompted'))
  })

  test.each([
    ['that fails', itFails],
    ['whose answer lacks what is taken', itAnswers({ sum: 1 })],
  ])('%s leads elsewhere', (_, happening) => {
    asking({ prompts: [] })
      .when(happening)
      .so(itIsToldAs('LookupEnded', 'FlowFault', 'Prompted'), theCallerHears('sorry'))
  })

  test('that answers late, or twice, is not heard', () => {
    const tale = asking({ prompts: [] })
    const lookup = tale.call!.lookup!.id
    const again: Step = () => ({ kind: 'LookedUp', lookup, answer: { balance: 1 } })
    tale.when(itFails).when(again).so(nothingHappens)
    tale.when(theCallerHangsUp).when(again).so(nothingHappens)
  })

  test('is not asked where that with which it is asked cannot be told', () => {
    asking({ send: { number: 'account' } }).so(
      itIsToldAs('CallArrived', 'CallAnswered', 'FlowFault', 'Prompted'),
      theCallerHears('sorry'),
    )
  })

  test('that is asked without a word cuts short what is being said: its answer leads on at once', () => {
    const menu: Flow = {
      ...flow({ prompts: [] }),
      start: 'menu',
      nodes: {
        ...flow({ prompts: [] }).nodes,
        menu: {
          ...{ type: 'menu', prompts: ['menu'], keys: { 1: 'ask' }, wrongKey: [], noKey: [], tries: 1 },
          ...{ patienceMs: 5_000, otherwise: 'sorry' },
        },
      },
    }
    given()
      .with({ flow: () => menu })
      .when(aCallArrives('balance'), itIsUp)
      .when(theCallerPresses('1'))
      .so(itIsToldAs('KeyPressed', 'LookupBegun'), asteriskIsAskedTo('stop-saying', 'look-up'))
      .when(itAnswers({ balance: 2 }))
      .so(itIsToldAs('LookupEnded', 'WordSet', 'Prompted'))
  })

  test('that is asked without a word, and is slow, is waited for to music, until what is said next', () => {
    asking({ prompts: [] })
      .so(itWaitsFor({ music: 1_000 }))
      .when(later(1_000), theWaitIsOver('music'))
      .so(itIsToldAs('MusicBegun'), asteriskIsAsked({ do: 'music', channel: CALL }), itWaitsFor({}))
      .when(itAnswers({ balance: 2 }))
      .so(itIsToldAs('LookupEnded', 'WordSet', 'Prompted'), asteriskIsAskedTo('say'))
      .when(theWaitIsOver('music'))
      .so(nothingHappens)
  })

  test('that answers within a second is waited for in silence', () => {
    asking({ prompts: [] })
      .when(later(900), itAnswers({ balance: 2 }))
      .so(itWaitsFor({ prompt: 660_000 }))
  })

  test('that is slower than what is said meanwhile is waited for to music, too', () => {
    asking()
      .when(later(3_000), thePromptEnds)
      .so(itWaitsFor({ music: 1_000 }))
      .when(later(1_000), theWaitIsOver('music'))
      .so(asteriskIsAskedTo('music'))
  })
})
