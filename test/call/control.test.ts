import { describe, expect, test } from 'vitest'
import { whyNotControlled } from '../../src/call/controlled.ts'
import {
  aCallerHearingMusic,
  aCallerInTheMenu,
  agentIs,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  type Check,
  given,
  itIsToldAs,
  itWaitsFor,
  later,
  NOON,
  nothingHappens,
  theAgentHangsUp,
  theAgentHolds,
  theAgentRetrieves,
  theCallerHangsUp,
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theLegHas,
  theOutcomeIs,
  theWaitIsOver,
} from './given.ts'
import {
  aConference,
  aConsultation,
  aConsultationOutside,
  inTheRoom,
  onHold,
  theirPhoneRings,
  theyAnswer,
  theyAreOnTape,
  theyLeave,
  toAlternate,
  toConfer,
  toConsult,
  toConsultOutside,
  toHold,
  toInvite,
  toLeave,
  toRetrieve,
  toSendTo,
  toTransfer,
} from './partiesGiven.ts'

const ROOM = `${CALL}~talk`

/** Since when whoever is consulted hears somebody, or is heard. */
const theTapesRunSince =
  (since: number | null): Check =>
  ({ call }) =>
    expect(call!.tapes).toMatchObject([{ since }])

describe('hold', () => {
  test('takes the caller out of the talk, to music, and counts as hold', () => {
    given(aTalk)
      .when(toHold)
      .so(
        inTheRoom('8001'),
        onHold('caller'),
        asteriskIsAsked(
          { do: 'mix', bridge: ROOM },
          { do: 'take-out', bridge: ROOM, channel: CALL },
          { do: 'music', channel: CALL },
        ),
      )
      .when(later(9_000), toRetrieve)
      .so(inTheRoom('caller', '8001'), onHold(), theLegHas({ heldMs: 9_000, heldSince: null }))
  })
  test('asked for twice is one hold', () => {
    given(aTalk, toHold).when(toHold).so(nothingHappens)
    given(aTalk, toHold, toRetrieve).when(toRetrieve).so(nothingHappens)
  })
  test('of the telephone itself is let go by the telephone alone', () => {
    const tale = given(aTalk, theAgentHolds).when(toRetrieve).so(nothingHappens)
    expect(whyNotControlled(tale.call!, { kind: 'RetrieveCall' })).toBe('held-by-phone')
    given(aTalk, toHold).when(theAgentHolds, theAgentRetrieves).so(onHold('caller'))
  })
  test('of the telephone itself may be where a consultation begins: what the telephone takes back is whoever is consulted', () => {
    given(aTalk, theAgentHolds, later(2_000))
      .when(toConsult())
      .so(onHold('caller'), theLegHas({ heldHere: true, phoneHolds: true }))
      .when(theyAnswer, theyAreOnTape)
      .so(inTheRoom('8001', '8002'), theTapesRunSince(null))
      .when(later(3_000), theAgentRetrieves)
      .so(itIsToldAs('Held'), onHold('caller'), theTapesRunSince(NOON + 5_000))
      .when(later(5_000), toTransfer)
      .so(inTheRoom('caller', '8002'), ({ call }) =>
        expect(call!.parties).toMatchObject([{ way: { agent: '8001', heldMs: 10_000, holds: [{}] } }]),
      )
  })
  test('of the telephone itself goes on where whoever was consulted is gone, and a conference waits for its end', () => {
    const tale = given(aTalk, theAgentHolds, toConsult(), theyAnswer, theyAreOnTape)
    expect(whyNotControlled(tale.call!, { kind: 'ConferenceCall' })).toBe('held-by-phone')
    tale
      .when(theyLeave())
      .so(
        itIsToldAs('PartyEnded', 'Held'),
        inTheRoom('caller', '8001'),
        theLegHas({ heldHere: false, phoneHolds: true }),
      )
      .when(later(1_000), theAgentRetrieves)
      .so(itIsToldAs('Retrieved'), theLegHas({ heldSince: null, heldMs: 1_000 }))
  })
  test('that began on a telephone in a version before is still one', () => {
    const tale = given(aTalk, theAgentHolds)
    const { phoneHolds: _, ...leg } = tale.call!.leg!
    tale.call = { ...tale.call!, leg }
    tale.when(theAgentRetrieves).so(itIsToldAs('Retrieved'))
  })
  test('ends with the talk: a caller whose agent hangs up goes on to the survey', () => {
    given(aTalk, toHold)
      .when(later(2_000), theAgentHangsUp)
      .so(theCallIs('surveying'), theLegHas({ heldMs: 2_000 }))
  })
})

