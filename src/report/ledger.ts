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
    const culprits = [
      ...(await callFaults(moment, interval)),
      ...(await agentFaults(moment, interval)),
      ...agents.filter(line => line.signedInMs !== line.statesMs).map(unequal),
    ].slice(0, CULPRITS_SHOWN)
    const told = OUTCOMES.reduce((sum, outcome) => sum + calls.outcomes[outcome], calls.open)
    return { balances: culprits.length === 0 && calls.offered === told, calls, agents, culprits }
  })
}

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
