import { type Answer, isRated } from '../call/call.ts'
import type { Draw, Fact, FactKind, OfferResult, OutsideResult, Withheld } from '../call/facts.ts'
import type { Booking, TryResult, Withdrawn } from '../call/promises.ts'
import type { Settled } from '../duty/duty.ts'
import type { Disadvantage, Hindrance, Staff, Why } from '../queue/choose.ts'
import type { Overflow } from '../queue/queue.ts'
import { PARTY_SENTENCES } from './partyStory.ts'
import { SUPERVISION_SENTENCES } from './supervisionStory.ts'

/** What happened, as a sentence for people. `details`: of an offer, why this agent and why not the others; of a line, who served it. */
export type Told = { text: string; details: string[] }

export function tell(fact: Fact): Told {
  const teller = SENTENCES[fact.kind] as ((fact: Fact) => string) | undefined
  // A story written by a newer version is still shown.
  const text = teller ? teller(fact) : fact.kind
  return { text, details: details(fact) }
}

function details(fact: Fact): string[] {
  if (fact.kind === 'AgentOffered') return reasons(fact.why)
  return fact.kind === 'Queued' && fact.staff ? [staffed(fact.staff)] : []
}

const SENTENCES: { [K in FactKind]: (fact: Extract<Fact, { kind: K }>) => string } = {
  CallArrived: f =>
    `Arrived from ${f.from || 'a withheld number'}${f.name && ` "${f.name}"`} at ${f.to}: flow ${f.flow}, ${f.language}${f.standing ? ` (${f.standing.as})` : ''}`,
  CallerKnown: f =>
    `Called before: last at ${new Date(f.lastAt).toISOString()}${f.lastAgent === undefined ? '' : `, talked with agent ${f.lastAgent}`}`,
  CallAnswered: () => 'Answered by the hotline',
  Prompted: f =>
    `Hears ${f.prompts.map(heard).join(' ')}${f.isComfort ? ', as who waits does now and then' : ''}${f.place ? ` (at ${f.place.node}${f.place.tries > 1 ? `, try ${f.place.tries}` : ''})` : ''}`,
  PromptFinished: f => `Heard to the end (${f.say.slice(f.say.lastIndexOf('~') + 1)})`,
  KeyPressed: f => `Pressed ${f.key}`,
  KeyMissed: () => 'Pressed no key in time',
  KeysKept: f => `${f.place.keyed?.length ?? 0} keys of a number so far`,
  WordSet: f => `${f.name} is ${typeof f.value === 'string' ? `"${f.value}"` : f.value}`,
  LookupBegun: f => `Asks ${f.asked.system}: ${f.asked.method} ${f.asked.path}`,
  MusicBegun: () => 'Hears music until it has answered',
  LookupEnded: f => (f.ok ? 'It has answered' : 'It has not answered as expected'),
  MessageBegun: f => (f.name === undefined ? `May speak a message for ${f.queue}` : `May speak a comment (${f.name})`),
  MessageEnded: f => `It is spoken${f.spokenMs === undefined ? '' : `: ${span(f.spokenMs)} of speech`}`,
  MessageKept: () => 'Left the message',
  CommentKept: f => `Left the comment (${f.name})`,
  MessageDropped: f => `It is dropped: ${DROPPED[f.because]}`,
  HoursAsked: f =>
    `By the calendar ${f.calendar}${f.queue === undefined ? '' : ` and the shift of ${f.queue}`}: ${f.open ? 'open' : 'closed'}`,
  FlowFault: f => `At ${f.node}, which could not be told: ${f.sentence}`,
  LanguageChosen: f => `Chose the language ${f.language}`,
  Queued: f => `Joined the line ${f.queue}, ${place(f)}${privileges(f)}${playing(f)}`,
  PlaceRaised: f => `${f.by === undefined ? 'Is known now' : `Moved by ${f.by}`}: stands in the line${privileges(f)}`,
  AnyAgent: () => 'Waits for one agent no longer: anybody may serve them',
  SkillsRelaxed: f => `Waited so long that the line asks for less skill now (step ${f.steps})`,
  LineChanged: f => `The line is set otherwise: they wait in it as it is now${playing(f)}`,
  Overflowed: f =>
    f.because === 'moved'
      ? `Moved by ${f.by}: leaves the line ${f.queue}`
      : `The line ${f.queue} sends them on to flow ${f.flow}: ${OVERFLOWS[f.because]}`,
  PlaceTold: f => `Still in line, ${place(f)}`,
  AgentOffered: f =>
    `Offered to agent ${f.agent}, ${RULES[f.why.rule]}: skill level ${f.why.level}, idle for ${span(f.why.idleMs)}`,
  AgentRang: () => "The agent's phone rings",
  OfferEnded: f =>
    `Agent ${f.agent} ${f.by === undefined ? OFFER_ENDS[f.result] : `sends them on unanswered, asked by ${f.by}`} (cause ${f.cause})`,
  AgentAnswered: f => `Agent ${f.agent} answered`,
  AgentPrompted: f => `The agent hears ${f.prompts.join(' ')}`,
  Connected: f => `Connected with agent ${f.agent}`,
  Held: f => (f.isHere ? `Put on hold${f.isPhones ? ', as the phone has them' : ''}` : 'Put on hold by the phone'),
  Retrieved: () => 'Taken back from hold',
  AgentLeft: f => `Agent ${f.agent} left (cause ${f.cause})`,
  OutsideDialled: f => `Dials ${f.number} for them${f.shows === undefined ? '' : `, showing ${f.shows}`}`,
  OutsideRang: () => 'It rings there',
  OutsideAnswered: () => 'Answered there: the two are put through',
  OutsideEnded: f => `${OUTSIDE_ENDS[f.result]} (cause ${f.cause})`,
  DiallingRefused: f => `Not dialled at ${f.node}: ${f.sentence}`,
  SurveyPushed: f => `Agent ${f.agent} sends them to the survey`,
  SurveyOffered: f =>
    `Asked to rate the talk${f.survey === undefined ? '' : ` (${f.survey}, release ${f.release})`}${drawn(f.draw)}`,
  SurveyWithheld: f => `Not asked about the talk (${f.survey}): ${WITHHELD[f.because]}${drawn(f.draw)}`,
  SurveyAnswered: f =>
    f.name === undefined ? `Rated ${f.rating}` : `Rated ${f.rating} (${f.name}, on the scale ${f.scale})`,
  CallbackBooked: f => `Will be called back by ${f.queue} (${BOOKED[f.because]}): ${f.callback}`,
  CallbackOpened: f => `To be called back by ${f.queue} (${BOOKED[f.because]}), as promised in ${f.of}`,
  AgentDialled: f =>
    `Agent ${f.agent} ${f.clicked ? 'has clicked to dial' : 'dials'} ${f.from}${f.queue === null ? '' : ` for line ${f.queue}`}`,
  NotReached: f => `Not reached: ${TRIES[f.result]} (cause ${f.cause})`,
  CallbackDue: () => 'Stands in the line',
  CallbackRenewed: f => `Promised once more (${BOOKED[f.because]})`,
  CallbackPostponed: () => 'Is not to be called now',
  AgentKeyPressed: f => `The agent pressed ${f.key}`,
  OfferAccepted: f => `Agent ${f.agent} takes it`,
  CustomerDialled: f => `Dials ${f.number}${f.shows && `, showing ${f.shows}`}`,
  CustomerReached: () => 'They have picked up',
  TryEnded: f => `Not reached: ${TRIES[f.result]} (cause ${f.cause})`,
  RangBack: f => `They are calling themselves: ${f.call}`,
  RangOff: f => `They have hung up: ${f.call}`,
  CallbackWithdrawn: f =>
    `Need not be called any more: ${f.by === undefined ? WITHDRAWN[f.because] : `${f.by} has said so`}${f.reason === undefined ? '' : ` (${f.reason})`}`,
  CallbackTakenOver: f => `Somebody on duty speaks with them: ${f.call}`,
  DutyBegan: f =>
    f.person === undefined
      ? `Dials in for duty from ${f.from || 'a withheld number'} at ${f.to}`
      : `Dials ${f.number} for duty: ${f.person} is asked about ${f.messages?.length === 1 ? '1 message' : `${f.messages?.length} messages`}`,
  DutyReached: () => 'They have picked up',
  DutyAsked: f => (f.for === 'who' ? 'Asked who they are' : 'Asked for the PIN'),
  DutyKeyed: () => 'Pressed a key of who they are, or of their PIN',
  PinGiven: () => 'A PIN was keyed in',
  PinRefused: f =>
    f.because === 'wrong' ? 'Not let in: it is not right, or locked' : 'It was lost, and is asked for again',
  DutyEntered: f => `Let in: ${f.person}, for whom ${f.waiting.length} wait`,
  MessageTold: f => (f.again ? 'Hears the keys again' : `${f.person} hears message ${f.message}`),
  TakeOverBegun: f => `${f.person} takes over message ${f.message}: its caller is dialled`,
  MessageSettled: f => `${f.person} ${SETTLED[f.as]} message ${f.message}`,
  ...PARTY_SENTENCES,
  ...SUPERVISION_SENTENCES,
  LowScore: f => `So low that a person is told: ${f.name} is ${f.score}, at or under ${f.atOrUnder}`,
  Dismissed: f => `The hotline ends the call: ${f.outcome}`,
  HandedToLifeboat: f => `Handed to the lifeboat, line ${f.queue}`,
  LifeboatConnected: f => `The lifeboat connected agent ${f.agent}`,
  CallEnded: f =>
    `Ended by the ${f.by}: ${f.outcome}${f.short ? ' (short)' : ''}${f.lineOutcome ? `, in the last line ${f.lineOutcome}` : ''} (cause ${f.cause})`,
  RecordingFiled: f =>
    [recording(f.recording), ...Object.entries(f.parties ?? {}).map(([leg, one]) => `${leg}: ${recording(one)}`)].join(
      '; ',
    ),
}

