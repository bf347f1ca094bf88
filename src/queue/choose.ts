import type { Agent, AgentState } from '../agent/agent.ts'
import { lot } from './lot.ts'
import type { Queue, Strategy, Waiting } from './queue.ts'

/** Why a caller was offered to this agent: kept with the call, so that the decision can be explained years later. */
export type Why = {
  /** Older versions knew only the long one, which is most-skilled. `asked`: by the agent who had the caller. */
  rule: Strategy | 'most-skilled-then-longest-idle' | 'asked'
  /** The sum of the agent's levels in the skills needed. */
  level: number
  idleMs: number
  /** The next best of those who were ready and able, and why they were not chosen. */
  rivals: {
    agent: string
    level: number
    idleMs: number
    because: Disadvantage
  }[]
  /** How many signed-in agents could not be asked, by reason. */
  others: Partial<Record<Hindrance, number>>
  /** Who they were: some of them, those first who have the skills. Facts of older versions lack it. */
  named?: Partial<Record<Hindrance, string[]>>
}

export type Disadvantage =
  | 'missed-this-call'
  | 'sent-this-call-on'
  | 'less-skilled'
  | 'idle-less-long'
  | 'more-calls'
  | 'asked-more-recently'
  | 'drawn-later'
  | 'later-in-order'

/** `phone-busy`: ready, but on a call of their own, as while a code is dialled; `another-first`: the caller waits for one agent. */
export type Hindrance =
  | 'ringing'
  | 'dialling'
  | 'talking'
  | 'wrapping-up'
  | 'paused'
  | 'phone-busy'
  | 'not-skilled'
  | 'another-first'

/** Signed-in agents who are able to serve a line, by state. */
export type Staff = Partial<Record<Exclude<AgentState, 'signed-out'>, number>>

const RIVALS_KEPT = 3
/** A fact stays small, however many agents there are. */
const OTHERS_NAMED = 10

type Candidate = { agent: Agent; level: number; missed: boolean; deflected: boolean }
type Hindered = { agent: string; by: Hindrance }

const BY_SKILL: Rank[] = [
  { because: 'less-skilled', of: ({ level }) => -level },
  { because: 'idle-less-long', of: ({ agent }) => agent.idleSince },
]

/** What each strategy looks at, in this order; the lower is rung. */
const RANKS: Record<Strategy, Rank[]> = {
  'most-skilled': BY_SKILL,
  'longest-idle': [{ because: 'idle-less-long', of: ({ agent }) => agent.idleSince }],
  'fewest-calls': [
    { because: 'more-calls', of: ({ agent }, _, now) => agent.talks / hoursIn(agent, now) },
    { because: 'idle-less-long', of: ({ agent }) => agent.idleSince },
  ],
  'round-robin': [{ because: 'asked-more-recently', of: ({ agent }) => agent.offeredAt }],
  random: [{ because: 'drawn-later', of: ({ agent }, call) => lot(call, agent.id) }],
  'in-order': [],
  'ring-all': BY_SKILL,
}
type Rank = { because: Disadvantage; of: (candidate: Candidate, call: string, now: number) => number }
/** Or whoever has just signed in would get every call; and nobody gains by signing out and in. */
const hoursIn = ({ signedInAt }: Agent, now: number): number => Math.max(now - signedInAt, 900_000) / 3_600_000
const UNWANTED: Rank[] = [
  { because: 'sent-this-call-on', of: ({ deflected }) => Number(deflected) },
  { because: 'missed-this-call', of: ({ missed }) => Number(missed) },
]

type Chosen = { agent: Agent; why: Why }

/**
 * The ready agent whom this caller gets: not one who missed this call, or sent it on, if another can; then by the line's strategy. With
 * ring-all every one of them, the best first. Empty: nobody is ready who is able.
 */
