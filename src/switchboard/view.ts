import type { Agent } from '../agent/agent.ts'
import type { View } from '../call/view.ts'
import { evaluate } from '../flows/expressions.ts'
import type { Language } from '../ivr/flow.ts'
import type { Centre } from './centre.ts'
import type { Matching } from './matching.ts'

const SHORT_ABANDON_MS = 5_000

/** What a call's decisions see of the centre and of its lines. */
export const viewOf = (centre: Centre, matching: Matching, agents: Agents, namedQueues: readonly string[]): View => ({
  flow: centre.flow,
  evaluate,
  queue: centre.queue,
  placeInLine: (queue, since) => matching.placeInLine(queue, since),
  staff: queue => matching.staff(queue),
  languageOf: agent => languageOf(agents, agent),
  shortAbandonMs: SHORT_ABANDON_MS,
  namedQueues,
})

type Agents = ReadonlyMap<string, Agent>

/** Who is nobody here is spoken to in Chinese, as most are. */
export const languageOf = (agents: Agents, id: string): Language => agents.get(id)?.language ?? 'zh'
