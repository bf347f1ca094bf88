import { describe, expect, test } from 'vitest'
import { openLegs } from '../../src/call/call.ts'
import type { Moved } from '../../src/call/facts.ts'
import {
  aCallerHearingMusic,
  aCallerInLine,
  anAgentIsChosen,
  aQueue,
  aRingingPhone,
  asteriskIsAsked,
  aTalk,
  type Check,
  given,
  itIsToldAs,
  itWaitsFor,
  noPhoneIsHeld,
  nothingHappens,
  type Step,
  theAgentAnswers,
  theCallerHears,
  theCallerWaitsIn,
  theCallHas,
} from './given.ts'

const theyAreMoved =
  (move: Omit<Moved, 'by'>): Step =>
  () => ({ kind: 'Moved', by: 'person:li', ...move })

const theyRing =
  (...agents: string[]): Check =>
  ({ call }) =>
    expect(openLegs(call!).map(leg => leg.agent)).toEqual(agents)

describe('whoever waits is moved', () => {
  test('within their line, and hears nothing of it', () => {
    given(aCallerHearingMusic)
      .when(theyAreMoved({ headStartMs: 60_000 }))
      .so(itIsToldAs('PlaceRaised'), asteriskIsAsked(), theCallHas({ headStartMs: 60_000, first: null }))
      .when(theyAreMoved({ headStartMs: 60_000 }))
      .so(nothingHappens)
  })

  test('to one agent, for whom they wait as long as the line lets anybody wait for one, else for a minute', () => {
    for (const [lastAgentMs, forMs] of [
      [20_000, 20_000],
      [0, 60_000],
    ] as const)
      given(aCallerHearingMusic)
        .with({ queue: id => aQueue(id, { lastAgentMs }) })
        .when(theyAreMoved({ agent: '8002' }))
        .so(
          itIsToldAs('PlaceRaised'),
          theCallHas({ first: '8002' }),
          itWaitsFor({ 'first-agent': forMs, announce: 30_000, 'longest-wait': 900_000 }),
        )
  })

  test('to another line, while they are told something else, which is cut short', () => {
    given(aCallerInLine)
      .when(theyAreMoved({ queue: 'support' }))
      .so(
        itIsToldAs('Overflowed', 'Queued', 'Prompted'),
        theCallerHears('queue-welcome', 'position-next'),
        theCallerWaitsIn('support'),
      )
  })

  test('while one phone rings for them: it is let go, unless it is that of the agent they are moved to', () => {
    given(aRingingPhone)
      .when(theyAreMoved({ agent: '8001' }))
      .so(itIsToldAs('PlaceRaised'), theyRing('8001'), theCallHas({ phase: 'ringing', first: '8001' }))
    given(aRingingPhone)
      .when(theyAreMoved({ agent: '8002' }))
      .so(itIsToldAs('OfferEnded', 'PlaceRaised'), noPhoneIsHeld, theCallHas({ phase: 'queued', first: '8002' }))
  })

  test('while all phones ring for them: to another line none rings on', () => {
    const tale = given(aCallerHearingMusic).with({ queue: id => aQueue(id, { strategy: 'ring-all' }) })
    tale
      .when(anAgentIsChosen('8001'), anAgentIsChosen('8002'))
      .when(theyAreMoved({ headStartMs: 1_000 }))
      .so(itIsToldAs('PlaceRaised'), theCallHas({ phase: 'ringing' }))
      .when(theyAreMoved({ queue: 'support' }))
      .so(itIsToldAs('OfferEnded', 'OfferEnded', 'Overflowed', 'Queued', 'Prompted'), noPhoneIsHeld)
  })

  test('but not once somebody has answered', () => {
    given(aRingingPhone)
      .when(theAgentAnswers)
      .when(theyAreMoved({ agent: '8002' }))
      .so(nothingHappens)
    given(aTalk)
      .when(theyAreMoved({ queue: 'support' }))
      .so(nothingHappens)
  })
})

describe('an agent sends on what rings at their phone', () => {
  const theySendThemOn = (to: { agent: string } | { queue: string }): Step => theyAreMoved({ ...to, from: '8001' })

  test('to a colleague: the caller keeps their place, and the phone shows no missed call', () => {
    given(aRingingPhone)
      .when(theySendThemOn({ agent: '8002' }))
      .so(
        itIsToldAs('OfferEnded', 'PlaceRaised'),
        noPhoneIsHeld,
        theCallHas({ phase: 'queued', first: '8002', headStartMs: 0, missedBy: [], deflectedBy: ['8001'] }),
        ({ facts }) => expect(facts[0]).toMatchObject({ result: 'withdrawn', cause: 26, by: 'person:li' }),
      )
  })

  test('to another line, or back to their own for somebody else', () => {
    given(aRingingPhone)
      .when(theySendThemOn({ queue: 'support' }))
      .so(itIsToldAs('OfferEnded', 'Overflowed', 'Queued', 'Prompted'), theCallerWaitsIn('support'))
    given(aRingingPhone)
      .when(theySendThemOn({ queue: 'sales' }))
      .so(
        itIsToldAs('OfferEnded'),
        noPhoneIsHeld,
        theCallHas({ phase: 'queued', queue: 'sales', deflectedBy: ['8001'] }),
      )
  })

  test('but not what rings elsewhere, nor what they have answered', () => {
    given(aRingingPhone)
      .when(theyAreMoved({ queue: 'support', from: '8002' }))
      .so(nothingHappens)
    given(aRingingPhone)
      .when(theAgentAnswers)
      .when(theySendThemOn({ queue: 'support' }))
      .so(nothingHappens)
  })
})
