import type { Knex } from 'knex'
import type { Interval } from './interval.ts'
import type { Culprit } from './ledger.ts'
import { ms, rows, whichHold } from './snapshot.ts'

/** An agent's time within the interval, ms. */
export type AgentTimeLine = { agent: string; signedInMs: number; statesMs: number }

/**
 * Signed in: from each sign-in to the end of the last state after it; beside it the sum of the states between. They
 * differ where states overlap or leave a hole.
 */
export function agentsTime(knex: Knex, { from, to }: Interval, now: number): Promise<AgentTimeLine[]> {
  const until = Math.max(from, Math.min(to, now))
  return rows<AgentTimeLine>(knex, TIME, { from: new Date(from), until: new Date(until) })
}

/** Where the states of agents that touch the interval do not follow one another, or are not what the legs tell. */
export function agentFaults(knex: Knex, { from, to }: Interval): Promise<Culprit[]> {
  return rows<Culprit>(knex, FAULTS, { from: new Date(from), to: new Date(to) })
}

// Calls are looked up one by one (`lateral … limit`), so that the work grows with the states asked for alone.

// The states that touch the interval, each with the one before it. After a time signed out an agent begins with ready, or
// with a talk that the lifeboat put through to them, or that they took over. Of two that begin in the same ms, the one without
// length came first.
const ORDER = `started_at, coalesce(ended_at, 'infinity'), id`
const touching = (until: string): string => `
near as (
  select * from agent_states where started_at < ${until} and (ended_at is null or ended_at >= :from)
), earlier as (
  select last.*
  from (select distinct agent_id from near) a
  cross join lateral (
    select * from agent_states where agent_id = a.agent_id and started_at < :from and ended_at < :from
    order by started_at desc, ended_at desc, id desc limit 1
  ) last
), touching as (
  select *,
    case when before_id is null or before_ended_at < started_at
      then state = 'ready' or (state = 'talking' and (
        (select via_lifeboat from calls where calls.id = call_id)
        or exists (select from supervisions s where s.call_id = states.call_id and s.supervisor = states.agent_id and mode = 'take-over')
      ))
    end as signs_in
  from (
    select *, lag(id) over before as before_id, lag(state) over before as before_state,
      lag(ended_at) over before as before_ended_at
    from (table near union all table earlier) states
    window before as (partition by agent_id order by ${ORDER})
  ) states
  where ended_at is null or ended_at > :from
)`

const TIME = `
with ${touching(':until')}, spans as (
  select agent_id, greatest(started_at, :from) as began, least(ended_at, :until) as ended,
    count(*) filter (where before_id is null or signs_in)
      over (partition by agent_id order by ${ORDER}) as session
  from touching
), sessions as (
  select agent_id, ${ms('max(ended) - min(began)')} as signed_in, sum(${ms('ended - began')}) as states
  from spans group by agent_id, session
)
select agent_id as agent, sum(signed_in)::float8 as "signedInMs", sum(states)::float8 as "statesMs"
from sessions group by agent_id order by agent_id`

const BELONGS = `t.state in ('ringing', 'dialling', 'talking')`
const OF_A_STATE: [string, string][] = [
  ['t.before_ended_at > t.started_at', `format('begins before %s ends', t.before_state)`],
  ['t.before_id is not null and t.before_ended_at is null', `format('begins while %s is still open', t.before_state)`],
  ['t.before_ended_at < t.started_at and t.signs_in is not true', `format('leaves a hole after %s', t.before_state)`],
  ['t.before_id is null and t.signs_in is not true', `'is the first state of all: an agent signs in ready'`],
  [`${BELONGS} and c.id is null`, `'belongs to no call'`],
  [`${BELONGS} and t.started_at < c.arrived_at`, `format('began before call %s', c.id)`],
  [`${BELONGS} and t.ended_at is null and c.ended_at is not null`, `format('goes on, but call %s has ended', c.id)`],
  // A talk of the lifeboat that was told only when the agent had gone on to other things has no length.
  [
    `${BELONGS} and t.ended_at > c.ended_at and t.ended_at > t.started_at`,
    `format('lasted longer than call %s', c.id)`,
  ],
]

// An agent talks from the moment they answer; where we call they dial first, up to the talk, or until nobody is reached. Who is asked into
// a talk, or is sent it on, dials nobody.
const DIALS = `(c.direction <> 'inbound' and role = 'serves' and (c.connected_at is null or legs.offered_at < c.connected_at))`
const TALKED = ms(`coalesce(ended_at, moment.now) - case when ${DIALS} then connected_at else answered_at end`)
const DIALLED = ms(`case when ${DIALS} then coalesce(connected_at, ended_at, moment.now) - answered_at end`)

const FAULTS = `
with ${touching(':to')}, moment as (
  select date_trunc('milliseconds', now()) as now
), talks as (
  select agent_id, call_id from touching where state in ('dialling', 'talking')
  union
  select l.agent_id, l.call_id
  from calls c cross join lateral (select * from legs where call_id = c.id offset 0) l
  where c.arrived_at >= :from and c.arrived_at < :to and l.answered_at is not null
)
select 'agent' as what, t.agent_id as id,
  format('%s at %s: %s', t.state, to_char(t.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), fault) as fault
from touching t
left join lateral (select * from calls where id = t.call_id limit 1) c on true
cross join lateral unnest(${whichHold(OF_A_STATE)}) as fault
union all
select 'agent', t.agent_id,
  format('%s for %s ms by the states, for %s ms by the legs of call %s', part.word, by_states.ms, by_legs.ms, t.call_id)
from talks t
cross join moment
cross join (values ('talking', 'talked'), ('dialling', 'dialled')) part(state, word)
cross join lateral (select * from calls where id = t.call_id limit 1) c
cross join lateral (
  select coalesce(sum(${ms('coalesce(ended_at, moment.now) - started_at')}), 0) as ms
  from agent_states
  where agent_id = t.agent_id and call_id = t.call_id and state = part.state
    and started_at between c.arrived_at and coalesce(c.ended_at, moment.now)
) by_states
cross join lateral (
  select coalesce(sum(case part.state when 'talking' then ${TALKED} else ${DIALLED} end), 0) as ms
  from legs where agent_id = t.agent_id and call_id = t.call_id and answered_at is not null
) by_legs
-- Of a talk in the lifeboat that was learned of late, the seconds until then were counted as what was believed then.
where by_states.ms <> by_legs.ms and not (c.via_lifeboat and by_states.ms < by_legs.ms)
union all
select 'agent', a.id,
  format('is %s, but the open state is %s', a.state, coalesce(open.state, 'none'))
from agents a
left join agent_states open on open.agent_id = a.id and open.ended_at is null
where coalesce(open.state, 'signed-out') <> a.state
order by id, fault`