export function chooseAgents(
  waiting: Waiting,
  agents: Iterable<Agent>,
  now: number,
  isBusy: (agent: string) => boolean,
): Chosen[] {
  const hindered: Hindered[] = []
  const candidates: Candidate[] = []
  const all = [...agents]
  for (const agent of all) {
    if (agent.state === 'signed-out') continue
    const level = levelFor(agent, waiting.queue)
    const hindrance = level === undefined ? 'not-skilled' : hindranceOf(agent, isBusy, waiting.only)
    if (hindrance) hindered.push({ agent: agent.id, by: hindrance })
    else candidates.push({ agent, level: level!, ...declined(waiting, agent.id) })
  }
  const ranks = [...UNWANTED, ...RANKS[waiting.queue.strategy]].map(({ because, of }) => ({
    because,
    of: (candidate: Candidate) => of(candidate, waiting.call, now),
  }))
  candidates.sort((a, b) => differ(ranks, a, b)?.by ?? inOrder(a, b))
  const others = tally(hindered)
  const [best, ...rest] = candidates
  const theirs = candidates.filter(({ agent }) => !isForAnother(waiting, agent.id, all))
  if (!best || theirs.length === 0) return []
  if (waiting.queue.strategy === 'ring-all') return theirs.map(one => chosen(waiting, one, [], others, now))
  const rivals = rest.slice(0, RIVALS_KEPT).map(c => ({
    agent: c.agent.id,
    level: c.level,
    idleMs: now - c.agent.idleSince,
    because: differ(ranks, c, best)?.because ?? 'later-in-order',
  }))
  return [chosen(waiting, best, rivals, others, now)]
}

const declined = ({ missedBy, deflectedBy = [] }: Waiting, agent: string) => ({
  missed: missedBy.includes(agent),
  deflected: deflectedBy.includes(agent),
})

/** This agent has sent them on, and somebody else is there for them. */
export function isForAnother(
  { queue, deflectedBy, isRung, only }: Waiting,
  agent: string,
  agents: Iterable<Agent>,
): boolean {
  if (!deflectedBy?.includes(agent) || only === agent) return false
  return isRung === true || [...agents].some(one => !deflectedBy.includes(one.id) && mayServeSoon(one, queue))
}

function chosen(
  { queue }: Waiting,
  { agent, level }: Candidate,
  rivals: Why['rivals'],
  others: Pick<Why, 'others' | 'named'>,
  now: number,
): Chosen {
  return { agent, why: { rule: queue.strategy, level, idleMs: now - agent.idleSince, rivals, ...others } }
}

/** Who has the skills, signed in or not. */
export const ableTo = (queue: Queue, agents: Iterable<Agent>): string[] =>
  [...agents].flatMap(agent => (levelFor(agent, queue) === undefined ? [] : agent.id))

/** Able, signed in and at work: they may be asked now, or when they have finished what they are at. */
export const mayServeSoon = (agent: Agent, queue: Queue): boolean =>
  agent.state !== 'signed-out' && agent.state !== 'paused' && levelFor(agent, queue) !== undefined

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

function hindranceOf({ state, id }: Agent, isBusy: (agent: string) => boolean, only = id): Hindrance | undefined {
  if (state === 'ready' && id !== only) return 'another-first'
  if (state === 'ready') return isBusy(id) ? 'phone-busy' : undefined
  return state === 'signed-out' ? undefined : state
}

/** The sum of levels in the skills the queue needs; undefined if one is missing or too low. */
export function levelFor(agent: Agent, queue: Pick<Queue, 'skills'>): number | undefined {
  let sum = 0
  for (const skill in queue.skills) {
    const level = agent.skills[skill]
    if (level === undefined || level < queue.skills[skill]!) return undefined
    sum += level
  }
  return sum
}

/** The first in which the two differ. */
function differ(
  ranks: readonly Pick<Rank, 'because'>[] & readonly { of: (one: Candidate) => number }[],
  a: Candidate,
  b: Candidate,
) {
  for (const { because, of } of ranks) {
    const by = of(a) - of(b)
    if (by !== 0) return { because, by }
  }
  return undefined
}

const inOrder = (a: Candidate, b: Candidate): number => (a.agent.id < b.agent.id ? -1 : 1)
