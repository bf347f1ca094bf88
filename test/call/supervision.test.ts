import { describe, expect, test } from 'vitest'
import { earOf, openSupervisors, type Use } from '../../src/call/supervision.ts'
import type { Mode } from '../../src/call/supervisionFacts.ts'
import {
  agentIs,
  anAgent,
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
  type Step,
  theAgentAnswers,
  theAgentHangsUp,
  theAgentsPromptEnds,
  theCallerHangsUp,
  theCallIs,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

/** Supervisor 8009, and 8008, whose phones are rung, and agent 8001 who talks with the caller. */

const BY = 'person:li'
const asks =
  (mode: Mode, phone = '8009'): Step =>
  () => ({ kind: 'Supervise', phone, mode, by: BY })
const sets =
  (mode: Mode, phone = '8009'): Step =>
  () => ({ kind: 'SetSupervision', phone, mode, by: BY })
const leaves: Step = () => ({ kind: 'EndSupervision', phone: '8009', by: BY })
const takesOver: Step = () => ({ kind: 'TakeOverTalk', phone: '8009', by: BY })
const clears: Step = () => ({ kind: 'ForceClear', by: BY })
const ofSupervisor =
  (
    happening:
      | { kind: 'LegRang' | 'LegAnswered' }
      | { kind: 'LegEnded'; cause: number }
      | { kind: 'LegKey'; key: string },
  ): Step =>
  ({ call }) => ({ ...happening, leg: call!.supervisors!.at(-1)!.id })
const answers = ofSupervisor({ kind: 'LegAnswered' })
const hangsUp = ofSupervisor({ kind: 'LegEnded', cause: 16 })
const presses = (key: string): Step => ofSupervisor({ kind: 'LegKey', key })
/** That of whoever was asked last. */
const theEarComes: Step = ({ call }) => ({ kind: 'LegAnswered', leg: earOf(call!.supervisors!.at(-1)!, call!)! })
const all =
  (...steps: Step[]): Step =>
  tale => {
    for (const each of steps) tale.when(each)
    return undefined
  }
const isListening = (mode: Mode = 'listen'): Step => all(aTalk, asks(mode), answers, theEarComes)

const SUPERVISOR = `${CALL}~8009~18`
/** As Asterisk names what comes in. */
const DIALLED = 'hotline-1763871911.99'
const LEG = `${CALL}~8001~10`
const EAR = `${SUPERVISOR}~ear10t0`
const LOUD_EAR = `${SUPERVISOR}~ear10t1`
const ASIDE = `${SUPERVISOR}~aside`

const theirUsesAre =
  (...uses: Partial<Use>[]): Check =>
  ({ call }) =>
    expect(call!.supervisors!.flatMap(one => one.uses)).toEqual(uses.map(use => expect.objectContaining(use)))
const nobodySupervises: Check = ({ call }) => expect(openSupervisors(call!)).toEqual([])
const supervised: Check = ({ call }) => expect(openSupervisors(call!)).toHaveLength(1)

describe('a supervisor', () => {
  test('is rung, and sees whose talk it is', () => {
    given(aTalk)
      .when(asks('listen'))
      .so(
        itIsToldAs('SupervisorAsked'),
        asteriskIsAsked({ do: 'ring', leg: SUPERVISOR, agent: '8009', caller: '8001', callerName: '监听 Listen' }),
        itWaitsFor({ supervisor: 30_000 }),
      )
  })

  test('who has dialled is answered, and is there as whoever was rung', () => {
    const dials: Step = () => ({ kind: 'Supervise', phone: '8009', mode: 'listen', channel: DIALLED, by: BY })
    given(aTalk)
      .when(dials)
      .so(itIsToldAs('SupervisorAsked'), asteriskIsAsked({ do: 'answer', channel: DIALLED }))
      .when(answers)
      .so(
        asteriskIsAsked(
          { do: 'mute', channel: DIALLED },
          { do: 'connect', bridge: `${DIALLED}~aside`, channels: [DIALLED], areKeysOurs: true },
          { do: 'listen', ear: `${DIALLED}~ear10t0`, channel: LEG, isForAll: false },
        ),
      )
      .when(hangsUp)
      .so(nobodySupervises, asteriskIsAskedTo('hang-up', 'hang-up', 'disconnect'))
  })

  test('is muted before they are anywhere, and hears the agent’s phone from aside', () => {
    given(aTalk, asks('listen'))
      .when(answers)
      .so(
        asteriskIsAsked(
          { do: 'mute', channel: SUPERVISOR },
          { do: 'connect', bridge: ASIDE, channels: [SUPERVISOR], areKeysOurs: true },
          { do: 'listen', ear: EAR, channel: LEG, isForAll: false },
        ),
        itWaitsFor({}),
      )
      .when(() => ({ kind: 'LegAnswered', leg: EAR }))
      .so(itIsToldAs('SupervisorHears'), asteriskIsAsked({ do: 'connect', bridge: ASIDE, channels: [EAR] }))
  })

  test('coaches, and listens again, without anything else being touched', () => {
    given(isListening())
      .when(sets('coach'))
      .so(asteriskIsAsked({ do: 'unmute', channel: SUPERVISOR }))
      .when(sets('listen'))
      .so(asteriskIsAsked({ do: 'mute', channel: SUPERVISOR }))
  })

  test('who barges in has another ear, with which they are heard by all; the old one goes when that is there', () => {
    given(isListening('coach'))
      .when(sets('barge'))
      .so(asteriskIsAsked({ do: 'listen', ear: LOUD_EAR, channel: LEG, isForAll: true }))
      .when(() => ({ kind: 'LegAnswered', leg: LOUD_EAR }))
      .so(asteriskIsAsked({ do: 'hang-up', channel: EAR }, { do: 'connect', bridge: ASIDE, channels: [LOUD_EAR] }))
  })

  test('who barges in no more is heard by nobody from that moment on', () => {
    given(isListening('barge'))
      .when(sets('coach'))
      .so(asteriskIsAsked({ do: 'hang-up', channel: EAR }, { do: 'listen', ear: LOUD_EAR, isForAll: false }))
  })

  test('who changes their mind before the other ear has come is not heard by it, and has the old one until there is another', () => {
    given(isListening('coach'), sets('barge'))
      .when(sets('coach'))
      .so(asteriskIsAsked({ do: 'hang-up', channel: LOUD_EAR }, { do: 'listen', ear: `${SUPERVISOR}~ear10t2` }))
    given(isListening('barge'), sets('coach'))
      .when(sets('barge'))
      .so(asteriskIsAsked({ do: 'hang-up', channel: LOUD_EAR }, { do: 'listen', ear: `${SUPERVISOR}~ear10t2` }))
  })

  test('changes the mode, and by no key before it was asked whether they may', () => {
    given(isListening())
      .when(sets('coach'))
      .so(asteriskIsAskedTo('unmute'))
      .when(sets('barge'))
      .so(itIsToldAs('SupervisionSet'), asteriskIsAskedTo('listen'))
      .when(sets('listen'))
      .so(asteriskIsAskedTo('mute', 'hang-up', 'listen'))
      .when(sets('listen'), presses('5'), presses('1'), presses('#'))
      .so(nothingHappens)
  })

  test('who is asked for twice is rung once, in the mode that was asked for last', () => {
    given(aTalk, asks('listen'))
      .when(asks('listen'))
      .so(nothingHappens)
      .when(asks('coach'))
      .so(itIsToldAs('SupervisionSet'))
  })

  test('who does not answer is rung no longer', () => {
    given(aTalk, asks('listen'))
      .when(later(30_000), theWaitIsOver('supervisor'))
      .so(asteriskIsAsked({ do: 'hang-up', channel: SUPERVISOR }), nobodySupervises, theirUsesAre(), itWaitsFor({}))
  })

  test('who leaves, by hanging up or at their desk, takes their ear along, and the talk goes on', () => {
    for (const step of [hangsUp, leaves])
      given(isListening())
        .when(step)
        .so(asteriskIsAskedTo('hang-up', 'hang-up', 'disconnect'), nobodySupervises, theCallIs('talking'))
  })

  test('cannot supervise their own talk', () => {
    given(aTalk).when(asks('listen', '8001')).so(nothingHappens)
  })

  test('is one of several', () => {
    const tale = given(isListening(), asks('coach', '8008'), answers, theEarComes)
    expect(openSupervisors(tale.call!).map(({ phone, mode }) => [phone, mode])).toEqual([
      ['8009', 'listen'],
      ['8008', 'coach'],
    ])
    tale.when(hangsUp).so(supervised)
  })

  test('goes when nobody talks any more: the caller, or the agent, has left', () => {
    given(isListening())
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { endedBy: 'caller' }), nobodySupervises)
    given(isListening()).when(theAgentHangsUp).so(theCallIs('surveying'), nobodySupervises)
  })
})

