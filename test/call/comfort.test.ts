import { describe, expect, test } from 'vitest'
import type { Queue } from '../../src/queue/queue.ts'
import {
  aCallerInLine,
  anAgentIsChosen,
  aQueue,
  asteriskIsAsked,
  asteriskIsAskedTo,
  CALL,
  given,
  itIsToldAs,
  itsLineIsSetAnew,
  itWaitsFor,
  later,
  nothingHappens,
  theAgentAnswers,
  theCallerHears,
  theCallIs,
  theLegEnds,
  thePhoneRings,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

const COMFORT = { prompts: ['app-tip', 'web-tip'], firstMs: 20_000, everyMs: 40_000 }
/** A line that is so. */
const set = (line: Partial<Queue>) => ({ queue: (id: string) => aQueue(id, line) })
/** Who waits in it hears their place every 30 seconds. */
const waiting = (line: Partial<Queue> = { comfort: COMFORT }) => given().with(set(line)).when(aCallerInLine)
const hearingMusic = (line?: Partial<Queue>) => waiting(line).when(later(4_000), thePromptEnds)
const theNextIsTold = theWaitIsOver('comfort')
const waitsOf = (from: number, waits: Record<string, number>) =>
  itWaitsFor({ ...waits, 'longest-wait': 900_000 - from })

describe('who waits in a line with comfort messages', () => {
  test('is told the first after a while, the next so long after it, and then the first again', () => {
    hearingMusic({ comfort: COMFORT, announceEveryMs: 300_000 })
      .so(waitsOf(4_000, { announce: 300_000, comfort: 16_000 }))
      .when(later(16_000), theNextIsTold)
      .so(theCallerHears('app-tip'), waitsOf(20_000, { prompt: 660_000 }))
      .when(later(6_000), thePromptEnds)
      .so(asteriskIsAskedTo('music'), waitsOf(26_000, { announce: 278_000, comfort: 34_000 }))
      .when(later(34_000), theNextIsTold)
      .so(theCallerHears('web-tip'))
      .when(later(6_000), thePromptEnds, later(34_000), theNextIsTold)
      .so(theCallerHears('app-tip'))
  })

  test('is told one thing at a time, with music in between', () => {
    hearingMusic()
      .when(later(29_000), theNextIsTold)
      .when(later(6_000), thePromptEnds)
      .so(waitsOf(39_000, { announce: 5_000, comfort: 34_000 }))
      .when(later(5_000), theWaitIsOver('announce'))
      .so(theCallerHears('still-busy', 'position-next'))
      .when(later(31_000), thePromptEnds)
      .so(waitsOf(75_000, { announce: 30_000, comfort: 5_000 }))
  })

  test('is told their place where both are due', () => {
    hearingMusic()
      .when(later(30_000), theNextIsTold)
      .so(theCallerHears('still-busy', 'position-next'))
      .when(later(5_000), thePromptEnds)
      .so(waitsOf(39_000, { announce: 30_000, comfort: 5_000 }))
  })

  test('is told no more of it once they are offered an agent: music plays while the phone rings', () => {
    const tale = hearingMusic().when(later(16_000), theNextIsTold)
    const { saying } = tale.call!
    tale
      .when(anAgentIsChosen())
      .so(
        asteriskIsAsked({ do: 'ring' }, { do: 'stop-saying', say: saying! }, { do: 'music' }),
        itWaitsFor({ ring: 15_000 }),
      )
      .when(thePhoneRings, theNextIsTold)
      .so(itIsToldAs('AgentRang'))
      .when(theAgentAnswers)
      .so(theCallerHears('digit/8', 'digit/0', 'digit/0', 'digit/1', 'agent-serves-after'))
  })

  test('hears their welcome to its end where an agent is offered meanwhile', () => {
    waiting().when(anAgentIsChosen()).so(asteriskIsAskedTo('ring'))
  })

  test('is told the next where the agent has not answered', () => {
    hearingMusic()
      .when(later(16_000), theNextIsTold, anAgentIsChosen(), later(15_000), theLegEnds(19))
      .so(theCallIs('queued'), waitsOf(35_000, { announce: 30_000, comfort: 25_000 }))
      .when(later(25_000), theNextIsTold)
      .so(theCallerHears('web-tip'))
  })
})

describe('a line whose comfort messages are set otherwise', () => {
  test('tells them also to who waits already', () => {
    hearingMusic({})
      .so(waitsOf(4_000, { announce: 30_000 }))
      .with(set({ comfort: COMFORT }))
      .when(later(21_000), itsLineIsSetAnew)
      .so(itIsToldAs('LineChanged'), waitsOf(25_000, { announce: 9_000, comfort: 5_000 }))
      .when(itsLineIsSetAnew)
      .so(nothingHappens)
  })

  test('tells none any more where it has none', () => {
    hearingMusic()
      .with(set({}))
      .when(itsLineIsSetAnew)
      .so(waitsOf(4_000, { announce: 30_000 }))
    // The wait may be over before it is heard of.
    hearingMusic()
      .with(set({}))
      .when(later(16_000), theNextIsTold)
      .so(itIsToldAs('LineChanged'), waitsOf(20_000, { announce: 14_000 }))
  })

  test('leaves what is being said alone', () => {
    const tale = hearingMusic().when(later(16_000), theNextIsTold)
    tale
      .with(set({ comfort: { ...COMFORT, prompts: ['news'] } }))
      .when(itsLineIsSetAnew)
      .so(nothingHappens)
    tale.when(thePromptEnds, later(13_000), theNextIsTold).so(theCallerHears('news'))
  })
})

describe('a line’s own music', () => {
  const own = { prompt: 'jazz', language: 'zh' } as const

  test('plays to who waits in it', () => {
    waiting({ music: 'jazz' })
      .when(thePromptEnds)
      .so(asteriskIsAsked({ do: 'music', channel: CALL, own }))
  })

  test('is changed at once to who hears it, and not in what is being said', () => {
    hearingMusic({ music: 'jazz' })
      .with(set({ music: 'piano' }))
      .when(itsLineIsSetAnew)
      .so(asteriskIsAsked({ do: 'music', own: { prompt: 'piano', language: 'zh' } }))
      .with(set({}))
      .when(itsLineIsSetAnew)
      .so(({ commands }) => expect(commands).toEqual([{ do: 'music', channel: CALL }]))
    waiting({ music: 'jazz' })
      .with(set({ music: 'piano' }))
      .when(itsLineIsSetAnew)
      .so(itIsToldAs('LineChanged'), asteriskIsAskedTo())
  })

  test('is that of now also for who comes back from a ring in vain', () => {
    hearingMusic({ music: 'jazz' })
      .when(anAgentIsChosen())
      .with(set({ music: 'piano' }))
      .when(itsLineIsSetAnew, theLegEnds(19))
      .so(({ commands }) => expect(commands.at(-1)).toMatchObject({ do: 'music', own: { prompt: 'piano' } }))
  })
})
