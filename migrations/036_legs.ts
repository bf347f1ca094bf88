import type { Knex } from 'knex'
import { SENT_ON as SENT_ON_BEFORE } from './018_lines.ts'
import { QUEUE_LOG as QUEUE_LOG_BEFORE } from './025_callbacks_in_views.ts'
import { CDR as CDR_BEFORE } from './028_calls_we_make.ts'

/**
 * Calls that several agents served, one after the other: what came of them in each line, in the words of `queue_log` too; and the
 * recordings of those who were in the talk beside the caller and the agent.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table calls add column line_outcome text;
comment on column calls.line_outcome is 'What came of it in their last line, where only an agent who sent them there has served them; null: as outcome';
comment on column calls.agent_id is 'Who served them last; where nobody has, who was offered them last';
comment on column calls.connected_at is 'When an agent first talked with them';
comment on column calls.talk_ended_at is 'When the last talk with an agent was over; null: it goes on, or there was none';
comment on column calls.held_ms is 'How long the last agent had them on hold, ms; legs has it of each';
create table leg_recordings (
  leg_id text primary key,
  call_id text not null,
  file text,
  ms integer not null,
  sha256 text,
  faults text[] not null
);
create index leg_recordings_of_call on leg_recordings (call_id);
comment on table leg_recordings is 'Of those who were in a talk beside the caller and the agent who served them: what came from their phone, and what they heard';
comment on column leg_recordings.leg_id is 'Of legs, or of outside_legs';
comment on column leg_recordings.call_id is 'Of which call';
comment on column leg_recordings.file is 'Below the folder of recordings; null: nothing could be kept';
comment on column leg_recordings.ms is 'How long it is';
comment on column leg_recordings.sha256 is 'Of the file, when it was filed';
comment on column leg_recordings.faults is 'What is wrong with it; empty: it is whole';
drop index facts_sent_on;
create index facts_passed_on on facts (call_id, seq) where kind in ('Overflowed', 'Transferred', 'TransferredOn')`)
  await knex.raw(SENT_ON)
  await knex.raw(QUEUE_LOG)
  await knex.raw(CDR)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(CDR_BEFORE)
  await knex.raw('drop view queue_log; drop view sent_on')
  await knex.raw(SENT_ON_BEFORE)
  await knex.raw(QUEUE_LOG_BEFORE)
  await knex.raw(`
drop index facts_passed_on;
create index facts_sent_on on facts (call_id, seq) where kind = 'Overflowed';
drop table leg_recordings;
alter table calls drop column line_outcome`)
}

// As in 018. An agent who sends a caller on takes them out of their line, too: there they were served.
const SENT_ON = `
create or replace view sent_on as
select f.call_id, f.seq, coalesce(f.body->>'queue', joined.queue) as queue,
  case f.kind when 'Overflowed' then f.body->>'because' else 'agent' end as because,
  joined.at as joined_at, joined.seq as joined_seq, joined.ahead, f.at as left_at,
  case f.kind when 'TransferredOn' then (
    select min(connected_at) from legs where call_id = f.call_id and role = 'serves' and connected_at between joined.at and f.at
  ) end as served_at
from facts f
left join lateral (
  select last.at, last.seq, last.body->>'queue' as queue, (last.body->>'ahead')::int as ahead
  from (
    select * from facts
    where call_id = f.call_id and seq < f.seq and kind in ('Queued', 'Overflowed', 'TransferredOn') order by seq desc limit 1
  ) last
  where last.kind = 'Queued' and last.body->>'queue' = coalesce(f.body->>'queue', last.body->>'queue')
) joined on true
where f.kind in ('Overflowed', 'TransferredOn');
comment on column sent_on.because is 'wait, length or nobody: as in the columns queues.overflow_…; agent: who served them has sent them on';
comment on column sent_on.served_at is 'When an agent answered them there; null: nobody did'`

/** The leg is the one that talked with the caller last. */
const CDR = CDR_BEFORE.replace('from legs where call_id = c.id', "from legs where call_id = c.id and role = 'serves'")