describe('the supervisor follows the call', () => {
  const sentOn: Step = () => ({ kind: 'SingleStepTransfer', to: { queue: 'support' }, by: 'agent:8001' })
  const theNextAgentTalks = all(
    () => ({ kind: 'AgentChosen', agent: '8002', why: { rule: 'asked', level: 0, idleMs: 0, rivals: [], others: {} } }),
    theAgentAnswers,
    theAgentsPromptEnds,
    thePromptEnds,
  )

  test('to the next agent, by another ear, and is aside meanwhile', () => {
    given(isListening())
      .when(sentOn)
      .so(theCallIs('queued'), supervised)
      .when(theNextAgentTalks)
      .so(theCallIs('talking'), ({ commands, call }) =>
        expect(commands).toContainEqual({
          ...{ do: 'listen', ear: `${SUPERVISOR}~ear${call!.leg!.id.split('~').at(-1)}t0` },
          ...{ channel: call!.leg!.id, isForAll: false },
        }),
      )
  })

  test('of which each part is a use of its own: who, whom, how, from when to when', () => {
    given(isListening(), later(1_000), sets('coach'), later(1_000), sentOn, later(1_000), theNextAgentTalks)
      .when(later(1_000), leaves)
      .so(
        theirUsesAre(
          { agent: '8001', mode: 'listen', by: BY, from: NOON, to: NOON + 1_000 },
          { agent: '8001', mode: 'coach', from: NOON + 1_000, to: NOON + 2_000 },
          { agent: '8002', mode: 'coach', from: NOON + 3_000, to: NOON + 4_000 },
        ),
      )
  })
})

