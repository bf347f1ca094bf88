import { describe, expect, test } from 'vitest'
import type { Flow } from '../../src/ivr/flow.ts'
import type { Queue } from '../../src/queue/queue.ts'
import {
  aCallerHearingMusic,
  aCallerInTheMenu,
  anAgentIsChosen,
  aQueue,
  aRingingPhone,
  asteriskIsAsked,
  CALL,
  given,
  HOTLINE_FLOWS,
  itIsToldAs,
  itsLineIsSetAnew,
  itWaitsFor,
  later,
  NOON,
  nothingHappens,
  theCallerHangsUp,
  theCallerHears,
  theCallerPresses,
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theLegEnds,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

const AWAY: Flow = {
  id: 'away',
  start: 'sorry',
  nodes: {
    sorry: { type: 'play', prompts: ['all-agents-away'], next: 'end' },
    end: { type: 'hangup', outcome: 'closed' },
  },
}
const ON: Flow = { id: 'on', start: 'line', nodes: { line: { type: 'queue', queue: 'support' } } }
const BACK: Flow = { id: 'back', start: 'line', nodes: { line: { type: 'queue', queue: 'sales' } } }
const flows = new Map([...HOTLINE_FLOWS, AWAY, ON, BACK].map(flow => [flow.id, flow]))

/** A centre in which these lines are so. */
const where = (lines: Record<string, Partial<Queue>>) => ({
  queue: (id: string) => aQueue(id, lines[id]),
  flow: (id: string) => flows.get(id)!,
})

describe('a line that leads on', () => {
  test('where nobody able is signed in, sends callers to its flow, which may say that it is closed', () => {
    given(aCallerInTheMenu)
      .with({ ...where({ sales: { overflow: { nobody: 'away' } } }), staff: () => ({}) })
      .when(theCallerPresses('1'))
      .so(itIsToldAs('KeyPressed', 'Overflowed', 'Prompted'), theCallerHears('all-agents-away'))
      .when(thePromptEnds)
      .so(asteriskIsAsked({ do: 'hang-up', channel: CALL }))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('closed', { endedBy: 'hotline' }))
  })

  test('where it is full, sends who comes to another, and lets in who comes when it is not', () => {
    const full = where({ sales: { mostWaiting: 3, overflow: { length: 'on' } } })
    given(aCallerInTheMenu)
      .with({ ...full, waitingFor: () => 3 })
      .when(theCallerPresses('1'))
      .so(theCallerWaitsIn('support'))
    given(aCallerInTheMenu)
      .with({ ...full, waitingFor: () => 2 })
      .when(theCallerPresses('1'))
      .so(theCallerWaitsIn('sales'))
  })

  test('sends nobody round and round: two full lines that lead to each other take who has been through both', () => {
    const both = where({
      sales: { mostWaiting: 1, overflow: { length: 'on' } },
      support: { mostWaiting: 1, overflow: { length: 'back' } },
    })
    given(aCallerInTheMenu)
      .with({ ...both, waitingFor: () => 9 })
      .when(theCallerPresses('1'))
      .so(itIsToldAs('KeyPressed', 'Overflowed', 'Overflowed', 'Queued', 'Prompted'), theCallerWaitsIn('sales'))
  })

  test('after the longest wait, sends them on, and they keep the place of their first line', () => {
    given(aCallerHearingMusic)
      .with(where({ sales: { overflow: { wait: 'on' } } }))
      .when(later(900_000), theWaitIsOver('longest-wait'))
      .so(itIsToldAs('Overflowed', 'Queued', 'Prompted'), theCallerWaitsIn('support'))
      .so(
        theCallHas({ queuedAt: NOON, lineAt: NOON + 900_000 }),
        itWaitsFor({ 'longest-wait': 900_000, prompt: 660_000 }),
      )
  })

  test('who hangs up in a flow to which they were sent on has abandoned the line', () => {
    given(aCallerHearingMusic)
      .with(where({ sales: { overflow: { wait: 'away' } } }))
      .when(theWaitIsOver('longest-wait'), theCallerHangsUp)
      .so(theOutcomeIs('abandoned-in-queue', { endedBy: 'caller' }))
  })
})

