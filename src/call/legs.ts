import { type Call, type Leg, legsOf, openLegs } from './call.ts'
import type { Fact } from './facts.ts'
import { without } from './silence.ts'

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

/** Their phone itself is on hold, and they hear nobody. */
export const isPhoneHeld = ({ heldSince, heldHere, phoneHolds }: Leg): boolean =>
  phoneHolds ?? (heldSince !== null && !heldHere)

/** One hold, whoever goes on with it. */
export const held = (call: Call, { at, isHere, isPhones }: Fact & { kind: 'Held' }): Partial<Call> =>
  onLeg(call, {
    ...{ heldSince: call.leg!.heldSince ?? at, heldHere: isHere === true },
    phoneHolds: isPhones === true || isHere === undefined,
  })

/** On the one of that id. */
export function onLegs(call: Call, id: string, change: Partial<Leg>): Partial<Call> {
  if (call.leg?.id === id) return onLeg(call, change)
  return { alsoRung: (call.alsoRung ?? []).map(leg => (leg.id === id ? { ...leg, ...change } : leg)) }
}

/** The caller waits on: for the other phones that ring, or in line, and for the same agent where it is told until when. */
export function offerEnded(call: Call, fact: Fact & { kind: 'OfferEnded' }): Partial<Call> {
  const { at, leg, result, cause } = fact
  const ended = onLegs(call, leg, { endedAt: at, result, cause })
  const declined = declinedBy(call, fact)
  const left = openLegs({ ...call, ...ended })
  if (left.length > 0) return { ...ended, ...declined, waits: { ...without(call, 'ring'), ...ringOf(left) } }
  return {
    ...ended,
    phase: 'queued',
    sayingToAgent: null,
    first: fact.waits?.['first-agent'] === undefined ? null : (call.first ?? null),
    ...declined,
    waits: call.saying ? without(call, 'ring', 'accept') : without(call, 'ring', 'prompt', 'accept'),
  }
}

/** Neither gets them again while another can. */
function declinedBy(call: Call, { agent, result, by }: Fact & { kind: 'OfferEnded' }): Partial<Call> {
  const { missedBy, deflectedBy = [] } = call
  const others = deflectedBy.filter(one => one !== agent)
  if (by !== undefined) return { deflectedBy: [...others, agent] }
  if (result === 'withdrawn') return {}
  return { missedBy: [...missedBy, agent], ...(others.length < deflectedBy.length && { deflectedBy: others }) }
}

export const lifeboatLeg = (fact: Fact & { kind: 'LifeboatConnected' }): Leg => ({
  ...offered({
    ...fact,
    kind: 'AgentOffered',
    why: { rule: 'most-skilled-then-longest-idle', level: 0, idleMs: 0, rivals: [], others: {} },
  }),
  answeredAt: fact.at,
  connectedAt: fact.at,
  result: 'answered',
})

/** Its phones that have rung for long enough when the wait for the ring is over. */
export const rungLongest = (call: Call): Leg[] =>
  openLegs(call).filter(
    ({ answeredAt, ringsUntil }) => answeredAt === null && (ringsUntil === undefined || ringsUntil === call.waits.ring),
  )
