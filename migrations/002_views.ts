import type { Knex } from 'knex'

/**
 * The story in Asterisk's own words, for tools that were made to read its `cdr` and `queue_log`; and the way to a few
 * hours among years of agents' time.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CDR)
  await knex.raw(QUEUE_LOG)
  await knex.raw(INDEX)
  await knex.raw(COMMENTS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index agent_states_in_time; drop view queue_log, cdr')
}

// One row a call, once it is over, as Asterisk writes it at the hang-up; the leg is the one that talked, or else the last.
export const CDR = `
create view cdr as
select
  c.arrived_at as calldate,
  c.arrived_at as start,
  c.answered_at as answer,
  c.ended_at as "end",
  format('"%s" <%s>', replace(c.caller_name, '"', ''), c.caller) as clid,
  c.caller as src,
  c.called as dst,
  c.flow as dcontext,
  c.id as channel,
  coalesce(leg.id, '') as dstchannel,
  case when c.via_lifeboat then 'Queue' else 'Stasis' end as lastapp,
  case when c.via_lifeboat then coalesce(c.queue, '') else 'hotline' end as lastdata,
  floor(extract(epoch from c.ended_at - c.arrived_at))::int as duration,
  coalesce(floor(extract(epoch from c.ended_at - c.answered_at)), 0)::int as billsec,
  case
    when c.outcome = 'failed' then 'FAILED'
    when c.answered_at is null then 'NO ANSWER'
    else 'ANSWERED'
  end as disposition,
  3 as amaflags,
  coalesce(c.agent_id, '') as accountcode,
  c.id as uniqueid,
  c.id as linkedid,
  c.outcome as userfield
from calls c
left join lateral (
  select id from legs where call_id = c.id
  order by connected_at is null, offered_at desc limit 1
) leg on true
where c.ended_at is not null`

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

export const QUEUE_LOG = `
create or replace view queue_log as
with told as (
  select f.at, f.call_id as callid, f.body->>'queue' as queuename, 'NONE' as agent, 'ENTERQUEUE' as event,
    '' as data1, c.caller as data2, ${position(`(f.body->>'ahead')::int`)} as data3
  from facts f join calls c on c.id = f.call_id
  where f.kind = 'Queued'
    or (f.kind = 'HandedToLifeboat'
      and not exists (select from facts q where q.call_id = f.call_id and q.kind = 'Queued'))
  union all
  select l.connected_at, c.id, c.queue, 'PJSIP/' || l.agent_id, 'CONNECT',
    ${HOLD_TIME}, l.id, ${seconds('coalesce(l.rang_at, l.offered_at)', 'l.answered_at')}
  from legs l join calls c on c.id = l.call_id
  where l.connected_at is not null
  union all
  select l.ended_at, c.id, c.queue, 'PJSIP/' || l.agent_id,
    case when left_first.at is null then 'COMPLETECALLER' else 'COMPLETEAGENT' end,
    ${HOLD_TIME}, ${seconds('l.connected_at', 'l.ended_at')}, ${position('c.ahead_at_first')}
  from legs l join calls c on c.id = l.call_id
  left join facts left_first
    on left_first.call_id = l.call_id and left_first.kind = 'AgentLeft' and left_first.body->>'leg' = l.id
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

// States are written in the order of time: a few bytes for each stretch of the table are enough, and cost nothing to keep.
const INDEX = `
create index agent_states_in_time on agent_states using brin (started_at, ended_at) with (autosummarize = on)`

const COMMENTS = `
comment on view cdr is 'Asterisk''s call detail records: one row a call that is over. accountcode: the agent id; userfield: the outcome';
comment on column cdr.calldate is 'When the call arrived; the same as start';
comment on column cdr.clid is 'The caller''s "name" <number>';
comment on column cdr.dcontext is 'The flow that the caller met';
comment on column cdr.channel is 'The unique id of the caller''s channel';
comment on column cdr.dstchannel is 'The unique id of the agent''s channel: of the leg that talked, or else of the last that rang';
comment on column cdr.duration is 'Whole seconds from arrival to end';
comment on column cdr.billsec is 'Whole seconds from the hotline''s answer to the end';
comment on column cdr.disposition is 'ANSWERED by the hotline, even where no agent did (userfield tells); NO ANSWER; FAILED';
comment on column cdr.userfield is 'The call''s outcome in our words';
comment on view queue_log is 'Asterisk''s queue_log: waiting lines and agents as events';
comment on column queue_log.time is 'In the time zone of the session that reads: set timezone to the centre''s';
comment on column queue_log.callid is 'The unique id of the caller''s channel; NONE for an agent''s own doing';
comment on column queue_log.queuename is 'NONE for an agent''s own doing: it holds for all lines that the agent''s skills serve';
comment on column queue_log.data1 is 'CONNECT, COMPLETE…: seconds waited; ABANDON, EXIT…: position; RINGNOANSWER: ms rung; PAUSE: the reason';
comment on column queue_log.data2 is 'ENTERQUEUE: caller id; CONNECT: the agent''s channel; COMPLETE…: seconds talked; ABANDON, EXIT…: position on joining';
comment on column queue_log.data3 is 'ENTERQUEUE: position; CONNECT: seconds rung; COMPLETE…: position on joining; ABANDON, EXIT…: seconds waited';`