const SETTLED: Record<Settled, string> = {
  kept: 'keeps',
  taken: 'has taken over',
  passed: 'passes on',
  done: 'is done with',
}

const BOOKED: Record<Booking['because'], string> = {
  asked: 'they asked for it',
  'place-kept': 'they keep their place in the line',
  message: 'they left a message',
  'low-score': 'they were not content',
}

const TRIES: Record<TryResult, string> = {
  reached: 'they were',
  busy: 'busy',
  'no-answer': 'no answer',
  rejected: 'they rejected it',
  'wrong-number': 'nobody has this number',
  unreachable: 'the network could not reach them',
  'hung-up': 'they hung up at once',
  unknown: 'nobody saw what became of it',
  'agent-left': 'the agent hung up first',
  'rang-back': 'they were calling themselves',
}

const WITHDRAWN: Record<Withdrawn, string> = {
  served: 'they were served when they called',
  'seen-to': 'somebody on duty has seen to it',
  cancelled: 'somebody has said so',
  'not-allowed': 'that number may not be dialled any more',
  'no-such-queue': 'there is no such line any more',
}

const heard = (prompt: string): string => (prompt.startsWith('message:') ? 'their message,' : prompt)

const RULES: Record<Why['rule'], string> = {
  'most-skilled': 'the most skilled',
  'most-skilled-then-longest-idle': 'the most skilled',
  'longest-idle': 'the longest idle',
  'fewest-calls': 'who has had the fewest calls',
  'round-robin': 'whose turn it is',
  random: 'drawn by lot',
  'in-order': 'the first in order',
  'ring-all': 'as is everybody who is ready',
  asked: 'as whoever had the caller has asked',
}