describe('a consultation', () => {
  test('leaves the caller with music, and rings the other, who may rest', () => {
    given(aTalk)
      .when(toConsult())
      .so(
        onHold('caller'),
        asteriskIsAskedTo('mix', 'take-out', 'music', 'ring', 'ringing'),
        agentIs('8002', 'ringing'),
        agentIs('8001', 'talking'),
        itWaitsFor({ party: 45_000 }),
      )
      .when(theirPhoneRings, theyAnswer)
      .so(inTheRoom('8001'), agentIs('8002', 'talking'), asteriskIsAskedTo('tape'))
      .when(theyAreOnTape)
      .so(inTheRoom('8001', '8002'), asteriskIsAskedTo('end-meanwhile', 'mix', 'connect'), itWaitsFor({}))
  })
  test('to a number outside is dialled as the rules say, and shows the line’s number', () => {
    given(aTalk)
      .when(toConsultOutside)
      .so(asteriskIsAskedTo('mix', 'take-out', 'music', 'dial', 'ringing'))
      .when(theyAnswer, theyAreOnTape)
      .so(inTheRoom('8001', 'out'))
  })
  test('that nobody answers brings the caller back', () => {
    given(aTalk, toConsult())
      .when(later(45_000), theWaitIsOver('party'))
      .so(itIsToldAs('PartyEnded', 'Retrieved'), inTheRoom('caller', '8001'), agentIs('8002', 'ready'))
    given(aTalk, toConsult(), theirPhoneRings)
      .when(theyLeave(17))
      .so(inTheRoom('caller', '8001'), agentIs('8002', 'ready'))
  })
  test('that is over brings the caller back', () => {
    given(aConsultation).when(theyLeave()).so(inTheRoom('caller', '8001'), agentIs('8002', 'ready'))
  })
  test('alternates: whoever is not talked with hears music', () => {
    given(aConsultation)
      .when(toAlternate)
      .so(inTheRoom('caller', '8001'), onHold('8002'))
      .when(toAlternate)
      .so(inTheRoom('8001', '8002'), onHold('caller'))
      .when(toRetrieve)
      .so(inTheRoom('caller', '8001'), onHold('8002'))
  })
  test('is one at a time', () => {
    const { call } = given(aConsultation)
    expect(whyNotControlled(call!, { kind: 'ConsultationCall', invited: { agent: '8003' } })).toBe('already-consulting')
  })
  test('in which the caller hangs up is over for both', () => {
    given(aConsultation)
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered'), agentIs('8002', 'ready'), agentIs('8001', 'wrapping-up'))
  })
})

