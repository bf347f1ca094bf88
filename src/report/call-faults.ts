import type { Knex } from 'knex'
import type { Interval } from './interval.ts'
import type { Culprit } from './ledger.ts'
import { ms, rows } from './snapshot.ts'

/** Where the calls that arrived in the interval, or their legs, are not what their facts tell. */
export function callFaults(knex: Knex, { from, to }: Interval): Promise<Culprit[]> {
  return rows<Culprit>(knex, QUESTION, { from: new Date(from), to: new Date(to) })
}

// What the facts of each call tell, in the shape of its record. Facts without a record come in by their arrival.
const TOLD = `
asked as (
  select id from calls where arrived_at >= :from and arrived_at < :to
  union
  select call_id from facts where at >= :from and at < :to
    and (kind = 'CallArrived' or not exists (select from calls where id = call_id))
), told as (
  select f.call_id as id,
    count(*) as facts,
    max(f.seq) as last_seq,
    count(*) filter (where f.kind = 'CallArrived') as arrivals,
    count(*) filter (where f.kind = 'CallEnded') as ends,
    min(f.at) filter (where f.kind = 'CallArrived') as arrived_at,
    min(f.at) filter (where f.kind = 'CallAnswered') as answered_at,
    coalesce(
      max(f.at) filter (where f.kind = 'Queued'),
      min(f.at) filter (where f.kind = 'HandedToLifeboat')
    ) as queued_at,
    (array_agg(f.body->>'queue' order by f.seq desc)
      filter (where f.kind in ('Queued', 'HandedToLifeboat')))[1] as queue,
    (array_agg(f.body->>'agent' order by f.seq desc)
      filter (where f.kind in ('AgentOffered', 'LifeboatConnected')))[1] as agent_id,
    max(f.at) filter (where f.kind in ('Connected', 'LifeboatConnected')) as connected_at,
    min(f.at) filter (where f.kind = 'CallEnded') as ended_at,
    min(f.body->>'outcome') filter (where f.kind = 'CallEnded') as outcome,
    min(f.body->>'by') filter (where f.kind = 'CallEnded') as ended_by,
    bool_or((f.body->>'short')::boolean) filter (where f.kind = 'CallEnded') as short,
    min((f.body->>'rating')::int) filter (where f.kind = 'SurveyAnswered') as rating
  from asked join facts f on f.call_id = asked.id
  group by f.call_id
)`

// What the facts of each leg tell. A leg that nothing else ended, ended with its call.
const LEGS_TOLD = `
legs_told as (
  select f.body->>'leg' as id, f.call_id,
    min(f.body->>'agent') as agent_id,
    count(*) filter (where f.kind in ('AgentOffered', 'LifeboatConnected')) as offers,
    min(f.at) filter (where f.kind in ('AgentOffered', 'LifeboatConnected')) as offered_at,
    min(f.at) filter (where f.kind in ('AgentAnswered', 'LifeboatConnected')) as answered_at,
    min(f.at) filter (where f.kind in ('Connected', 'LifeboatConnected')) as connected_at,
    coalesce(min(f.at) filter (where f.kind in ('OfferEnded', 'AgentLeft')), min(told.ended_at)) as ended_at,
    coalesce(
      min(f.body->>'result') filter (where f.kind = 'OfferEnded'),
      min('answered') filter (where f.kind in ('Connected', 'LifeboatConnected'))
    ) as result
  from told join facts f on f.call_id = told.id
  where f.body->>'leg' is not null
  group by 1, 2
), legs_asked as (
  select l.* from asked join legs l on l.call_id = asked.id
), held as (
  select h.call_id, h.body->>'leg' as leg, sum(${ms('back.at - h.at')})::int as ms
  from asked
  join facts h on h.call_id = asked.id and h.kind = 'Held'
  cross join lateral (
    select min(at) as at from facts
    where call_id = h.call_id and seq > h.seq and kind in ('Retrieved', 'AgentLeft', 'CallEnded')
  ) back
  group by 1, 2
)`

