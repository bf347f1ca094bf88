import { describe, expect, test } from 'vitest'
import type { Fact } from '../../src/call/facts.ts'
import type { Flow } from '../../src/ivr/flow.ts'
import { percentDrawn } from '../../src/queue/lot.ts'
import type { QueueSurvey } from '../../src/queue/queue.ts'
import {
  aCallArrives,
  aCallerInLine,
  aCallerInTheMenu,
  aCallerInTheSurvey,
  agentIs,
  aQueue,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  type Check,
  given,
  itIsToldAs,
  later,
  NOON,
  nothingHappens,
  type Step,
  theAgentHangsUp,
  theAgentHolds,
  theCallerHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallHas,
  theCallIs,
  theLanguageIs,
  theLegHas,
  theOutcomeIs,
  thePromptEnds,
} from './given.ts'

const DAY = 86_400_000
const SURVEY = { flow: 'survey', share: 100, everyDays: 0 }
const where = (survey: QueueSurvey | null) => ({ queue: (id: string) => aQueue(id, { survey }) })
const theyWereAsked =
  (surveyedAt: number): Step =>
  () => ({ kind: 'CallerKnown', lastAt: surveyedAt, language: 'zh', surveyedAt })
const theAgentPushes =
  (agent = '8001'): Step =>
  () => ({ kind: 'SurveyPushed', agent })
const itIsTold =
  (fact: Partial<Fact>): Check =>
  ({ facts }) =>
    expect(facts).toContainEqual(expect.objectContaining(fact))

const BACK_TO_A_LINE: Flow = { id: 'back', start: 'sales', nodes: { sales: { type: 'queue', queue: 'sales' } } }
const asking = (flow: Flow) => ({
  ...where({ ...SURVEY, flow: flow.id }),
  flow: () => flow,
  releaseOf: () => 9,
})

describe('what is asked when the agent has left', () => {
  test('is the survey of the line, and the version of it is kept', () => {
    given(aTalk)
      .when(theAgentHangsUp)
      .so(
        itIsTold({ kind: 'SurveyOffered', survey: 'survey', release: 7 }),
        theCallHas({ survey: { flow: 'survey', release: 7 } }),
        theCallerHears('survey'),
      )
  })

  test('is nothing where the line has no survey: they are thanked and let go, as answered', () => {
    given(aTalk)
      .with(where(null))
      .when(theAgentHangsUp)
      .so(theCallerHears('survey-none'), theCallHas({ surveyOffered: false }), agentIs('8001', 'wrapping-up'))
      .when(thePromptEnds)
      .so(asteriskIsAskedTo('hang-up'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { endedBy: 'agent' }))
  })

  test('is nothing where there is no such flow, and the story says so', () => {
    given(aTalk)
      .with({ ...where({ ...SURVEY, flow: 'lost' }), releaseOf: () => undefined })
      .when(theAgentHangsUp)
      .so(itIsTold({ kind: 'SurveyWithheld', survey: 'lost', because: 'no-such-flow' }), theCallerHears('survey-none'))
  })

  test('is asked in the language that they have chosen', () => {
    given(aCallArrives(), () => ({ kind: 'CallerKnown', lastAt: 0, language: 'en' }))
      .when(...talkFrom)
      .when(theAgentHangsUp)
      .so(theCallerHears('survey'), theLanguageIs('en'))
  })

  test('leads to no line: they are let go there, as answered', () => {
    given(aTalk)
      .with(asking(BACK_TO_A_LINE))
      .when(theAgentHangsUp)
      .so(theCallIs('surveying'), theCallHas({ dismissed: 'answered' }), itIsTold({ kind: 'FlowFault' }))
  })
})

const talkFrom: Step[] = [
  () => ({ kind: 'Answered' }),
  thePromptEnds,
  theCallerPresses('1'),
  thePromptEnds,
  () => ({ kind: 'AgentChosen', agent: '8001', why: { rule: 'random', level: 1, idleMs: 0, rivals: [], others: {} } }),
  ({ call }) => ({ kind: 'LegAnswered', leg: call!.leg!.id }),
  ({ call }) => ({ kind: 'PromptEnded', say: call!.sayingToAgent! }),
  thePromptEnds,
]

