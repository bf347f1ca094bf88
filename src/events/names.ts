import type { Fact, FactKind } from '../call/facts.ts'

/** How facts are named for whoever listens, and which of their words are told. */

export type Details = Readonly<Record<string, string | number | boolean | null>>
export type Named = { type: string; details: Details }

type Of<K extends FactKind> = Extract<Fact, { kind: K }>
type Name<K extends FactKind> =
  /** Its words that are told as they stand. */
  | readonly [type: string, ...words: Exclude<Extract<keyof Of<K>, string>, 'kind' | 'at' | 'waits'>[]]
  | { readonly type: string; readonly details: (fact: Of<K>) => Details }
  /** Our own affair, or the caller's. */
  | null

/**
 * A kind that is not named here goes by its own name (AgentRang would be call.agent-rang) and tells of itself what WORDS has: so a
 * new one is heard from its first day, and nothing private with it.
 */
const NAMES: { readonly [K in FactKind]?: Name<K> } = {
  CallArrived: ['call.arrived', 'flow', 'language'],
  CallerKnown: { type: 'call.recognised', details: ({ lastAt, lastAgent = null }) => ({ lastAt, lastAgent }) },
  CallAnswered: ['call.in-flow'],
  LanguageChosen: ['call.language-chosen', 'language'],
  FlowFault: ['call.flow-fault', 'node'],
  Queued: ['call.queued', 'queue', 'ahead', 'waitMs'],
  Overflowed: ['call.overflowed', 'queue', 'because', 'flow'],
  AgentOffered: ['call.offered', 'agent', 'leg'],
  AgentRang: ['call.ringing', 'leg'],
  OfferEnded: ['call.offer-ended', 'agent', 'leg', 'result', 'cause', 'by'],
  AgentAnswered: ['call.answered', 'agent', 'leg'],
  Connected: ['call.connected', 'agent', 'leg'],
  LifeboatConnected: ['call.connected', 'agent', 'leg'],
  Held: ['call.held', 'leg'],
  Retrieved: ['call.retrieved', 'leg'],
  AgentLeft: ['call.agent-left', 'agent', 'leg', 'cause'],
  OutsideDialled: ['call.transferring-out', 'number'],
  OutsideRang: ['call.outside-ringing'],
  OutsideAnswered: ['call.transferred'],
  OutsideEnded: ['call.outside-ended', 'result', 'cause'],
  DiallingRefused: ['call.dialling-refused', 'node', 'reason'],
  PartyAsked: ['party.asked', 'party', 'role', 'agent', 'number', 'by'],
  PartyRang: ['party.ringing', 'party'],
  PartyAnswered: ['party.answered', 'party', 'agent'],
  PartyJoined: ['party.joined', 'party'],
  PartyEnded: ['party.ended', 'party', 'agent', 'result', 'cause', 'by'],
  PartyHeld: ['party.held', 'party', 'by'],
  PartyRetrieved: ['party.retrieved', 'party', 'by'],
  PartyMuted: ['party.muted', 'party', 'by'],
  PartyUnmuted: ['party.unmuted', 'party', 'by'],
  Conferenced: ['call.conferenced', 'by'],
  Transferred: ['call.transferred', 'agent', 'leg', 'to', 'by'],
  TransferredOn: {
    type: 'call.sent-on',
    details: ({ agent, by, to }) => ({
      ...{ agent, by, queue: 'queue' in to ? to.queue : null, flow: 'flow' in to ? to.flow : null },
      ...{ toAgent: 'agent' in to ? to.agent : null, number: 'number' in to ? to.number : null },
    }),
  },
  CallerLeft: ['call.caller-left', 'by', 'cause'],
  RecordingPaused: ['recording.paused', 'by', 'because'],
  RecordingResumed: ['recording.resumed'],
  SupervisorAsked: ['supervision.asked', 'phone', 'mode', 'by'],
  SupervisorRang: null,
  SupervisorAnswered: ['supervision.begun', 'supervisor'],
  SupervisorHears: null,
  SupervisionSet: ['supervision.set', 'supervisor', 'mode', 'by'],
  SupervisorLeft: ['supervision.ended', 'supervisor', 'cause'],
  TalkTakenOver: ['call.taken-over', 'agent', 'leg', 'by'],
  AgentRelieved: ['call.agent-left', 'agent', 'leg', 'cause'],
  ForceCleared: ['call.force-cleared', 'by'],
  HandedToLifeboat: ['call.handed-to-lifeboat', 'queue'],
  CallEnded: ['call.ended', 'outcome', 'short', 'by', 'cause'],
  RecordingFiled: {
    type: 'recording.filed',
    details: ({ recording: { file, ms, faults } }) => ({ kept: file !== null, ms, whole: faults.length === 0 }),
  },
  MessageKept: ['message.left', 'message'],
  MessageTold: ['message.told', 'message', 'person'],
  TakeOverBegun: ['message.taken-over', 'message', 'person'],
  MessageSettled: ['message.settled', 'message', 'person', 'as'],
  CommentKept: ['comment.left', 'message', 'name'],
  SurveyPushed: ['survey.pushed', 'agent', 'leg'],
  SurveyOffered: {
    type: 'survey.offered',
    details: ({ survey = null, release = null }) => ({ survey, release }),
  },
  SurveyWithheld: ['survey.withheld', 'survey', 'because'],
  SurveyAnswered: {
    type: 'survey.answered',
    details: ({ name = 'rating', scale = '1-5', rating: score }) => ({ name, scale, score }),
  },
  LowScore: ['survey.low-score', 'name', 'score', 'atOrUnder'],
  CallbackBooked: {
    type: 'callback.promised',
    details: ({ callback, number, queue, because, promisedUntil: promisedUntilAt }) => ({
      ...{ callback, number, queue, because, promisedUntilAt },
    }),
  },
  CallbackOpened: ['callback.opened', 'queue', 'because', 'of'],
  CallbackDue: ['callback.due'],
  CallbackRenewed: ['callback.renewed', 'because'],
  CallbackPostponed: ['callback.postponed'],
  OfferAccepted: ['callback.accepted', 'agent', 'leg'],
  TryEnded: ['callback.tried', 'agent', 'leg', 'result', 'cause'],
  CallbackWithdrawn: ['callback.withdrawn', 'because', 'by'],
  CallbackTakenOver: ['callback.taken-over'],
  AgentDialled: ['call.made', 'agent', 'leg', 'queue'],
  CustomerDialled: ['call.customer-dialled', 'number'],
  CustomerReached: ['call.customer-reached'],
  NotReached: ['call.not-reached', 'result', 'cause'],
  DutyBegan: { type: 'duty.began', details: ({ person = null }) => ({ person }) },
  DutyReached: ['duty.reached'],
  DutyEntered: ['duty.entered', 'person'],
  PinRefused: ['duty.pin-refused', 'because'],
  Prompted: null,
  PromptFinished: null,
  KeyPressed: null,
  KeyMissed: null,
  KeysKept: null,
  WordSet: null,
  LookupBegun: null,
  MusicBegun: null,
  LookupEnded: null,
  MessageBegun: null,
  MessageEnded: null,
  MessageDropped: null,
  HoursAsked: null,
  PlaceRaised: null,
  AnyAgent: null,
  SkillsRelaxed: null,
  LineChanged: null,
  PlaceTold: null,
  AgentPrompted: null,
  AgentKeyPressed: null,
  RangBack: null,
  RangOff: null,
  DutyAsked: null,
  DutyKeyed: null,
  PinGiven: null,
  Dismissed: null,
}

