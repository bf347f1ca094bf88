import type { Language, Prompt, Scale, TransferOutNode, Variables } from '../ivr/flow.ts'
import type { Asked, Limits, Place } from '../ivr/step.ts'
import type { Overflow } from '../queue/queue.ts'
import type { PartyTape, Pause, Span, Together } from '../recording/tape.ts'
import type { Duty } from './duty.ts'
import type { EndedBy, Known, Outcome, OutsideResult, Recording, Standing } from './facts.ts'
import type { Outbound } from './ownCall.ts'
import type { Party } from './party.ts'
import type { Booking, TryResult } from './promises.ts'
import type { Supervisor } from './supervision.ts'
import type { Comforted, PromisedWait } from './toldInLine.ts'
import type { Wait } from './waits.ts'

/**
 * A call's phases:
 *
 *   arriving → in-flow → queued ⇄ ringing → talking → surveying → ended
 *                 ⇅
 *         leaving-voicemail, transferring-out
 *
 * `ringing` begins with an agent's offer and lasts until the two are connected, so it includes the announcement of the
 * agent's id; until then the caller keeps their place in the line.
 * `leaving-voicemail` lasts until the message is kept or dropped (a comment about a talk is part of `surveying`), `transferring-out` from the dialling until the number outside
 * has not answered, or hangs up. From any phase the caller may leave: → ended.
 * Calls that we make have phases of their own before the talk: `callback.ts` and `outbound.ts` tell them.
 */
export type Phase =
  | 'arriving'
  | 'in-flow'
  | 'leaving-voicemail'
  | 'scheduled'
  | 'transferring-out'
  | 'queued'
  | 'ringing'
  | 'dialling'
  | 'talking'
  | 'surveying'
  | 'ended'

/** Absent: `inbound`. `internal`: of somebody on duty. */
export type Direction = 'callback' | 'outbound' | 'internal'

/** The promise to call somebody back, which is a call of its own. Times in ms since 1970. */
export type Callback = Pick<Booking, 'because' | 'promisedAt' | 'promisedUntil'> & {
  /** The call in which it was promised. */
  readonly of: string
  /** The bookings that it stands for, and what was spoken in them. */
  readonly bookings: readonly string[]
  readonly messages: readonly NonNullable<Booking['message']>[]
  readonly tries: readonly Try[]
  /** How many of them there were when it was promised last. */
  readonly triedBefore: number
  /** Put off, it will stand in the line where it stood; absent: where it then is its turn. */
  readonly keepsPlace?: boolean
  /** Calls that have the customer on the line with us: whoever calls is not called. */
  readonly callingIn: readonly string[]
  /** Of the try that is under way: since when the customer's phone is dialled, and when they picked up. */
  readonly dialledAt: number | null
  readonly reachedAt: number | null
}

/** `at`: when the customer's phone was dialled. */
export type Try = { readonly at: number; readonly agent: string; readonly result: TryResult; readonly cause: number }

/** What a caller has spoken for those who call back, or as a comment: that part of what comes from them. Times in ms since 1970. */
export type Message = Readonly<Limits> & {
  readonly id: string
  readonly from: number
  /** Null while it is being spoken. */
  readonly to: number | null
  readonly spokenMs?: number
}

export type Answer = Rated | Spoken
export type Rated = {
  readonly name: string
  readonly scale: Scale
  readonly score: number
  /** A person is to know of it. */
  readonly low: boolean
}
/** In their own words, to be heard under the id `message`; `ms`: from the tone on. */
export type Spoken = { readonly name: string; readonly scale: 'spoken'; readonly message: string; readonly ms: number }

/** The call's way to one agent, from the offer to its end. Times in ms since 1970. */
export type Leg = {
  readonly id: string
  readonly agent: string
  readonly offeredAt: number
  /** Until when it may ring; absent in a leg that was written before each had its own time. */
  readonly ringsUntil?: number
  readonly rangAt: number | null
  readonly answeredAt: number | null
  readonly connectedAt: number | null
  readonly endedAt: number | null
  /** How the offer ended where it did not lead to a talk. */
  readonly result: OutsideResult | null
  readonly cause: number | null
  readonly heldSince: number | null
  /** By us: the caller is out of the room. Else the agent's phone does it; `phoneHolds`: that does in any case. */
  readonly heldHere?: boolean
  readonly phoneHolds?: boolean
  readonly heldMs: number
  /** When it was on hold; absent in a leg that was written before this was kept. */
  readonly holds?: readonly Span[]
  /** Beside the agent who serves the caller; absent: it is theirs. */
  readonly role?: Role
}

