import { describe, expect, it } from 'vitest'
import { whyNotControlled } from '../../src/call/controlled.ts'
import {
  agentIs,
  anAgentIsChosen,
  asteriskIsAsked,
  asteriskIsAskedTo,
  given,
  itIsToldAs,
  later,
  noPhoneIsHeld,
  nothingHappens,
  type Step,
  theAgentAnswers,
  theAgentsPromptEnds,
  theCallerHangsUp,
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theDatabaseIsAway,
  theLegHas,
  theLifeboatConnects,
  theOutcomeIs,
  thePromptEnds,
} from './given.ts'
import { CUSTOMER, dials, itTalks, theyAreOnTape, theyHangUp, theyPickUp } from './outboundGiven.ts'
import { theyAreOnTape as theColleagueIsOnTape, theyAnswer, toConfer, toConsult, toSendTo } from './partiesGiven.ts'

describe('a customer whom the agent sends on', () => {
  const waits: Step = tale => void tale.when(itTalks, later(5_000), toSendTo({ queue: 'support' }))
  const isOffered: Step = tale => void tale.when(waits, thePromptEnds, anAgentIsChosen('8002'))
  const isServed: Step = tale =>
    void tale.when(isOffered, theAgentAnswers, later(1_000), theAgentsPromptEnds, thePromptEnds)
  it('stands in the line like a caller, and the agent is let go', () => {
    given(itTalks)
      .when(toSendTo({ queue: 'support' }))
      .so(
        theCallerWaitsIn('support'),
        agentIs('8001', 'wrapping-up'),
        asteriskIsAskedTo('take-out', 'disconnect', 'hang-up', 'say'),
        theCallHas({ direction: 'outbound', channel: CUSTOMER }),
      )
      .when(() => ({ kind: 'CallerLeftUs' }))
      .so(nothingHappens)
      .when(thePromptEnds)
      .so(asteriskIsAsked({ do: 'music', channel: CUSTOMER }))
  })
  it('is served by who answers, who dials nobody, and is let go unasked at the end', () => {
    given(waits, thePromptEnds)
      .when(anAgentIsChosen('8002'))
      .so(asteriskIsAsked({ do: 'ring', agent: '8002', caller: '13800138000', callerName: '' }))
      .when(theAgentAnswers)
      .so(agentIs('8002', 'talking'))
    given(isServed)
      .so(theCallIs('talking'), theLegHas({ agent: '8002' }), ({ agents }) => expect(agents.get('8002')!.talks).toBe(1))
      .when(({ call }) => ({ kind: 'LegEnded', leg: call!.leg!.id, cause: 16 }))
      .so(itIsToldAs('AgentLeft', 'Dismissed'), asteriskIsAskedTo('take-out', 'disconnect', 'hang-up'))
  })
  it('has the lifeboat where the database is away, which tells by itself whom it connects and when they leave', () => {
    given(isOffered)
      .when(theDatabaseIsAway)
      .so(asteriskIsAskedTo('hang-up', 'lifeboat'), agentIs('8002', 'ready'), theCallHas({ inLifeboat: true }))
      .when(theyHangUp)
      .so(nothingHappens)
      .when(theLifeboatConnects('8002'))
      .so(theCallIs('talking'), agentIs('8002', 'talking'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered'), agentIs('8002', 'ready'))
    given(itTalks).when(theDatabaseIsAway).so(nothingHappens)
    given(dials()).when(theDatabaseIsAway).so(nothingHappens)
  })
  it('may hang up while they wait, which is told of the line as of a caller', () => {
    given(waits)
      .when(later(9_000), theyHangUp)
      .so(theOutcomeIs('answered', { lineOutcome: 'abandoned-in-queue' }))
    given(isOffered).when(theyHangUp).so(theOutcomeIs('answered'), noPhoneIsHeld, agentIs('8002', 'ready'))
  })
  it('is sent on to one agent, and outside', () => {
    given(itTalks)
      .when(toSendTo({ agent: '8002' }))
      .so(theCallIs('ringing'), agentIs('8002', 'ringing'), agentIs('8001', 'wrapping-up'))
    given(itTalks, toSendTo({ number: '13900139000' }))
      .so(theCallIs('transferring-out'))
      .when(({ call }) => ({ kind: 'LegAnswered', leg: call!.outside!.id }))
      .so(itIsToldAs('OutsideAnswered'))
      .when(({ call }) => ({ kind: 'LegEnded', leg: call!.outside!.id, cause: 16 }))
      .so(itIsToldAs('OutsideEnded', 'Dismissed'))
  })
  it('goes through a flow by their keys', () => {
    given(itTalks, toSendTo({ flow: 'hotline' }), thePromptEnds)
      .so(theCallIs('in-flow'))
      .when(() => ({ kind: 'LegKey', leg: CUSTOMER, key: '1' }))
      .so(theCallerWaitsIn('sales'))
  })
  it('is of a line before they can wait for one agent', () => {
    const { call } = given(dials({ queue: null }), theyPickUp, theyAreOnTape)
    expect(whyNotControlled(call!, { kind: 'SingleStepTransfer', to: { agent: '8002' } })).toBe('no-line')
    expect(whyNotControlled(call!, { kind: 'SingleStepTransfer', to: { queue: 'sales' } })).toBeUndefined()
  })
  it('leaves a conference like a caller', () => {
    given(itTalks, toConsult(), theyAnswer, theColleagueIsOnTape, toConfer)
      .when(theyHangUp)
      .so(itIsToldAs('CallerLeft'), theCallIs('talking'))
  })
})
