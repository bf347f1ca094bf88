import type { Knex } from 'knex'
import { QUEUE_LOG as QUEUE_LOG_BEFORE } from './018_lines.ts'
import { CDR as CDR_BEFORE, OUTSIDE } from './023_dialling.ts'

/**
 * Callbacks in the words of Asterisk. In `cdr` they are calls that an agent makes; in `queue_log` they are not, as that tells of
 * callers: who keeps their place leaves the line by a key.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CDR)
  await knex.raw(QUEUE_LOG)
  await knex.raw(COMMENTS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(CDR_BEFORE)
  await knex.raw(QUEUE_LOG_BEFORE)
}

// One row a call, once it is over, as Asterisk writes it at the hang-up; the leg is the one that talked, or else the last.
// Of a callback the last try: from when the customer's phone was dialled. One that was never dialled is no call.
export const CDR = `
create or replace view cdr as
select
  began.at as calldate,
  began.at as start,
  c.answered_at as answer,
  c.ended_at as "end",
  case when dialled.at is null then format('"%s" <%s>', replace(c.caller_name, '"', ''), c.caller)
    else format('"" <%s>', dialled.shows) end as clid,
  case when dialled.at is null then c.caller else dialled.shows end as src,
  case when dialled.at is null then c.called else c.caller end as dst,
  case when dialled.at is null then c.flow else 'callback' end as dcontext,
  case when dialled.at is null then c.id else leg.id end as channel,
  case when dialled.at is null then coalesce(leg.id, outside.id, '') else dialled.channel end as dstchannel,
  case when c.via_lifeboat then 'Queue' else 'Stasis' end as lastapp,
  case when c.via_lifeboat then coalesce(c.queue, '') else 'hotline' end as lastdata,
  floor(extract(epoch from over.at - began.at))::int as duration,
  coalesce(floor(extract(epoch from c.ended_at - c.answered_at)), 0)::int as billsec,
  case
    when c.outcome = 'failed' then 'FAILED'
    when c.answered_at is not null then 'ANSWERED'
    when c.callback->'tries'->-1->>'result' = 'busy' then 'BUSY'
    else 'NO ANSWER'
  end as disposition,
  3 as amaflags,
  coalesce(c.agent_id, '') as accountcode,
  c.id as uniqueid,
  c.id as linkedid,
  c.outcome as userfield
from calls c
left join lateral (
  select id, ended_at from legs where call_id = c.id
  order by connected_at is null, offered_at desc limit 1
) leg on true${OUTSIDE}
left join lateral (
  select at, body->>'channel' as channel, body->>'shows' as shows from facts
  where call_id = c.id and kind = 'CustomerDialled' and c.direction = 'callback' order by seq desc limit 1
) dialled on true
cross join lateral (select coalesce(dialled.at, c.arrived_at) as at) began
cross join lateral (select case when c.answered_at is null and dialled.at is not null then leg.ended_at else c.ended_at end as at) over
where c.ended_at is not null and (c.direction <> 'callback' or dialled.at is not null)`

const COMMENTS = `
comment on column cdr.calldate is 'When the call arrived, or the customer of a callback was dialled last; the same as start';
comment on column cdr.clid is 'The caller''s "name" <number>; of a callback the number that the customer sees';
comment on column cdr.src is 'Who calls: of a callback, we';
comment on column cdr.dst is 'The number dialled';
comment on column cdr.dcontext is 'The flow that the caller met; callback, where we called';
comment on column cdr.channel is 'The unique id of the caller''s channel; of a callback the agent''s';
comment on column cdr.dstchannel is 'The unique id of the agent''s channel: of the leg that talked, or else of the last that rang; of a callback the customer''s';
comment on column cdr.duration is 'Whole seconds from start to end; of a callback that did not reach the customer, to the end of the try';
comment on column cdr.disposition is 'ANSWERED by the hotline, even where no agent did (userfield tells), or by the customer of a callback; BUSY; NO ANSWER; FAILED';
comment on column queue_log.data1 is 'CONNECT, COMPLETE…: seconds waited; ABANDON, EXIT…: position, but EXITWITHKEY: the key; RINGNOANSWER: ms rung; PAUSE: the reason';
comment on column queue_log.data2 is 'ENTERQUEUE: caller id; CONNECT: the agent''s channel; COMPLETE…: seconds talked; ABANDON, EXIT…: position on joining, but EXITWITHKEY: position';
comment on column queue_log.data3 is 'ENTERQUEUE: position; CONNECT: seconds rung; COMPLETE…: position on joining; ABANDON, EXIT…: seconds waited, but EXITWITHKEY: position on joining';
comment on column queue_log.data4 is 'EXITWITHKEY: seconds waited'`

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
// EXITWITHKEY is key, position, position on joining, seconds waited (app_queue.c): who keeps their place leaves when they press.
export const QUEUE_LOG = `
create or replace view queue_log as
with callers as (
  select * from calls where direction = 'inbound'
), told as (
  select ${inTurn(LINE_AT, 'case when c.line_at > c.queued_at then 999 else 0 end')} as at, c.id as callid, c.queue as queuename, 'NONE' as agent, 'ENTERQUEUE' as event,
    '' as data1, c.caller as data2, ${position('c.ahead_at_first')} as data3, '' as data4
  from callers c where c.queued_at is not null and not c.line_left
  union all
  select ${inTurn('coalesce(s.joined_at, s.left_at)', 'coalesce(2 * s.joined_seq, 2 * s.seq - 1)')}, c.id, s.queue, 'NONE', 'ENTERQUEUE', '', c.caller, ${position('s.ahead')}, ''
  from sent_on s join calls c on c.id = s.call_id
  where s.joined_at is not null or s.because = 'nobody'
  union all
  select ${inTurn('s.left_at', '2 * s.seq')}, s.call_id, s.queue, 'NONE',
    case s.because when 'nobody' then 'EXITEMPTY' else 'EXITWITHTIMEOUT' end,
    ${position(`case when s.joined_at is not null then ${lastTold('s.call_id', 'f.seq < s.seq')} end`)},
    ${position('s.ahead')}, ${seconds('coalesce(s.joined_at, s.left_at)', 's.left_at')}, ''
  from sent_on s
  where s.joined_at is not null or s.because = 'nobody'
  union all
  select l.connected_at, c.id, c.queue, 'PJSIP/' || l.agent_id, 'CONNECT',
    ${HOLD_TIME}, l.id, ${seconds('coalesce(l.rang_at, l.offered_at)', 'l.answered_at')}, ''
  from legs l join callers c on c.id = l.call_id
  where l.connected_at is not null
  union all
  select l.ended_at, c.id, c.queue, 'PJSIP/' || l.agent_id,
    case when c.ended_at is null or c.ended_by = 'agent' then 'COMPLETEAGENT' else 'COMPLETECALLER' end,
    ${HOLD_TIME}, ${seconds('l.connected_at', 'l.ended_at')}, ${position('c.ahead_at_first')}, ''
  from legs l join callers c on c.id = l.call_id
  where l.connected_at is not null and l.ended_at is not null
  union all
  select l.ended_at, c.id, ${RANG_FOR}, 'PJSIP/' || l.agent_id, 'RINGNOANSWER',
    floor(extract(epoch from l.ended_at - coalesce(l.rang_at, l.offered_at)) * 1000)::bigint::text, '', '', ''
  from legs l join callers c on c.id = l.call_id
  where l.result in ('no-answer', 'rejected', 'unreachable')
  union all
  select c.ended_at, c.id, c.queue, 'NONE',
    case
      when c.outcome = 'closed' then 'EXITEMPTY'
      when c.outcome = 'abandoned-in-queue' and c.ended_by = 'hotline' then 'EXITWITHTIMEOUT'
      else 'ABANDON'
    end,
    ${position(lastTold('c.id', 'true'))}, ${position('c.ahead_at_first')}, ${seconds(LINE_AT, 'c.ended_at')}, ''
  from callers c
  where c.queued_at is not null and not c.line_left
    and c.outcome in ('abandoned-in-queue', 'abandoned-ringing', 'closed', 'failed')
  union all
  select kept.at, c.id, c.queue, 'NONE', 'EXITWITHKEY', '1',
    ${position(lastTold('c.id', 'f.seq < kept.seq'))}, ${position('c.ahead_at_first')}, ${seconds(LINE_AT, 'kept.at')}
  from callers c cross join lateral (
    select seq, at from facts
    where call_id = c.id and kind = 'CallbackBooked' and body->>'because' = 'place-kept' order by seq desc limit 1
  ) kept
  where c.queued_at is not null and not c.line_left and c.outcome = 'callback-booked'
  union all
  select s.at, 'NONE', 'NONE', 'PJSIP/' || s.agent_id, s.event, s.reason, '', '', ''
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
  coalesce(data1, '') as data1, coalesce(data2, '') as data2, coalesce(data3, '') as data3, coalesce(data4, '') as data4, '' as data5
from told`
