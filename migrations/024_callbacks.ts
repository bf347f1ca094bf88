import type { Knex } from 'knex'

/** Promises to call back: calls of their own, with what a queue lets be promised. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table queues
  add column callback_keeps_place boolean not null default false,
  add column callback_within_ms integer not null default 7200000 check (callback_within_ms > 0),
  add column callback_pauses jsonb not null default '[300000, 1800000, 7200000, 86400000]',
  add column callback_after_low_score boolean not null default false;
alter table calls
  add column callback jsonb,
  drop constraint calls_outcome_check,
  add constraint calls_outcome_check check (outcome in ('answered','abandoned-in-flow','abandoned-in-queue','abandoned-ringing',
    'self-served','voicemail','callback-booked','transferred-out','closed','blocked','not-reached','withdrawn','failed'));
alter table agents
  drop constraint agents_state_check,
  add constraint agents_state_check
    check (state in ('signed-out','ready','ringing','dialling','talking','wrapping-up','paused'));
create index calls_callbacks on calls (arrived_at) where direction = 'callback';
create table callback_cancellations (
  callback text primary key,
  at timestamptz not null default now()
);
create trigger changed after insert on callback_cancellations for each statement execute function tell_centre_changed();
create trigger changed after update of done_at on messages for each row when (new.done_at is not null)
  execute function tell_centre_changed();
comment on table callback_cancellations is 'Callbacks that somebody says need not be made any more';
comment on column callback_cancellations.callback is 'Its id in calls';
comment on column callback_cancellations.at is 'When it was said';
comment on column queues.callback_keeps_place is 'Whether who waits may leave by key 1, and is called when it is their turn';
comment on column queues.callback_within_ms is 'Within which time a callback is promised, ms';
comment on column queues.callback_pauses is 'How long is paused before each further try to reach a customer, ms; after the last try it is given up';
comment on column queues.callback_after_low_score is 'Whether who was not content with a talk is called back';
comment on column calls.direction is 'inbound; callback: promised in another call, and made by us';
comment on column calls.callback is 'Of a callback: the call in which it was promised (of), why (because), by when (promisedUntil, ms since 1970), what was spoken (messages) and what came of each try (tries)';
comment on column calls.phase is 'Where it stands: arriving, in-flow, leaving-voicemail, transferring-out, scheduled, queued, ringing, dialling, talking, surveying, ended'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop trigger changed on messages;
drop table callback_cancellations;
drop index calls_callbacks;
alter table agents
  drop constraint agents_state_check,
  add constraint agents_state_check check (state in ('signed-out','ready','ringing','talking','wrapping-up','paused'));
alter table calls
  drop column callback,
  drop constraint calls_outcome_check,
  add constraint calls_outcome_check check (outcome in ('answered','abandoned-in-flow','abandoned-in-queue','abandoned-ringing',
    'self-served','voicemail','callback-booked','transferred-out','closed','blocked','failed'));
alter table queues
  drop column callback_keeps_place,
  drop column callback_within_ms,
  drop column callback_pauses,
  drop column callback_after_low_score`)
}