export type Role = 'consulted' | 'conferee'

/** The call's way to a number outside, from the dialling to its end. Times in ms since 1970. */
export type Outside = {
  readonly id: string
  /** As it was dialled. */
  readonly number: string
  readonly meanwhile: TransferOutNode['meanwhile']
  readonly dialledAt: number
  readonly rangAt: number | null
  /** And the two were put through. */
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly result: OutsideResult | null
  readonly cause: number | null
  /** In a talk with an agent; absent: the caller was put through to it. */
  readonly role?: Role
  readonly ringsUntil?: number
}

export type Call = {
  readonly id: string
  /** How many facts are folded in. */
  readonly seq: number
  readonly lastAt: number
  readonly phase: Phase
  readonly direction?: Direction
  readonly callback?: Callback
  readonly outbound?: Outbound
  readonly duty?: Duty
  /** The callbacks that it has promised; absent where there are none. */
  readonly booked?: readonly Booking[]
  readonly channel: string
  readonly from: string
  readonly name: string
  readonly to: string
  readonly flow: string
  readonly release?: number
  readonly language: Language
  /** What the centre's list says of the number. */
  readonly standing?: Standing
  /** When the number last called, and whom they talked with. */
  readonly known?: Known
  readonly arrivedAt: number
  readonly answeredAt: number | null
  /** How many keys were pressed; absent: none. */
  readonly keys?: number
  readonly place: Place | null
  /** A customer system is being asked, and perhaps music plays until it has answered. */
  readonly lookup?: { readonly id: string; readonly asked: Asked; readonly hasMusic?: true } | null
  /** The message or comment that is being spoken, or looked over, and those that were left; absent where there is none. */
  readonly message?: Message | null
  readonly messages?: readonly Message[]
  readonly comments?: readonly Message[]
  /** What its flow has set, and what was keyed in; absent where nothing was. */
  readonly words?: Variables
  /** The prompt being spoken to the caller, and the one to the agent. */
  readonly saying: string | null
  readonly sayingToAgent: string | null
  /** Since when the caller is being told something, and when they were before; absent in a call from before this was kept. */
  readonly sayingSince?: number | null
  readonly said?: readonly Span[]
  /** Prompts that a later one was to cut short, until a later one is heard: where we died in between, they may still be being said. */
  readonly cutShort?: readonly string[]
  readonly queue: string | null
  /** When they joined their first line: their place in every other. */
  readonly queuedAt: number | null
  /** So much earlier than that they stand in the line. */
  readonly headStartMs?: number
  /** The agent whom they wait for, for a while. */
  readonly first?: string | null
  /** When they joined this one; null: it has sent them on; absent in a call from before lines led on. */
  readonly lineAt?: number | null
  /** How often this line's skills were relaxed for them. */
  readonly relaxed?: number
  /** Lines that have sent them on, and why: not again from there for the same reason. */
  readonly sentOn?: readonly SentOn[]
  /** What plays to them in this line; null: the music of the house, as in a call from before lines had their own. */
  readonly music?: Prompt | null
  /** Of this line's comfort messages: how many they were told, the last one and when; and for when that put off their place. */
  readonly comfort?: Comforted | null
  readonly promise?: PromisedWait
  /** How many were ahead on joining this one. */
  readonly aheadAtFirst: number | null
  readonly missedBy: readonly string[]
  /** Who has sent them on while they rang there, and has not missed them since; absent where nobody has. */
  readonly deflectedBy?: readonly string[]
  /** The one that an agent has answered, or else the one that was offered last. */
  readonly leg: Leg | null
  /** When an agent first talked with them, who did last, and until when; absent where nobody has, or in a call from before this was kept. */
  readonly servedAt?: number
  readonly servedBy?: string
  readonly servedUntil?: number | null
  /** When one first did in the line in which they are; null: nobody has; absent in a call from before this was kept. */
  readonly servedHereAt?: number | null
  /** When they were together with somebody, which is on their tape; and the tapes of others' phones. */
  readonly talk?: Together
  readonly tapes?: readonly PartyTape[]
  readonly pauses?: readonly Pause[]
  /** Who else is in the talk, or was a moment ago; absent where nobody was. */
  readonly parties?: readonly Party[]
  /** The caller has left, and those of their talk talk on; absent while they are there. `at`: when their tape ended, ms since 1970. */
  readonly left?: { readonly at: number; readonly by: EndedBy; readonly cause: number }
  /** Who listens, or did; absent where nobody has. */
  readonly supervisors?: readonly Supervisor[]
  /** The last number outside that was dialled; absent where none was. */
  readonly outside?: Outside | null
  /** Where all are rung at once: the others of that ring; absent where there were none. */
  readonly alsoRung?: readonly Leg[]
  readonly surveyOffered: boolean
  /** Which survey, and which version of it; absent where none was offered. */
  readonly survey?: { readonly flow: string; readonly release: number }
  /** When the number was asked about a talk before. */
  readonly surveyedAt?: number
  /** What was answered first on 1 to 5. */
  readonly rating: number | null
  /** All that was answered, by name; absent where nothing was. */
  readonly answers?: readonly Answer[]
  /** Set when the hotline itself ends the call. */
  readonly dismissed: Outcome | null
  readonly isForceCleared?: true
  readonly inLifeboat: boolean
  readonly waits: Readonly<Partial<Record<Wait, number>>>
  readonly outcome: Outcome | null
  readonly lineOutcome?: Outcome
  readonly short: boolean
  readonly endedAt: number | null
  /** Set where the caller was gone before `endedAt`, and so the tape at its end. */
  readonly goneAt?: number
  readonly endedBy: EndedBy | null
  readonly cause: number | null
  readonly recording: Recording | null
}

