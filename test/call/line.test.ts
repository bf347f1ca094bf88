import { describe, expect, test } from 'vitest'
import {
  aCallerHearingMusic,
  aCallerInLine,
  aCallerInTheMenu,
  agentIs,
  anAgentIsChosen,
  aRingingPhone,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  given,
  itIsToldAs,
  itsQueueIsGone,
  itWaitsFor,
  later,
  NOON,
  noPhoneIsHeld,
  nothingHappens,
  theAgentAnswers,
  theAgentHangsUp,
  theAgentsPromptEnds,
  theCallerHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theLegEnds,
  theLegHas,
  theOutcomeIs,
  thePhoneRings,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

describe('where the queue does not exist (any more)', () => {
  const gone = { queue: () => undefined }

  test('whoever chooses it is told that the fault is ours', () => {
    given(aCallerInTheMenu)
      .with(gone)
      .when(theCallerPresses('1'))
      .so(itIsToldAs('KeyPressed', 'Dismissed', 'Prompted'), theCallerHears('system-error'))
      .when(thePromptEnds)
      .so(asteriskIsAsked({ do: 'hang-up', channel: CALL }))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('failed', { endedBy: 'hotline', queue: null }))
  })

  test('whoever waits in it is told the same, once', () => {
    given(aCallerHearingMusic)
      .with(gone)
      .when(itsQueueIsGone)
      .so(theCallerHears('system-error'), itWaitsFor({ prompt: 660_000 }))
      .when(itsQueueIsGone)
      .so(nothingHappens)
      .when(thePromptEnds, theCallerHangsUp)
      .so(theOutcomeIs('failed', { endedBy: 'hotline', queue: 'sales' }))
  })

  test('whoever’s agent does not answer is dismissed, and the agent missed the call', () => {
    given(aRingingPhone)
      .with(gone)
      .when(itsQueueIsGone)
      .so(nothingHappens)
      .when(theWaitIsOver('ring'))
      .so(
        itIsToldAs('OfferEnded', 'Dismissed', 'Prompted'),
        theCallerHears('system-error'),
        agentIs('8001', 'paused', 'no-answer'),
      )
  })

  test('whoever’s agent answers is served as ever, and there is no wrap-up', () => {
    given(aRingingPhone)
      .with(gone)
      .when(theAgentAnswers, theAgentsPromptEnds, thePromptEnds)
      .so(theCallIs('talking'))
      .when(theAgentHangsUp)
      .so(theCallIs('surveying'), agentIs('8001', 'ready'))
    given(aTalk).with(gone).when(theCallerHangsUp).so(theOutcomeIs('answered'), agentIs('8001', 'ready'))
  })
})

