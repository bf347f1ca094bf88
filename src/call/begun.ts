import type { Call, Callback } from './call.ts'
import type { Fact } from './facts.ts'

type Beginning = Fact & { kind: 'CallArrived' | 'CallbackOpened' }

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
    channel: fact.kind === 'CallArrived' ? fact.channel : '',
    from,
    name,
    to,
    flow,
    language,
    ...(release !== undefined && { release }),
    ...(standing && { standing }),
    seq: 1,
    lastAt: at,
    phase: fact.kind === 'CallArrived' ? 'arriving' : 'scheduled',
    arrivedAt: at,
    answeredAt: null,
    place: null,
    saying: null,
    sayingToAgent: null,
    sayingSince: null,
    said: [],
    cutShort: [],
    queue: fact.kind === 'CallArrived' ? null : fact.queue,
    queuedAt: fact.kind === 'CallArrived' ? null : fact.place,
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

function promised(fact: Beginning & { kind: 'CallbackOpened' }): Callback {
  const { id, of, because, message, promisedAt, promisedUntil, callingIn } = fact
  return {
    ...{ of, because, promisedAt, promisedUntil, callingIn, bookings: [id], messages: message ? [message] : [] },
    ...{ tries: [], triedBefore: 0, dialledAt: null, reachedAt: null },
  }
}
