import type { Knex } from 'knex'

/** What callers have left for those who call back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table messages (
  id text primary key,
  call_id text not null references calls (id),
  queue text not null,
  began_at timestamptz not null,
  ended_at timestamptz not null,
  done_at timestamptz,
  note text not null default ''
);
create index messages_call on messages (call_id);
create index messages_open on messages (began_at) where done_at is null;
comment on column calls.phase is 'Where it stands: arriving, in-flow, leaving-voicemail, queued, ringing, talking, surveying, ended';
comment on table messages is 'What callers have left: parts of the recordings of their calls, on the caller''s side';
comment on column messages.id is 'As in the call''s facts';
comment on column messages.call_id is 'The call in which it was spoken';
comment on column messages.queue is 'Whose agents call back';
comment on column messages.began_at is 'When the caller could begin to speak';
comment on column messages.ended_at is 'When it was over';
comment on column messages.done_at is 'When somebody has seen to it; null: it is still to be done';
comment on column messages.note is 'What came of it, for people'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table messages')
}
