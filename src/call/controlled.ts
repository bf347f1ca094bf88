import { type Call, openLeg } from './call.ts'
import { isPhoneHeld } from './legs.ts'
import { isAsked, openParties, partyOf, roleOf } from './party.ts'
import type { Asked } from './partyFacts.ts'

/** Why what is asked for cannot be done with a talk as it is; undefined: it can, or is done already. */
export function whyNotControlled(call: Call, asked: Unnamed<Asked>): NotControlled | undefined {
  const leg = openLeg(call)
  if (call.phase !== 'talking' || !leg) return 'no-talk'
  if (call.inLifeboat) return 'in-lifeboat'
  if (call.left && OF_THE_CALLER.includes(asked.kind)) return 'caller-gone'
  const parties = openParties(call)
  const consulted = parties.filter(party => roleOf(party) === 'consulted')
  const isThere = parties.some(({ joinedAt }) => joinedAt !== null)
  switch (asked.kind) {
    case 'HoldCall':
      return undefined
    case 'RetrieveCall':
      return isPhoneHeld(leg) ? 'held-by-phone' : undefined
    case 'ConsultationCall':
      return consulted.length > 0 && !isAsked(call, asked.invited) ? 'already-consulting' : undefined
    case 'InviteParty':
      return parties.length >= MOST_PARTIES && !isAsked(call, asked.invited) ? 'room-full' : undefined
    case 'AlternateCall':
    case 'ConferenceCall':
      // The caller would be in the room with whoever is consulted, unheard by the agent.
      if (isPhoneHeld(leg)) return 'held-by-phone'
      return whyNobody(
        consulted.length > 0,
        consulted.some(({ joinedAt }) => joinedAt !== null),
      )
    case 'TransferCall':
      return whyNobody(parties.length > 0, isThere)
    case 'SingleStepTransfer':
      // Whoever does not answer leaves them to the line in which they were.
      return 'agent' in asked.to && call.queue === null ? 'no-line' : undefined
    case 'ClearParty':
    case 'MuteParty':
      return partyOf(call, asked.party) ? undefined : 'no-such-party'
    case 'ClearConnection':
    case 'ResumeRecording':
      return undefined
    case 'PauseRecording':
      return call.talk?.since == null ? 'on-hold' : undefined
  }
}

/** What only a caller who is there can be part of. */
const OF_THE_CALLER: readonly Asked['kind'][] = [
  ...(['HoldCall', 'RetrieveCall', 'ConsultationCall', 'AlternateCall'] as const),
  ...(['TransferCall', 'SingleStepTransfer', 'PauseRecording'] as const),
]

/** With the caller and the agent: a room of fifty. */
const MOST_PARTIES = 48

type Unnamed<T> = T extends unknown ? Omit<T, 'by'> : never

export type NotControlled =
  | 'no-talk'
  | 'in-lifeboat'
  | 'caller-gone'
  | 'held-by-phone'
  | 'already-consulting'
  | 'room-full'
  | 'nobody-consulted'
  | 'not-answered'
  | 'no-line'
  | 'no-such-party'
  | 'on-hold'

const whyNobody = (isAsked: boolean, isThere: boolean): 'nobody-consulted' | 'not-answered' | undefined =>
  isThere ? undefined : isAsked ? 'not-answered' : 'nobody-consulted'
