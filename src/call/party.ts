import type { Why } from '../queue/choose.ts'
import { type Call, type Leg, lineSince, type Outside } from './call.ts'
import type { Fact } from './facts.ts'
import { offered, onLeg } from './legs.ts'
import type { Invited, PartyTold } from './partyFacts.ts'
import { pausedAfter } from './pause.ts'
import { SILENT, without } from './silence.ts'

/**
 * Whoever is in a talk beside the caller and the agent who serves them. The agent asks them while the caller waits (`consulted`), or
 * they are with the caller (`conferee`).
 *
 *   asked → rang → answered → joined ⇄ held → ended
 *
 * They join when their tape runs. Whoever is held, as the caller may be, is out of the room (`room.ts`), and hears music.
 * A caller who leaves a conference leaves the others in it (`leaving.ts`).
 */
export type Party = {
  readonly way: Leg | Outside
  /** Times in ms since 1970. */
  readonly joinedAt: number | null
  readonly isHeld: boolean
  readonly isMuted: boolean
}

export type PartyFact = Extract<Fact, PartyTold>

export const isParty = (fact: Fact): fact is PartyFact => fact.kind in PARTY
const PARTY: Record<PartyTold['kind'], true> = {
  PartyAsked: true,
  PartyRang: true,
  PartyAnswered: true,
  PartyJoined: true,
  PartyEnded: true,
  PartyHeld: true,
  PartyRetrieved: true,
  PartyMuted: true,
  PartyUnmuted: true,
  Conferenced: true,
  Transferred: true,
  TransferredOn: true,
  CallerLeft: true,
  RecordingPaused: true,
  RecordingResumed: true,
}

export const isAgents = (way: Leg | Outside): way is Leg => 'agent' in way
export const roleOf = ({ way }: Party): 'consulted' | 'conferee' => way.role ?? 'conferee'

export const openParties = ({ parties = [] }: Call): Party[] => parties.filter(({ way }) => way.endedAt === null)
export const partyOf = (call: Call, id: string): Party | undefined => openParties(call).find(({ way }) => way.id === id)

/** Asked for twice, they are asked once. */
export const isAsked = (call: Call, invited: Invited): boolean =>
  openParties(call).some(({ way }) =>
    'agent' in invited ? isAgents(way) && way.agent === invited.agent : !isAgents(way) && way.number === invited.number,
  )

/** Legs of agents who ring or talk in this call beside whoever serves it. */
export const partyLegs = (call: Call): Leg[] => openParties(call).flatMap(({ way }) => (isAgents(way) ? way : []))

/** Where parties ring, until one of them has rung for long enough. */
const ringsUntil = (parties: readonly Party[]): Call['waits'] => {
  const times = parties.flatMap(({ way }) =>
    way.endedAt === null && way.answeredAt === null ? (way.ringsUntil ?? []) : [],
  )
  return times.length > 0 ? { party: Math.min(...times) } : {}
}

export function partyAfter(call: Call, fact: PartyFact): Partial<Call> {
  switch (fact.kind) {
    case 'PartyAsked':
      return withParties(call, [...openParties(call), { way: wayTo(fact), ...OUT }])
    case 'PartyRang':
      return onParty(call, fact.party, ({ way }) => ({ way: { ...way, rangAt: fact.at } }))
    case 'PartyAnswered':
      return onParty(call, fact.party, ({ way }) => ({ way: { ...way, answeredAt: fact.at, result: 'answered' } }))
    case 'PartyJoined':
      return onParty(call, fact.party, ({ way }) => ({ joinedAt: fact.at, way: withCaller(way, fact.at) }))
    case 'PartyEnded':
      return onParty(call, fact.party, ({ way }) => ({
        way: {
          ...way,
          endedAt: fact.at,
          result: way.answeredAt === null ? fact.result : 'answered',
          cause: fact.cause,
        },
      }))
    case 'PartyHeld':
    case 'PartyRetrieved':
      return onParty(call, fact.party, () => ({ isHeld: fact.kind === 'PartyHeld' }))
    case 'PartyMuted':
    case 'PartyUnmuted':
      return onParty(call, fact.party, () => ({ isMuted: fact.kind === 'PartyMuted' }))
    case 'Conferenced':
      return withParties(
        call,
        openParties(call).map(party => conferee(party, fact.at)),
      )
    case 'Transferred':
      return transferred(call, fact)
    case 'CallerLeft':
      return { left: { at: fact.goneAt ?? fact.at, by: fact.by, cause: fact.cause } }
    case 'RecordingPaused':
    case 'RecordingResumed':
      return pausedAfter(call, fact)
    case 'TransferredOn':
      return {
        ...left(call, fact),
        ...SILENT,
        phase: 'in-flow',
        ...leftLine(call),
        place: null,
        waits: without(call, 'party'),
      }
  }
}