/** What may be told of a kind that nobody has named: no number, no name, nothing that a caller has said or keyed in. */
const WORDS = ['agent', 'leg', 'queue', 'flow', 'call', 'result', 'cause', 'because', 'by', 'as', 'mode', 'reason']

/** Null where nobody is told. */
export function nameOf(fact: Fact): Named | null {
  const name = NAMES[fact.kind] as Name<FactKind> | undefined
  if (name === null) return null
  if (name === undefined) return { type: `call.${kebab(fact.kind)}`, details: picked(fact, WORDS) }
  if ('type' in name) return { type: name.type, details: (name.details as (fact: Fact) => Details)(fact) }
  const [type, ...words] = name
  return { type, details: picked(fact, words) }
}

function picked(fact: Fact, words: readonly string[]): Details {
  const held = fact as unknown as Record<string, unknown>
  return Object.fromEntries(words.flatMap(word => (isTellable(held[word]) ? [[word, held[word]]] : [])))
}

const isTellable = (value: unknown): value is Details[string] =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

const kebab = (kind: string): string => kind.replaceAll(/(?<=.)([A-Z])/g, '-$1').toLowerCase()

/** All that have a name, for whoever asks for some of them. */
export const EVENT_TYPES: readonly string[] = [
  ...new Set([
    ...Object.values(NAMES as Record<string, Name<FactKind>>).flatMap(name =>
      name === null ? [] : 'type' in name ? name.type : name[0],
    ),
    'agent.state',
    'agent.wish',
  ]),
].sort()
