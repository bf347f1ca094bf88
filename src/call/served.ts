import type { PartyTape, Span, Together } from '../recording/tape.ts'
import { type Call, legsOf } from './call.ts'
import type { Fact } from './facts.ts'
import { isPhoneHeld } from './legs.ts'
import { openParties } from './party.ts'
import { roomOf } from './room.ts'

/** What a fact makes of a call's talks, whoever has them: who served the caller, and who must be heard on which tape. */

/** Of several who served, one after the other, the first answer is what the caller waited for, and the last agent is whom they are asked about. */
export function servedAfter(before: Call, { leg }: Call): Partial<Call> {
  const { connectedAt, agent, endedAt } = leg ?? {}
  if (leg === before.leg || connectedAt == null) return {}
  const isFirst = before.servedHereAt == null && before.leg?.connectedAt !== connectedAt
  return {
    ...{ servedAt: before.servedAt ?? connectedAt, servedBy: agent!, servedUntil: endedAt! },
    ...(isFirst && { servedHereAt: connectedAt }),
  }
}

export function tapesAfter(before: Call, after: Call, fact: Fact): Partial<Call> {
  const voices = voicesIn(after)
  const talk = follow(before.talk, after.channel, voices, fact)
  const tapes = begun(before.tapes, fact)?.map(tape => onTape(tape, after, voices, fact))
  return { ...(talk !== before.talk && { talk }), ...(tapes && { tapes }) }
}

/** Who can be heard in the talk as it is. */
function voicesIn(call: Call): string[] {
  const { inLifeboat, phase, channel, leg } = call
  if (inLifeboat) return phase === 'talking' ? [channel, leg!.id] : []
  const room = roomOf(call)
  if (room.length === 0) return room
  const muted = openParties(call).flatMap(({ way, isMuted }) => (isMuted ? way.id : []))
  // Their own phone plays them music.
  const holds = phase === 'talking' && isPhoneHeld(leg!) ? [leg!.id] : []
  return room.filter(id => !muted.includes(id) && !holds.includes(id))
}

function follow(was: Together | undefined, channel: string, voices: readonly string[], fact: Fact): Together {
  const { since, talks } = was ?? NOBODY
  const isTogether = voices.includes(channel) && voices.length > 1
  if (isTogether === (since !== null)) return was ?? NOBODY
  return since === null ? { since: fact.at, talks } : { since: null, talks: [...talks, ...talkTo(since, fact)] }
}

const NOBODY: Together = { since: null, talks: [] }

/** Whose end nobody saw (cause 0) may have been gone for long when it was noticed. */
const talkTo = (from: number, fact: Fact): Span[] =>
  ('cause' in fact && fact.cause === 0) || fact.at === from ? [] : [{ from, to: fact.at }]

/** A party's phone is put on tape as soon as it is answered. */
const begun = (tapes: readonly PartyTape[] | undefined, fact: Fact): readonly PartyTape[] | undefined =>
  fact.kind === 'PartyAnswered'
    ? [...(tapes ?? []), { ...NOBODY, id: fact.party, answeredAt: fact.at, joinedAt: null, endedAt: null, cause: null }]
    : tapes

function onTape(tape: PartyTape, call: Call, voices: readonly string[], fact: Fact): PartyTape {
  if (tape.endedAt !== null) return tape
  const followed = { ...tape, ...follow(tape, tape.id, voices, fact) }
  if (fact.kind === 'PartyJoined' && fact.party === tape.id) return { ...followed, joinedAt: fact.at }
  const way = waysOf(call).find(({ id }) => id === tape.id)
  return way?.endedAt === null ? followed : { ...followed, endedAt: fact.at, cause: way?.cause ?? 0 }
}

const waysOf = (call: Call) => [
  ...legsOf(call),
  ...(call.outside ? [call.outside] : []),
  ...(call.parties ?? []).map(({ way }) => way),
]
