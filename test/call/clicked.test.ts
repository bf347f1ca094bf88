import { describe, expect, it } from 'vitest'
import { isHeldByCall } from '../../src/agent/agent.ts'
import { openLeg } from '../../src/call/call.ts'
import { DIALLED } from '../../src/call/commands.ts'
import type { Clicked } from '../../src/call/ownCall.ts'
import { customerId, legId } from '../../src/ids.ts'
import { insist } from '../insist.ts'
import { random } from '../random.ts'
import {
  agentIs,
  asteriskIsAsked,
  asteriskIsAskedTo,
  given,
  itIsToldAs,
  itsTapeIsFiled,
  itWaitsFor,
  later,
  type Step,
  theAgentAnswers,
  theAgentHangsUp,
  theAgentHears,
  theCallHas,
  theCallIs,
  theLegEnds,
  theLegHas,
  theOutcomeIs,
  thePhoneRings,
  theWaitIsOver,
} from './given.ts'

/** An agent has clicked on a number: their own phone rings first. */

const CALL = 'click-8001-1'
const LEG = legId(CALL, '8001', 1)
const CUSTOMER = customerId(CALL, 3)
const SHOWS = '4008001000'
const clicks =
  (set: Partial<Clicked> = {}): Step =>
  ({ at }) => ({
    ...{ kind: 'AgentDials', leg: LEG, agent: '8001', from: '13800138000', to: SHOWS, number: '913800138000' },
    ...{ queue: 'sales', language: 'zh' },
    clicked: { call: CALL, number: '913800138000', until: at + 20_000, ...set },
  })
const theyPickUp: Step = ({ call }) => ({ kind: 'LegAnswered', leg: call!.channel })
const theyAreOnTape: Step = ({ call }) => ({ kind: 'OnTape', leg: call!.channel })
const theirPhoneSays =
  (cause: number): Step =>
  ({ call }) => ({ kind: 'LegEnded', leg: call!.channel, cause })

describe('an agent who clicks on a number', () => {
  it('has their own phone rung, which is to pick up by itself, and nobody else’s yet', () => {
    given(clicks())
      .so(theCallIs('dialling'), agentIs('8001', 'ringing'), itWaitsFor({ ring: 20_000 }))
      .so(
        asteriskIsAsked({
          ...{ do: 'ring', leg: LEG, agent: '8001', forMs: 20_000, picksUp: true },
          ...{ caller: '13800138000', callerName: DIALLED },
        }),
      )
  })
  it('need not be shown the number', () => {
    given(clicks({ hides: true })).so(asteriskIsAsked({ do: 'ring', caller: SHOWS }))
  })
  it('has the customer dialled once they have answered', () => {
    given(clicks(), later(2_000))
      .when(theAgentAnswers)
      .so(itIsToldAs('AgentAnswered', 'CustomerDialled'), agentIs('8001', 'dialling'), itWaitsFor({ dial: 90_000 }))
      .so(
        asteriskIsAsked(
          { do: 'dial', leg: CUSTOMER, number: '913800138000', shows: SHOWS, forMs: 90_000 },
          { do: 'ringing', channel: LEG },
        ),
      )
  })
  it('is put through to them, and lets them go', () => {
    given(clicks(), theAgentAnswers, theyPickUp)
      .when(theyAreOnTape)
      .so(itIsToldAs('CallAnswered', 'Connected'), agentIs('8001', 'talking'))
      .so(asteriskIsAsked({ do: 'end-meanwhile' }, { do: 'connect', channels: [CUSTOMER, LEG] }))
      .when(later(60_000), theAgentHangsUp)
      .so(itIsToldAs('AgentLeft', 'Dismissed'), agentIs('8001', 'wrapping-up'))
  })
  it('hears why nobody is there', () => {
    given(clicks(), theAgentAnswers)
      .when(theirPhoneSays(17))
      .so(theAgentHears('dial/busy'), theLegHas({ result: 'answered' }))
  })
})

describe('an agent whose own phone', () => {
  it.each([
    ['is not answered', theWaitIsOver('ring')],
    ['declines', theLegEnds(21)],
    ['cannot be reached', theLegEnds(20)],
  ] as const)('%s, has nobody dialled, and is as they were: it is no call that they have missed', (_, ends) => {
    given(clicks())
      .when(ends)
      .so(itIsToldAs('NotReached', 'CallEnded'), theOutcomeIs('not-reached', { endedBy: 'agent' }))
      .so(agentIs('8001', 'ready'), theLegHas({ result: null, answeredAt: null }))
      .so(asteriskIsAskedTo('hang-up'))
      .so(theCallHas({ recording: { file: null, ms: 0, sha256: null, faults: [] } }))
  })
  it('was let go while the customer’s rings, lets it ring no more', () => {
    given(clicks(), theAgentAnswers)
      .when(theAgentHangsUp)
      .so(theOutcomeIs('not-reached', { endedBy: 'agent' }), agentIs('8001', 'ready'))
      .so(
        asteriskIsAsked({ do: 'hang-up', channel: CUSTOMER }, { do: 'end-meanwhile' }, { do: 'hang-up', channel: LEG }),
      )
  })
})

it('what an agent was doing before, they do again, and what is left of a wrap-up they have', () => {
  const was =
    (set: object): Step =>
    ({ agents }) =>
      void agents.set('8001', { ...agents.get('8001')!, ...set })
  const vain = [clicks(), theAgentAnswers, theirPhoneSays(17), theWaitIsOver('prompt')]
  given(was({ state: 'paused', reason: 'meal' }), ...vain).so(agentIs('8001', 'paused', 'meal'))
  const wrapsUp: Step = tale => void tale.when(was({ state: 'wrapping-up', wakeAt: tale.at + 8_000 }))
  given(wrapsUp, later(3_000), ...vain).so(({ agents, at }) =>
    expect(agents.get('8001')).toMatchObject({ state: 'wrapping-up', wakeAt: at + 5_000 }),
  )
})

it('keeps to one outcome and holds the agent no longer than the phone, whatever happens, in whatever order', () => {
  const happenings: Step[] = [
    ...[clicks(), thePhoneRings, theAgentAnswers, theAgentHangsUp, theyPickUp, theyAreOnTape, theirPhoneSays(17)],
    ...[theirPhoneSays(0), theLegEnds(0), theWaitIsOver('ring'), theWaitIsOver('dial'), theWaitIsOver('prompt')],
    ...[itsTapeIsFiled, later(5_000)],
  ]
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const { pick, upTo } = random(seed)
    const tale = given(clicks())
    for (let i = 0; i < 20; i += 1) {
      tale.at += upTo(10_000) - 1_000
      tale.when(pick(happenings))
      const holds = isHeldByCall(tale.agents.get('8001')!)
      insist(holds === (openLeg(tale.call!) !== null), () => `seed ${seed}, happening ${i}`)
    }
    const ends = tale.story.filter(({ kind }) => kind === 'CallEnded').length
    const dialled = tale.story.filter(({ kind }) => kind === 'CustomerDialled').length
    insist(ends <= 1 && dialled <= 1, () => `seed ${seed}: ${ends} ends, dialled ${dialled} times`)
  }
})
