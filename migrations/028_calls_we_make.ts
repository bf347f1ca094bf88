import type { Knex } from 'knex'
import { OUTSIDE } from './023_dialling.ts'
import { CDR as CDR_BEFORE } from './025_callbacks_in_views.ts'

/** Agents' own calls and those to whoever is on duty, in `cdr`, as calls that we make. (queue_log tells of callers, and so not of them.) */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CDR)
  await knex.raw(COMMENTS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(CDR_BEFORE)
}

// As in 025. An agent's own call, and that to somebody on duty, is dialled once, as soon as it begins.
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
  case when dialled.at is null then c.flow else c.direction end as dcontext,
  case when dialled.at is null then c.id else coalesce(leg.id, '') end as channel,
  case when dialled.at is null then coalesce(leg.id, outside.id, '') else dialled.channel end as dstchannel,
  case when c.via_lifeboat then 'Queue' else 'Stasis' end as lastapp,
  case when c.via_lifeboat then coalesce(c.queue, '') else 'hotline' end as lastdata,
  floor(extract(epoch from over.at - began.at))::int as duration,
  coalesce(floor(extract(epoch from c.ended_at - c.answered_at)), 0)::int as billsec,
  case
    when c.outcome = 'failed' then 'FAILED'
    when c.answered_at is not null then 'ANSWERED'
    when coalesce(c.callback->'tries'->-1->>'result', missed.result) = 'busy' or (c.direction = 'internal' and c.cause = 17) then 'BUSY'
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
  where call_id = c.id and c.direction <> 'inbound'
    and (kind = 'CustomerDialled' or (kind = 'DutyBegan' and body->'number' is not null))
  order by seq desc limit 1
) dialled on true
left join lateral (
  select body->>'result' as result from facts
  where call_id = c.id and kind = 'NotReached' and c.direction = 'outbound' limit 1
) missed on true
cross join lateral (select coalesce(dialled.at, c.arrived_at) as at) began
cross join lateral (select case when c.answered_at is null and dialled.at is not null then coalesce(leg.ended_at, c.ended_at) else c.ended_at end as at) over
where c.ended_at is not null and (c.direction <> 'callback' or dialled.at is not null)`

const COMMENTS = `
comment on column cdr.calldate is 'When the call arrived, or the customer was dialled (of a callback, last); the same as start';
comment on column cdr.clid is 'The caller''s "name" <number>; where we called, the number that the customer sees';
comment on column cdr.src is 'Who calls: of a callback and of an agent''s own call, we';
comment on column cdr.dcontext is 'The flow that the caller met; callback, outbound or internal (to somebody on duty), where we called';
comment on column cdr.channel is 'The unique id of the caller''s channel; where we called, the agent''s, or empty';
comment on column cdr.dstchannel is 'The unique id of the agent''s channel: of the leg that talked, or else of the last that rang; where we called, the customer''s';
comment on column cdr.disposition is 'ANSWERED by the hotline, even where no agent did (userfield tells), or by whom we called; BUSY; NO ANSWER; FAILED'`
