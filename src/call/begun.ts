import type { Call, Callback } from './call.ts'
import { dutyBegun } from './duty.ts'
import type { Fact } from './facts.ts'

type Beginning = Fact & { kind: 'CallArrived' | 'CallbackOpened' | 'DutyBegan' }

/**
 * The call as it begins. Field by field: begun by spreading the fact, a call is a slow object for its whole life (V8; a quarter of the stories' time).
 */
export function begun(fact: Beginning): Call {
  const { at, from, name, to, flow, language, release, waits = {} } = fact
  const id = fact.kind === 'CallArrived' ? fact.channel : fact.id
  const standing = fact.kind === 'CallArrived' ? fact.standing : undefined
  return {
    id,
    ...(fact.kind === 'CallbackOpened' && { direction: 'callback', callback: promised(fact) }),
    ...(fact.kind === 'DutyBegan' && { direction: 'internal', duty: dutyBegun(fact.person) }),
    channel: fact.kind === 'CallbackOpened' ? '' : fact.channel,
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
    queue: fact.kind === 'CallbackOpened' ? fact.queue : null,
    queuedAt: fact.kind === 'CallbackOpened' ? fact.place : null,
    aheadAtFirst: null,
    missedBy: [],
    leg: null,
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
  return fact.kind === 'DutyBegan' && fact.person !== undefined ? 'dialling' : 'arriving'
}

function promised(fact: Beginning & { kind: 'CallbackOpened' }): Callback {
  const { id, of, because, message, promisedAt, promisedUntil, callingIn } = fact
  return {
    ...{ of, because, promisedAt, promisedUntil, callingIn, bookings: [id], messages: message ? [message] : [] },
    ...{ tries: [], triedBefore: 0, dialledAt: null, reachedAt: null },
  }
}
