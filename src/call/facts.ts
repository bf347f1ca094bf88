import type { MissReason } from '../agent/agent.ts'
import type { Refusal } from '../dialling/dialling.ts'
import type { Language, Prompt, Scale, TransferOutNode, Value } from '../ivr/flow.ts'
import type { Answered, Asked, Dropped, Limits, Place } from '../ivr/step.ts'
import type { Staff, Why } from '../queue/choose.ts'
import type { Overflow } from '../queue/queue.ts'
import type { DutyHappening, DutyTold } from './dutyFacts.ts'
import type { OwnCall } from './ownCall.ts'
import type { Asked as Control, PartyTold } from './partyFacts.ts'
import type { Booking, Opening, TryResult, Withdrawn } from './promises.ts'
import type { SupervisionAsked, SupervisionTold } from './supervisionFacts.ts'
import type { Wait } from './waits.ts'

/** What is known to have happened in a call. Facts are only ever added; everything else about a call is folded from them. */
export type Fact = {
  readonly at: number
  /** What is waited for from now on, and until when. */
  readonly waits?: Partial<Record<Wait, number>>
} & (
  | ({ kind: 'CallArrived' } & Arrival)
  /** The number has called before. `isLate`: told too late for the line, so all that counts is when they were asked last. */
  | ({ kind: 'CallerKnown'; isLate?: true } & Known)
  | { kind: 'CallAnswered' }
  /**
   * The caller is being told something; `say` names the playback. In a flow `place` says where they stand. `isComfort`: a
   * message of the line's, between the announcements of their place.
   */
  | { kind: 'Prompted'; say: string; prompts: Prompt[]; place: Place | null; isComfort?: true }
  /** `heard`: Asterisk has told so; else it is concluded, and the prompt may never have been spoken. */
  | { kind: 'PromptFinished'; say: string; heard?: true }
  | { kind: 'KeyPressed'; key: string }
  | { kind: 'KeyMissed' }
  /** Part of a number has been keyed in (`place.keyed`), and another key is waited for. */
  | { kind: 'KeysKept'; place: Place }
  /** A word of the flow's has a value, such as a number that was keyed in. */
  | { kind: 'WordSet'; name: string; value: Value }
  /** A customer system is asked; `isSilent`: what was being said is cut short. Of its answer only what the flow takes is kept. */
  | { kind: 'LookupBegun'; lookup: string; asked: Asked; place: Place; isSilent?: true }
  /** Nothing has been said for a while: music plays until the answer is there. */
  | { kind: 'MusicBegun' }
  | { kind: 'LookupEnded'; lookup: string; ok: boolean; place: Place }
  /** The caller speaks a message, whose agents are to call back, or a comment. */
  | ({ kind: 'MessageBegun'; message: string; place: Place } & Limits)
  /** `spokenMs`: how much speech there was in it, where Asterisk has told. */
  | { kind: 'MessageEnded'; message: string; spokenMs?: number }
  | { kind: 'MessageKept'; message: string }
  /** What was spoken answers that question. */
  | { kind: 'CommentKept'; message: string; name: string }
  | { kind: 'MessageDropped'; message: string; because: Dropped }
  /** The flow asked for the centre's hours, and whether somebody able to serve the queue was rostered. */
  | { kind: 'HoursAsked'; calendar: string; queue?: string; open: boolean }
  /** An expression of the flow's could not be told, or a customer system has not answered as expected. */
  | { kind: 'FlowFault'; node: string; sentence: string }
  | { kind: 'LanguageChosen'; language: Language }
  /**
   * Joined a waiting line behind `ahead` others; `waitMs` is what was told, null where no wait was: a promise, kept nine times
   * of ten; half of such callers wait for `medianMs` at most. `first`: whom they wait for. `music`: the line's own. Older versions wrote no `staff`, and
   * told the wait to expect instead, without `medianMs`.
   */
  | {
      kind: 'Queued'
      queue: string
      ahead: number
      waitMs: number | null
      medianMs?: number
      staff?: Staff
      headStartMs?: number
      relaxed?: number
      first?: string
      music?: Prompt
    }
  /** Who they are was told only when they were in line: they stand there as if it had been told before. `by`: somebody has moved them. */
  | { kind: 'PlaceRaised'; headStartMs: number; first?: string; by?: string }
  /** They wait for one agent no longer: anybody may serve them. */
  | { kind: 'AnyAgent' }
  /** The skills asked for are fewer now, or lower: that many steps of the line's own. */
  | { kind: 'SkillsRelaxed'; steps: number }
  /** The line is set otherwise: so long they wait in it, until then for this, and to this music. */
  | { kind: 'LineChanged'; music?: Prompt }
  /** The line sends them on to a flow; `moved`: to another line, and `by` whom. */
  | { kind: 'Overflowed'; queue: string; because: Overflow | 'moved'; flow: string; by?: string }
  | { kind: 'PlaceTold'; ahead: number; waitMs: number | null; medianMs?: number }
  /** `until`: so long the phone may ring. Older versions rang one at a time, and had the time in `waits` alone. */
  | { kind: 'AgentOffered'; agent: string; leg: string; why: Why; until?: number }
  | { kind: 'AgentRang'; leg: string }
  /** `by`: who has sent the caller on from this phone, unanswered. */
  | { kind: 'OfferEnded'; leg: string; agent: string; result: OfferResult; cause: number; by?: string }
  | { kind: 'AgentAnswered'; leg: string; agent: string }
  /** The agent heard whose call it is (the caller's side is a Prompted). Older versions spoke Chinese, and wrote no `language`. */
  | { kind: 'AgentPrompted'; say: string; prompts: Prompt[]; language?: Language }
  | { kind: 'Connected'; leg: string; agent: string; bridge: string }
  /**
   * `isHere`: the caller is taken out of the talk; else the agent's phone does it; `isPhones`: that as well. Told anew where it is another's
   * affair from then on. `by`: who asked for it.
   */
  | { kind: 'Held'; leg: string; isHere?: true; isPhones?: true; by?: string }
  | { kind: 'Retrieved'; leg: string; by?: string }
  | PartyTold
  | SupervisionTold
  /** `by`: who lets their phone go; absent: they have hung up. */
  | { kind: 'AgentLeft'; leg: string; agent: string; cause: number; by?: string }
  /** A number outside is dialled for the caller, and shown that number of the centre's; `isSilent` as above. */
  | {
      kind: 'OutsideDialled'
      outside: string
      number: string
      shows?: string
      meanwhile: TransferOutNode['meanwhile']
      place: Place | null
      isSilent?: true
    }
  | { kind: 'OutsideRang'; outside: string }
  /** The two are put through at once. */
  | { kind: 'OutsideAnswered'; outside: string; bridge: string }
  | { kind: 'OutsideEnded'; outside: string; result: OutsideResult; cause: number }
  /** The dialling rules did not let it be dialled. */
  | ({ kind: 'DiallingRefused'; node: string } & Refusal)
  /** The agent sends the caller to the survey, and so leaves. */
  | { kind: 'SurveyPushed'; leg: string; agent: string }
  /** `release`: which version of the flow `survey`. Older versions wrote neither. */
  | { kind: 'SurveyOffered'; survey?: string; release?: number; draw?: Draw }
  | { kind: 'SurveyWithheld'; survey: string; because: Withheld; draw?: Draw }
  /** Older versions asked one question, from 1 to 5, and wrote the rating alone. */
  | { kind: 'SurveyAnswered'; rating: number; name?: string; scale?: Scale }
  /** The caller, or whoever they named, is to be called back: from now on that is a call of its own. */
  | ({ kind: 'CallbackBooked' } & Booking)
  | ({ kind: 'CallbackOpened' } & Opening)
  /** An agent dials a number: a call of their own. */
  | ({ kind: 'AgentDialled' } & OwnCall)
  /** It may be made now: it stands in its line from here on, or from when it was promised (`placeAt`). */
  | { kind: 'CallbackDue'; placeAt: number }
  /** Not before the time that is waited for. */
  | { kind: 'CallbackPostponed'; keepsPlace?: true }
  /** They were promised it once more: it need not be paused, and what they have said is to be heard. */
  | ({ kind: 'CallbackRenewed' } & Omit<Booking, 'callback' | 'number' | 'queue'>)
  | { kind: 'AgentKeyPressed'; leg: string; key: string }
  /** The agent has heard what it is about, and takes it. */
  | { kind: 'OfferAccepted'; leg: string; agent: string }
  /** `number`: as the trunk is asked for it; `shows`: what the customer sees, empty where nothing. */
  | { kind: 'CustomerDialled'; channel: string; number: string; shows: string }
  | { kind: 'CustomerReached' }
  /** Whom the agent has dialled is not on the line. */
  | { kind: 'NotReached'; result: TryResult; cause: number }
  /** The agent is free. Another try comes when it is due, or none. */
  | { kind: 'TryEnded'; leg: string; agent: string; result: TryResult; cause: number }
  /** The customer is on the line with us, or is no more: meanwhile nobody calls them. */
  | { kind: 'RangBack'; call: string }
  | { kind: 'RangOff'; call: string }
  /** Somebody on duty is speaking with them, in that call. */
  | { kind: 'CallbackTakenOver'; call: string }
  /** Nobody need call any more. `call`: in which they were served; or `by` whom it was cancelled, and why in their words. */
  | { kind: 'CallbackWithdrawn'; because: Withdrawn; call?: string; by?: string; reason?: string }
  | DutyTold
  /** So low that a person is to know of it. */
  | { kind: 'LowScore'; name: string; score: number; atOrUnder: number }
  /** The hotline itself ends the call, and this is what it will have been: `atOnce`, else when a last sentence is spoken. */
  | { kind: 'Dismissed'; outcome: Outcome; atOnce?: true }
  /** The service could not go on: the dialplan's own queue takes the caller. */
  | { kind: 'HandedToLifeboat'; queue: string }
  | { kind: 'LifeboatConnected'; agent: string; leg: string }
  /**
   * `goneAt`: the caller was gone by then, and others talked on, or we heard of it only after we had written more of the call. `lineOutcome`: what came of it in
   * their last line, where only an agent who sent them there has served them.
   */
  | {
      kind: 'CallEnded'
      outcome: Outcome
      short: boolean
      by: EndedBy
      cause: number
      goneAt?: number
      lineOutcome?: Outcome
    }
  | ({ kind: 'RecordingFiled' } & Recordings)
)

