import type { MissReason } from '../agent/agent.ts'
import type { Language, Prompt, Value } from '../ivr/flow.ts'
import type { Place } from '../ivr/walk.ts'
import type { Staff, Why } from '../queue/choose.ts'

/** What is known to have happened in a call. Facts are only ever added; everything else about a call is folded from them. */
export type Fact = {
  readonly at: number
  /** What is waited for from now on, and until when. */
  readonly waits?: Partial<Record<Wait, number>>
} & (
  | ({ kind: 'CallArrived' } & Arrival)
  | { kind: 'CallAnswered' }
  /** The caller is being told something; `say` names the playback. In a flow `place` says where they stand. */
  | { kind: 'Prompted'; say: string; prompts: Prompt[]; place: Place | null }
  /** `heard`: Asterisk has told so; else it is concluded, and the prompt may never have been spoken. */
  | { kind: 'PromptFinished'; say: string; heard?: true }
  | { kind: 'KeyPressed'; key: string }
  | { kind: 'KeyMissed' }
  /** Part of a number has been keyed in (`place.keyed`), and another key is waited for. */
  | { kind: 'KeysKept'; place: Place }
  /** A word of the flow's has a value, such as a number that was keyed in. */
  | { kind: 'WordSet'; name: string; value: Value }
  /** An expression of the flow's could not be told. */
  | { kind: 'FlowFault'; node: string; sentence: string }
  | { kind: 'LanguageChosen'; language: Language }
  /** Joined a waiting line behind `ahead` others; `waitMs` is what was told, null where no wait was. Older versions wrote no `staff`. */
  | { kind: 'Queued'; queue: string; ahead: number; waitMs: number | null; staff?: Staff }
  | { kind: 'PlaceTold'; ahead: number; waitMs: number | null }
  | { kind: 'AgentOffered'; agent: string; leg: string; why: Why }
  | { kind: 'AgentRang'; leg: string }
  | { kind: 'OfferEnded'; leg: string; agent: string; result: OfferResult; cause: number }
  | { kind: 'AgentAnswered'; leg: string; agent: string }
  /** The agent heard whose call it is (the caller's side is a Prompted). Older versions spoke Chinese, and wrote no `language`. */
  | { kind: 'AgentPrompted'; say: string; prompts: Prompt[]; language?: Language }
  | { kind: 'Connected'; leg: string; agent: string; bridge: string }
  | { kind: 'Held'; leg: string }
  | { kind: 'Retrieved'; leg: string }
  | { kind: 'AgentLeft'; leg: string; agent: string; cause: number }
  | { kind: 'SurveyOffered' }
  | { kind: 'SurveyAnswered'; rating: number }
  /** The hotline itself ends the call, and this is what it will have been. */
  | { kind: 'Dismissed'; outcome: Outcome }
  /** The service could not go on: the dialplan's own queue takes the caller. */
  | { kind: 'HandedToLifeboat'; queue: string }
  | { kind: 'LifeboatConnected'; agent: string; leg: string }
  /** `goneAt`: the caller was gone by then, which we heard only after we had written more of the call. */
  | { kind: 'CallEnded'; outcome: Outcome; short: boolean; by: EndedBy; cause: number; goneAt?: number }
  | { kind: 'RecordingFiled'; recording: Recording }
)

/** `release`: which versions of the flows the call keeps to; older versions of Hotline wrote none. */
type Arrival = {
  channel: string
  from: string
  name: string
  to: string
  flow: string
  language: Language
  release?: number
}

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
  'failed',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export type OfferResult = MissReason | 'withdrawn'
export type EndedBy = 'caller' | 'agent' | 'hotline' | 'asterisk'

/**
 * What became of the tape. `file` is null where nothing could be kept; `faults` are sentences, empty when it is whole.
 * `refused`: the disk did not take it, so the tape stays where Asterisk has left it, and is tried again.
 */
export type Recording = { file: string | null; ms: number; sha256: string | null; faults: string[]; refused?: true }

/** What comes in from outside: Asterisk's events, a wait that is over, a decision of the waiting line. */
export type Happening = { readonly at: number } & (
  | ({ kind: 'Arrived' } & Arrival)
  | { kind: 'Answered' }
  | { kind: 'KeyPressed'; key: string }
  | { kind: 'PromptEnded'; say: string; heard?: true }
  | { kind: 'AgentChosen'; agent: string; why: Why }
  | { kind: 'LegRang'; leg: string }
  | { kind: 'LegAnswered'; leg: string }
  | { kind: 'LegEnded'; leg: string; cause: number }
  | { kind: 'LegHeld'; leg: string }
  | { kind: 'LegRetrieved'; leg: string }
  | { kind: 'CallerGone'; cause: number; by: EndedBy }
  /** The caller's channel is no longer ours: hung up, unless we have handed it to the lifeboat ourselves. */
  | { kind: 'CallerLeftUs' }
  | { kind: 'WaitOver'; wait: Wait }
  /** There is no such queue any more. */
  | { kind: 'QueueGone' }
  | { kind: 'DatabaseAway' }
  | { kind: 'LifeboatAnswered'; agent: string }
  | { kind: 'Filed'; recording: Recording }
)

/** What a call can be waiting for. Each is a row with its time; a timer only wakes whoever reads it. */
export type Wait = 'prompt' | 'key' | 'ring' | 'announce' | 'longest-wait' | 'filing'
