import { type Call, lineSince, openLegs, openOutside } from '../call/call.ts'
import { masked } from '../log.ts'
import { may, type Who } from '../rights/rights.ts'

export type CallRow = {
  call: string
  direction: string
  phase: string
  /** Since when it is in that phase. */
  sinceAt: number
  queue: string | null
  /** Since when they wait, or waited, for anybody. */
  queuedAt: number | null
  headStartMs: number
  /** For whom alone they wait. */
  first: string | null
  /** Who talks with them, or whose phones ring. */
  agents: string[]
  held: boolean
  /** Of who may not see numbers masked. */
  caller: string
  callerName: string
  called: string
  language: string
  arrivedAt: number
  inLifeboat: boolean
}

export type CallbackRow = {
  callback: string
  queue: string
  phase: string
  because: string
  caller: string
  promisedAt: number
  /** By when they were promised to be called. */
  dueAt: number
  overdue: boolean
  /** Not before then it is made; null: it may be made now. */
  notBeforeAt: number | null
  tries: number
  /** With whom it is. */
  agent: string | null
}

/** Whom it has now. */
export const agentsWith = (call: Call): string[] => openLegs(call).map(({ agent }) => agent)

export const seenNumber = (number: string, who: Who): string => (may(who, 'numbers:whole') ? number : masked(number))

const seenName = (name: string, who: Who): string => (may(who, 'numbers:whole') ? name : '*'.repeat([...name].length))

export function callRow(call: Call, who: Who): CallRow {
  const legs = openLegs(call)
  return {
    call: call.id,
    direction: call.direction ?? 'inbound',
    phase: call.phase,
    sinceAt: phaseSince(call),
    queue: call.queue,
    queuedAt: call.queuedAt,
    headStartMs: call.headStartMs ?? 0,
    first: call.first ?? null,
    agents: legs.map(({ agent }) => agent),
    held: legs.some(({ heldSince }) => heldSince !== null),
    caller: seenNumber(call.from, who),
    callerName: seenName(call.name, who),
    called: call.to,
    language: call.language,
    arrivedAt: call.arrivedAt,
    inLifeboat: call.inLifeboat,
  }
}

export function callbackRow(call: Call, who: Who, now: number): CallbackRow {
  const { because, promisedAt, promisedUntil, tries, dialledAt } = call.callback!
  const hasBeenDialled = tries.length > 0 || dialledAt !== null
  return {
    callback: call.id,
    queue: call.queue!,
    phase: call.phase,
    because,
    caller: seenNumber(call.from, who),
    promisedAt,
    dueAt: promisedUntil,
    overdue: !hasBeenDialled && promisedUntil < now,
    notBeforeAt: call.waits.due ?? null,
    tries: tries.length,
    agent: agentsWith(call)[0] ?? null,
  }
}

/** As far as the call itself tells: each phase begins with something that is kept. */
export function phaseSince(call: Call): number {
  const { phase, arrivedAt, answeredAt, leg, message } = call
  const began = answeredAt ?? arrivedAt
  switch (phase) {
    case 'queued':
      return lineSince(call) ?? began
    case 'ringing':
      return Math.min(...openLegs(call).map(({ offeredAt }) => offeredAt))
    case 'dialling':
      return call.callback?.dialledAt ?? leg?.answeredAt ?? began
    case 'talking':
      return leg?.connectedAt ?? began
    case 'surveying':
      return leg?.endedAt ?? began
    case 'leaving-voicemail':
      return message?.from ?? began
    case 'transferring-out':
      return openOutside(call)?.dialledAt ?? began
    default:
      return began
  }
}
