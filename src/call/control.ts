import { legId, outsideId } from '../ids.ts'
import { type Call, type Leg, openLeg, type Role } from './call.ts'
import { missed, NO_ANSWER, NORMAL_CLEARING } from './causes.ts'
import type { Happening } from './facts.ts'
import { isPhoneHeld } from './legs.ts'
import { unansweredBy } from './outside.ts'
import { isAgents, isAsked, openParties, type Party, partyOf, roleOf } from './party.ts'
import type { Asked, Invited } from './partyFacts.ts'
import { isPaused } from './pause.ts'
import type { Story } from './story.ts'

/**
 * What the agent who serves a caller does with the talk, in CSTA's words. What cannot be, as things are, changes nothing: whoever asks
 * has been told why before (`whyNotControlled`).
 */

type Control = Happening & Asked

export const isControl = (happening: Happening): happening is Control => 'by' in happening && happening.kind in CONTROLS

const CONTROLS: { [Kind in Asked['kind']]: (story: Story, asked: Control & { kind: Kind }) => void } = {
  HoldCall: hold,
  RetrieveCall: retrieve,
  ConsultationCall(story, { invited, by }) {
    if (isAsked(story.call, invited)) return
    takeOut(story, by)
    ask(story, invited, 'consulted', by)
  },
  InviteParty(story, { invited, by }) {
    if (!isAsked(story.call, invited)) ask(story, invited, 'conferee', by)
  },
  AlternateCall: alternate,
  ConferenceCall: confer,
  TransferCall(story, { by }) {
    const consulted = joined(story.call).find(party => roleOf(party) === 'consulted') ?? joined(story.call)[0]
    if (consulted) passOn(story, consulted, NORMAL_CLEARING, by)
  },
  ClearParty(story, { party: id, by }) {
    const party = partyOf(story.call, id)
    if (party) endParty(story, party, 'withdrawn', NORMAL_CLEARING, by)
  },
  MuteParty(story, { party: id, isMuted, by }) {
    const party = partyOf(story.call, id)
    if (party && party.isMuted !== isMuted) story.add({ kind: isMuted ? 'PartyMuted' : 'PartyUnmuted', party: id, by })
  },
  PauseRecording(story, { because, until, by }) {
    if (!isPaused(story.call)) story.add({ kind: 'RecordingPaused', by, because, until, waits: { pause: until } })
  },
  ResumeRecording(story, { by }) {
    if (isPaused(story.call)) story.add({ kind: 'RecordingResumed', by })
  },
  // What ends the talk is told of by whoever knows what comes after it: talking.ts.
  SingleStepTransfer() {},
  ClearConnection() {},
}

export function control(story: Story, asked: Control): void {
  const act = CONTROLS[asked.kind] as (story: Story, asked: Control) => void
  act(story, asked)
}

type By = { by: string }

function hold(story: Story, { by }: By): void {
  if (openLeg(story.call)!.heldSince === null) takeOut(story, by)
}

/** Also from the hold of a telephone, with which a transfer begins there: what the agent then hears is not the caller. */
function takeOut(story: Story, by: string): void {
  const leg = openLeg(story.call)!
  if (!leg.heldHere)
    story.add({ kind: 'Held', leg: leg.id, isHere: true, ...(isPhoneHeld(leg) && { isPhones: true }), by })
}

function retrieve(story: Story, { by }: By): void {
  const leg = openLeg(story.call)!
  for (const party of joined(story.call))
    if (roleOf(party) === 'consulted' && !party.isHeld) story.add({ kind: 'PartyHeld', party: party.way.id, by })
  if (leg.heldHere) story.add({ kind: 'Retrieved', leg: leg.id, by })
}

/** From the caller to whom they consult, and back. */
function alternate(story: Story, { by }: By): void {
  const consulted = joined(story.call).find(party => roleOf(party) === 'consulted')
  if (!consulted) return
  if (!consulted.isHeld) {
    retrieve(story, { by })
    return
  }
  hold(story, { by })
  story.add({ kind: 'PartyRetrieved', party: consulted.way.id, by })
}

