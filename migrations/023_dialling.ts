import type { Knex } from 'knex'

/** Which numbers outside may be dialled, whose number they are shown, and the ways of calls to them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table dialling (
  id boolean primary key default true check (id),
  prefixes text[] not null default '{86}',
  area text check (area ~ '^0[0-9]{2,3}$'),
  form text not null default 'national' check (form in ('national', 'e164')),
  outside_line text not null default '' check (outside_line ~ '^[02-9]{0,1}$'),
  quiet_from smallint check (quiet_from between 0 and 1439),
  quiet_to smallint check (quiet_to between 0 and 1439),
  zones jsonb not null default '[]',
  check ((quiet_from is null) = (quiet_to is null)),
  check (quiet_from <> quiet_to)
);
insert into dialling (quiet_from, quiet_to) values (21 * 60, 8 * 60);
create trigger changed after insert or update or delete on dialling for each statement execute function tell_centre_changed();
alter table queues add column shows text check (shows ~ '^[+]{0,1}[0-9]{3,20}$');
create table outside_legs (
  id text primary key,
  call_id text not null,
  number text not null,
  dialled_at timestamptz not null,
  rang_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  result text check (result in ('answered', 'busy', 'no-answer', 'rejected', 'unreachable', 'withdrawn')),
  cause integer
);
create index outside_legs_of_call on outside_legs (call_id);
comment on column queues.shows is 'The number that is shown to whom its calls dial; null: the one that the caller dialled';
comment on column calls.ended_by is 'Who hung up first: caller, agent, outside (whom they were put through to), hotline, asterisk';
comment on column calls.phase is 'Where it stands: arriving, in-flow, leaving-voicemail, transferring-out, queued, ringing, talking, surveying, ended';
comment on table dialling is 'The dialling rules: one row';
comment on column dialling.id is 'Always true';
comment on column dialling.prefixes is 'What numbers may begin with, with their country code: 86, 86138. Empty: nothing is dialled';
comment on column dialling.area is 'The area code of numbers that are shown without one, such as 021; null: these are not dialled';
comment on column dialling.form is 'As the trunk wants numbers: national (13800138000, 0044…) or e164 (+86…)';
comment on column dialling.outside_line is 'The digit that the trunk wants before each number';
comment on column dialling.quiet_from is 'Nobody is dialled from this minute of the day on, by the clocks where the number is; null: at any time';
comment on column dialling.quiet_to is 'Until this minute, not included; the next day where it is the lower';
comment on column dialling.zones is 'Where other clocks are than the centre''s: [{prefix, zone}], by what numbers begin with';
comment on table outside_legs is 'A call''s way to one number outside, from the dialling to its end';
comment on column outside_legs.id is 'The unique id of its channel in Asterisk';
comment on column outside_legs.call_id is 'The call that was put through';
comment on column outside_legs.dialled_at is 'When it was dialled';
comment on column outside_legs.rang_at is 'When it first rang';
comment on column outside_legs.ended_at is 'When the talk was over, or the dialling';
comment on column outside_legs.number is 'As it was dialled';
comment on column outside_legs.answered_at is 'When it was answered, and the two were put through';
comment on column outside_legs.result is 'answered, or why it led to nothing';
comment on column outside_legs.cause is 'Of its end, by Q.850; 0: nobody saw it'`)
  await knex.raw(CDR)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(cdr("coalesce(leg.id, '')", ''))
  await knex.raw(`
drop table outside_legs, dialling;
alter table queues drop column shows`)
}

export const OUTSIDE = `
left join lateral (
  select id from outside_legs where call_id = c.id order by answered_at is null, dialled_at desc limit 1
) outside on true`

/** As in 002, with where `dstchannel` is from. */
const cdr = (dstchannel: string, joined: string): string => `
create or replace view cdr as
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
  ${dstchannel} as dstchannel,
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
) leg on true${joined}
where c.ended_at is not null`

export const CDR = cdr("coalesce(leg.id, outside.id, '')", OUTSIDE)
