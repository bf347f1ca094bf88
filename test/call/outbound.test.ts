import { describe, expect, it } from 'vitest'
import { isHeldByCall } from '../../src/agent/agent.ts'
import { openLeg } from '../../src/call/call.ts'
import { insist } from '../insist.ts'
import { random } from '../random.ts'
import {
  agentIs,
  aQueue,
  asteriskIsAsked,
  asteriskIsAskedTo,
  CALL,
  type Check,
  given,
  itIsToldAs,
  itsTapeIsFiled,
  itWaitsFor,
  later,
  noPhoneIsHeld,
  nothingHappens,
  type Step,
  theAgentHears,
  theCallerIsGone,
  theCallHas,
  theCallIs,
  theLegHas,
  theOutcomeIs,
  theWaitIsOver,
} from './given.ts'
import { CUSTOMER, dials, itTalks, theirPhoneSays, theyAreOnTape, theyHangUp, theyPickUp } from './outboundGiven.ts'
import { theyAreOnTape as theColleagueIsOnTape, theyAnswer, toConsult, toTransfer } from './partiesGiven.ts'

/** An agent dials a number on their phone: a call of their own. */

const theAgentHangsUp: Step = () => ({ kind: 'CallerLeftUs' })
const theSentenceIsOver: Step = ({ call }) => ({ kind: 'PromptEnded', say: call!.sayingToAgent!, heard: true })

describe('an agent who dials a number', () => {
  it('hears it ring there: the trunk is asked for it, and the number of the hotline is shown', () => {
    given(dials()).so(
      theCallIs('dialling'),
      theCallHas({ direction: 'outbound', from: '13800138000', to: '4008001000', queue: 'sales', queuedAt: null }),
      asteriskIsAsked(
        { do: 'answer', channel: CALL },
        { do: 'dial', leg: CUSTOMER, number: '913800138000', shows: '4008001000', forMs: 90_000 },
        { do: 'ringing', channel: CALL },
      ),
      itWaitsFor({ dial: 90_000 }),
      agentIs('8001', 'dialling'),
    )
  })
  it('dials once, however often it is told', () => {
    given(dials(), dials()).so(theCallHas({ seq: 2 }))
    given(dials()).when(dials()).so(nothingHappens)
  })
  it('is put through to whom they called once these are on tape', () => {
    given(dials())
      .when(theyPickUp)
      .so(itIsToldAs('CustomerReached'), asteriskIsAsked({ do: 'tape', call: CALL }))
    given(dials(), theyPickUp)
      .when(theyAreOnTape)
      .so(
        itIsToldAs('CallAnswered', 'Connected'),
        asteriskIsAsked({ do: 'end-meanwhile', what: 'ringing' }, { do: 'connect', channels: [CUSTOMER, CALL] }),
        agentIs('8001', 'talking'),
        ({ agents }) => expect(agents.get('8001')!.talks).toBe(1),
      )
  })
  it('is put through also where nobody heard them pick up', () => {
    given(dials())
      .when(theyAreOnTape)
      .so(itIsToldAs('CustomerReached', 'CallAnswered', 'Connected'))
  })
})

describe('a customer whom an agent has called', () => {
  it('hangs up: it was answered, and the agent wraps up', () => {
    given(itTalks, later(60_000))
      .when(theyHangUp)
      .so(
        theOutcomeIs('answered', { endedBy: 'caller' }),
        asteriskIsAskedTo('hang-up', 'disconnect'),
        agentIs('8001', 'wrapping-up'),
        noPhoneIsHeld,
      )
  })
  it('is let go where the agent hangs up, and asked nothing', () => {
    given(itTalks, later(60_000))
      .when(theAgentHangsUp)
      .so(itIsToldAs('AgentLeft', 'Dismissed'), agentIs('8001', 'wrapping-up'))
      .so(asteriskIsAsked({ do: 'take-out' }, { do: 'disconnect' }, { do: 'hang-up', channel: CUSTOMER }))
      .when(theyHangUp)
      .so(theOutcomeIs('answered', { endedBy: 'agent' }))
      .when(itsTapeIsFiled)
      .so(itIsToldAs('RecordingFiled'))
  })
  it('may be put on hold', () => {
    given(itTalks, () => ({ kind: 'LegHeld', leg: CALL }), later(5_000))
      .when(() => ({ kind: 'LegRetrieved', leg: CALL }))
      .so(itIsToldAs('Retrieved'), theLegHas({ heldMs: 5_000 }))
  })
  it('is not sent to a survey', () => {
    given(itTalks)
      .when(() => ({ kind: 'SurveyPushed', agent: '8001' }))
      .so(nothingHappens)
  })
  it('who was gone unheard, was talked with all the same', () => {
    given(itTalks).when(theCallerIsGone('asterisk')).so(theOutcomeIs('answered'))
  })
})