const differs = (a: string, b: string): string => `${a} is distinct from ${b}`
const says = (what: string, record: string, facts: string): string =>
  `format('${what} is %s, the facts say %s', coalesce(${record}::text, 'empty'), coalesce(${facts}::text, 'empty'))`

const QUESTION = `
with ${TOLD}, ${LEGS_TOLD}
select 'call' as what, coalesce(c.id, t.id) as id, fault
from asked
left join calls c using (id)
left join told t using (id)
cross join lateral (values
  (c.id is null, 'has facts but no record'),
  (t.id is null, 'has a record but no facts'),
  (t.arrivals <> 1, format('has %s facts CallArrived', t.arrivals)),
  (t.ends > 1, format('has %s facts CallEnded', t.ends)),
  (t.facts <> t.last_seq, format('has %s facts, but the last is number %s', t.facts, t.last_seq)),
  (c.seq <> t.last_seq, format('its record holds %s facts, there are %s', c.seq, t.last_seq)),
  (${differs('c.arrived_at', 't.arrived_at')}, ${says('arrived_at', 'c.arrived_at', 't.arrived_at')}),
  (${differs('c.answered_at', 't.answered_at')}, ${says('answered_at', 'c.answered_at', 't.answered_at')}),
  (${differs('c.queued_at', 't.queued_at')}, ${says('queued_at', 'c.queued_at', 't.queued_at')}),
  (${differs('c.queue', 't.queue')}, ${says('queue', 'c.queue', 't.queue')}),
  (${differs('c.agent_id', 't.agent_id')}, ${says('agent_id', 'c.agent_id', 't.agent_id')}),
  (${differs('c.connected_at', 't.connected_at')}, ${says('connected_at', 'c.connected_at', 't.connected_at')}),
  (${differs('c.ended_at', 't.ended_at')}, ${says('ended_at', 'c.ended_at', 't.ended_at')}),
  (${differs('c.outcome', 't.outcome')}, ${says('outcome', 'c.outcome', 't.outcome')}),
  (${differs('c.ended_by', 't.ended_by')}, ${says('ended_by', 'c.ended_by', 't.ended_by')}),
  (c.short <> coalesce(t.short, false), ${says('short', 'c.short', 't.short')}),
  (${differs('c.rating', 't.rating')}, ${says('rating', 'c.rating', 't.rating')}),
  (c.ended_at is null and c.state is null, 'is open but has lost its state')
) as checks(broken, fault)
where broken and (c.id is null) <= (fault = 'has facts but no record')
  and (t.id is null) <= (fault = 'has a record but no facts')
union all
select 'leg', coalesce(l.id, t.id), fault
from legs_asked l
full join legs_told t on t.id = l.id
left join held h on h.leg = l.id
left join calls c on c.id = l.call_id
cross join lateral (values
  (l.id is null, 'has facts but no record'),
  (t.id is null, 'has a record but no facts'),
  (t.offers <> 1, format('was offered %s times', t.offers)),
  (l.ended_at is null and c.ended_at is not null, 'is open, but its call has ended'),
  (${differs('l.call_id', 't.call_id')}, ${says('call_id', 'l.call_id', 't.call_id')}),
  (${differs('l.agent_id', 't.agent_id')}, ${says('agent_id', 'l.agent_id', 't.agent_id')}),
  (${differs('l.offered_at', 't.offered_at')}, ${says('offered_at', 'l.offered_at', 't.offered_at')}),
  (${differs('l.answered_at', 't.answered_at')}, ${says('answered_at', 'l.answered_at', 't.answered_at')}),
  (${differs('l.connected_at', 't.connected_at')}, ${says('connected_at', 'l.connected_at', 't.connected_at')}),
  (${differs('l.ended_at', 't.ended_at')}, ${says('ended_at', 'l.ended_at', 't.ended_at')}),
  (${differs('l.result', 't.result')}, ${says('result', 'l.result', 't.result')}),
  (l.held_ms <> coalesce(h.ms, 0), ${says('held_ms', 'l.held_ms', 'h.ms')})
) as checks(broken, fault)
where broken and (l.id is null) <= (fault = 'has facts but no record')
  and (t.id is null) <= (fault = 'has a record but no facts')
order by what, id, fault`
