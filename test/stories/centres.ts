import type { Agent } from '../../src/agent/agent.ts'
import { type Queue, STRATEGIES } from '../../src/queue/queue.ts'
import type { Random } from '../random.ts'

/** The lines and the agents of a story. */

export function someQueues({ pick, chance }: Random): Queue[] {
  const strategy = () => (chance(0.3) ? 'ring-all' : pick(STRATEGIES))
  const line = {
    relaxing: chance(0.5) ? [] : [{ afterMs: 20_000, skills: {} }],
    repeatWithinMs: 86_400_000,
    repeatHeadStartMs: 10_000,
    lastAgentMs: pick([0, 20_000]),
    mostWaiting: chance(0.5) ? null : 2,
    overflow: {
      length: 'direct-operator',
      ...(chance(0.5) && { wait: pick(['direct-operator', 'sorry']) }),
      ...(chance(0.5) && { nobody: pick(['direct-support', 'sorry']) }),
    },
    survey: pick([null, SURVEYED, SURVEYED, { flow: 'story-survey', share: 50, everyDays: 1 }]),
    shows: null,
    callback: {
      ...{ keepsPlace: chance(0.5), afterLowScore: chance(0.5), withinMs: 3_600_000 },
      pausesMs: pick([[], [30_000], [60_000, 300_000]]),
    },
    ringMs: 15_000,
    wrapUpMs: pick([0, 3_000, 10_000]),
    announceEveryMs: 30_000,
    music: pick([null, 'jazz']),
    comfort: { prompts: pick([[], ['comfort-app', 'comfort-web']]), firstMs: pick([3_000, 20_000]), everyMs: 10_000 },
    longestWaitMs: chance(0.5) ? 900_000 : 60_000,
    serviceLevelMs: 30_000,
  }
  return [
    { id: 'sales', skills: { sales: 1 }, ...line, strategy: strategy(), headStartMs: pick([0, 30_000]) },
    { id: 'support', skills: { support: 2 }, ...line, strategy: strategy(), headStartMs: pick([0, 10_000]) },
    { id: 'operator', skills: {}, ...line, strategy: strategy(), headStartMs: 0, wrapUpMs: 0 },
  ]
}

const SURVEYED = { flow: 'survey', share: 100, everyDays: 0 }

export function someAgents({ between, upTo }: Random, now: number): Agent[] {
  return Array.from({ length: between(2, 8) }, (_, i) => ({
    id: String(8_001 + i),
    language: 'zh',
    team: '',
    by: null,
    phone: null,
    skills: { ...(i % 3 === 0 ? {} : { sales: 1 + upTo(9) }), ...(i % 3 === 1 ? {} : { support: 1 + upTo(9) }) },
    version: 0,
    state: 'signed-out',
    reason: null,
    since: now,
    call: null,
    idleSince: now,
    signedInAt: now,
    talks: 0,
    offeredAt: now,
    next: null,
    wakeAt: null,
  }))
}
