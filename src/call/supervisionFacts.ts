/** What is told, and asked for, of those who supervise a talk. */

/** `listen` 监听: heard by nobody; `coach` 辅导: heard by the agent alone; `barge` 强插: heard by all. */
export const MODES = ['listen', 'coach', 'barge'] as const
export type Mode = (typeof MODES)[number]

/** `supervisor`: the leg to their phone, or the channel on which they have dialled; `phone`: whose it is, an agent's id; `by`: who has asked for it. */
export type SupervisionTold =
  | { kind: 'SupervisorAsked'; supervisor: string; phone: string; mode: Mode; until: number; by: string }
  | { kind: 'SupervisorRang'; supervisor: string }
  | { kind: 'SupervisorAnswered'; supervisor: string }
  /** By `ear`, a channel that hears what is said on the phone of the agent. */
  | { kind: 'SupervisorHears'; supervisor: string; ear: string }
  | { kind: 'SupervisionSet'; supervisor: string; mode: Mode; by: string }
  | { kind: 'SupervisorLeft'; supervisor: string; cause: number; by?: string }
  /** The talk is theirs from now on, and the supervisor is the agent who serves the caller: by the same leg. */
  | { kind: 'TalkTakenOver'; leg: string; agent: string; from: string; by: string }
  /** Whose talk it was. */
  | { kind: 'AgentRelieved'; leg: string; agent: string; cause: number }
  /** The caller is let go. */
  | { kind: 'ForceCleared'; by: string }

export type SupervisionAsked = {
  readonly by: string
} /** `channel`: on which they have dialled, and wait to be answered; absent: their phone is rung. */ & (
  | { kind: 'Supervise'; phone: string; mode: Mode; channel?: string }
  | { kind: 'SetSupervision'; phone: string; mode: Mode }
  | { kind: 'EndSupervision' | 'TakeOverTalk'; phone: string }
  | { kind: 'ForceClear' }
)
