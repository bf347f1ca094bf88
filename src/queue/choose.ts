import type { Agent, AgentState } from '../agent/agent.ts'
import type { Queue, Waiting } from './queue.ts'

/** Why a caller was offered to this agent: kept with the call, so that the decision can be explained years later. */
export type Why = {
  rule: 'most-skilled-then-longest-idle'
  /** The sum of the agent's levels in the skills needed. */
  level: number
  idleMs: number
  /** The next best of those who were ready and able, and why they were not chosen. */
  rivals: {
    agent: string
    level: number
    idleMs: number
    because: 'less-skilled' | 'idle-less-long' | 'missed-this-call'
  }[]
  /** How many signed-in agents could not be asked, by reason. */
  others: Partial<Record<Hindrance, number>>
  /** Who they were: some of them, those first who have the skills. Facts of older versions lack it. */
  named?: Partial<Record<Hindrance, string[]>>
}

/** `phone-busy`: ready, but on a call of their own, as while a code is dialled. */
export type Hindrance = 'ringing' | 'talking' | 'wrapping-up' | 'paused' | 'phone-busy' | 'not-skilled'

/** Signed-in agents who are able to serve a line, by state. */
export type Staff = Partial<Record<Exclude<AgentState, 'signed-out'>, number>>

const RIVALS_KEPT = 3
/** A fact stays small, however many agents there are. */
const OTHERS_NAMED = 10

type Candidate = { agent: Agent; level: number; missed: boolean }
type Hindered = { agent: string; by: Hindrance }

/** The ready agent whom this caller gets: not one who missed this call if another can; most skilled; longest idle. */
export function chooseAgent(
  waiting: Waiting,
  agents: Iterable<Agent>,
  now: number,
  isBusy: (agent: string) => boolean,
): { agent: Agent; why: Why } | undefined {
  const hindered: Hindered[] = []
  const candidates: Candidate[] = []
  for (const agent of agents) {
    if (agent.state === 'signed-out') continue
    const level = levelFor(agent, waiting.queue)
    const hindrance = level === undefined ? 'not-skilled' : hindranceOf(agent, isBusy)
    if (hindrance) hindered.push({ agent: agent.id, by: hindrance })
    else candidates.push({ agent, level: level!, missed: waiting.missedBy.includes(agent.id) })
  }
  candidates.sort(better)
  const [best, ...rest] = candidates
  if (!best) return undefined
  const rivals = rest.slice(0, RIVALS_KEPT).map(c => ({
    agent: c.agent.id,
    level: c.level,
    idleMs: now - c.agent.idleSince,
    because: disadvantage(c, best),
  }))
  const why: Why = {
    rule: 'most-skilled-then-longest-idle',
    level: best.level,
    idleMs: now - best.agent.idleSince,
    rivals,
    ...tally(hindered),
  }
  return { agent: best.agent, why }
}

/** The able agents who are signed in, by state. */
export function staffOf(queue: Queue, agents: Iterable<Agent>): Staff {
  const staff: Staff = {}
  for (const agent of agents) {
    if (agent.state === 'signed-out' || levelFor(agent, queue) === undefined) continue
    staff[agent.state] = (staff[agent.state] ?? 0) + 1
  }
  return staff
}

function tally(hindered: readonly Hindered[]): Required<Pick<Why, 'others' | 'named'>> {
  const others: Why['others'] = {}
  for (const { by } of hindered) others[by] = (others[by] ?? 0) + 1
  const isAble = ({ by }: Hindered): boolean => by !== 'not-skilled'
  const ableFirst = [...hindered.filter(isAble), ...hindered.filter(one => !isAble(one))]
  const named: Why['named'] = {}
  for (const { agent, by } of ableFirst.slice(0, OTHERS_NAMED)) named[by] = [...(named[by] ?? []), agent]
  return { others, named }
}

function hindranceOf({ state, id }: Agent, isBusy: (agent: string) => boolean): Hindrance | undefined {
  if (state === 'ready') return isBusy(id) ? 'phone-busy' : undefined
  return state === 'signed-out' ? undefined : state
}

/** The sum of levels in the skills the queue needs; undefined if one is missing or too low. */
export function levelFor(agent: Agent, queue: Queue): number | undefined {
  let sum = 0
  for (const skill in queue.skills) {
    const level = agent.skills[skill]
    if (level === undefined || level < queue.skills[skill]!) return undefined
    sum += level
  }
  return sum
}

const better = (a: Candidate, b: Candidate): number =>
  Number(a.missed) - Number(b.missed) ||
  b.level - a.level ||
  a.agent.idleSince - b.agent.idleSince ||
  (a.agent.id < b.agent.id ? -1 : 1)

function disadvantage(loser: Candidate, best: Candidate): Why['rivals'][number]['because'] {
  if (loser.missed && !best.missed) return 'missed-this-call'
  return loser.level < best.level ? 'less-skilled' : 'idle-less-long'
}
