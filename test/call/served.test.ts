import { expect, test } from 'vitest'
import type { Invited } from '../../src/call/partyFacts.ts'
import {
  anAgentIsChosen,
  asteriskIsAskedTo,
  aTalk,
  CALL,
  given,
  later,
  NOON,
  type Step,
  type Tale,
  theAgentAnswers,
  theAgentHangsUp,
  theAgentsPromptEnds,
  theCallerHangsUp,
  theLegEnds,
  thePromptEnds,
} from './given.ts'

/** What a call keeps of talks that go from one to the next: who served it, and what must be on which tape. */

const by = 'agent:8001'
const at = (ms: number): number => NOON + ms
const partyOf = ({ call }: Tale): string => call!.parties!.at(-1)!.way.id

const consults =
  (invited: Invited): Step =>
  () => ({ kind: 'ConsultationCall', invited, by })
const invites =
  (invited: Invited): Step =>
  () => ({ kind: 'InviteParty', invited, by })
const theyAnswer: Step = tale => ({ kind: 'LegAnswered', leg: partyOf(tale) })
const theyAreOnTape: Step = tale => ({ kind: 'OnTape', leg: partyOf(tale) })
const theyHangUp: Step = tale => ({ kind: 'LegEnded', leg: partyOf(tale), cause: 16 })
const theyConfer: Step = () => ({ kind: 'ConferenceCall', by })
const theTalkIsPassedOn: Step = () => ({ kind: 'TransferCall', by })
const theCallerIsSentTo =
  (queue: string): Step =>
  () => ({ kind: 'SingleStepTransfer', to: { queue }, by })
const theTalkIsCleared: Step = () => ({ kind: 'ClearConnection', by })

const aConsult = [aTalk, later(10_000), consults({ agent: '8002' }), later(5_000), theyAnswer, theyAreOnTape] as const

test('the caller’s tape has the talk but for the hold, and the colleague’s what they were asked', () => {
  const { call } = given(...aConsult, later(20_000), theyHangUp, later(5_000), theAgentHangsUp, theCallerHangsUp)
  expect(call!.talk!.talks).toEqual([
    { from: at(0), to: at(10_000) },
    { from: at(35_000), to: at(40_000) },
  ])
  const asked = { answeredAt: at(15_000), joinedAt: at(15_000), endedAt: at(35_000), cause: 16 }
  expect(call!.tapes).toMatchObject([{ ...asked, talks: [{ from: at(15_000), to: at(35_000) }] }])
})

test('a muted party need not be heard, nor a caller who hears nobody else', () => {
  const muted: Step = tale => ({ kind: 'MuteParty', party: partyOf(tale), isMuted: true, by })
  const all = [aTalk, invites({ agent: '8002' }), theyAnswer, theyAreOnTape, later(1_000), muted, later(4_000)] as const
  const { call } = given(...all, theCallerHangsUp)
  expect(call!.tapes![0]!.talks).toEqual([{ from: at(0), to: at(1_000) }])
  expect(call!.talk!.talks).toEqual([{ from: at(0), to: at(5_000) }])
})

test('a talk whose end nobody saw is asked of no tape', () => {
  const { call } = given(aTalk, later(60_000), theLegEnds(0), theCallerHangsUp)
  expect(call!.talk!.talks).toEqual([])
})

test('who was consulted and has the caller now served them last; they waited for the first', () => {
  const { call } = given(...aConsult, later(1_000), theTalkIsPassedOn, later(9_000), theCallerHangsUp)
  expect(call).toMatchObject({ servedAt: at(0), servedBy: '8002', servedUntil: at(25_000), outcome: 'answered' })
  expect(call!.tapes![0]).toMatchObject({ endedAt: at(25_000), talks: [{ from: at(15_000), to: at(25_000) }] })
})

test('who is left with the caller when the agent goes is a conferee, whatever they were asked as', () => {
  const { call } = given(
    ...[aTalk, invites({ agent: '8002' }), theyAnswer, theyAreOnTape],
    ...[consults({ number: '13900139000' }), theyAnswer, theyAreOnTape, later(1_000), theAgentHangsUp],
  )
  expect(call!.leg!.agent).toBe('8002')
  expect(call!.parties!.filter(({ way }) => way.endedAt === null)).toMatchObject([{ way: { role: 'conferee' } }])
})

test('whom an agent sends to another line, and nobody serves there, has left that line, and was answered all the same', () => {
  const { call } = given(aTalk, later(10_000), theCallerIsSentTo('support'), later(30_000), theCallerHangsUp)
  expect(call).toMatchObject({ outcome: 'answered', lineOutcome: 'abandoned-in-queue', queue: 'support' })
  expect(call).toMatchObject({ servedBy: '8001', servedUntil: at(10_000) })
})

test('and whom somebody serves there has what came of the call', () => {
  const served = [anAgentIsChosen('8002'), theAgentAnswers, theAgentsPromptEnds, thePromptEnds] as const
  const { call } = given(
    ...[aTalk, later(10_000), theCallerIsSentTo('support'), thePromptEnds, later(5_000), ...served, later(5_000)],
    theCallerHangsUp,
  )
  expect(call!.lineOutcome).toBeUndefined()
  expect(call).toMatchObject({ servedAt: at(0), servedBy: '8002', servedUntil: at(20_000) })
  expect(call!.talk!.talks).toEqual([
    { from: at(0), to: at(10_000) },
    { from: at(15_000), to: at(20_000) },
  ])
})

test('an agent whose talk is cleared from their desk is let go: their phone would hear silence, and be busy', () => {
  const hangUp = { do: 'hang-up', channel: `${CALL}~8001~9`, cause: 16 } as const
  const cleared = given(aTalk).when(theTalkIsCleared)
  expect(cleared.commands.filter(command => command.do === 'hang-up')).toEqual([
    { ...hangUp, channel: cleared.call!.leg!.id },
  ])
  given(aTalk)
    .when(theAgentHangsUp)
    .so(asteriskIsAskedTo('take-out', 'disconnect', 'say'))
})

test('in a conference everybody hears everybody', () => {
  const { call } = given(...aConsult, later(1_000), theyConfer, later(4_000), theCallerHangsUp)
  expect(call!.talk!.talks).toEqual([
    { from: at(0), to: at(10_000) },
    { from: at(16_000), to: at(20_000) },
  ])
})
