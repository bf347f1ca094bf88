import { describe, expect, test } from 'vitest'
import { type Call, openLegs, type Phase } from '../../src/call/call.ts'
import {
  aCallerHearingMusic,
  aCallerInLine,
  agentIs,
  anAgent,
  anAgentIsChosen,
  aQueue,
  asteriskIsAsked,
  CALL,
  type Check,
  given,
  itIsToldAs,
  itWaitsFor,
  later,
  noPhoneIsHeld,
  nothingHappens,
  type Step,
  theAgentHangsUp,
  theAgentsPromptEnds,
  theCallerHangsUp,
  theCallerWaitsIn,
  theCallHas,
  theCallIs,
  theDatabaseIsAway,
  theLegHas,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

/** A line that rings all who are ready, until one answers. */

const legTo = (agent: string, call: Call): string =>
  [call.leg, ...(call.alsoRung ?? [])].findLast(leg => leg?.agent === agent)!.id
const answers =
  (agent: string): Step =>
  ({ call }) => ({ kind: 'LegAnswered', leg: legTo(agent, call!) })
const hangsUp =
  (agent: string, cause: number): Step =>
  ({ call }) => ({ kind: 'LegEnded', leg: legTo(agent, call!), cause })
const rings =
  (agent: string): Step =>
  ({ call }) => ({ kind: 'LegRang', leg: legTo(agent, call!) })

const theyRing =
  (...agents: string[]): Check =>
  ({ call }) =>
    expect(
      openLegs(call!)
        .map(leg => leg.agent)
        .sort(),
    ).toEqual(agents)

const ringingAll = (...agents: string[]) => {
  const tale = given(aCallerHearingMusic).with({ queue: id => aQueue(id, { strategy: 'ring-all' }) })
  for (const id of agents) tale.agents.set(id, anAgent(id))
  return tale.when(...agents.map(anAgentIsChosen))
}
const threePhones = () => ringingAll('8001', '8002', '8003')

describe('all who are ready', () => {
  test('are rung at once, each with a leg of their own', () => {
    threePhones()
      .so(
        itIsToldAs('AgentOffered', 'AgentOffered', 'AgentOffered'),
        asteriskIsAsked(
          ...['8001', '8002', '8003'].map(
            agent => ({ do: 'ring', agent, caller: '13800138000', forMs: 15_000 }) as const,
          ),
        ),
        theyRing('8001', '8002', '8003'),
        theCallIs('ringing'),
        ...['8001', '8002', '8003'].map(id => agentIs(id, 'ringing')),
      )
      .when(rings('8002'))
      .so(itIsToldAs('AgentRang'))
      .when(rings('8002'))
      .so(nothingHappens)
  })

  test('later, too: whoever becomes ready while the others ring joins them, and may ring for as long', () => {
    ringingAll('8001')
      .when(later(10_000), anAgentIsChosen('8002'))
      .so(
        theyRing('8001', '8002'),
        itWaitsFor({ ring: 5_000 }),
        asteriskIsAsked({ do: 'ring', agent: '8002', forMs: 15_000 }),
      )
      .when(later(5_000), theWaitIsOver('ring'))
      .so(agentIs('8001', 'paused', 'no-answer'), theyRing('8002'), itWaitsFor({ ring: 10_000 }), theCallIs('ringing'))
      .when(later(10_000), theWaitIsOver('ring'))
      .so(agentIs('8002', 'paused', 'no-answer'), theCallerWaitsIn('sales'))
  })

  test('but not those who become ready when one has answered', () => {
    ringingAll('8001').when(answers('8001'), anAgentIsChosen('8002')).so(theyRing('8001'), agentIs('8002', 'ready'))
  })
})

describe('the first who answers', () => {
  test('gets the caller: the others are let go at once, ready again, and have missed nothing', () => {
    const tale = threePhones()
    const [first, third] = [legTo('8001', tale.call!), legTo('8003', tale.call!)]
    tale
      .when(later(3_000), answers('8002'))
      .so(
        itIsToldAs('AgentAnswered', 'OfferEnded', 'OfferEnded', 'AgentPrompted', 'Prompted'),
        ({ commands }) =>
          expect(commands.slice(0, 2)).toEqual(
            expect.arrayContaining([
              { do: 'hang-up', channel: first, cause: 26 },
              { do: 'hang-up', channel: third, cause: 26 },
            ]),
          ),
        agentIs('8001', 'ready'),
        agentIs('8003', 'ready'),
        agentIs('8002', 'talking'),
        theCallHas({ missedBy: [] }),
        ({ call }) => expect(call!.alsoRung!.map(leg => leg.result)).toEqual(['withdrawn', 'withdrawn']),
        itWaitsFor({ prompt: 660_000 }),
      )
      .when(theAgentsPromptEnds, thePromptEnds)
      .so(
        asteriskIsAsked({ do: 'connect', channels: [CALL, legTo('8002', tale.call!)] }),
        theCallIs('talking'),
        theLegHas({ agent: '8002', result: 'answered' }),
      )
      .when(later(60_000), theAgentHangsUp)
      .so(agentIs('8002', 'wrapping-up'), theCallIs('surveying'))
  })

  test('leaves nothing to who answers in the same moment: they are let go, and not charged', () => {
    const tale = threePhones()
    const second = legTo('8003', tale.call!)
    tale
      .when(answers('8001'))
      .when(() => ({ kind: 'LegAnswered', leg: second }))
      .so(nothingHappens)
      .when(() => ({ kind: 'LegEnded', leg: second, cause: 16 }))
      .so(nothingHappens, agentIs('8003', 'ready'), theyRing('8001'), theCallHas({ missedBy: [] }))
  })

  test('and hangs up before they are connected gives the caller back to their place, and all may be rung anew', () => {
    threePhones()
      .when(answers('8002'), hangsUp('8002', 16))
      .so(agentIs('8002', 'paused', 'rejected'), theCallerWaitsIn('sales'), noPhoneIsHeld)
      .when(anAgentIsChosen('8001'), anAgentIsChosen('8003'))
      .so(theyRing('8001', '8003'))
  })
})

describe('while the others ring on', () => {
  test.each([
    [17, 'rejected'],
    [21, 'rejected'],
    [19, 'no-answer'],
    [20, 'unreachable'],
  ] as const)('a phone that is told cause %i pauses its agent alone (%s)', (cause, reason) => {
    threePhones()
      .when(hangsUp('8003', cause))
      .so(
        itIsToldAs('OfferEnded'),
        agentIs('8003', 'paused', reason),
        theyRing('8001', '8002'),
        theCallHas({ missedBy: ['8003'] }),
        itWaitsFor({ ring: 15_000 }),
      )
      .when(answers('8001'))
      .so(agentIs('8001', 'talking'), agentIs('8002', 'ready'))
  })

  test('a phone that was lost while we were away blames nobody, and may be rung anew', () => {
    threePhones()
      .when(hangsUp('8003', 0))
      .so(agentIs('8003', 'ready'), theCallHas({ missedBy: [] }))
      .when(anAgentIsChosen('8003'))
      .so(theyRing('8001', '8002', '8003'))
  })

  test('the caller goes on hearing what they hear', () => {
    const phone = (id: string) => ({ do: 'hang-up', channel: legTo(id, tale.call!) }) as const
    const tale = ringingAll('8001', '8002')
    tale.when(hangsUp('8001', 17)).so(asteriskIsAsked(phone('8001')))
    tale.when(hangsUp('8002', 17)).so(asteriskIsAsked(phone('8002'), { do: 'music' }))
  })
})

test('when the last of them is out, the caller is back in line at their place, and waits as before', () => {
  const tale = given(aCallerHearingMusic, later(4_000)).with({ queue: id => aQueue(id, { strategy: 'ring-all' }) })
  const { queuedAt } = tale.call!
  tale
    .when(anAgentIsChosen('8001'), anAgentIsChosen('8002'), hangsUp('8001', 17), hangsUp('8002', 21))
    .so(theCallerWaitsIn('sales'), theCallHas({ queuedAt, missedBy: ['8001', '8002'] }), noPhoneIsHeld)
    .so(itWaitsFor({ announce: 30_000, 'longest-wait': 896_000 }))
})

test('who do not answer in time are paused, all of them', () => {
  threePhones()
    .when(later(15_000), theWaitIsOver('ring'))
    .so(
      itIsToldAs('OfferEnded', 'OfferEnded', 'OfferEnded'),
      ...['8001', '8002', '8003'].map(id => agentIs(id, 'paused', 'no-answer')),
      theCallerWaitsIn('sales'),
    )
})

test('when the caller hangs up, all are let go, and none has missed anything', () => {
  threePhones()
    .when(theCallerHangsUp)
    .so(
      itIsToldAs('OfferEnded', 'OfferEnded', 'OfferEnded', 'CallEnded'),
      ...['8001', '8002', '8003'].map(id => agentIs(id, 'ready')),
      theOutcomeIs('abandoned-ringing', { missedBy: [] }),
      noPhoneIsHeld,
    )
})

test('when the database is away, all are let go, and the lifeboat takes the caller; not from who has answered', () => {
  threePhones()
    .when(theDatabaseIsAway)
    .so(noPhoneIsHeld, theCallHas({ inLifeboat: true, missedBy: [] }), agentIs('8002', 'ready'))
  threePhones()
    .when(answers('8002'), theDatabaseIsAway)
    .so(theCallHas({ inLifeboat: false }), theyRing('8002'))
})

test('a prompt that is being said while they ring is said to its end', () => {
  given(aCallerInLine)
    .with({ queue: id => aQueue(id, { strategy: 'ring-all' }) })
    .when(anAgentIsChosen('8001'), anAgentIsChosen('8002'), hangsUp('8001', 17), thePromptEnds)
    .so(theCallIs('ringing' satisfies Phase), theyRing('8002'))
})

test('a call that an older version left ringing goes on, with no time of its own', () => {
  const tale = ringingAll('8001')
  const { ringsUntil: _, ...leg } = tale.call!.leg!
  tale.call = { ...tale.call!, leg }
  tale
    .when(later(4_000), anAgentIsChosen('8002'), later(11_000), theWaitIsOver('ring'))
    .so(agentIs('8001', 'paused', 'no-answer'), theyRing('8002'))
})