describe('a caller in line', () => {
  test('joins it with a note of who was there to serve it', () => {
    given(aCallerInTheMenu)
      .with({ staff: () => ({ talking: 2, paused: 1 }) })
      .when(theCallerPresses('1'))
      .so(({ facts }) =>
        expect(facts).toContainEqual(expect.objectContaining({ kind: 'Queued', staff: { talking: 2, paused: 1 } })),
      )
  })

  test('is told how many are ahead and how long it will take', () => {
    given(aCallerInTheMenu)
      .with({ placeInLine: () => ({ ahead: 2, wait: { medianMs: 70_000, mostMs: 150_000 } }) })
      .when(theCallerPresses('1'))
      .so(
        theCallerHears(
          'queue-welcome',
          'position-before',
          'number/pair',
          'position-after',
          'wait-before',
          'number/3',
          'wait-minutes',
        ),
        theCallHas({ aheadAtFirst: 2, queuedAt: NOON }),
      )
  })

  test('is held to what they were promised: only a promise that is more likely broken is replaced', () => {
    const forecast = (medianMs: number, mostMs: number) => ({
      placeInLine: () => ({ ahead: 1, wait: { medianMs, mostMs } }),
    })
    const inMinutes = (count: string) =>
      theCallerHears('still-busy', 'position-one', 'wait-before', count, 'wait-minutes')
    given(aCallerInTheMenu)
      .with(forecast(90_000, 300_000))
      .when(theCallerPresses('1'))
      .so(theCallHas({ promise: { queue: 'sales', at: NOON, ms: 300_000, medianMs: 90_000, until: NOON + 300_000 } }))
      .when(later(61_000), thePromptEnds)
      .with(forecast(100_000, 400_000))
      .when(theWaitIsOver('announce'))
      .so(inMinutes('number/4'))
      .when(later(60_000), thePromptEnds)
      .with(forecast(200_000, 400_000))
      .when(theWaitIsOver('announce'))
      .so(
        inMinutes('number/7'),
        theCallHas({ promise: { queue: 'sales', at: NOON, ms: 300_000, medianMs: 90_000, until: NOON + 521_000 } }),
      )
  })

  test('then hears music, and their place again and again', () => {
    given(aCallerInLine)
      .when(thePromptEnds)
      .so(asteriskIsAsked({ do: 'music', channel: CALL }), itWaitsFor({ announce: 30_000, 'longest-wait': 900_000 }))
      .when(later(30_000), theWaitIsOver('announce'))
      .so(theCallerHears('still-busy', 'position-next'), itWaitsFor({ prompt: 660_000, 'longest-wait': 870_000 }))
      .when(thePromptEnds)
      .so(asteriskIsAskedTo('music'), itWaitsFor({ announce: 30_000, 'longest-wait': 870_000 }))
  })

  test('is told when it has been too long, and the call ends as abandoned in the queue', () => {
    given(aCallerHearingMusic)
      .when(later(900_000), theWaitIsOver('longest-wait'))
      .so(theCallerHears('too-long'))
      .when(anAgentIsChosen())
      .so(nothingHappens)
      .when(thePromptEnds)
      .so(asteriskIsAskedTo('hang-up'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('abandoned-in-queue', { endedBy: 'hotline', short: false }))
  })
})

describe('an offer', () => {
  test('rings the agent’s phone under an id made of call, agent and fact', () => {
    const tale = given(aCallerHearingMusic).when(anAgentIsChosen('8001'))
    const leg = `${CALL}~8001~${tale.call!.seq}`
    tale.so(
      asteriskIsAsked({ do: 'ring', leg, agent: '8001', caller: '13800138000', callerName: '', forMs: 15_000 }),
      agentIs('8001', 'ringing'),
      itWaitsFor({ ring: 15_000 }),
    )
  })

  test('is seen to ring, once', () => {
    given(aCallerHearingMusic, anAgentIsChosen())
      .when(later(200), thePhoneRings, thePhoneRings)
      .so(itIsToldAs('AgentRang'), theLegHas({ rangAt: NOON + 200 }))
  })

  test('that nobody answers pauses the agent, and the caller has kept their place', () => {
    given(aRingingPhone)
      .when(later(15_000), theWaitIsOver('ring'))
      .so(
        agentIs('8001', 'paused', 'no-answer'),
        asteriskIsAsked({ do: 'hang-up', cause: 19 }, { do: 'music' }),
        theCallerWaitsIn('sales'),
        theCallHas({ queuedAt: NOON, missedBy: ['8001'] }),
        itWaitsFor({ announce: 30_000, 'longest-wait': 885_000 }),
        theLegHas({ result: 'no-answer', endedAt: NOON + 15_000 }),
      )
  })

  test.each([
    [17, 'rejected'],
    [21, 'rejected'],
    [18, 'no-answer'],
    [19, 'no-answer'],
    [20, 'unreachable'],
    [27, 'unreachable'],
    [38, 'unreachable'],
  ] as const)('that ends with cause %i was %s, and pauses the agent for it', (cause, result) => {
    given(aRingingPhone)
      .when(theLegEnds(cause))
      .so(theLegHas({ result, cause }), agentIs('8001', 'paused', result), theCallerWaitsIn('sales'))
  })

  test('that was lost while we were away blames nobody', () => {
    given(aRingingPhone)
      .when(theLegEnds(0))
      .so(theLegHas({ result: 'withdrawn' }), agentIs('8001', 'ready'), theCallHas({ missedBy: [] }))
  })

  test('that ends unseen while the caller hears music leaves them their music', () => {
    given(aRingingPhone, thePromptEnds)
      .when(theLegEnds(0))
      .so(theCallerWaitsIn('sales'), asteriskIsAskedTo('hang-up', 'music'))
  })

  test('goes to the next agent at once, and what the first phone says late changes nothing', () => {
    const tale = given(aRingingPhone)
    const first = tale.call!.leg!.id
    tale
      .when(theWaitIsOver('ring'), anAgentIsChosen('8002'))
      .so(agentIs('8002', 'ringing'), theCallIs('ringing'))
      .when(() => ({ kind: 'LegAnswered', leg: first }))
      .so(nothingHappens)
      .when(() => ({ kind: 'LegEnded', leg: first, cause: 19 }))
      .so(nothingHappens, agentIs('8002', 'ringing'))
  })

  test('is withdrawn when the caller hangs up: the phone stops, the agent is ready and keeps their turn', () => {
    const tale = given(aRingingPhone)
    const { id } = tale.call!.leg!
    tale
      .when(later(4_000), theCallerHangsUp)
      .so(
        asteriskIsAsked({ do: 'hang-up', channel: id, cause: 16 }),
        agentIs('8001', 'ready'),
        theOutcomeIs('abandoned-ringing', { short: true }),
        theLegHas({ result: 'withdrawn' }),
        noPhoneIsHeld,
      )
  })

  test('does not stop what the caller is being told', () => {
    given(aCallerInLine)
      .when(anAgentIsChosen(), thePromptEnds)
      .so(asteriskIsAskedTo('ring', 'music'), theCallIs('ringing'))
  })

  test('is not made twice', () => {
    given(aRingingPhone).when(anAgentIsChosen('8002')).so(nothingHappens, agentIs('8002', 'ready'))
  })

  test('answered twice is answered once', () => {
    given(aRingingPhone, theAgentAnswers).when(theAgentAnswers).so(nothingHappens)
  })
})
