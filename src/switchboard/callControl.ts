import { type Agent, isSignedIn } from '../agent/agent.ts'
import { type Call, openLeg } from '../call/call.ts'
import { type NotControlled, whyNotControlled } from '../call/controlled.ts'
import { isAgents, isAsked, openParties, type Party, roleOf } from '../call/party.ts'
import type { Asked, Destination, Invited } from '../call/partyFacts.ts'
import { isPaused } from '../call/pause.ts'
import { roomOf } from '../call/room.ts'
import { numberToShow } from '../dialling/dialling.ts'
import { BadInput, Conflict, HotlineError, NotFound } from '../errors.ts'
import type { ActsParts } from './acts.ts'
import { AsteriskAway } from './ports.ts'
import type { SupervisorSnapshot } from './supervising.ts'

/** What agents do with a talk from their desks, or programs for them, in CSTA's words (ECMA-269). */

/** A destination as a person names it: the number as they would dial it. */
export type Wanted = { agent: string } | { number: string }
export type Sent = Wanted | { queue: string } | { flow: string }

export type Control =
  | { do: 'hold-call' | 'retrieve-call' | 'alternate-call' | 'conference-call' | 'transfer-call' | 'clear-connection' }
  | { do: 'consultation-call' | 'invite'; to: Wanted }
  | { do: 'single-step-transfer'; to: Sent }
  | { do: 'clear-party'; party: string }
  | { do: 'mute'; party: string; isMuted: boolean }
  | { do: 'pause-recording'; because: string; forMs: number }
  | { do: 'resume-recording' }

/** Who is in a talk, and how: CSTA's snapshot. */
export type TalkSnapshot = {
  call: string
  phase: Call['phase']
  /** Who serves the caller; null: nobody does now. */
  agent: string | null
  callerHeld: boolean
  /** And the others talk on. */
  callerGone: boolean
  recordingPaused: boolean
  parties: {
    id: string
    agent: string | null
    number: string | null
    role: 'consulted' | 'conferee'
    state: 'ringing' | 'talking' | 'held'
    muted: boolean
  }[]
  /** Absent for whoever must not see them. */
  supervisors?: SupervisorSnapshot[] | undefined
}

export class NotControllable extends Conflict {
  declare readonly id: NotControlled
  constructor(id: NotControlled, call: string) {
    super(id, `${WHY[id]} (call ${call}).`)
  }
}

const WHY: Record<NotControlled, string> = {
  'no-talk': 'Nobody talks with the caller now',
  'in-lifeboat': 'The lifeboat has put them through, and nothing can be done with that talk',
  'caller-gone': 'The caller has left, and the others talk on',
  'held-by-phone': 'The telephone itself has the caller on hold, and must let them go itself',
  'already-consulting': 'Somebody is consulted already',
  'room-full': 'A talk has room for fifty',
  'nobody-consulted': 'Nobody is consulted',
  'not-answered': 'Whoever is asked has not answered yet',
  'no-line': 'It is a call of no line, and can be sent on to one, but not to an agent',
  'no-such-party': 'There is no such party in this talk',
  'on-hold': 'The caller is on hold, and talks with nobody',
}

/** Nobody may believe that it is. */
export class NotPaused extends HotlineError {
  constructor(call: string) {
    super('not-paused', `The recording of ${call} is NOT paused: Asterisk could not be told. Try again soon.`)
  }
}

export class AgentUnavailable extends Conflict {
  constructor({ id, state }: Agent) {
    super('agent-unavailable', `Agent ${id} cannot be asked now: ${state}.`)
  }
}

/** Resolves with the talk as it then is. Rejects with NotFound, NotControllable, AgentUnavailable, NotPaused, BadInput or AsteriskAway. */
export async function controlCall(parts: ActsParts, id: string, control: Control, by: string): Promise<TalkSnapshot> {
  const { board, clock, isAwake } = parts
  const call = board.call(id)
  if (!call) throw new NotFound(`There is no call ${id}, or it is over.`)
  const asked = askedFor(parts, call, control)
  const because = whyNotControlled(call, asked)
  if (because) throw new NotControllable(because, id)
  if (!isAwake()) throw new AsteriskAway()
  board.happen(id, { ...asked, by, at: clock.now() })
  await board.settledFor(id)
  const now = board.call(id) ?? call
  if (control.do === 'pause-recording' && !isPaused(now)) throw new NotPaused(id)
  return talkSnapshot(now)
}