/** `release`: which versions of the flows the call keeps to; older versions of Hotline wrote none. */
export type Arrival = {
  channel: string
  from: string
  name: string
  to: string
  flow: string
  language: Language
  release?: number
  standing?: Standing
}

/** `blocked`: not even answered. `vip`: with a head start in every line. */
export type Standing = { as: 'blocked' } | { as: 'vip'; headStartMs: number }

/**
 * What earlier calls tell of a number. `language`: of the line that they dial now, where they have called it; `surveyedAt`:
 * when the number was last asked about a talk. Times in ms since 1970.
 */
export type Known = { lastAt: number; language?: Language; lastAgent?: string; surveyedAt?: number }

/** What was drawn for the call, from 0 to 99: under `share` it is asked. */
export type Draw = { readonly drawn: number; readonly share: number }

/** Why nobody is asked: by lot, or because that number was asked not long ago, or there is no such flow. */
export type Withheld = 'draw' | 'asked-lately' | 'no-such-flow'

export type FactKind = Fact['kind']

export const OUTCOMES = [
  'answered',
  'abandoned-in-flow',
  'abandoned-in-queue',
  'abandoned-ringing',
  'self-served',
  'voicemail',
  'callback-booked',
  'transferred-out',
  'closed',
  'blocked',
  // Of callbacks alone: given up after the last try; and not needed any more.
  'not-reached',
  'withdrawn',
  'failed',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export type OfferResult = MissReason | 'withdrawn'
/** `withdrawn`: nobody knows, or the caller was gone. */
export type OutsideResult = 'answered' | 'busy' | OfferResult
export type EndedBy = 'caller' | 'agent' | 'outside' | 'hotline' | 'asterisk' | 'supervisor'

/**
 * What became of the tape. `file` is null where nothing could be kept; `faults` are sentences, empty when it is whole.
 * `refused`: the disk did not take it, so the tape stays where Asterisk has left it, and is tried again.
 */
export type Recording = { file: string | null; ms: number; sha256: string | null; faults: string[]; refused?: true }

/**
 * Where somebody wants whoever waits: in that line, with so much of a head start in all, and with that agent. `from`: the agent at whose
 * phone they ring, and who sends them on.
 */
export type Moved = { by: string; queue?: string; headStartMs?: number; agent?: string; from?: string }
/** The call's own, and those of the parties of its talks, by leg; absent where there were none. */
export type Recordings = { recording: Recording; parties?: Record<string, Recording> }
export const recordingsOf = ({ recording, parties = {} }: Recordings): Recording[] => [
  recording,
  ...Object.values(parties),
]

/** What comes in from outside: Asterisk's events, a wait that is over, a decision of the waiting line. */
export type Happening = { readonly at: number } & (
  | ({ kind: 'Arrived' } & Arrival)
  | ({ kind: 'CallerKnown' } & Known)
  | { kind: 'Answered' }
  | { kind: 'KeyPressed'; key: string }
  | { kind: 'PromptEnded'; say: string; heard?: true }
  /** `isRefused`: Asterisk cannot record it. */
  | { kind: 'MessageSpoken'; message: string; spokenMs?: number; isRefused?: true }
  /** The agent whom they wait for has gone, or rests. */
  | { kind: 'FirstAgentAway' }
  | ({ kind: 'Moved' } & Moved)
  | ({ kind: 'LookedUp'; lookup: string } & Answered)
  | { kind: 'AgentChosen'; agent: string; why: Why }
  | { kind: 'LegRang'; leg: string }
  | { kind: 'LegAnswered'; leg: string }
  | { kind: 'LegEnded'; leg: string; cause: number }
  /** Pressed by whom we have called: the agent, or the customer. */
  | { kind: 'LegKey'; leg: string; key: string }
  /** For a while we did not hear the agent: whatever they have pressed is lost. */
  | { kind: 'AgentUnheard' }
  /** The customer whom we have called is on tape, and ours again. */
  | { kind: 'OnTape'; leg: string }
  | ({ kind: 'Booked' } & Opening)
  | ({ kind: 'AgentDials'; number: string } & OwnCall)
  | { kind: 'RangBack'; call: string }
  /** `isInVain`: somebody on duty has dialled them, and did not reach them. */
  | { kind: 'RangOff'; call: string; isServed: boolean; isInVain?: true }
  | { kind: 'Withdrawn'; because: Withdrawn; by?: string; reason?: string }
  | { kind: 'TakenOver'; call: string }
  | DutyHappening
  | Control
  | SupervisionAsked
  | { kind: 'LegHeld'; leg: string }
  | { kind: 'LegRetrieved'; leg: string }
  /** By this agent, who talks with them. */
  | { kind: 'SurveyPushed'; agent: string }
  | { kind: 'CallerGone'; cause: number; by: EndedBy }
  /** The caller's channel is no longer ours: hung up, unless we have handed it to the lifeboat ourselves. */
  | { kind: 'CallerLeftUs' }
  | { kind: 'WaitOver'; wait: Wait }
  | { kind: 'TapeNotMuted' }
  /** Their line is set otherwise, or is there no more. */
  | { kind: 'LineSet' }
  | { kind: 'DatabaseAway' }
  | { kind: 'LifeboatAnswered'; agent: string }
  | ({ kind: 'Filed' } & Recordings)
)
