import type { EndedBy, OutsideResult } from './facts.ts'

/** What is told, and asked for, of a talk with more than two: in the words of call control (CSTA, ECMA-269). */

/** Where a caller is sent on to, without a word before. */
export type Destination =
  | { readonly queue: string }
  | { readonly flow: string }
  | { readonly agent: string }
  /** As the trunk is asked for it; `shows`: the number of ours that they see. */
  | { readonly number: string; readonly shows?: string }

/** Who is asked into a talk. */
export type Invited = Extract<Destination, { agent: string } | { number: string }>

/** `by`: who has done it, the agent on their phone (`phone:8001`), or a person or a program (`person:li`, `key:crm`). `agent`: whose phone it is; absent of a number outside. */
export type PartyTold =
  | ({
      kind: 'PartyAsked'
      party: string
      role: 'consulted' | 'conferee'
      by: string
      until: number
    } & Partial<Record<'agent' | 'number' | 'shows', string>>)
  | { kind: 'PartyRang'; party: string }
  | { kind: 'PartyAnswered'; party: string; agent?: string }
  /** They are on tape, and in the talk. */
  | { kind: 'PartyJoined'; party: string }
  | { kind: 'PartyEnded'; party: string; agent?: string; result: OutsideResult; cause: number; by?: string }
  | { kind: 'PartyHeld'; party: string; by: string }
  | { kind: 'PartyRetrieved'; party: string; by: string }
  | { kind: 'PartyMuted'; party: string; by: string }
  | { kind: 'PartyUnmuted'; party: string; by: string }
  /** Whoever was consulted is with the caller, and so is the agent. */
  | { kind: 'Conferenced'; by: string }
  /** The agent leaves, and the talk is that party's. */
  | { kind: 'Transferred'; leg: string; agent: string; to: string; cause: number; by: string }
  /** The agent leaves, and the caller goes on to there. */
  | { kind: 'TransferredOn'; leg: string; agent: string; to: Destination; by: string }
  /** And those of their talk go on without them, who are one of our agents and somebody. `goneAt`: they were gone by then. */
  | { kind: 'CallerLeft'; by: EndedBy; cause: number; goneAt?: number }
  /** Nothing of the talk is recorded, for that reason and so long at most. */
  | { kind: 'RecordingPaused'; by: string; because: string; until: number }
  /** `isRefused`: Asterisk has not paused it. `by` absent: it was over. */
  | { kind: 'RecordingResumed'; by?: string; isRefused?: true }

export type Asked = { readonly by: string } & (
  | { kind: 'HoldCall' | 'RetrieveCall' | 'AlternateCall' | 'ConferenceCall' | 'TransferCall' | 'ClearConnection' }
  | { kind: 'ConsultationCall'; invited: Invited }
  | { kind: 'InviteParty'; invited: Invited }
  | { kind: 'SingleStepTransfer'; to: Destination }
  | { kind: 'ClearParty'; party: string }
  | { kind: 'MuteParty'; party: string; isMuted: boolean }
  | { kind: 'PauseRecording'; because: string; until: number }
  | { kind: 'ResumeRecording' }
)
