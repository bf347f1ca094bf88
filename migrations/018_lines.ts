import type { Knex } from 'knex'
import { QUEUE_LOG as QUEUE_LOG_BEFORE } from './007_queue_log.ts'

/**
 * Each line that a caller stood in: the last in the record of the call, as before, and those that sent them on in the view
 * `sent_on`. That they did is a fact, which few calls have: an index of these facts alone costs other calls nothing, and
 * spares whoever asks from reading all.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table calls
  add column line_at timestamptz,
  add column line_left boolean not null default false;
create index facts_sent_on on facts (call_id, seq) where kind = 'Overflowed';
comment on column calls.queue is 'The last line that they joined';
comment on column calls.queued_at is 'When they joined their first line';
comment on column calls.line_at is 'When they joined the last one; null in calls from before lines led on, which have joined one';
comment on column calls.line_left is 'It has sent them on, and they have joined none since';
comment on column calls.ahead_at_first is 'How many were ahead on joining the last line'`)
  await knex.raw(SENT_ON)
  await knex.raw(QUEUE_LOG)
  await knex.raw(BELLS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(QUEUE_LOG_BEFORE)
  await knex.raw(`
drop view sent_on;
drop trigger changed on queues;
drop trigger changed on numbers;
drop function tell_centre_changed();
drop index facts_sent_on;
alter table calls drop column line_at, drop column line_left`)
}

// Who was turned away at the door did not join: what came before, in another line or in none, was not Queued there.
export const SENT_ON = `
create view sent_on as
select f.call_id, f.seq, f.body->>'queue' as queue, f.body->>'because' as because,
  joined.at as joined_at, joined.seq as joined_seq, joined.ahead, f.at as left_at
from facts f
left join lateral (
  select last.at, last.seq, (last.body->>'ahead')::int as ahead
  from (
    select * from facts
    where call_id = f.call_id and seq < f.seq and kind in ('Queued', 'Overflowed') order by seq desc limit 1
  ) last
  where last.kind = 'Queued' and last.body->>'queue' = f.body->>'queue'
) joined on true
where f.kind = 'Overflowed';
comment on view sent_on is 'Each line that has sent a caller on, as the facts tell';
comment on column sent_on.call_id is 'Whom';
comment on column sent_on.seq is 'The place of that fact';
comment on column sent_on.queue is 'The line';
comment on column sent_on.because is 'wait, length or nobody: as in the columns queues.overflow_…';
comment on column sent_on.joined_at is 'When they joined it; null: they were turned away at its door';
comment on column sent_on.joined_seq is 'The place of that fact';
comment on column sent_on.ahead is 'How many were ahead then';
comment on column sent_on.left_at is 'When they were sent on'`

// Whoever changes these tables, by a command or by hand: the service reads them again (database/bell.ts).
const BELLS = `
create function tell_centre_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('hotline_centre_changed', tg_table_name);
  return null;
end $$;
create trigger changed after insert or update or delete on queues for each statement execute function tell_centre_changed();
create trigger changed after insert or update or delete on numbers for each statement execute function tell_centre_changed()`

// Whole seconds, as Asterisk counts them.
const seconds = (from: string, to: string): string => `floor(extract(epoch from ${to} - ${from}))::int::text`
/** Of what happened within one ms, the one line is left before the next is joined: so the microseconds tell, too. */
const inTurn = (at: string, turn: string): string => `${at} + least(${turn}, 999) * interval '1 microsecond'`
const position = (ahead: string): string => `(coalesce(${ahead}, 0) + 1)::text`

const LINE_AT = 'coalesce(c.line_at, c.queued_at)'
const HOLD_TIME = seconds(`coalesce(${LINE_AT}, c.arrived_at)`, 'l.connected_at')
const lastTold = (call: string, before: string): string => `(
  select (f.body->>'ahead')::int from facts f
  where f.call_id = ${call} and f.kind in ('Queued', 'PlaceTold') and ${before} order by f.seq desc limit 1
)`
/** The line in which a phone rang in vain: the next that sent them on, or their last. */
const RANG_FOR = `coalesce(
  (select s.body->>'queue' from facts s
   where s.call_id = c.id and s.kind = 'Overflowed' and s.at >= l.ended_at order by s.seq limit 1),
  c.queue
)`

// Of two states that begin in the same ms, the one without length came first.
const OF_AGENT = `partition by agent_id order by started_at, coalesce(ended_at, 'infinity'), id`

// A talk that is over while its call goes on is one that the agent ended: the caller is being asked to rate it. Who finds a
// line full is in app_queue's log not at all (maxlen); who finds nobody there enters it and leaves it (leavewhenempty).
export const QUEUE_LOG = `
create or replace view queue_log as
with told as (
  select ${inTurn(LINE_AT, 'case when c.line_at > c.queued_at then 999 else 0 end')} as at, c.id as callid, c.queue as queuename, 'NONE' as agent, 'ENTERQUEUE' as event,
    '' as data1, c.caller as data2, ${position('c.ahead_at_first')} as data3
  from calls c where c.queued_at is not null and not c.line_left
  union all
  select ${inTurn('coalesce(s.joined_at, s.left_at)', 'coalesce(2 * s.joined_seq, 2 * s.seq - 1)')}, c.id, s.queue, 'NONE', 'ENTERQUEUE', '', c.caller, ${position('s.ahead')}
  from sent_on s join calls c on c.id = s.call_id
  where s.joined_at is not null or s.because = 'nobody'
  union all
  select ${inTurn('s.left_at', '2 * s.seq')}, s.call_id, s.queue, 'NONE',
    case s.because when 'nobody' then 'EXITEMPTY' else 'EXITWITHTIMEOUT' end,
    ${position(`case when s.joined_at is not null then ${lastTold('s.call_id', 'f.seq < s.seq')} end`)},
    ${position('s.ahead')}, ${seconds('coalesce(s.joined_at, s.left_at)', 's.left_at')}
  from sent_on s
  where s.joined_at is not null or s.because = 'nobody'
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
  select l.ended_at, c.id, ${RANG_FOR}, 'PJSIP/' || l.agent_id, 'RINGNOANSWER',
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
    ${position(lastTold('c.id', 'true'))}, ${position('c.ahead_at_first')}, ${seconds(LINE_AT, 'c.ended_at')}
  from calls c
  where c.queued_at is not null and not c.line_left
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
