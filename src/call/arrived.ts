import type { Call } from './call.ts'
import type { Fact } from './facts.ts'

/**
 * The call as it begins. Field by field: begun by spreading the fact, a call is a slow object for its whole life (V8; a quarter of the stories' time).
 */
export function arrived(fact: Fact & { kind: 'CallArrived' }): Call {
  const { at, channel, from, name, to, flow, language, release, standing, waits = {} } = fact
  return {
    id: channel,
    channel,
    from,
    name,
    to,
    flow,
    language,
    ...(release !== undefined && { release }),
    ...(standing && { standing }),
    seq: 1,
    lastAt: at,
    phase: 'arriving',
    arrivedAt: at,
    answeredAt: null,
    place: null,
    saying: null,
    sayingToAgent: null,
    sayingSince: null,
    said: [],
    cutShort: [],
    queue: null,
    queuedAt: null,
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
