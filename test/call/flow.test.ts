import { describe, expect, test } from 'vitest'
import type { Flow } from '../../src/ivr/flow.ts'
import {
  aCallArrives,
  aCallerBeingGreeted,
  aCallerInLine,
  aCallerInTheMenu,
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
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theDatabaseIsAway,
  theLanguageIs,
  thePromptEnds,
  thePromptOf,
  theWaitIsOver,
} from './given.ts'

describe('a caller in the flow', () => {
  test('is answered on arrival, and only on arrival', () => {
    given()
      .when(aCallArrives())
      .so(theCallIs('arriving'), asteriskIsAsked({ do: 'answer', channel: CALL }))
      .when(aCallArrives())
      .so(nothingHappens)
  })

  test('whom Asterisk reports before their arrival is nobody', () => {
    given().when(itIsUp, theCallerPresses('1')).so(nothingHappens)
  })

  test('is greeted, then hears the menu', () => {
    given(aCallArrives())
      .when(itIsUp)
      .so(theCallIs('in-flow'), theCallerHears('greeting'))
      .when(thePromptEnds)
      .so(theCallerHears('menu'), theLanguageIs('zh'))
      .when(thePromptEnds)
      .so(theCallerHears(), itWaitsFor({ key: 5_000 }))
  })

  test('is not greeted twice when Asterisk says twice that they are up', () => {
    given(aCallerBeingGreeted).when(itIsUp).so(nothingHappens)
  })

  test('may press while the menu is being spoken: the prompt stops', () => {
    const menu = given(aCallerInTheMenu)
    const say = menu.call!.saying!
    menu
      .when(theCallerPresses('1'))
      .so(theCallerWaitsIn('sales'), asteriskIsAsked({ do: 'stop-saying', say }, { do: 'say', channel: CALL }))
  })

  test('may press while being greeted, who knows the menu', () => {
    given(aCallerBeingGreeted).when(theCallerPresses('2')).so(theCallerWaitsIn('support'))
  })

  test.each([
    ['1', 'sales'],
    ['2', 'support'],
    ['0', 'operator'],
  ])('who presses %s waits for %s', (key, queue) => {
    given(aCallerInTheMenu, thePromptEnds).when(theCallerPresses(key)).so(theCallerWaitsIn(queue))
  })

  test('who presses no key is asked again, then goes to the operator', () => {
    given(aCallerInTheMenu, thePromptEnds)
      .when(noKeyComes)
      .so(theCallerHears('no-key', 'menu'))
      .when(thePromptEnds, noKeyComes)
      .so(theCallerHears('to-operator'))
      .when(thePromptEnds)
      .so(theCallerWaitsIn('operator'))
  })

  test('who presses a wrong key is asked again, then goes to the operator', () => {
    given(aCallerInTheMenu)
      .when(theCallerPresses('7'))
      .so(theCallerHears('wrong-key', 'menu'))
      .when(theCallerPresses('#'))
      .so(theCallerHears('to-operator'))
  })

  test('who presses 9 hears everything in the other language, and may come back', () => {
    given(aCallerInTheMenu)
      .when(theCallerPresses('9'))
      .so(theCallerHears('greeting'), theLanguageIs('en'), theCallHas({ language: 'en' }))
      .when(theCallerPresses('9'))
      .so(theLanguageIs('zh'))
      .when(theCallerPresses('9'), theCallerPresses('1'))
      .so(theCallHas({ language: 'en', phase: 'queued' }))
  })

  test('goes on after a prompt whose end Asterisk never reported', () => {
    given(aCallerBeingGreeted)
      .so(itWaitsFor({ prompt: 660_000 }))
      .when(theWaitIsOver('prompt'))
      .so(theCallerHears('menu'))
  })

  test('is not moved by the end of a prompt that was stopped', () => {
    const tale = given(aCallerInTheMenu)
    const stopped = tale.call!.saying!
    tale
      .when(theCallerPresses('7'))
      .when(() => ({ kind: 'PromptEnded', say: stopped }))
      .so(nothingHappens)
  })

  test('who dialled a line’s own number waits there at once', () => {
    given(aCallArrives('direct-sales')).when(itIsUp).so(theCallerWaitsIn('sales'))
  })

  test('is told when nobody on duty can help, and the call ends as closed once that is spoken', () => {
    given(aCallerInTheMenu)
      .with({ staff: () => ({}) })
      .when(theCallerPresses('1'))
      .so(theCallerHears('all-agents-away'), theCallHas({ dismissed: 'closed' }))
      .when(theCallerPresses('1'))
      .so(nothingHappens)
      .when(thePromptEnds)
      .so(asteriskIsAsked({ do: 'hang-up', channel: CALL }))
  })

  test('has no more keys to press in the line', () => {
    given(aCallerInLine).when(theCallerPresses('2'), noKeyComes).so(nothingHappens, theCallerWaitsIn('sales'))
  })

  test('keeps every key pressed in the story', () => {
    given(aCallerInTheMenu)
      .when(theCallerPresses('7'))
      .so(itIsToldAs('KeyPressed', 'Prompted'), asteriskIsAskedTo('stop-saying', 'say'))
  })

  test('was told what Asterisk has spoken to its end, from when to when; what was cut off or is soon over is not kept', () => {
    given(aCallerBeingGreeted, later(8_000), thePromptEnds, later(3_000), theCallerPresses('1'), later(2_000))
      .when(thePromptEnds, later(60_000), theCallerHangsUp)
      .so(theCallHas({ said: [{ from: NOON, to: NOON + 8_000 }] }))
  })

  test('may not have been told a prompt whose end is only concluded', () => {
    const concluded: Step = ({ call }) => ({ kind: 'PromptEnded', say: call!.saying! })
    given(aCallerBeingGreeted, later(8_000), concluded)
      .when(theCallerHangsUp)
      .so(theCallIs('ended'), tale => {
        expect(tale.call!.said ?? []).toEqual([])
      })
  })

  test('may not have been told what the database’s absence cut off', () => {
    given(aCallerBeingGreeted, later(8_000), thePromptEnds, later(3_000))
      .when(theDatabaseIsAway, later(2_000), theCallerHangsUp)
      .so(theCallHas({ said: [{ from: NOON, to: NOON + 8_000 }] }))
  })

  test('may still hear what was cut short until a later prompt has been heard', () => {
    const concluded: Step = ({ call }) => ({ kind: 'PromptEnded', say: call!.saying! })
    const tale = given(aCallerInTheMenu)
    const menu = tale.call!.saying!
    tale
      .when(theCallerPresses('7'))
      .so(theCallHas({ cutShort: [menu] }))
      .when(concluded)
      .so(theCallHas({ cutShort: [menu] }))
      .when(theCallerPresses('7'), thePromptEnds)
      .so(theCallHas({ cutShort: [] }))
  })

  test('never hears two prompts under one name', () => {
    const tale = given(aCallerInTheMenu, thePromptEnds, noKeyComes, thePromptEnds, noKeyComes, thePromptEnds)
    const names = tale.story.filter(fact => fact.kind === 'Prompted').map(fact => fact.say)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('a number that is asked for', () => {
  const flow: Flow = {
    id: 'hotline',
    start: 'ask',
    nodes: {
      ask: {
        ...{
          type: 'collect',
          name: 'account',
          prompts: ['menu'],
          again: ['wrong-key'],
          least: 4,
          most: 6,
          terminator: '#',
        },
        ...{ tries: 2, patienceMs: 5_000, betweenMs: 3_000, next: 'which', otherwise: 'end' },
      },
      which: { type: 'branch', cases: [{ when: 'account == "0007"', next: 'sales' }], otherwise: 'end' },
      sales: { type: 'queue', queue: 'sales' },
      end: { type: 'hangup' },
    },
  }
  const asked = () =>
    given()
      .with({ flow: () => flow })
      .when(aCallArrives(), itIsUp)

  test('may be keyed in while it is being asked: the prompt stops, and the next key is waited for', () => {
    const tale = asked()
    const { saying } = tale.call!
    tale
      .when(theCallerPresses('0'))
      .so(itIsToldAs('KeyPressed', 'KeysKept'), asteriskIsAskedTo('stop-saying'), itWaitsFor({ key: 3_000 }))
    expect(tale.commands).toEqual([{ do: 'stop-saying', say: saying }])
    tale.when(thePromptOf(saying!)).so(nothingHappens)
  })

  test('is known to what comes after it', () => {
    asked()
      .when(thePromptEnds, theCallerPresses('0'), theCallerPresses('0'), theCallerPresses('0'), theCallerPresses('7'))
      .when(noKeyComes)
      .so(theCallHas({ words: { account: '0007' }, queue: 'sales' }))
  })

  test('that is wrong is asked for anew, and what was keyed in is forgotten', () => {
    asked()
      .when(thePromptEnds, theCallerPresses('1'), theCallerPresses('#'))
      .so(theCallerHears('wrong-key'))
      .when(thePromptEnds)
      .so(itWaitsFor({ key: 5_000 }))
    expect(asked().when(theCallerPresses('1'), theCallerPresses('#')).call!.place).not.toHaveProperty('keyed')
  })
})

test('an expression that cannot be told is part of the story, and the call goes on', () => {
  const nodes: Flow['nodes'] = {
    which: { type: 'branch', cases: [{ when: 'vip', next: 'sales' }], otherwise: 'sales' },
    sales: { type: 'queue', queue: 'sales' },
  }
  given()
    .with({ flow: () => ({ id: 'hotline', start: 'which', nodes }) })
    .when(aCallArrives(), itIsUp)
    .so(itIsToldAs('CallArrived', 'CallAnswered', 'FlowFault', 'Queued', 'Prompted'), theCallerWaitsIn('sales'))
})