/** `joinedAt`: ms since 1970; absent where they were turned away at its door, and in a call from before this was kept. */
export type SentOn = {
  readonly queue: string
  /** `agent`: who served them there. */
  readonly because: Overflow | 'moved' | 'agent'
  readonly joinedAt?: number
  /** By the agent: when one first talked with them there, ms since 1970. */
  readonly servedAt?: number
}

/** Since when they are, or were to the end, in their last line; null: in none. ms. */
export const lineSince = ({ lineAt, queuedAt }: Call): number | null => (lineAt === undefined ? queuedAt : lineAt)

export const isRated = (answer: Answer): answer is Rated => answer.scale !== 'spoken'

/** Since when Asterisk has the caller's channel, or the customer's: a promise is older. ms since 1970. */
export const inAsteriskSince = ({ callback, arrivedAt, answeredAt }: Call): number =>
  callback ? (answeredAt ?? Number.POSITIVE_INFINITY) : arrivedAt

/** The earliest of a call's waits. */
export function nextWait(call: Call): { wait: Wait; at: number } | undefined {
  let first: { wait: Wait; at: number } | undefined
  for (const [wait, at] of Object.entries(call.waits) as [Wait, number][]) {
    if (!first || at < first.at) first = { wait, at }
  }
  return first
}

/** A recording of its was refused by the disk, and is still to be filed. */
export const isRefused = (call: Call): boolean => call.recording?.refused === true

/** Nothing more can happen to it: its recording is filed. */
export const isClosed = (call: Call): boolean => call.recording !== null && !isRefused(call)

/** That is dialled, or talks now. */
export const openOutside = ({ outside }: Call): Outside | null => (outside && outside.endedAt === null ? outside : null)

export const legsOf = ({ leg, alsoRung = [] }: Call): readonly Leg[] => (leg ? [leg, ...alsoRung] : [])

/** Those that ring now, or the one that was answered. */
export const openLegs = (call: Call): Leg[] => legsOf(call).filter(leg => leg.endedAt === null)

/** The first of them. Of a call that no line with ring-all has, there is no other. */
export const openLeg = (call: Call): Leg | null => openLegs(call)[0] ?? null

/** Its phones ring, and nobody has answered. */
export const ringsOn = (call: Call): boolean => call.phase === 'ringing' && openLeg(call)?.answeredAt === null