// Whole seconds, as Asterisk counts them.
const seconds = (from: string, to: string): string => `floor(extract(epoch from ${to} - ${from}))::int::text`
/** Of what happened within one ms, the one line is left before the next is joined: so the microseconds tell, too. */
const inTurn = (at: string, turn: string): string => `${at} + least(${turn}, 999) * interval '1 microsecond'`
const position = (ahead: string): string => `(coalesce(${ahead}, 0) + 1)::text`

const LINE_AT = 'coalesce(c.line_at, c.queued_at)'
const HOLD_TIME = seconds('coalesce(l.line_at, l.arrived_at)', 'l.connected_at')
const TALK_TIME = seconds('l.connected_at', 'l.ended_at')
const lastTold = (call: string, before: string): string => `(
  select (f.body->>'ahead')::int from facts f
  where f.call_id = ${call} and f.kind in ('Queued', 'PlaceTold') and ${before} order by f.seq desc limit 1
)`

// Of two states that begin in the same ms, the one without length came first.
const OF_AGENT = `partition by agent_id order by started_at, coalesce(ended_at, 'infinity'), id`

// As in 025. Who was offered the caller in a line: the line that they left next, or their last. Whom somebody asked into a talk was
// offered nothing, and app_queue has no word for them; whom they have passed the talk on to, its agent's line ends with
// ATTENDEDTRANSFER: BRIDGE, the leg, seconds waited, seconds talked, position; or BLINDTRANSFER: to where, of which kind, and the same.
const QUEUE_LOG = `
create or replace view queue_log as
with callers as (
  select * from calls where direction = 'inbound'
), offered as (
  select l.*, c.arrived_at, c.ended_by, c.ended_at as call_ended_at,
    coalesce(s.queue, c.queue) as queue, case when s.queue is null then ${LINE_AT} else s.joined_at end as line_at,
    case when s.queue is null then c.ahead_at_first else s.ahead end as ahead,
    p.kind as passed, p.body as passed_body
  from legs l join callers c on c.id = l.call_id
  left join lateral (
    select queue, joined_at, ahead from sent_on s where s.call_id = c.id and s.left_at >= l.ended_at and s.joined_at <= l.offered_at
    order by seq limit 1
  ) s on true
  left join lateral (
    select kind, body from facts
    where call_id = c.id and kind in ('Transferred', 'TransferredOn') and body->>'leg' = l.id limit 1
  ) p on true
  where l.role = 'serves' and not exists (
    select from facts where call_id = c.id and kind = 'Transferred' and body->>'to' = l.id
  )
), told as (
  select ${inTurn(LINE_AT, 'case when c.line_at > c.queued_at then 999 else 0 end')} as at, c.id as callid, c.queue as queuename, 'NONE' as agent, 'ENTERQUEUE' as event,
    '' as data1, c.caller as data2, ${position('c.ahead_at_first')} as data3, '' as data4, '' as data5
  from callers c where c.queued_at is not null and not c.line_left
  union all
  select ${inTurn('coalesce(s.joined_at, s.left_at)', 'coalesce(2 * s.joined_seq, 2 * s.seq - 1)')}, c.id, s.queue, 'NONE', 'ENTERQUEUE', '', c.caller, ${position('s.ahead')}, '', ''
  from sent_on s join calls c on c.id = s.call_id
  where s.joined_at is not null or s.because = 'nobody'
  union all
  select ${inTurn('s.left_at', '2 * s.seq')}, s.call_id, s.queue, 'NONE',
    case s.because when 'nobody' then 'EXITEMPTY' else 'EXITWITHTIMEOUT' end,
    ${position(`case when s.joined_at is not null then ${lastTold('s.call_id', 'f.seq < s.seq')} end`)},
    ${position('s.ahead')}, ${seconds('coalesce(s.joined_at, s.left_at)', 's.left_at')}, '', ''
  from sent_on s
  where s.because <> 'agent' and (s.joined_at is not null or s.because = 'nobody')
  union all
  select l.connected_at, l.call_id, l.queue, 'PJSIP/' || l.agent_id, 'CONNECT',
    ${HOLD_TIME}, l.id, ${seconds('coalesce(l.rang_at, l.offered_at)', 'l.answered_at')}, '', ''
  from offered l
  where l.connected_at is not null
  union all
  select l.ended_at, l.call_id, l.queue, 'PJSIP/' || l.agent_id,
    case when l.call_ended_at is null or l.ended_by = 'agent' then 'COMPLETEAGENT' else 'COMPLETECALLER' end,
    ${HOLD_TIME}, ${TALK_TIME}, ${position('l.ahead')}, '', ''
  from offered l
  where l.connected_at is not null and l.ended_at is not null and l.passed is null
  union all
  select l.ended_at, l.call_id, l.queue, 'PJSIP/' || l.agent_id, 'ATTENDEDTRANSFER',
    'BRIDGE', l.passed_body->>'to', ${HOLD_TIME}, ${TALK_TIME}, ${position('l.ahead')}
  from offered l
  where l.passed = 'Transferred'
  union all
  select l.ended_at, l.call_id, l.queue, 'PJSIP/' || l.agent_id, 'BLINDTRANSFER',
    where_to.value, where_to.key, ${HOLD_TIME}, ${TALK_TIME}, ${position('l.ahead')}
  from offered l cross join lateral (
    select key, value from jsonb_each_text(l.passed_body->'to') where key <> 'shows' limit 1
  ) where_to
  where l.passed = 'TransferredOn'
  union all
  select l.ended_at, l.call_id, l.queue, 'PJSIP/' || l.agent_id, 'RINGNOANSWER',
    floor(extract(epoch from l.ended_at - coalesce(l.rang_at, l.offered_at)) * 1000)::bigint::text, '', '', '', ''
  from offered l
  where l.result in ('no-answer', 'rejected', 'unreachable')
  union all
  select c.ended_at, c.id, c.queue, 'NONE',
    case
      when came_to.outcome = 'closed' then 'EXITEMPTY'
      when came_to.outcome = 'abandoned-in-queue' and c.ended_by = 'hotline' then 'EXITWITHTIMEOUT'
      else 'ABANDON'
    end,
    ${position(lastTold('c.id', 'true'))}, ${position('c.ahead_at_first')}, ${seconds(LINE_AT, 'c.ended_at')}, '', ''
  from callers c cross join lateral (select coalesce(c.line_outcome, c.outcome) as outcome) came_to
  where c.queued_at is not null and not c.line_left
    and came_to.outcome in ('abandoned-in-queue', 'abandoned-ringing', 'closed', 'failed')
  union all
  select kept.at, c.id, c.queue, 'NONE', 'EXITWITHKEY', '1',
    ${position(lastTold('c.id', 'f.seq < kept.seq'))}, ${position('c.ahead_at_first')}, ${seconds(LINE_AT, 'kept.at')}, ''
  from callers c cross join lateral (
    select seq, at from facts
    where call_id = c.id and kind = 'CallbackBooked' and body->>'because' = 'place-kept' order by seq desc limit 1
  ) kept
  where c.queued_at is not null and not c.line_left and coalesce(c.line_outcome, c.outcome) = 'callback-booked'
  union all
  select s.at, 'NONE', 'NONE', 'PJSIP/' || s.agent_id, s.event, s.reason, '', '', '', ''
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
  coalesce(data1, '') as data1, coalesce(data2, '') as data2, coalesce(data3, '') as data3, coalesce(data4, '') as data4,
  coalesce(data5, '') as data5
from told;
comment on column queue_log.data1 is 'CONNECT, COMPLETE…: seconds waited; ABANDON, EXIT…: position, but EXITWITHKEY: the key; RINGNOANSWER: ms rung; PAUSE: the reason; ATTENDEDTRANSFER: BRIDGE; BLINDTRANSFER: to where';
comment on column queue_log.data2 is 'ENTERQUEUE: caller id; CONNECT: the agent''s channel; COMPLETE…: seconds talked; ABANDON, EXIT…: position on joining, but EXITWITHKEY: position; ATTENDEDTRANSFER: the leg that has the caller; BLINDTRANSFER: queue, flow, agent or number';
comment on column queue_log.data3 is 'ENTERQUEUE: position; CONNECT: seconds rung; COMPLETE…: position on joining; ABANDON, EXIT…: seconds waited, but EXITWITHKEY: position on joining; …TRANSFER: seconds waited';
comment on column queue_log.data4 is 'EXITWITHKEY: seconds waited; …TRANSFER: seconds talked';
comment on column queue_log.data5 is '…TRANSFER: position on joining'`