function confer(story: Story, { by }: By): void {
  const leg = openLeg(story.call)!
  if (!joined(story.call).some(party => roleOf(party) === 'consulted')) return
  story.add({ kind: 'Conferenced', by })
  if (leg.heldHere) story.add({ kind: 'Retrieved', leg: leg.id, by })
}

/** Those whom the agent hears, or would but for a hold. */
const joined = (call: Call): Party[] => openParties(call).filter(({ joinedAt }) => joinedAt !== null)

/** So long a phone rings that an agent asks for. */
const RINGS_MS = 45_000

function ask(story: Story, invited: Invited, role: Role, by: string): void {
  const { id, seq } = story.call
  const until = story.at + RINGS_MS
  const party = 'agent' in invited ? legId(id, invited.agent, seq + 1) : outsideId(id, seq + 1)
  story.add({ kind: 'PartyAsked', party, ...invited, role, by, until })
}

/** What a party's phone tells. */
export function ofParty(story: Story, { way, joinedAt }: Party, happening: Happening): void {
  const party = way.id
  const whose = isAgents(way) ? { agent: way.agent } : {}
  if (happening.kind === 'LegRang' && way.rangAt === null) story.add({ kind: 'PartyRang', party })
  else if (happening.kind === 'LegAnswered' && way.answeredAt === null)
    story.add({ kind: 'PartyAnswered', party, ...whose })
  else if (happening.kind === 'OnTape' && joinedAt === null) {
    if (way.answeredAt === null) story.add({ kind: 'PartyAnswered', party, ...whose })
    story.add({ kind: 'PartyJoined', party })
  } else if (happening.kind === 'LegEnded') {
    const { cause } = happening
    const result = isAgents(way) ? missed(cause, way.answeredAt) : unansweredBy(cause)
    endParty(story, partyOf(story.call, party)!, result, cause)
  }
}

/** Nobody waits on hold for nobody: where the agent consults no more, they are with the caller again. */
export function endParty(
  story: Story,
  { way }: Party,
  result: ReturnType<typeof unansweredBy>,
  cause: number,
  by?: string,
): void {
  const whose = isAgents(way) ? { agent: way.agent } : {}
  story.add({ kind: 'PartyEnded', party: way.id, ...whose, result, cause, ...(by !== undefined && { by }) })
  const leg = openLeg(story.call)
  const consults = openParties(story.call).some(party => roleOf(party) === 'consulted')
  if (leg?.heldHere && !consults) story.add({ kind: isPhoneHeld(leg) ? 'Held' : 'Retrieved', leg: leg.id })
}

/** The longest of their rings is over. */
export function rungInVain(story: Story): void {
  for (const party of openParties(story.call)) {
    const { answeredAt, ringsUntil } = party.way
    if (answeredAt === null && (ringsUntil ?? 0) <= story.at) endParty(story, party, 'no-answer', NO_ANSWER)
  }
}

/** Who has the caller when the agent is gone: whoever is in the talk with them, one of ours before anybody else. */
export function heirIn(call: Call): Party | undefined {
  const all = joined(call)
  return all.find(({ way }) => isAgents(way)) ?? all[0]
}

/** Who only rings is let go: nobody is there who has asked for them. */
export function passOn(story: Story, heir: Party, cause: number, by: string): void {
  const { id: leg, agent } = openLeg(story.call) as Leg
  const isOurs = isAgents(heir.way)
  for (const party of openParties(story.call)) {
    const stays = party.way.id === heir.way.id || (isOurs && party.joinedAt !== null)
    if (!stays) story.add(ended(party))
  }
  story.add({ kind: 'Transferred', leg, agent, to: heir.way.id, cause, by })
}

const ended = ({ way }: Party) => ({
  ...({ kind: 'PartyEnded', party: way.id, result: 'withdrawn', cause: NORMAL_CLEARING } as const),
  ...(isAgents(way) && { agent: way.agent }),
})

/** With the talk; or those of them alone. */
export function endParties(story: Story, which: (party: Party) => boolean = () => true): void {
  for (const party of openParties(story.call).filter(which)) story.add(ended(party))
}