/** In which they were served. */
function leftLine(call: Call): Partial<Call> {
  const { queue, sentOn = [], servedHereAt: servedAt } = call
  const joinedAt = lineSince(call)
  if (queue === null || joinedAt === null || servedAt == null) return { lineAt: null }
  return { lineAt: null, servedHereAt: null, sentOn: [...sentOn, { queue, because: 'agent', joinedAt, servedAt }] }
}

/** Nobody chose them but whoever has asked. */
export const ASKED: Why = { rule: 'asked', level: 0, idleMs: 0, rivals: [], others: {} }

const OUT = { joinedAt: null, isHeld: false, isMuted: false } as const

function wayTo(fact: PartyFact & { kind: 'PartyAsked' }): Leg | Outside {
  const { party: id, agent, number, role, until: ringsUntil, at } = fact
  if (agent !== undefined) {
    return { ...offered({ kind: 'AgentOffered', agent, leg: id, why: ASKED, until: ringsUntil, at }), role }
  }
  const none = { rangAt: null, answeredAt: null, endedAt: null, result: null, cause: null }
  return { id, number: number!, meanwhile: 'ringing', dialledAt: at, ...none, role, ringsUntil }
}

/** In a conference an agent is connected with the caller, too. */
const withCaller = (way: Leg | Outside, at: number): Leg | Outside =>
  isAgents(way) && way.role === 'conferee' ? { ...way, connectedAt: at } : way

function conferee(party: Party, at: number): Party {
  const way = { ...party.way, role: 'conferee' } as const
  return {
    ...party,
    isHeld: false,
    way: party.joinedAt === null || party.way.role === 'conferee' ? way : withCaller(way, at),
  }
}

/** The talk is theirs from now on. */
function transferred(call: Call, fact: PartyFact & { kind: 'Transferred' }): Partial<Call> {
  const { way } = partyOf(call, fact.to)!
  const others = openParties(call).filter(party => party.way.id !== fact.to)
  const { role: _, ringsUntil: __, ...own } = way
  const parties = [...others.map(party => conferee(party, fact.at)), formerIn(call, fact)]
  if (!isAgents(way))
    return { ...left(call, fact), phase: 'transferring-out', outside: own as Outside, parties: others }
  return {
    leg: { ...(own as Leg), connectedAt: (own as Leg).connectedAt ?? fact.at },
    parties,
    waits: ringWaits(call, parties),
  }
}

/** The former leg is kept until the next fact, to be written. */
const formerIn = (call: Call, end: { at: number; cause: number }): Party => ({ way: left(call, end).leg!, ...OUT })

/** Another serves the caller: those in the talk stay, and are with them. */
export const relieved = (call: Call, end: { at: number; cause: number }): Party[] => [
  ...openParties(call).map(party => conferee(party, end.at)),
  formerIn(call, end),
]

const left = (call: Call, { at, cause = 16 }: { at: number; cause?: number }) =>
  onLeg(call, { ...retrieved(call, at), endedAt: at, cause }) as { leg: Leg }

/** The caller is no longer on hold. */
export function retrieved({ leg }: Call, at: number): Partial<Leg> {
  if (typeof leg?.heldSince !== 'number') return {}
  const { heldSince: from, heldMs, holds = [] } = leg
  return {
    heldSince: null,
    heldHere: false,
    phoneHolds: false,
    heldMs: heldMs + (at - from),
    holds: [...holds, { from, to: at }],
  }
}

function onParty(call: Call, id: string, change: (party: Party) => Partial<Party>): Partial<Call> {
  const { parties = [] } = call
  return withParties(
    call,
    parties.map(party => (party.way.id === id ? { ...party, ...change(party) } : party)),
  )
}

const withParties = (call: Call, parties: readonly Party[]): Partial<Call> => ({
  parties,
  waits: ringWaits(call, parties),
})

const ringWaits = (call: Call, parties: readonly Party[]): Call['waits'] => ({
  ...without(call, 'party'),
  ...ringsUntil(parties),
})
