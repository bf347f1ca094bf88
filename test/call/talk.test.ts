import { describe, test } from 'vitest'
import {
  aCallerInTheSurvey,
  agentIs,
  anAgentIsChosen,
  anAnnouncement,
  aRingingPhone,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  given,
  itIsToldAs,
  itWaitsFor,
  later,
  NOON,
  noKeyComes,
  nothingHappens,
  theAgentAnswers,
  theAgentHangsUp,
  theAgentHears,
  theAgentHolds,
  theAgentIsToldIn,
  theAgentRetrieves,
  theAgentsPromptEnds,
  theCallerHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theLanguageIs,
  theLegEnds,
  theLegHas,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

describe('the announcement', () => {
  test('tells the caller who serves them, and the agent whose call it is', () => {
    given(aRingingPhone)
      .when(theAgentAnswers)
      .so(
        theCallerHears('digit/8', 'digit/0', 'digit/0', 'digit/1', 'agent-serves-after'),
        theAgentHears('queue/sales'),
        agentIs('8001', 'talking'),
        theCallIs('ringing'),
      )
  })

  test('is in the language of each: an English agent with a Chinese caller', () => {
    given()
      .with({ languageOf: () => 'en' })
      .when(aRingingPhone, theAgentAnswers)
      .so(theLanguageIs('zh'), theAgentHears('queue/sales'), theAgentIsToldIn('en'))
  })

  test('is heard to its end by both before they are connected', () => {
    given(anAnnouncement)
      .when(theAgentsPromptEnds)
      .so(theCallIs('ringing'), asteriskIsAskedTo())
      .when(thePromptEnds)
      .so(theCallIs('talking'), asteriskIsAsked({ do: 'connect', bridge: `${CALL}~talk` }))
  })

  test('may end first for the caller', () => {
    given(anAnnouncement)
      .when(thePromptEnds)
      .so(theCallIs('ringing'), asteriskIsAskedTo())
      .when(theAgentsPromptEnds)
      .so(theCallIs('talking'))
  })

  test('cannot last for ever: whichever end is not reported', () => {
    given(anAnnouncement)
      .so(itWaitsFor({ prompt: 660_000 }))
      .when(theWaitIsOver('prompt'))
      .so(theCallIs('talking'))
    given(anAnnouncement, thePromptEnds)
      .so(itWaitsFor({ prompt: 660_000 }))
      .when(theWaitIsOver('prompt'))
      .so(theCallIs('talking'))
    given(anAnnouncement, theAgentsPromptEnds)
      .so(itWaitsFor({ prompt: 660_000 }))
      .when(theWaitIsOver('prompt'))
      .so(theCallIs('talking'))
  })

  test('leaves no wait behind', () => {
    given(aTalk).so(itWaitsFor({}))
  })

  test('during which the agent hangs up gives the caller back their place, and their music', () => {
    given(anAnnouncement, thePromptEnds)
      .when(theAgentHangsUp)
      .so(
        theCallerWaitsIn('sales'),
        theCallHas({ queuedAt: NOON, missedBy: ['8001'], sayingToAgent: null }),
        agentIs('8001', 'paused', 'rejected'),
        asteriskIsAskedTo('hang-up', 'music'),
      )
  })

  test('that our own hang-up cuts short, because the answer came with the end of the ring, blames nobody', () => {
    given(anAnnouncement)
      .when(theLegEnds(19))
      .so(theCallerWaitsIn('sales'), theLegHas({ result: 'withdrawn' }), agentIs('8001', 'ready'))
  })

  test('during which the caller hangs up counts as abandoned while ringing', () => {
    given(anAnnouncement)
      .when(later(9_000), theCallerHangsUp)
      .so(theOutcomeIs('abandoned-ringing', { short: false }), agentIs('8001', 'ready'))
  })

  test('of a second agent silences that of the first', () => {
    given(anAnnouncement, theAgentHangsUp, anAgentIsChosen('8002'))
      .when(theAgentAnswers)
      .so(asteriskIsAskedTo('say', 'stop-saying', 'say'))
  })
})

describe('a talk', () => {
  test('counts its time on hold', () => {
    given(aTalk)
      .when(theAgentHolds, later(3_000), theAgentHolds, later(2_000), theAgentRetrieves, theAgentRetrieves)
      .so(itIsToldAs('Held', 'Retrieved'), theLegHas({ heldMs: 5_000, heldSince: null }))
      .when(theAgentHolds, later(1_000), theCallerHangsUp)
      .so(theLegHas({ heldMs: 6_000, heldSince: null }))
  })

  test('knows when it was on hold, also after its end', () => {
    given(aTalk, later(1_000), theAgentHolds, later(5_000), theAgentRetrieves)
      .when(later(2_000), theAgentHolds, later(1_000), theCallerHangsUp)
      .so(
        theLegHas({
          holds: [
            { from: NOON + 1_000, to: NOON + 6_000 },
            { from: NOON + 8_000, to: NOON + 9_000 },
          ],
        }),
      )
  })

  test('that the caller ends is answered; the agent wraps up', () => {
    given(aTalk)
      .when(later(60_000), theCallerHangsUp)
      .so(
        theOutcomeIs('answered', { endedBy: 'caller', short: false }),
        asteriskIsAskedTo('hang-up', 'disconnect'),
        agentIs('8001', 'wrapping-up'),
        theLegHas({ result: 'answered', endedAt: NOON + 60_000 }),
      )
  })

  test('that the agent ends leads to the survey, while the agent wraps up', () => {
    given(aTalk)
      .when(theAgentHangsUp)
      .so(
        theCallIs('surveying'),
        asteriskIsAskedTo('take-out', 'disconnect', 'say'),
        theCallerHears('survey'),
        agentIs('8001', 'wrapping-up'),
        theCallHas({ surveyOffered: true }),
      )
  })

  test('is not moved by keys, nor by an agent who is not in it', () => {
    given(aTalk)
      .when(theCallerPresses('1'), anAgentIsChosen('8002'), () => ({
        kind: 'LegEnded',
        leg: `${CALL}~8002~3`,
        cause: 16,
      }))
      .so(nothingHappens)
  })
})

describe('the survey', () => {
  test('keeps the rating, thanks, and says goodbye', () => {
    given(aCallerInTheSurvey)
      .when(theCallerPresses('5'))
      .so(theCallHas({ rating: 5 }), theCallerHears('survey-thanks'))
      .when(thePromptEnds)
      .so(asteriskIsAsked({ do: 'hang-up', channel: CALL }), theCallHas({ dismissed: 'answered' }))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { endedBy: 'agent', rating: 5 }))
  })

  test('asks once more where the key is no rating or none comes, then lets go', () => {
    given(aCallerInTheSurvey)
      .when(theCallerPresses('9'))
      .so(theCallerHears('survey-again'))
      .when(thePromptEnds, noKeyComes)
      .so(theCallerHears('survey-none'), theCallHas({ rating: null }))
      .when(thePromptEnds)
      .so(asteriskIsAskedTo('hang-up'))
  })

  test('left without an answer is still an answered call', () => {
    given(aCallerInTheSurvey)
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { rating: null, surveyOffered: true }))
  })

  test('takes the first rating only', () => {
    given(aCallerInTheSurvey)
      .when(theCallerPresses('4'), theCallerPresses('1'))
      .so(theCallHas({ rating: 4 }))
  })
})