describe('a colleague to whom the agent passes that customer', () => {
  const passedOn: Step = tale => void tale.when(itTalks, toConsult(), theyAnswer, theColleagueIsOnTape, toTransfer)
  it('talks with them, and it is nothing to that talk that the agent’s line is closed then', () => {
    given(passedOn)
      .so(theCallIs('talking'), theLegHas({ agent: '8002' }), agentIs('8001', 'wrapping-up'))
      .when(theAgentHangsUp)
      .so(nothingHappens)
      .when(theyHangUp)
      .so(theOutcomeIs('answered', { endedBy: 'caller' }), agentIs('8002', 'wrapping-up'))
  })
  it('lets them go by hanging up', () => {
    given(passedOn)
      .when(({ call }) => ({ kind: 'LegEnded', leg: call!.leg!.id, cause: 16 }))
      .so(itIsToldAs('AgentLeft', 'Dismissed'))
  })
})

describe('where nobody is reached', () => {
  it.each([
    ['busy', 17, 'dial/busy'],
    ['no answer', 19, 'dial/no-answer'],
    ['rejected', 21, 'dial/rejected'],
    ['nobody has the number', 1, 'dial/wrong-number'],
    ['the network cannot', 38, 'dial/unreachable'],
    ['nobody knows', 0, 'dial/unreachable'],
  ])('%s: the agent hears so in their language, and is free', (_, cause, prompt) => {
    given(dials())
      .when(theirPhoneSays(cause))
      .so(theAgentHears(prompt), agentIs('8001', 'dialling'), inEnglish)
      .when(theSentenceIsOver)
      .so(theOutcomeIs('not-reached', { endedBy: 'hotline' }), asteriskIsAsked({ do: 'hang-up', channel: CALL }))
      .so(agentIs('8001', 'ready'), theCallHas({ recording: { file: null, ms: 0, sha256: null, faults: [] } }))
  })
  it('it does not ring for ever', () => {
    given(dials(), later(90_000))
      .when(theWaitIsOver('dial'))
      .so(theAgentHears('dial/no-answer'))
      .so(asteriskIsAskedTo('hang-up', 'end-meanwhile', 'say'))
  })
  it('and the sentence is never heard to end, it is over all the same', () => {
    given(dials(), theirPhoneSays(17)).when(theWaitIsOver('prompt')).so(theOutcomeIs('not-reached'))
  })
  it('the agent need not hear it to the end', () => {
    given(dials(), theirPhoneSays(17))
      .when(theAgentHangsUp)
      .so(theOutcomeIs('not-reached', { endedBy: 'agent' }))
  })
  it('an agent who hangs up ends it, and the phone of the customer rings no more', () => {
    given(dials())
      .when(theAgentHangsUp)
      .so(itIsToldAs('NotReached', 'CallEnded'), theOutcomeIs('not-reached', { endedBy: 'agent' }))
      .so(
        asteriskIsAsked(
          { do: 'hang-up', channel: CUSTOMER },
          { do: 'end-meanwhile' },
          { do: 'hang-up', channel: CALL },
        ),
      )
      .so(agentIs('8001', 'ready'))
  })
  it('whoever hangs up at once is on a tape, which is filed', () => {
    given(dials(), theyPickUp, theyHangUp)
      .when(theSentenceIsOver)
      .so(theOutcomeIs('not-reached', { recording: null }), itWaitsFor({ filing: 1_000 }))
  })
})

