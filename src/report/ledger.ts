import type { Knex } from 'knex'
import { OUTCOMES, type Outcome } from '../call/facts.ts'
import { type AgentTimeLine, agentFaults, agentsTime } from './agent-faults.ts'
import { callFaults } from './call-faults.ts'
import type { Interval } from './interval.ts'
import { rows, snapshot } from './snapshot.ts'

/** Whom or what a fault concerns, and what is wrong, as a sentence. */
export type Culprit = { what: 'call' | 'leg' | 'agent'; id: string; fault: string }

export type LedgerReport = {
  balances: boolean
  /** offered: counted from the facts; outcomes and open: from the records. offered = the sum of outcomes + open. */
  calls: { offered: number; outcomes: Record<Outcome, number>; open: number }
  /** Each agent's time, ms: signed in (from sign-in to sign-out) = the sum of the states. */
  agents: AgentTimeLine[]
  culprits: Culprit[]
}

/** More of them say no more. */
const CULPRITS_SHOWN = 200

/**
 * Whether the books balance, for the calls that arrived in the interval and the agents' time that touches it: every call
 * in exactly one outcome, every signed-in ms in exactly one state, and the records as the facts tell them.
 */
export function ledgerReport(knex: Knex, interval: Interval, now: number): Promise<LedgerReport> {
  return snapshot(knex, async moment => {
    const calls = await countCalls(moment, interval)
    const agents = await agentsTime(moment, interval, now)
    const culprits = agents.filter(line => line.signedInMs !== line.statesMs).map(unequal)
    for (const day of daysOf(interval)) {
      culprits.push(...(await callFaults(moment, day)), ...(await agentFaults(moment, day)))
    }
    const told = OUTCOMES.reduce((sum, outcome) => sum + calls.outcomes[outcome], calls.open)
    const balances = culprits.length === 0 && calls.offered === told
    return { balances, calls, agents, culprits: unique(culprits).slice(0, CULPRITS_SHOWN) }
  })
}

const DAY_MS = 86_400_000

/** Day by day, so that no question takes long, however much is asked for. */
function daysOf({ from, to }: Interval): Interval[] {
  const days = Array.from({ length: Math.ceil((to - from) / DAY_MS) }, (_, i) => from + i * DAY_MS)
  return days.map(start => ({ from: start, to: Math.min(start + DAY_MS, to) }))
}

/** A state that lasts over midnight is met on both days. */
const unique = (culprits: Culprit[]): Culprit[] => [...new Map(culprits.map(c => [JSON.stringify(c), c])).values()]

const unequal = (line: AgentTimeLine): Culprit => ({
  what: 'agent',
  id: line.agent,
  fault: `signed in for ${line.signedInMs} ms, but the states add up to ${line.statesMs} ms`,
})

async function countCalls(knex: Knex, { from, to }: Interval): Promise<LedgerReport['calls']> {
  const given = { from: new Date(from), to: new Date(to) }
  const [counted] = await rows<LedgerReport['calls']>(knex, COUNT, given)
  return counted!
}

const EACH_OUTCOME = OUTCOMES.map(outcome => `'${outcome}', count(*) filter (where outcome = '${outcome}')`).join(', ')

const COUNT = `
select
  (select count(*) from facts where kind = 'CallArrived' and at >= :from and at < :to)::int as offered,
  jsonb_build_object(${EACH_OUTCOME}) as outcomes,
  count(*) filter (where outcome is null)::int as open
from calls
where arrived_at >= :from and arrived_at < :to`
