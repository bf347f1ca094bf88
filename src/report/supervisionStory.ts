import type { Fact } from '../call/facts.ts'
import type { Mode, SupervisionTold } from '../call/supervisionFacts.ts'

/** What is told of those who supervise. */
export const SUPERVISION_SENTENCES: { [K in SupervisionTold['kind']]: (fact: Extract<Fact, { kind: K }>) => string } = {
  SupervisorAsked: f => `The phone of ${f.phone} is rung, to ${MODE[f.mode]} (by ${f.by})`,
  SupervisorRang: f => `The phone of ${phoneOf(f.supervisor)} rings`,
  SupervisorAnswered: f => `${phoneOf(f.supervisor)} answered`,
  SupervisorHears: f => `${phoneOf(f.supervisor)} hears the talk`,
  SupervisionSet: f => `${phoneOf(f.supervisor)} is to ${MODE[f.mode]} from now on (by ${f.by})`,
  SupervisorLeft: f =>
    `${phoneOf(f.supervisor)} supervises no longer (cause ${f.cause})${f.by === undefined ? '' : ` by ${f.by}`}`,
  TalkTakenOver: f => `Agent ${f.agent} takes the talk over (by ${f.by})`,
  AgentRelieved: f => `Agent ${f.agent} is relieved of it`,
  ForceCleared: f => `The call is cleared by force (by ${f.by})`,
}

const MODE: Record<Mode, string> = { listen: 'listen', coach: 'coach', barge: 'barge in' }

/** Of a leg's id, which names whose phone it is. */
const phoneOf = (leg: string): string => leg.split('~')[1] ?? leg