describe('a share of the calls', () => {
  const drawn = percentDrawn(CALL, 'survey')

  test('is drawn, and what was drawn is told: under the share they are asked', () => {
    given(aTalk)
      .with(where({ ...SURVEY, share: drawn + 1 }))
      .when(theAgentHangsUp)
      .so(itIsTold({ kind: 'SurveyOffered', draw: { drawn, share: drawn + 1 } }), theCallerHears('survey'))
  })

  test('is drawn, and what was drawn is told: at the share they are not', () => {
    given(aTalk)
      .with(where({ ...SURVEY, share: drawn }))
      .when(theAgentHangsUp)
      .so(
        itIsTold({ kind: 'SurveyWithheld', because: 'draw', draw: { drawn, share: drawn } }),
        theCallerHears('survey-none'),
      )
  })

  test('is as large as it is set', () => {
    const asked = Array.from({ length: 10_000 }, (_, i) => percentDrawn(`hotline-1767600000.${i}`, 'survey') < 30)
    expect(asked.filter(Boolean).length).toBeGreaterThan(2_850)
    expect(asked.filter(Boolean).length).toBeLessThan(3_150)
  })

  test('of all is not drawn', () => {
    given(aTalk)
      .when(theAgentHangsUp)
      .so(({ facts }) => expect(facts.find(fact => fact.kind === 'SurveyOffered')).not.toHaveProperty('draw'))
  })
})

describe('a number that was asked about a talk', () => {
  const weekly = where({ ...SURVEY, everyDays: 7 })
  const talkAfter = (known: Step) =>
    given(aCallArrives(), known)
      .with(weekly)
      .when(...talkFrom)

  test('is not asked again within the days of the line', () => {
    talkAfter(theyWereAsked(NOON - 7 * DAY + 1))
      .when(theAgentHangsUp)
      .so(itIsTold({ kind: 'SurveyWithheld', because: 'asked-lately' }), theCallerHears('survey-none'))
  })

  test('is asked again after them', () => {
    talkAfter(theyWereAsked(NOON - 7 * DAY))
      .when(theAgentHangsUp)
      .so(theCallerHears('survey'))
  })

  test('is known to have been where that was told too late for the line', () => {
    given(aTalk)
      .with(weekly)
      .when(theyWereAsked(NOON - DAY))
      .so(itIsToldAs('CallerKnown'), theCallHas({ surveyedAt: NOON - DAY }), ({ call }) =>
        expect(call).not.toHaveProperty('known'),
      )
  })

  test('is asked every time where the line sets no days', () => {
    given(aCallerInTheMenu, theyWereAsked(NOON))
      .when(...talkFrom.slice(2))
      .when(theAgentHangsUp)
      .so(theCallerHears('survey'))
  })
})

describe('an agent sends the caller to the survey', () => {
  test('and their own call ends', () => {
    given(aTalk)
      .when(later(60_000), theAgentPushes())
      .so(
        itIsToldAs('SurveyPushed', 'AgentLeft', 'SurveyOffered', 'Prompted'),
        asteriskIsAskedTo('hang-up', 'take-out', 'disconnect', 'say'),
        ({ commands, call }) => expect(commands[0]).toMatchObject({ channel: call!.leg!.id }),
        theCallerHears('survey'),
        agentIs('8001', 'wrapping-up'),
      )
      .when(theAgentHangsUp)
      .so(nothingHappens)
  })

  test('whom they have put on hold', () => {
    given(aTalk)
      .when(theAgentHolds, later(5_000), theAgentPushes())
      .so(theCallIs('surveying'), theLegHas({ heldMs: 5_000, heldSince: null }))
  })

  test('whatever the lot would have said', () => {
    given(aTalk)
      .with(where({ ...SURVEY, share: 0 }))
      .when(theAgentPushes())
      .so(theCallerHears('survey'))
  })

  test('but not where there is none, or not again: then the talk goes on', () => {
    given(aTalk).with(where(null)).when(theAgentPushes()).so(nothingHappens)
    given(aTalk)
      .when(theyWereAsked(NOON - DAY))
      .with(where({ ...SURVEY, everyDays: 7 }))
      .when(theAgentPushes())
      .so(nothingHappens)
  })

  test('but nobody else’s caller, nor before they talk', () => {
    given(aTalk).when(theAgentPushes('8002')).so(nothingHappens)
    given(aCallerInLine).when(theAgentPushes()).so(nothingHappens)
    given(aCallerInTheSurvey).when(theAgentPushes()).so(nothingHappens)
  })
})