describe('a transfer', () => {
  test('gives the caller to whoever is consulted; each has their own seconds', () => {
    given(aConsultation)
      .when(later(5_000), toTransfer)
      .so(
        inTheRoom('caller', '8002'),
        theCallIs('talking'),
        theLegHas({ agent: '8002', heldMs: 0 }),
        agentIs('8001', 'wrapping-up'),
        agentIs('8002', 'talking'),
        asteriskIsAsked(
          { do: 'mix', bridge: ROOM },
          { do: 'end-meanwhile', channel: CALL, what: 'music' },
          { do: 'connect', bridge: ROOM, channels: [CALL] },
          { do: 'hang-up' },
        ),
      )
      .when(later(5_000), theAgentHangsUp)
      .so(theCallIs('surveying'), agentIs('8002', 'wrapping-up'))
  })
  test('is what hanging up means to an agent who consults', () => {
    given(aConsultation).when(theAgentHangsUp).so(inTheRoom('caller', '8002'), agentIs('8001', 'wrapping-up'))
  })
  test('cannot be to somebody who has not answered; hanging up then leaves them alone', () => {
    const tale = given(aTalk, toConsult())
    expect(whyNotControlled(tale.call!, { kind: 'TransferCall' })).toBe('not-answered')
    tale.when(theAgentHangsUp).so(theCallIs('surveying'), agentIs('8002', 'ready'))
  })
  test('to a number outside ends with that talk, as answered', () => {
    given(aConsultationOutside)
      .when(toTransfer)
      .so(theCallIs('transferring-out'), inTheRoom('caller', 'out'), agentIs('8001', 'wrapping-up'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { endedBy: 'caller' }))
  })
  test('to a line keeps the place that they had from the first', () => {
    given(aTalk)
      .when(later(60_000), toSendTo({ queue: 'support' }))
      .so(
        theCallerWaitsIn('support'),
        theCallHas({ queuedAt: given(aTalk).call!.queuedAt! }),
        agentIs('8001', 'wrapping-up'),
      )
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered'))
  })
  test('to a flow begins it', () => {
    given(aTalk)
      .when(toSendTo({ flow: 'hotline' }))
      .so(theCallIs('in-flow'), theCallHas({ queue: 'sales' }))
  })
  test('to an agent rings them, and leaves the caller in line where they do not answer', () => {
    given(aTalk)
      .when(toSendTo({ agent: '8002' }))
      .so(theCallIs('ringing'), agentIs('8002', 'ringing'), agentIs('8001', 'wrapping-up'))
      .when(later(15_000), theWaitIsOver('ring'))
      .so(theCallerWaitsIn('sales'), agentIs('8002', 'paused', 'no-answer'))
  })
  test('to a number outside that nobody answers puts the caller back in line', () => {
    given(aTalk)
      .when(toSendTo({ number: '013900139000' }))
      .so(theCallIs('transferring-out'))
      .when(theWaitIsOver('outside'))
      .so(theCallerWaitsIn('sales'))
  })
  test('is nothing where nobody talks, or nobody is consulted', () => {
    expect(whyNotControlled(given(aCallerHearingMusic).call!, { kind: 'HoldCall' })).toBe('no-talk')
    expect(whyNotControlled(given(aCallerInTheMenu).call!, { kind: 'TransferCall' })).toBe('no-talk')
    expect(whyNotControlled(given(aTalk).call!, { kind: 'TransferCall' })).toBe('nobody-consulted')
  })
})

describe('a conference', () => {
  test('is all together', () => {
    given(aConsultation)
      .when(toConfer)
      .so(inTheRoom('caller', '8001', '8002'), onHold())
  })
  test('goes on when the agent leaves it', () => {
    given(aConference)
      .when(toLeave)
      .so(inTheRoom('caller', '8002'), theLegHas({ agent: '8002' }), theCallIs('talking'))
  })
  test('is over for all whom the caller does not go on with, when the agent sends them to the survey', () => {
    given(aConference)
      .when(() => ({ kind: 'SurveyPushed', agent: '8001' }))
      .so(
        theCallIs('surveying'),
        agentIs('8002', 'ready'),
        itIsToldAs('PartyEnded', 'SurveyPushed', 'AgentLeft', 'SurveyOffered', 'Prompted'),
      )
  })
  test('leaves nobody unheard who has the caller then', () => {
    const muted: Parameters<typeof given>[0] = ({ call }) => ({
      ...{ kind: 'MuteParty', party: call!.parties![0]!.way.id, isMuted: true, by: 'phone:8001' },
    })
    const tale = given(aConference, muted).when(toTransfer)
    expect(tale.commands).toContainEqual({ do: 'unmute', channel: tale.call!.leg!.id })
  })
  test('goes on when a conferee leaves it', () => {
    given(aConference).when(theyLeave()).so(inTheRoom('caller', '8001'), agentIs('8002', 'ready'))
  })
  test('is joined by whoever is invited, with the caller in it', () => {
    given(aTalk)
      .when(toInvite())
      .so(inTheRoom('caller', '8001'))
      .when(theyAnswer, theyAreOnTape)
      .so(inTheRoom('caller', '8001', '8002'), theLegHas({ heldSince: null }))
  })
  test('lets a caller be held, while the others talk', () => {
    given(aConference).when(toHold).so(inTheRoom('8001', '8002'), onHold('caller'))
  })
})
