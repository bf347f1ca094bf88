import type { Call, Callback, Leg } from './call.ts'
import { dutyBegun } from './duty.ts'
import type { Fact } from './facts.ts'
import type { Outbound } from './ownCall.ts'

const BEGINNINGS = ['CallArrived', 'CallbackOpened', 'AgentDialled', 'DutyBegan'] as const
export type Beginning = Fact & { kind: (typeof BEGINNINGS)[number] }

type Dialled = Beginning & { kind: 'AgentDialled' }

export const isBeginning = (fact: Fact): fact is Beginning => BEGINNINGS.some(kind => kind === fact.kind)

/**
 * The call as it begins. Field by field: begun by spreading the fact, a call is a slow object for its whole life (V8; a quarter of the stories' time).
 */
export function begun(fact: Beginning): Call {
  const { at, from, to, language, waits = {} } = fact
  const isOwn = fact.kind === 'AgentDialled'
  const { release } = fact
  const { name, flow } = isOwn ? { name: '', flow: '' } : fact
  const id = fact.kind === 'CallArrived' ? fact.channel : isOwn ? (fact.clicked?.call ?? fact.leg) : fact.id
  const standing = fact.kind === 'CallArrived' ? fact.standing : undefined
  return {
    id,
    ...(fact.kind === 'CallbackOpened' && { direction: 'callback', callback: promised(fact) }),
    ...(isOwn && { direction: 'outbound', outbound: outboundOf(fact) }),
    ...(fact.kind === 'DutyBegan' && { direction: 'internal', duty: dutyBegun(fact.person) }),
    channel: 'channel' in fact ? fact.channel : '',
    from,
    name,
    to,
    flow,
    language,
    ...(release !== undefined && { release }),
    ...(standing && { standing }),
    seq: 1,
    lastAt: at,
    phase: phaseOf(fact),
    arrivedAt: at,
    answeredAt: null,
    place: null,
    saying: null,
    sayingToAgent: null,
    sayingSince: null,
    said: [],
    cutShort: [],
    queue: 'queue' in fact ? fact.queue : null,
    queuedAt: fact.kind === 'CallbackOpened' ? fact.place : null,
    aheadAtFirst: null,
    missedBy: [],
    leg: isOwn ? ownLeg(fact) : null,
    surveyOffered: false,
    rating: null,
    dismissed: standing?.as === 'blocked' ? 'blocked' : null,
    inLifeboat: false,
    waits,
    outcome: null,
    short: false,
    endedAt: null,
    endedBy: null,
    cause: null,
    recording: null,
  }
}

function phaseOf(fact: Beginning): Call['phase'] {
  if (fact.kind === 'CallbackOpened') return 'scheduled'
  if (fact.kind === 'AgentDialled') return 'dialling'
  return fact.kind === 'DutyBegan' && fact.person !== undefined ? 'dialling' : 'arriving'
}

const outboundOf = ({ clicked }: Dialled): Outbound => ({ reachedAt: null, result: null, ...(clicked && { clicked }) })

/** Unless they have clicked, nobody has rung their phone: they are there from the beginning. */
const ownLeg = ({ leg: id, agent, at, clicked }: Dialled): Leg => ({
  ...{ id, agent, offeredAt: at, ...(clicked && { ringsUntil: clicked.until }), rangAt: null },
  ...{ answeredAt: clicked ? null : at, connectedAt: null, endedAt: null, result: clicked ? null : 'answered' },
  ...{ cause: null, heldSince: null, heldMs: 0, holds: [] },
})

function promised(fact: Beginning & { kind: 'CallbackOpened' }): Callback {
  const { id, of, because, message, promisedAt, promisedUntil, callingIn } = fact
  return {
    ...{ of, because, promisedAt, promisedUntil, callingIn, bookings: [id], messages: message ? [message] : [] },
    ...{ tries: [], triedBefore: 0, dialledAt: null, reachedAt: null },
  }
}
