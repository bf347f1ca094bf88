import { type Call, type Leg, legsOf, openLegs } from './call.ts'
import type { Fact } from './facts.ts'

/** What facts make of a call's legs: of one that rings or talks, or of several that ring at once. */

export const offered = (fact: Fact & { kind: 'AgentOffered' }): Leg => ({
  id: fact.leg,
  agent: fact.agent,
  offeredAt: fact.at,
  ...(fact.until !== undefined && { ringsUntil: fact.until }),
  rangAt: null,
  answeredAt: null,
  connectedAt: null,
  endedAt: null,
  result: null,
  cause: null,
  heldSince: null,
  heldMs: 0,
  holds: [],
})

/** Who is offered them while other phones ring is rung as well. */
export function offeredToo(call: Call, fact: Fact & { kind: 'AgentOffered' }): Partial<Call> {
  const alsoRung = openLegs(call)
  return { leg: offered(fact), ...((alsoRung.length > 0 || call.alsoRung) && { alsoRung }) }
}

/** That leg is the call's from now on, whichever was offered last. */
export function answeredBy(call: Call, { leg, at }: Fact & { kind: 'AgentAnswered' }): Partial<Call> {
  const alsoRung = legsOf(call).filter(({ id }) => id !== leg)
  const own = legsOf(call).find(({ id }) => id === leg)!
  return { leg: { ...own, answeredAt: at }, ...(call.alsoRung && { alsoRung }) }
}

/** Until one of them has rung for long enough. */
export function ringOf(legs: readonly Leg[]): Call['waits'] {
  const times = legs.flatMap(({ answeredAt, ringsUntil }) => (answeredAt === null ? (ringsUntil ?? []) : []))
  return times.length > 0 ? { ring: Math.min(...times) } : {}
}

export const onLeg = (call: Call, change: Partial<Leg>): Partial<Call> => ({
  leg: call.leg && { ...call.leg, ...change },
})

/** On the one of that id. */
export function onLegs(call: Call, id: string, change: Partial<Leg>): Partial<Call> {
  if (call.leg?.id === id) return onLeg(call, change)
  return { alsoRung: (call.alsoRung ?? []).map(leg => (leg.id === id ? { ...leg, ...change } : leg)) }
}