describe('a line that is content with less after a while', () => {
  const relaxing = [
    { afterMs: 60_000, skills: { sales: 1 } },
    { afterMs: 120_000, skills: {} },
  ]
  const patient = where({ sales: { skills: { sales: 5 }, relaxing } })

  test('says so step by step', () => {
    given(aCallerInTheMenu)
      .with(patient)
      .when(theCallerPresses('1'), thePromptEnds)
      .so(itWaitsFor({ relax: 60_000, 'longest-wait': 900_000, announce: 30_000 }))
      .when(later(60_000), theWaitIsOver('relax'))
      .so(theCallHas({ relaxed: 1 }), itWaitsFor({ relax: 60_000, 'longest-wait': 840_000, announce: -30_000 }))
      .when(later(60_000), theWaitIsOver('relax'))
      .so(theCallHas({ relaxed: 2 }), itWaitsFor({ 'longest-wait': 780_000, announce: -90_000 }))
  })

  test('keeps its callers where they stand', () => {
    const tale = given(aCallerInTheMenu).with(patient).when(theCallerPresses('1'), thePromptEnds)
    const { queuedAt } = tale.call!
    tale.when(later(60_000), theWaitIsOver('relax')).so(theCallHas({ relaxed: 1, queuedAt }), theCallerWaitsIn('sales'))
  })

  test('goes on from there after a ring in vain', () => {
    given(aCallerInTheMenu)
      .with(patient)
      .when(theCallerPresses('1'), thePromptEnds, later(60_000), theWaitIsOver('relax'), anAgentIsChosen())
      .so(itWaitsFor({ ring: 15_000 }))
      .when(later(15_000), theWaitIsOver('ring'))
      .so(theCallHas({ relaxed: 1 }), itWaitsFor({ relax: 45_000, 'longest-wait': 825_000, announce: 30_000 }))
  })

  test('does not mind that while a phone rings', () => {
    given(aRingingPhone).with(patient).when(theWaitIsOver('relax')).so(nothingHappens, theCallIs('ringing'))
    expect(given(aRingingPhone).when(theLegEnds(17)).call!.phase).toBe('queued')
  })
})

describe('a line that is set otherwise while they wait', () => {
  const minutes = (n: number) => n * 60_000
  const waiting = () => given(aCallerHearingMusic).when(later(minutes(4)))
  const set = (line: Partial<Queue>) => ({ queue: (id: string) => aQueue(id, line) })

  test('lets them wait as long as it now lets anybody, from when they joined it', () => {
    waiting()
      .with(set({ longestWaitMs: minutes(5) }))
      .when(itsLineIsSetAnew)
      .so(
        itIsToldAs('LineChanged'),
        theCallHas({ waits: { announce: expect.any(Number), 'longest-wait': NOON + minutes(5) } }),
      )
      .when(theWaitIsOver('longest-wait'))
      .so(theCallHas({ dismissed: 'abandoned-in-queue' }))
  })

  test('is content with less when it now says so', () => {
    waiting()
      .with(set({ relaxing: [{ afterMs: minutes(2), skills: {} }] }))
      .when(itsLineIsSetAnew)
      .so(({ call }) => expect(call!.waits.relax).toBe(NOON + minutes(2)))
      .when(theWaitIsOver('relax'))
      .so(itIsToldAs('SkillsRelaxed'))
  })

  test('and in these things is as it was, changes nothing', () => {
    waiting()
      .with(set({ ringMs: 5_000 }))
      .when(itsLineIsSetAnew)
      .so(nothingHappens)
    given(aRingingPhone)
      .with(set({ longestWaitMs: minutes(5) }))
      .when(itsLineIsSetAnew)
      .so(nothingHappens)
  })
})