describe('who takes a talk over', () => {
  test('has it by the same leg; the agent wraps up, and the supervisor is what they were when it is over', () => {
    const tale = given().when(isListening())
    tale.agents.set('8009', anAgent('8009', { state: 'signed-out' }))
    tale
      .when(later(5_000), takesOver)
      .so(
        itIsToldAs('TalkTakenOver', 'AgentRelieved'),
        asteriskIsAsked(
          { do: 'unmute', channel: SUPERVISOR },
          { do: 'mix', bridge: `${CALL}~talk` },
          { do: 'connect', bridge: `${CALL}~talk`, channels: [SUPERVISOR] },
          { do: 'hang-up', channel: EAR },
          { do: 'disconnect', bridge: ASIDE },
          { do: 'hang-up', channel: LEG },
        ),
        agentIs('8001', 'wrapping-up'),
        agentIs('8009', 'talking'),
        nobodySupervises,
      )
      .when(later(60_000), theCallerHangsUp)
      .so(theOutcomeIs('answered'), agentIs('8009', 'wrapping-up'))
  })

  test('must have answered, and not have it already', () => {
    given(aTalk, asks('listen')).when(takesOver).so(nothingHappens)
    given(isListening(), takesOver).when(takesOver).so(nothingHappens)
  })

  test('is followed by who else supervises', () => {
    given(isListening(), asks('listen', '8008'), answers, theEarComes)
      .when(takesOver)
      .so(supervised, ({ commands }) =>
        expect(commands).toContainEqual(expect.objectContaining({ do: 'listen', channel: SUPERVISOR })),
      )
  })
})

describe('a call that is cleared by force', () => {
  test('ends for all, and is answered', () => {
    given(isListening())
      .when(clears)
      .so(
        itIsToldAs('SupervisorLeft', 'AgentLeft', 'ForceCleared'),
        agentIs('8001', 'wrapping-up'),
        nobodySupervises,
        asteriskIsAskedTo('hang-up', 'hang-up', 'disconnect', 'take-out', 'disconnect', 'hang-up', 'hang-up'),
      )
      .when(theCallerHangsUp)
      .so(theOutcomeIs('answered', { endedBy: 'supervisor' }))
  })

  test('is one in which somebody talks', () => {
    given(aTalk, theAgentHangsUp).when(clears).so(nothingHappens)
  })
})