describe('what an agent was doing', () => {
  const was =
    (set: object): Step =>
    ({ agents }) =>
      void agents.set('8001', { ...agents.get('8001')!, ...set })
  const paused = was({ state: 'paused', reason: 'meal' })
  const wrapsUp: Step = tale => void tale.when(was({ state: 'wrapping-up', wakeAt: tale.at + 8_000 }))

  it('a pause, is what they do again when it is over', () => {
    given(paused, dials(), theirPhoneSays(17), theSentenceIsOver).so(agentIs('8001', 'paused', 'meal'))
    given(paused, itTalks, theyHangUp).so(agentIs('8001', 'wrapping-up'), nextIs('pause'))
  })
  it('what is left of a wrap-up, they have where nobody is reached, and all of it after a talk', () => {
    given(wrapsUp, dials(), later(3_000), theirPhoneSays(17), theSentenceIsOver).so(wrapsUpFor(5_000))
    given(wrapsUp, dials(), later(9_000), theirPhoneSays(17), theSentenceIsOver).so(agentIs('8001', 'ready'))
    given(wrapsUp, itTalks, theyHangUp).so(wrapsUpFor(10_000))
  })
  it('without a line they have no wrap-up', () => {
    const talk: Step = tale => void tale.when(dials({ queue: null }), theyAreOnTape)
    given(talk).with({ queue: aQueue }).when(theyHangUp).so(agentIs('8001', 'ready'))
  })
})

it('keeps to its phases and its one outcome, whatever happens, in whatever order', () => {
  const next = { dialling: ['talking', 'ended'], talking: ['surveying', 'ended'], surveying: ['ended'], ended: [] }
  for (let seed = 1; seed <= 2_000; seed += 1) {
    const { pick, upTo } = random(seed)
    const tale = given(dials())
    for (let i = 0; i < 30; i += 1) {
      tale.at += upTo(20_000) - 2_000 // now and then something is reported late
      const { phase, lastAt, seq } = tale.call!
      tale.when(pick(HAPPENINGS))
      const { call, agents, facts } = tale
      const where = `seed ${seed}, happening ${i}`
      const isNext = call!.phase === phase || next[phase as keyof typeof next].includes(call!.phase as never)
      insist(isNext, () => `${where}: from ${phase} to ${call!.phase}`)
      insist(call!.lastAt >= lastAt && call!.seq === seq + facts.length, () => `${where}: out of order`)
      const holds = isHeldByCall(agents.get('8001')!)
      insist(holds === (openLeg(call!) !== null), () => `${where}: ${agents.get('8001')!.state}`)
    }
    const ends = tale.story.filter(({ kind }) => kind === 'CallEnded').length
    insist(ends <= 1, () => `seed ${seed}: ${ends} ends`)
    insist(tale.call!.phase !== 'ended' || OUTCOMES.includes(tale.call!.outcome!), () => `seed ${seed}: no outcome`)
  }
})

const HAPPENINGS: Step[] = [
  ...[dials(), theyPickUp, theyAreOnTape, theyHangUp, theirPhoneSays(17), theirPhoneSays(0), theAgentHangsUp],
  ...[
    theSentenceIsOver,
    theWaitIsOver('dial'),
    theWaitIsOver('prompt'),
    theCallerIsGone(),
    theCallerIsGone('asterisk'),
  ],
  ...[itsTapeIsFiled, later(5_000), () => ({ kind: 'LegHeld', leg: CALL }) as const],
  ...[() => ({ kind: 'LegRetrieved', leg: CALL }) as const, () => ({ kind: 'LegEnded', leg: CALL, cause: 0 }) as const],
]
const OUTCOMES = ['answered', 'not-reached']

const inEnglish: Check = ({ commands }) =>
  expect(commands.flatMap(one => (one.do === 'say' ? one.language : []))).toEqual(['en'])
const wrapsUpFor =
  (ms: number): Check =>
  ({ agents, at }) =>
    expect(agents.get('8001')).toMatchObject({ state: 'wrapping-up', wakeAt: at + ms })
const nextIs =
  (kind: string): Check =>
  ({ agents }) =>
    expect(agents.get('8001')!.next).toMatchObject({ kind })
