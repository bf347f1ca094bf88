import type { Fact, OutsideResult } from '../call/facts.ts'
import type { Destination, PartyTold } from '../call/partyFacts.ts'

/** What is told of those in a talk beside the caller and the agent who serves them. */
export const PARTY_SENTENCES: { [K in PartyTold['kind']]: (fact: Extract<Fact, { kind: K }>) => string } = {
  PartyAsked: f => `${f.by} ${f.role === 'consulted' ? 'consults' : 'asks into the talk'} ${nameOf(f.agent, f.number)}`,
  PartyRang: f => `The phone of ${f.party} rings`,
  PartyAnswered: f => `${f.agent === undefined ? f.party : `Agent ${f.agent}`} answered`,
  PartyJoined: f => `${f.party} is in the talk`,
  PartyEnded: f =>
    `${f.agent === undefined ? f.party : `Agent ${f.agent}`} ${PARTY_ENDS[f.result]} (cause ${f.cause})${by(f)}`,
  PartyHeld: f => `${f.party} is put on hold${by(f)}`,
  PartyRetrieved: f => `${f.party} is off hold${by(f)}`,
  PartyMuted: f => `${f.party} is muted${by(f)}`,
  PartyUnmuted: f => `${f.party} is heard again${by(f)}`,
  Conferenced: f => `All talk together${by(f)}`,
  Transferred: f => `Agent ${f.agent} left, and the talk is that of ${f.to}${by(f)}`,
  RecordingPaused: f => `Nothing of the talk is recorded: ${f.because}${by(f)}`,
  RecordingResumed: f =>
    `${f.isRefused ? 'Asterisk did not pause the recording' : 'The talk is recorded again'}${by(f)}`,
  CallerLeft: f => `The caller left, and the others talk on (cause ${f.cause})`,
  TransferredOn: f => `Agent ${f.agent} sent the caller on to ${destination(f.to)}${by(f)}`,
}

const by = ({ by }: { by?: string }): string => (by === undefined ? '' : ` by ${by}`)

const nameOf = (agent: string | undefined, number: string | undefined): string =>
  agent === undefined ? (number ?? 'somebody') : `agent ${agent}`

function destination(to: Destination): string {
  if ('queue' in to) return `the line ${to.queue}`
  if ('flow' in to) return `the flow ${to.flow}`
  return 'agent' in to ? `agent ${to.agent}` : to.number
}

const PARTY_ENDS: Record<OutsideResult, string> = {
  answered: 'left',
  busy: 'was busy',
  'no-answer': 'did not answer',
  rejected: 'rejected the call',
  unreachable: 'could not be reached',
  withdrawn: 'was let go',
}
