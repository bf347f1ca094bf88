import type { Knex } from 'knex'

/** Who is on duty, and what of callers' messages they have been asked about. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table duty (
  id text primary key check (id ~ '^[0-9]{1,8}$'),
  name text not null,
  number text not null,
  language text not null default 'zh' check (language in ('zh','en')),
  turn integer not null default 1,
  weekly jsonb not null,
  days jsonb not null default '{}',
  pin text,
  wrong_pins integer not null default 0,
  locked_until timestamptz
);
alter table queues add column duty_after_ms integer check (duty_after_ms > 0);
alter table messages
  add column kept_until timestamptz,
  add column kept_by text,
  add column duty_asked text[] not null default '{}',
  add column duty_asked_at timestamptz,
  add column duty_passed boolean not null default false;
comment on table duty is 'Who is on duty, and phoned about messages that nobody has heard';
comment on column duty.id is 'The digits by which they say who they are';
comment on column duty.name is 'For people';
comment on column duty.language is 'In which they are spoken to when they are phoned';
comment on column duty.number is 'Of their mobile, as a person writes it';
comment on column duty.turn is 'Who is asked first: the lowest; then the next';
comment on column duty.weekly is 'When they are on duty, as in a calendar';
comment on column duty.days is 'Days that are like no other of their kind, as in a calendar';
comment on column duty.pin is 'Its salt and scrypt hash; null: none yet, so that they are not let in';
comment on column duty.wrong_pins is 'How many were wrong since the last that was right';
comment on column duty.locked_until is 'No PIN of theirs is right until then; null: it is not locked';
comment on column queues.duty_after_ms is 'After which time whoever is on duty is phoned about a message that nobody has heard, ms; null: they never are';
comment on column messages.kept_until is 'Whoever is on duty keeps it to be done: nobody else is asked before';
comment on column messages.kept_by is 'Who that is: they hear it again when they dial in';
comment on column messages.duty_asked is 'Who of those on duty was asked about it lately, in their order';
comment on column messages.duty_asked_at is 'When that was last, or it was passed on; null: nobody was';
comment on column messages.duty_passed is 'Who was asked last has passed it on: who was not asked yet is, at once';
comment on column calls.direction is 'inbound; callback: promised in another call, and made by us; outbound: dialled by an agent; internal: of somebody on duty'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop table duty;
alter table queues drop column duty_after_ms;
alter table messages drop column kept_until, drop column kept_by, drop column duty_asked, drop column duty_asked_at, drop column duty_passed`)
}
