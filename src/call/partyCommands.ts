import type { Call } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import { type Command, separate } from './commands.ts'
import { openParties, type PartyFact, partyOf } from './party.ts'
import { isPaused, muteTape, muteTapes } from './pause.ts'
import { moves } from './room.ts'

/** What is to be done in Asterisk about those in a talk beside the caller and the agent. */
export function partyCommands(before: Call, fact: PartyFact, call: Call): Command[] {
  switch (fact.kind) {
    case 'PartyAsked':
      return [...reach(call, fact), { do: 'ringing', channel: call.leg!.id }]
    case 'PartyRang':
    case 'CallerLeft':
      return []
    case 'PartyAnswered':
      return [tapeParty(fact.party)]
    case 'PartyJoined':
      return [...(isPaused(call) ? [muteTape(fact.party, true)] : []), ...ringsNoMore(call), ...moves(before, call)]
    case 'PartyEnded':
      return [
        { do: 'hang-up', channel: fact.party, cause: NORMAL_CLEARING },
        ...(partyOf(before, fact.party)?.joinedAt === null ? ringsNoMore(call) : []),
      ]
    case 'PartyMuted':
    case 'PartyUnmuted':
      return [{ do: fact.kind === 'PartyMuted' ? 'mute' : 'unmute', channel: fact.party }]
    case 'PartyHeld':
    case 'PartyRetrieved':
    case 'Conferenced':
      return moves(before, call)
    case 'RecordingPaused':
    case 'RecordingResumed':
      return muteTapes(call, fact.kind === 'RecordingPaused').map(command => ({ ...command, isAsked: true }) as const)
    case 'Transferred':
      return [
        ...moves(before, call),
        // Whose talk it is nobody can unmute.
        ...(partyOf(before, fact.to)?.isMuted ? [{ do: 'unmute', channel: fact.to } as const] : []),
        { do: 'hang-up', channel: fact.leg, cause: NORMAL_CLEARING },
      ]
    case 'TransferredOn':
      return [...separate(call), { do: 'hang-up', channel: fact.leg, cause: NORMAL_CLEARING }]
  }
}

/** In both languages. */
export const CONSULTED = '咨询 Consult'

function reach(
  call: Call,
  { party: leg, agent, number, shows, until, at }: PartyFact & { kind: 'PartyAsked' },
): Command[] {
  const forMs = until - at
  if (agent === undefined) return [{ do: 'dial', leg, number: number!, ...(shows !== undefined && { shows }), forMs }]
  return [{ do: 'ring', leg, agent, caller: call.from, callerName: `${CONSULTED} ${call.name}`.trim(), forMs }]
}

/** Each party has a tape of its own: of what an agent asks a colleague, the caller's has only music. */
export const tapeParty = (party: string): Command => ({ do: 'tape', channel: party, call: party })

/** While another phone rings, the agent hears that. */
const ringsNoMore = (call: Call): Command[] =>
  call.leg === null || openParties(call).some(({ way }) => way.answeredAt === null)
    ? []
    : [{ do: 'end-meanwhile', channel: call.leg.id, what: 'ringing' }]
