import type { Knex } from 'knex'
import type { Interval } from './interval.ts'
import type { Culprit } from './ledger.ts'
import { ms, rows } from './snapshot.ts'

/** An agent's time within the interval, ms. */
export type AgentTimeLine = { agent: string; signedInMs: number; statesMs: number }

/**
 * Signed in: from each sign-in (a `ready` that follows on nothing) to the end of the last state after it; beside it the
 * sum of the states between. They differ where states overlap or leave a hole.
 */
export function agentsTime(knex: Knex, { from, to }: Interval, now: number): Promise<AgentTimeLine[]> {
  const until = Math.max(from, Math.min(to, now))
  return rows<AgentTimeLine>(knex, TIME, { from: new Date(from), until: new Date(until) })
}

/** Where the states of agents that touch the interval do not follow one another, or are not what the legs tell. */
export function agentFaults(knex: Knex, { from, to }: Interval): Promise<Culprit[]> {
  return rows<Culprit>(knex, FAULTS, { from: new Date(from), to: new Date(to) })
}

// Of two states that begin in the same ms, the one without length came first.
const END = `coalesce(ended_at, 'infinity')`

// Every state that touches the interval, with the one before it.
const touching = (until: string): string => `
touching as (
  select s.*, before.id as before_id, before.state as before_state, before.ended_at as before_ended_at
  from agent_states s
  left join lateral (
    select id, state, ended_at from agent_states
    where agent_id = s.agent_id and started_at <= s.started_at
      and (started_at, ${END}, id) < (s.started_at, ${END.replace('ended_at', 's.ended_at')}, s.id)
    order by started_at desc, ${END} desc, id desc limit 1
  ) before on true
  where s.started_at < ${until} and (s.ended_at is null or s.ended_at > :from)
)`

const TIME = `
with ${touching(':until')}, spans as (
  select agent_id, id, started_at,
    greatest(started_at, :from) as began,
    least(ended_at, :until) as ended,
    before_id is null or (state = 'ready' and before_ended_at < started_at) as signs_in
  from touching
), sessions as (
  select *, count(*) filter (where signs_in) over (partition by agent_id order by started_at, ended, id) as session from spans
), lengths as (
  select agent_id, ${ms('max(ended) - min(began)')} as signed_in, sum(${ms('ended - began')}) as states
  from sessions group by agent_id, session
)
select agent_id as agent, sum(signed_in)::float8 as "signedInMs", sum(states)::float8 as "statesMs"
from lengths group by agent_id order by agent_id`

const FAULTS = `
with ${touching(':to')}, moment as (
  select date_trunc('milliseconds', now()) as now
), talks as (
  select agent_id, call_id from touching where state = 'talking'
  union
  select agent_id, call_id from legs
  where answered_at < :to and (ended_at is null or ended_at > :from)
)
select 'agent' as what, t.agent_id as id,
  format('%s at %s: %s', t.state, to_char(t.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), fault) as fault
from touching t
left join calls c on c.id = t.call_id
cross join lateral (values
  (t.before_ended_at > t.started_at, format('begins before %s ends', t.before_state)),
  (t.before_id is not null and t.before_ended_at is null, format('begins while %s is still open', t.before_state)),
  (t.before_ended_at < t.started_at and t.state <> 'ready', format('leaves a hole after %s', t.before_state)),
  (t.before_id is null and t.state <> 'ready', 'is the first state of all: an agent signs in ready'),
  (t.state in ('ringing', 'talking') and c.id is null, 'belongs to no call'),
  (t.state in ('ringing', 'talking') and t.ended_at is null and c.ended_at is not null,
    format('goes on, but call %s has ended', c.id)),
  (t.state in ('ringing', 'talking') and t.ended_at > c.ended_at, format('lasted longer than call %s', c.id))
) as checks(broken, fault)
where broken
union all
select 'agent', t.agent_id,
  format('talked for %s ms by the states, for %s ms by the legs of call %s', by_states.ms, by_legs.ms, t.call_id)
from talks t
cross join moment
left join calls c on c.id = t.call_id
cross join lateral (
  select coalesce(sum(${ms('coalesce(ended_at, moment.now) - started_at')}), 0) as ms
  from agent_states where agent_id = t.agent_id and call_id = t.call_id and state = 'talking'
) by_states
cross join lateral (
  select coalesce(sum(${ms('coalesce(ended_at, moment.now) - answered_at')}), 0) as ms
  from legs where agent_id = t.agent_id and call_id = t.call_id and answered_at is not null
) by_legs
where by_states.ms <> by_legs.ms and not coalesce(c.via_lifeboat, false)
union all
select 'agent', a.id,
  format('is %s, but the open state is %s', a.state, coalesce(open.state, 'none'))
from agents a
left join agent_states open on open.agent_id = a.id and open.ended_at is null
where coalesce(open.state, 'signed-out') <> a.state
order by id, fault`
