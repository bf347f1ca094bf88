import type { Knex } from 'knex'
import { OUTCOMES, type Outcome } from '../call/facts.ts'
import type { Interval } from './interval.ts'
import type { Culprit } from './ledger.ts'
import { rows } from './snapshot.ts'

/** What became of those whom calls that arrived in the interval led to one waiting line: of callers, who alone are offered to it. */
export type LineCounted = {
  queue: string
  /** Counted from the facts: once for each time that a call was led to the line. */
  offered: number
  /** From the records, as all that follows: what came of them in this line. */
  outcomes: Record<Outcome, number>
  /** By itself, to another line or elsewhere, also from its door. Whom an agent has sent on was answered. */
  sentOn: number
  open: number
}

export const countLines = (knex: Knex, { from, to }: Interval): Promise<LineCounted[]> =>
  rows<LineCounted>(knex, COUNT, { from: new Date(from), to: new Date(to) })

/** Adds what another part of the interval tells. */
export function addLine(sum: Map<string, LineCounted>, line: LineCounted): void {
  const before = sum.get(line.queue)
  if (!before) return void sum.set(line.queue, line)
  sum.set(line.queue, {
    queue: line.queue,
    offered: before.offered + line.offered,
    outcomes: Object.fromEntries(
      OUTCOMES.map(o => [o, before.outcomes[o] + line.outcomes[o]]),
    ) as LineCounted['outcomes'],
    sentOn: before.sentOn + line.sentOn,
    open: before.open + line.open,
  })
}

/** Where a line's records do not make up what the facts have led to it. */
export function lineFault({ queue, offered, outcomes, sentOn, open }: LineCounted): Culprit[] {
  const told = OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], sentOn + open)
  const fault = `was offered ${offered} by the facts, but outcomes, sent on and open add up to ${told}`
  return told === offered ? [] : [{ what: 'queue', id: queue, fault }]
}

const NONE = Object.fromEntries(OUTCOMES.map(outcome => [outcome, 0]))
const EACH_OUTCOME = OUTCOMES.map(outcome => `'${outcome}', count(*) filter (where outcome = '${outcome}')`).join(', ')

// Led to a line: joined it, was turned away at its door, or was handed to the lifeboat while in none.
const COUNT = `
with asked as (
  select id, coalesce(line_outcome, outcome) as outcome, queue, line_left from calls where arrived_at >= :from and arrived_at < :to and direction = 'inbound'
), led as (
  select f.queue
  from asked cross join lateral (
    select kind, body->>'queue' as queue, lag(kind) over by_seq as kind_before, lag(body->>'queue') over by_seq as queue_before
    from facts where call_id = asked.id and kind in ('Queued', 'Overflowed', 'HandedToLifeboat', 'TransferredOn')
    window by_seq as (order by seq)
  ) f
  where kind <> 'TransferredOn'
    and (kind = 'Queued' or kind_before is distinct from 'Queued' or (kind = 'Overflowed' and f.queue_before <> f.queue))
), recorded as (
  select queue, outcome, false as sent_on from asked where queue is not null and not line_left
  union all
  select s.queue, case s.because when 'agent' then 'answered' end, s.because <> 'agent'
  from asked join sent_on s on s.call_id = asked.id
)
select queue, coalesce(l.offered, 0)::int as offered,
  coalesce(r.outcomes, '${JSON.stringify(NONE)}') as outcomes, coalesce(r."sentOn", 0) as "sentOn", coalesce(r.open, 0) as open
from (select queue, count(*) as offered from led group by queue) l
full join (
  select queue, jsonb_build_object(${EACH_OUTCOME}) as outcomes, count(*) filter (where sent_on)::int as "sentOn",
    count(*) filter (where outcome is null and not sent_on)::int as open
  from recorded group by queue
) r using (queue)
order by queue`
