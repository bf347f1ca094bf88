import { describe, expect, test } from 'vitest'
import { whyNotControlled } from '../../src/call/controlled.ts'
import { openParties } from '../../src/call/party.ts'
import { whyNotPushed } from '../../src/call/survey.ts'
import {
  agentIs,
  asteriskIsAsked,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  given,
  itIsToldAs,
  later,
  NOON,
  nothingHappens,
  type Step,
  theAgentHangsUp,
  theCallerHangsUp,
  theCallHas,
  theCallIs,
  theLegHas,
  theOutcomeIs,
} from './given.ts'
import {
  aConference,
  aConsultation,
  inTheRoom,
  onHold,
  theAgentAsks,
  theyAnswer,
  theyAreOnTape,
  theyLeave,
  toConfer,
  toConsult,
  toConsultOutside,
  toHold,
  toInvite,
} from './partiesGiven.ts'

/** A caller leaves a conference, and the others talk on. */

const aConferenceOf = (...invited: string[]): Step[] => [
  aTalk,
  ...invited.flatMap(agent => [toInvite(agent), theyAnswer, theyAreOnTape]),
]
const aConferenceWithSomebodyOutside = [aTalk, toConsultOutside, theyAnswer, theyAreOnTape, toConfer] as const

describe('those whom the caller leaves', () => {
  test('talk on, and nothing is asked of Asterisk: the caller is out of the room', () => {
    given(aConference, later(5_000))
      .when(theCallerHangsUp)
      .so(
        itIsToldAs('CallerLeft'),
        asteriskIsAsked(),
        theCallIs('talking'),
        inTheRoom('8001', '8002'),
        agentIs('8001', 'talking'),
        agentIs('8002', 'talking'),
        theCallHas({
          left: { at: NOON + 5_000, by: 'caller', cause: 16 },
          talk: { since: null, talks: [{ from: NOON, to: NOON + 5_000 }] },
        }),
      )
      .when(theCallerHangsUp)
      .so(nothingHappens)
  })
  test('may be an agent and somebody outside', () => {
    given(...aConferenceWithSomebodyOutside)
      .when(theCallerHangsUp)
      .so(inTheRoom('8001', 'out'), theCallIs('talking'))
  })
  test('are the talk of the next agent where the first leaves', () => {
    given(...aConferenceOf('8002', '8003'), theCallerHangsUp)
      .when(theAgentHangsUp)
      .so(inTheRoom('8002', '8003'), theLegHas({ agent: '8002' }), agentIs('8001', 'wrapping-up'))
  })
  test('may ask others in', () => {
    given(aConference, theCallerHangsUp)
      .when(toInvite('8003'), theyAnswer, theyAreOnTape)
      .so(inTheRoom('8001', '8002', '8003'))
  })
  test('have no caller to hold, to consult about, to send on, or to ask', () => {
    const { call, view, at } = given(aConference, theCallerHangsUp)
    for (const kind of ['HoldCall', 'RetrieveCall', 'AlternateCall', 'TransferCall'] as const)
      expect(whyNotControlled(call!, { kind })).toBe('caller-gone')
    expect(whyNotControlled(call!, { kind: 'SingleStepTransfer', to: { queue: 'sales' } })).toBe('caller-gone')
    expect(whyNotControlled(call!, { kind: 'ConsultationCall', invited: { agent: '8003' } })).toBe('caller-gone')
    expect(whyNotControlled(call!, { kind: 'PauseRecording', because: 'card', until: 1 })).toBe('caller-gone')
    for (const kind of ['ClearConnection', 'ResumeRecording'] as const)
      expect(whyNotControlled(call!, { kind })).toBeUndefined()
    expect(whyNotPushed(call!, view, at)).toBe('caller-gone')
  })
  test('are not on hold, where the caller was', () => {
    given(aConference, toHold, later(3_000))
      .when(theCallerHangsUp)
      .so(itIsToldAs('CallerLeft', 'Retrieved'), onHold(), theLegHas({ heldMs: 3_000 }), inTheRoom('8001', '8002'))
  })
  test('are recorded again, where the recording was paused', () => {
    const until = NOON + 60_000
    given(aConference, theAgentAsks({ kind: 'PauseRecording', because: 'card', until }))
      .when(theCallerHangsUp)
      .so(itIsToldAs('CallerLeft', 'RecordingResumed'), ({ commands }) =>
        expect(commands.some(command => 'channel' in command && command.channel === CALL)).toBe(false),
      )
  })
})

describe('the call is over', () => {
  const isOver = theOutcomeIs('answered', { surveyOffered: false, goneAt: NOON + 5_000, endedBy: 'caller' })
  const left = (...conference: Step[]) => given(...conference, later(5_000), theCallerHangsUp, later(5_000))
  test('when the last but one has left, whoever that is', () => {
    left(aConference)
      .when(theyLeave())
      .so(itIsToldAs('PartyEnded', 'CallEnded'), isOver, agentIs('8001', 'wrapping-up'), agentIs('8002', 'ready'))
    left(aConference)
      .when(theAgentHangsUp)
      .so(itIsToldAs('Transferred', 'CallEnded'), isOver, agentIs('8002', 'wrapping-up'))
  })
  test('when the last agent has left, whoever outside is there', () => {
    left(...aConferenceWithSomebodyOutside)
      .when(theAgentHangsUp)
      .so(
        itIsToldAs('PartyEnded', 'AgentLeft', 'CallEnded'),
        isOver,
        asteriskIsAskedTo('hang-up', 'take-out', 'disconnect'),
      )
  })
  test('when a supervisor clears it', () => {
    left(aConference)
      .when(() => ({ kind: 'ForceClear', by: 'person:li' }))
      .so(isOver, ({ call }) => expect(openParties(call!)).toEqual([]))
  })
  test('at once, where the caller was with the agent alone, or the agent with whoever is consulted', () => {
    given(aConsultation).when(theCallerHangsUp).so(theOutcomeIs('answered'))
    given(aTalk, toInvite()).when(theCallerHangsUp).so(theOutcomeIs('answered'))
    given(aTalk, toConsult()).when(theCallerHangsUp).so(theOutcomeIs('answered'))
  })
})
