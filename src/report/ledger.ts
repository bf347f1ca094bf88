import type { Knex } from 'knex'
import { type FactKind, OUTCOMES, type Outcome } from '../call/facts.ts'
import { type AgentTimeLine, agentFaults, agentsTime } from './agent-faults.ts'
import { callFaults } from './call-faults.ts'
import type { Interval } from './interval.ts'
import { addLine, countLines, type LineCounted, lineFault } from './ledger-lines.ts'
import { outsideFaults } from './outside-faults.ts'
import { rows, snapshot, TooMuch } from './snapshot.ts'

/** Whom or what a fault concerns, and what is wrong, as a sentence. */
export type Culprit = { what: 'call' | 'leg' | 'agent' | 'queue'; id: string; fault: string }

export type LedgerReport = {
  balances: boolean
  /** offered: counted from the facts; outcomes and open: from the records. offered = the sum of outcomes + open. */
  calls: Counted
  /** The same of callbacks: offered are those that were begun. */
  callbacks: Counted
  /** The same of agents' own calls. */
  outbound: Counted
  /** The same by waiting line: offered, by the facts, = the sum of outcomes + sentOn + open, by the records. */
  queues: LineCounted[]
  /** Each agent's time, ms: signed in (from sign-in to sign-out) = the sum of the states. */
  agents: AgentTimeLine[]
  culprits: Culprit[]
}

type Counted = { offered: number; outcomes: Record<Outcome, number>; open: number }

/** More of them say no more. */
const CULPRITS_SHOWN = 200

/**
 * Whether the books balance, for the calls that arrived in the interval and the agents' time that touches it: every call
 * in exactly one outcome, every signed-in ms in exactly one state, and the records as the facts tell them. Throws TooMuch
 * where it is not done within `withinMs`: then no further part is begun.
 */
export function ledgerReport(
  knex: Knex,
  interval: Interval,
  now: number,
  withinMs = Number.POSITIVE_INFINITY,
): Promise<LedgerReport> {
  const until = performance.now() + withinMs
  return snapshot(knex, async moment => {
    const calls: Counted = { offered: 0, outcomes: NONE, open: 0 }
    const callbacks: Counted = { ...calls }
    const outbound: Counted = { ...calls }
    const lines = new Map<string, LineCounted>()
    const agents = new Map<string, AgentTimeLine>()
    const culprits: Culprit[] = []
    for (const part of await partsOf(moment, interval)) {
      if (performance.now() >= until) throw new TooMuch()
      addCalls(calls, await countCalls(moment, part, 'CallArrived', 'inbound'))
      addCalls(callbacks, await countCalls(moment, part, 'CallbackOpened', 'callback'))
      addCalls(outbound, await countCalls(moment, part, 'AgentDialled', 'outbound'))
      for (const line of await countLines(moment, part)) addLine(lines, line)
      for (const line of await agentsTime(moment, part, now)) addTime(agents, line)
      culprits.push(...(await outsideFaults(moment, part)))
      culprits.push(...(await callFaults(moment, part)), ...(await agentFaults(moment, part)))
    }
    const queues = [...lines.values()].sort(byQueue)
    return verdict({ calls, callbacks, outbound, queues, agents: [...agents.values()].sort(byAgent), culprits })
  })
}

function verdict(found: Omit<LedgerReport, 'balances'>): LedgerReport {
  const { calls, callbacks, outbound, queues, agents, culprits } = found
  const faults = agents.filter(line => line.signedInMs !== line.statesMs).map(unequal)
  const all = unique([...faults, ...queues.flatMap(lineFault), ...culprits])
  const balances = all.length === 0 && [calls, callbacks, outbound].every(isEven)
  return { ...found, balances, culprits: all.slice(0, CULPRITS_SHOWN) }
}

const isEven = ({ offered, outcomes, open }: Counted): boolean =>
  OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], open) === offered

const byQueue = (a: LineCounted, b: LineCounted): number => (a.queue < b.queue ? -1 : 1)

const byAgent = (a: AgentTimeLine, b: AgentTimeLine): number => (a.agent < b.agent ? -1 : 1)

/** A state that lasts from one part of the interval into the next is met in both. */
const unique = (culprits: Culprit[]): Culprit[] => [...new Map(culprits.map(c => [JSON.stringify(c), c])).values()]

const unequal = (line: AgentTimeLine): Culprit => ({
  what: 'agent',
  id: line.agent,
  fault: `signed in for ${line.signedInMs} ms, but the states add up to ${line.statesMs} ms`,
})

const NONE = Object.fromEntries(OUTCOMES.map(outcome => [outcome, 0])) as Record<Outcome, number>

function addCalls(sum: Counted, part: Counted): void {
  sum.offered += part.offered
  sum.open += part.open
  sum.outcomes = { ...sum.outcomes }
  for (const outcome of OUTCOMES) sum.outcomes[outcome] += part.outcomes[outcome]
}

function addTime(sum: Map<string, AgentTimeLine>, { agent, signedInMs, statesMs }: AgentTimeLine): void {
  const before = sum.get(agent)
  sum.set(agent, {
    agent,
    signedInMs: signedInMs + (before?.signedInMs ?? 0),
    statesMs: statesMs + (before?.statesMs ?? 0),
  })
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const CALLS_AT_ONCE = 5_000

/** The interval in parts of a day at most and some 5,000 calls, so that no question takes long, however much is asked for. */
async function partsOf(knex: Knex, { from, to }: Interval): Promise<Interval[]> {
  const isShort =
    to - from <= DAY_MS && (to - from <= MINUTE_MS || (await callsIn(knex, { from, to })) <= CALLS_AT_ONCE)
  if (isShort) return [{ from, to }]
  const middle = Math.floor((from + to) / 2)
  return [...(await partsOf(knex, { from, to: middle })), ...(await partsOf(knex, { from: middle, to }))]
}

const given = ({ from, to }: Interval) => ({ from: new Date(from), to: new Date(to) })

async function callsIn(knex: Knex, part: Interval): Promise<number> {
  const sql = 'select count(*)::int as calls from calls where arrived_at >= :from and arrived_at < :to'
  const [counted] = await rows<{ calls: number }>(knex, sql, given(part))
  return counted!.calls
}

async function countCalls(knex: Knex, part: Interval, kind: FactKind, direction: string): Promise<Counted> {
  const [counted] = await rows<Counted>(knex, COUNT, { ...given(part), kind, direction })
  return counted!
}

const EACH_OUTCOME = OUTCOMES.map(outcome => `'${outcome}', count(*) filter (where outcome = '${outcome}')`).join(', ')

const COUNT = `
select
  (select count(*) from facts where kind = :kind and at >= :from and at < :to)::int as offered,
  jsonb_build_object(${EACH_OUTCOME}) as outcomes,
  count(*) filter (where outcome is null)::int as open
from calls
where arrived_at >= :from and arrived_at < :to and direction = :direction`
