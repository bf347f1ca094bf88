import { expect, test } from 'vitest'
import { isPaused, tapesAgain } from '../../src/call/pause.ts'
import { expectedOf } from '../../src/recording/expected.ts'
import {
  asteriskIsAsked,
  aTalk,
  given,
  itIsToldAs,
  itWaitsFor,
  later,
  NOON,
  nothingHappens,
  type Step,
  type Tale,
  theAgentHangsUp,
  theCallerHangsUp,
  theWaitIsOver,
} from './given.ts'

/** Nothing of a talk is recorded while a caller says what nobody may keep. */

const by = 'agent:8001'
const itIsPaused: Step = ({ at }) => ({ kind: 'PauseRecording', because: 'card number', until: at + 120_000, by })
const itIsResumed: Step = () => ({ kind: 'ResumeRecording', by })
const aPause = [aTalk, later(10_000), itIsPaused] as const
const callers = ({ call }: Tale) => call!.channel
const isRecorded = ({ call }: Tale) => expect(isPaused(call!)).toBe(false)

test('the tape is silent until it is resumed, or for so long', () => {
  const { channel } = given(aTalk).call!
  given(aTalk)
    .when(itIsPaused)
    .so(itIsToldAs('RecordingPaused'), itWaitsFor({ pause: 120_000 }))
    .so(asteriskIsAsked({ do: 'mute-tape', channel, isMuted: true }))
    .when(itIsPaused)
    .so(nothingHappens)
    .when(itIsResumed)
    .so(asteriskIsAsked({ do: 'mute-tape', channel, isMuted: false }), itWaitsFor({}), isRecorded)
    .when(itIsResumed)
    .so(nothingHappens)
  given(...aPause)
    .when(theWaitIsOver('pause'))
    .so(itIsToldAs('RecordingResumed'), isRecorded)
})

test('it ends with the talk, with a hold, and where the talk is another’s', () => {
  const held: Step = () => ({ kind: 'HoldCall', by })
  const sentOn: Step = () => ({ kind: 'SingleStepTransfer', to: { queue: 'support' }, by })
  given(...aPause)
    .when(held)
    .so(itIsToldAs('Held', 'RecordingResumed'), isRecorded)
  given(...aPause)
    .when(theAgentHangsUp)
    .so(isRecorded)
  given(...aPause)
    .when(sentOn)
    .so(isRecorded)
})

test('where Asterisk does not mute the tape nobody believes that it is', () => {
  const refused: Step = () => ({ kind: 'TapeNotMuted' })
  given(...aPause)
    .when(refused)
    .so(itIsToldAs('RecordingResumed'), isRecorded)
})

test('a party who joins meanwhile is not recorded either', () => {
  const asked: Step = () => ({ kind: 'InviteParty', invited: { agent: '8002' }, by })
  const joins: Step = ({ call }) => ({ kind: 'OnTape', leg: call!.parties![0]!.way.id })
  const { commands, call } = given(aTalk, asked, itIsPaused).when(joins)
  expect(commands).toContainEqual({ do: 'mute-tape', channel: call!.parties![0]!.way.id, isMuted: true })
})

test('nor is what an agent hears on their own tape who has the caller since they were consulted', () => {
  const consults: Step = () => ({ kind: 'ConsultationCall', invited: { agent: '8002' }, by })
  const joins: Step = ({ call }) => ({ kind: 'OnTape', leg: call!.parties![0]!.way.id })
  const passedOn: Step = () => ({ kind: 'TransferCall', by })
  const { commands, call } = given(aTalk, consults, joins, passedOn).when(itIsPaused)
  expect(commands).toEqual(
    [call!.channel, call!.leg!.id].map(channel => ({ do: 'mute-tape', channel, isMuted: true, isAsked: true })),
  )
})

test('after a death of ours the tapes are made as they are to be, silent or not', () => {
  const paused = given(...aPause)
  expect(tapesAgain(paused.call!)).toEqual([{ do: 'mute-tape', channel: callers(paused), isMuted: true }])
  const resumed = given(...aPause, itIsResumed)
  expect(tapesAgain(resumed.call!)).toEqual([{ do: 'mute-tape', channel: callers(resumed), isMuted: false }])
  expect(tapesAgain(given(aTalk).call!)).toEqual([])
})

test('nobody may be heard then, and need not be', () => {
  const { call } = given(...aPause, later(20_000), itIsResumed, later(30_000), theCallerHangsUp)
  const told = expectedOf({ ...call!, endedAt: call!.endedAt! })
  const since = (ms: number): number => NOON + ms - call!.answeredAt!
  expect(told.paused).toEqual([{ from: since(10_000), to: since(30_000) }])
  expect(told.talk).toEqual([
    { from: since(0), to: since(10_000) },
    { from: since(30_000), to: since(60_000) },
  ])
})
