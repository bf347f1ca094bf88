import type { Knex } from 'knex'

/** Numbers that are blocked or come first, and what a line makes of who called before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table callers (
  number text primary key check (number ~ '^[0-9*#]{1,40}$'),
  standing text not null check (standing in ('blocked', 'vip')),
  head_start_ms integer not null default 300000 check (head_start_ms >= 0),
  until timestamptz,
  note text not null default '',
  changed_at timestamptz not null default now()
);
alter table queues
  add column repeat_within_ms integer not null default 0 check (repeat_within_ms >= 0),
  add column repeat_head_start_ms integer not null default 0 check (repeat_head_start_ms >= 0),
  add column last_agent_ms integer not null default 0 check (last_agent_ms >= 0);
create index calls_caller on calls (caller, arrived_at);
comment on table callers is 'Numbers of which the centre has something to say';
comment on column callers.number is 'As it is dialled at home: 13800138000, 02162345678, 0044…; callers are known by it however a trunk writes it';
comment on column callers.standing is 'blocked: not even answered; vip: with a head start in every line';
comment on column callers.head_start_ms is 'Of a vip: they come before others who have waited up to so much longer, ms';
comment on column callers.until is 'Until then; null: for good';
comment on column callers.note is 'Why, for people';
comment on column callers.changed_at is 'When it was last set';
comment on column queues.repeat_within_ms is 'Who called within this time before is a repeat caller, ms; 0: nobody is';
comment on column queues.repeat_head_start_ms is 'The head start that a repeat caller has more, ms';
comment on column queues.last_agent_ms is 'So long a caller waits for the agent whom they talked with last, ms; 0: not at all'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop index calls_caller;
alter table queues drop column repeat_within_ms, drop column repeat_head_start_ms, drop column last_agent_ms;
drop table callers`)
}