/** Tones to all whom the agent talks with, such as a machine outside. Rejects as `controlCall` does. */
export async function generateDigits(parts: ActsParts, id: string, digits: string): Promise<TalkSnapshot> {
  const { board, isAwake } = parts
  const call = board.call(id)
  if (!call) throw new NotFound(`There is no call ${id}, or it is over.`)
  const because = whyNotControlled(call, { kind: 'ClearConnection' })
  if (because) throw new NotControllable(because, id)
  if (!isAwake()) throw new AsteriskAway()
  const others = roomOf(call).filter(channel => channel !== openLeg(call)!.id)
  board.again(
    id,
    others.map(channel => ({ do: 'send-digits', channel, digits })),
  )
  await board.settledFor(id)
  return talkSnapshot(board.call(id) ?? call)
}

function askedFor(parts: ActsParts, call: Call, control: Control): Unnamed<Asked> {
  switch (control.do) {
    case 'consultation-call':
      return { kind: 'ConsultationCall', invited: invited(parts, call, control.to, ['ready', 'paused']) }
    case 'invite':
      return { kind: 'InviteParty', invited: invited(parts, call, control.to, ['ready', 'paused']) }
    case 'single-step-transfer':
      return { kind: 'SingleStepTransfer', to: destination(parts, call, control.to) }
    case 'clear-party':
      return { kind: 'ClearParty', party: control.party }
    case 'mute':
      return { kind: 'MuteParty', party: control.party, isMuted: control.isMuted }
    case 'pause-recording':
      return { kind: 'PauseRecording', because: control.because, until: parts.clock.now() + control.forMs }
    default:
      return { kind: KINDS[control.do] }
  }
}

type Unnamed<T> = T extends unknown ? Omit<T, 'by'> : never

const KINDS = {
  'hold-call': 'HoldCall',
  'retrieve-call': 'RetrieveCall',
  'alternate-call': 'AlternateCall',
  'conference-call': 'ConferenceCall',
  'transfer-call': 'TransferCall',
  'clear-connection': 'ClearConnection',
  'resume-recording': 'ResumeRecording',
} as const

function destination(parts: ActsParts, call: Call, to: Sent): Destination {
  const { centre } = parts
  if ('queue' in to) {
    if (!centre.queue(to.queue)) throw new BadInput('queue', `There is no queue ${to.queue}.`)
    return to
  }
  if ('flow' in to) {
    const isThere = centre.releaseOf(to.flow, call.release ?? 0) !== undefined
    if (!isThere) throw new BadInput('flow', `There is no flow ${to.flow} that is published.`)
    return to
  }
  // Who is in this talk already is given the caller by transfer-call.
  if ('agent' in to && isAsked(call, to)) throw new AgentUnavailable(parts.board.agents.get(to.agent)!)
  return invited(parts, call, to, ['ready'])
}

function invited({ board, centre }: ActsParts, call: Call, to: Wanted, in_: readonly Agent['state'][]): Invited {
  if ('agent' in to) {
    const agent = board.agents.get(to.agent)
    if (!agent) throw new BadInput('agent', `There is no agent ${to.agent}.`)
    // Asked for again, they ring already.
    if (!isAsked(call, to) && (!isSignedIn(agent) || !in_.includes(agent.state) || board.busyPhones.has(agent.id)))
      throw new AgentUnavailable(agent)
    return to
  }
  const dialled = centre.byHand(to.number)
  if (dialled.refusal) throw new BadInput('number', `That number may not be dialled: ${dialled.refusal.reason}.`)
  const shows = numberToShow(centre.queue(call.queue ?? '')?.shows, call.to)
  return { number: dialled.number, ...(shows !== undefined && { shows }) }
}

export function talkSnapshot(call: Call): TalkSnapshot {
  const leg = call.phase === 'talking' ? openLeg(call) : null
  return {
    call: call.id,
    phase: call.phase,
    agent: leg?.agent ?? null,
    callerHeld: leg !== null && leg.heldSince !== null,
    callerGone: call.left !== undefined,
    recordingPaused: isPaused(call),
    parties: openParties(call).map(partySnapshot),
  }
}

const partySnapshot = (party: Party): TalkSnapshot['parties'][number] => ({
  id: party.way.id,
  agent: isAgents(party.way) ? party.way.agent : null,
  number: isAgents(party.way) ? null : party.way.number,
  role: roleOf(party),
  state: party.joinedAt === null ? 'ringing' : party.isHeld ? 'held' : 'talking',
  muted: party.isMuted,
})

/** Whose talk it is, and who else is in it, of our agents. */
export function agentsIn(call: Call): { serves: string | null; parties: ReadonlyMap<string, string> } {
  const parties = openParties(call).flatMap(({ way }) => (isAgents(way) ? [[way.id, way.agent] as const] : []))
  return { serves: openLeg(call)?.agent ?? null, parties: new Map(parties) }
}
