import type { Knex } from 'knex'
import { QUEUE_LOG as QUEUE_LOG_BEFORE } from './002_views.ts'

/**
 * queue_log knows also of a talk with the lifeboat who ended it, and asks the calls when they joined the line: the facts
 * are some twenty times as many. calls.wake_at stays for a service of the version before, which writes it until it is ended.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(QUEUE_LOG)
  await knex.raw("comment on column calls.wake_at is 'No longer written: waits are read from state'")
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(QUEUE_LOG_BEFORE)
}

// Whole seconds, as Asterisk counts them.
const seconds = (from: string, to: string): string => `floor(extract(epoch from ${to} - ${from}))::int::text`
const position = (ahead: string): string => `(coalesce(${ahead}, 0) + 1)::text`

const WAITED = seconds('c.queued_at', 'c.ended_at')
const HOLD_TIME = seconds('coalesce(c.queued_at, c.arrived_at)', 'l.connected_at')
const LAST_TOLD = `(
  select (f.body->>'ahead')::int from facts f
  where f.call_id = c.id and f.kind in ('Queued', 'PlaceTold') order by f.seq desc limit 1
)`

// Of two states that begin in the same ms, the one without length came first.
const OF_AGENT = `partition by agent_id order by started_at, coalesce(ended_at, 'infinity'), id`

// A talk that is over while its call goes on is one that the agent ended: the caller is being asked to rate it.
export const QUEUE_LOG = `
create or replace view queue_log as
with told as (
  select c.queued_at as at, c.id as callid, c.queue as queuename, 'NONE' as agent, 'ENTERQUEUE' as event,
    '' as data1, c.caller as data2, ${position('c.ahead_at_first')} as data3
  from calls c where c.queued_at is not null
  union all
  select l.connected_at, c.id, c.queue, 'PJSIP/' || l.agent_id, 'CONNECT',
    ${HOLD_TIME}, l.id, ${seconds('coalesce(l.rang_at, l.offered_at)', 'l.answered_at')}
  from legs l join calls c on c.id = l.call_id
  where l.connected_at is not null
  union all
  select l.ended_at, c.id, c.queue, 'PJSIP/' || l.agent_id,
    case when c.ended_at is null or c.ended_by = 'agent' then 'COMPLETEAGENT' else 'COMPLETECALLER' end,
    ${HOLD_TIME}, ${seconds('l.connected_at', 'l.ended_at')}, ${position('c.ahead_at_first')}
  from legs l join calls c on c.id = l.call_id
  where l.connected_at is not null and l.ended_at is not null
  union all
  select l.ended_at, c.id, c.queue, 'PJSIP/' || l.agent_id, 'RINGNOANSWER',
    floor(extract(epoch from l.ended_at - coalesce(l.rang_at, l.offered_at)) * 1000)::bigint::text, '', ''
  from legs l join calls c on c.id = l.call_id
  where l.result in ('no-answer', 'rejected', 'unreachable')
  union all
  select c.ended_at, c.id, c.queue, 'NONE',
    case
      when c.outcome = 'closed' then 'EXITEMPTY'
      when c.outcome = 'abandoned-in-queue' and c.ended_by = 'hotline' then 'EXITWITHTIMEOUT'
      else 'ABANDON'
    end,
    ${position(LAST_TOLD)}, ${position('c.ahead_at_first')}, ${WAITED}
  from calls c
  where c.queued_at is not null
    and c.outcome in ('abandoned-in-queue', 'abandoned-ringing', 'closed', 'failed')
  union all
  select s.at, 'NONE', 'NONE', 'PJSIP/' || s.agent_id, s.event, s.reason, '', ''
  from (
    select agent_id, started_at as at, coalesce(reason, '') as reason,
      case
        when lag(ended_at) over of_agent is distinct from started_at then 'ADDMEMBER'
      end as event
    from agent_states window of_agent as (${OF_AGENT})
    union all
    select agent_id, started_at, coalesce(reason, ''), 'PAUSE' from agent_states where state = 'paused'
    union all
    select agent_id, ended_at, '',
      case
        when lead(started_at) over of_agent is distinct from ended_at then 'REMOVEMEMBER'
        when state = 'paused' and lead(state) over of_agent <> 'paused' then 'UNPAUSE'
      end
    from agent_states window of_agent as (${OF_AGENT})
  ) s
  where s.event is not null and s.at is not null
)
select to_char(at, 'YYYY-MM-DD HH24:MI:SS.US') as time, callid, queuename, agent, event,
  coalesce(data1, '') as data1, coalesce(data2, '') as data2, coalesce(data3, '') as data3, '' as data4, '' as data5
from told`