const OVERFLOWS: Record<Overflow, string> = {
  wait: 'they have waited too long',
  length: 'it is full',
  nobody: 'nobody able to serve it is signed in',
}

const DROPPED: Record<Extract<Fact, { kind: 'MessageDropped' }>['because'], string> = {
  deleted: 'they have deleted it',
  again: 'they speak it anew',
  empty: 'nothing was spoken',
  refused: 'it could not be recorded',
}

const WITHHELD: Record<Withheld, string> = {
  draw: 'it was not drawn',
  'asked-lately': 'the number was asked not long ago',
  'no-such-flow': 'there is no such flow',
}

const drawn = (draw: Draw | undefined): string =>
  draw ? `, drew ${draw.drawn} of 100, under ${draw.share} is asked` : ''

const OFFER_ENDS: Record<OfferResult, string> = {
  'no-answer': 'did not answer',
  rejected: 'rejected the call',
  unreachable: 'could not be reached',
  withdrawn: 'is rung no longer: the offer was withdrawn',
}

const OUTSIDE_ENDS: Record<OutsideResult, string> = {
  answered: 'Whom they were put through to left',
  busy: 'It is busy there',
  'no-answer': 'Nobody answered there',
  rejected: 'The call was rejected there',
  unreachable: 'That number could not be reached',
  withdrawn: 'It is dialled no longer',
}
const playing = ({ music }: { music?: string }): string => (music === undefined ? '' : `, to the music ${music}`)

