import type { Fact } from '../../src/call/facts.ts'
import type { SupervisionTold } from '../../src/call/supervisionFacts.ts'

type Untimed<T> = T extends unknown ? Omit<T, 'at' | 'waits'> : never
const leg = 'h-1~8001~7'
const agent = '8001'

/** One of each, and its sentence. */
export const SUPERVISION_TOLD: { [K in SupervisionTold['kind']]: [Untimed<Extract<Fact, { kind: K }>>, string] } = {
  SupervisorAsked: [
    { kind: 'SupervisorAsked', supervisor: 'h-1~8009~9', phone: '8009', mode: 'coach', until: 1, by: 'person:li' },
    'The phone of 8009 is rung, to coach (by person:li)',
  ],
  SupervisorRang: [{ kind: 'SupervisorRang', supervisor: 'h-1~8009~9' }, 'The phone of 8009 rings'],
  SupervisorAnswered: [{ kind: 'SupervisorAnswered', supervisor: 'h-1~8009~9' }, '8009 answered'],
  SupervisorHears: [{ kind: 'SupervisorHears', supervisor: 'h-1~8009~9', ear: 'e' }, '8009 hears the talk'],
  SupervisionSet: [
    { kind: 'SupervisionSet', supervisor: 'h-1~8009~9', mode: 'barge', by: 'phone:8009' },
    '8009 is to barge in from now on (by phone:8009)',
  ],
  SupervisorLeft: [
    { kind: 'SupervisorLeft', supervisor: 'h-1~8009~9', cause: 16, by: 'person:li' },
    '8009 supervises no longer (cause 16) by person:li',
  ],
  TalkTakenOver: [
    { kind: 'TalkTakenOver', leg: 'h-1~8009~9', agent: '8009', from: leg, by: 'person:li' },
    'Agent 8009 takes the talk over (by person:li)',
  ],
  AgentRelieved: [{ kind: 'AgentRelieved', leg, agent, cause: 16 }, 'Agent 8001 is relieved of it'],
  ForceCleared: [{ kind: 'ForceCleared', by: 'person:li' }, 'The call is cleared by force (by person:li)'],
}