function privileges({ headStartMs = 0, first }: { headStartMs?: number; first?: string }): string {
  const ahead = headStartMs > 0 ? `, with a head start of ${span(headStartMs)}` : ''
  return first === undefined ? ahead : `${ahead}, waits for agent ${first} for a while`
}

function place({ ahead, waitMs, medianMs }: { ahead: number; waitMs: number | null; medianMs?: number }): string {
  // Older versions told the wait to expect.
  const told = medianMs === undefined ? 'told to expect' : 'told to wait at most'
  const wait = waitMs === null ? '' : `, ${told} ${span(waitMs)}`
  return `${ahead} ahead${wait}`
}

function recording({ file, ms, faults }: Extract<Fact, { kind: 'RecordingFiled' }>['recording']): string {
  const state = faults.length === 0 ? 'whole' : faults.join('; ')
  return file === null ? `No recording: ${state}` : `Recording filed, ${span(ms)}, ${state}: ${file}`
}

const BECAUSE: Record<Disadvantage, string> = {
  'less-skilled': 'less skilled',
  'idle-less-long': 'idle less long',
  'missed-this-call': 'missed this call before',
  'sent-this-call-on': 'has sent this call on',
  'more-calls': 'has had more calls',
  'asked-more-recently': 'was asked more recently',
  'drawn-later': 'was drawn later',
  'later-in-order': 'comes later in order',
}

function staffed(staff: Staff): string {
  const counted = Object.entries(staff).map(([state, count]) => `${count} ${state}`)
  return counted.length > 0 ? `agents able to serve it: ${counted.join(', ')}` : 'nobody able to serve it is signed in'
}

function reasons({ rivals, others, named }: Why): string[] {
  const rejected = rivals.map(
    r => `not ${r.agent}: ${BECAUSE[r.because]} (skill level ${r.level}, idle for ${span(r.idleMs)})`,
  )
  const busy = Object.entries(others).map(([why, count]) => `${count} ${why}${names(named?.[why as Hindrance], count)}`)
  return busy.length > 0 ? [...rejected, `could not be asked: ${busy.join(', ')}`] : rejected
}

/** ` (8002, 8003, …)`: whoever is not named was counted. */
function names(named: string[] | undefined, count: number): string {
  if (!named) return ''
  return ` (${[...named, ...(named.length < count ? ['…'] : [])].join(', ')})`
}

/** `rating 5`, `rating 1 (low)`, `why, spoken: 8.0 s`. */
export function answerText(answer: Answer): string {
  if (!isRated(answer)) return `${answer.name}, spoken: ${span(answer.ms)}`
  return `${answer.name} ${answer.score}${answer.low ? ' (low)' : ''}`
}

export const dispositionText = ({ agent, code, note }: { agent: string; code: string; note: string }): string =>
  `${agent}: ${code}${note && ` (${note})`}`

/** A length of time in words: 0.4 s, 12.3 s, 2 min 5 s, 1 h 3 min. */
export function span(ms: number): string {
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
