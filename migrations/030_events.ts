import type { Knex } from 'knex'

/** What happens, for programs outside; the webhooks that are told of it, and what could not be delivered to them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table events (
  id bigint primary key,
  version smallint not null,
  type text not null,
  at timestamptz not null,
  call jsonb,
  queue text,
  agents text[] not null,
  details jsonb not null
);
create table events_swept (
  only_one boolean primary key default true check (only_one),
  up_to bigint not null
);
insert into events_swept (up_to) values (0);
create table webhooks (
  id text primary key,
  url text not null,
  types text[],
  whole boolean not null,
  team text[],
  queues text[],
  secret text not null,
  created_at timestamptz not null,
  created_by text not null,
  position bigint not null,
  tries integer not null default 0,
  due_at timestamptz,
  failing_since timestamptz,
  failure text,
  delivered_at timestamptz,
  off_at timestamptz,
  off_because text
);
create table webhook_letters (
  webhook_id text not null references webhooks on delete cascade,
  event_id bigint not null,
  event jsonb not null,
  dead_at timestamptz,
  failure text,
  primary key (webhook_id, event_id)
);
comment on table events is 'What happened to calls and agents, as programs outside hear it; swept after seven days';
comment on column events.id is 'Grows in the order in which they were decided';
comment on column events.version is 'Of the form';
comment on column events.type is 'Such as call.queued';
comment on column events.at is 'When it happened';
comment on column events.call is 'Which call, between whom; null: it is about an agent alone';
comment on column events.queue is 'Whose affair it is; null: no waiting line''s';
comment on column events.agents is 'Whom it concerns';
comment on column events.details is 'What there is to say of its type; times in ms since 1970';
comment on table events_swept is 'One row: how much of events is there no more';
comment on column events_swept.only_one is 'Always true';
comment on column events_swept.up_to is 'The last id that was swept away';
comment on table webhooks is 'Programs outside that are told of events by HTTP';
comment on column webhooks.id is 'Random';
comment on column webhooks.url is 'Where they take them';
comment on column webhooks.types is 'Which they want, such as call.queued or call.*; null: all';
comment on column webhooks.whole is 'They may see telephone numbers';
comment on column webhooks.team is 'The teams that they may hear of; null: all';
comment on column webhooks.queues is 'The queues that they may hear of; null: all';
comment on column webhooks.secret is 'With which what they are sent is signed';
comment on column webhooks.created_at is 'When it was set';
comment on column webhooks.created_by is 'Who has set it';
comment on column webhooks.position is 'The last event that they have, or need not have';
comment on column webhooks.tries is 'How often the next one was sent in vain';
comment on column webhooks.due_at is 'When it is sent again; null: at once';
comment on column webhooks.failing_since is 'Since when nothing was taken; null: the last one was';
comment on column webhooks.failure is 'Why the last one was not';
comment on column webhooks.delivered_at is 'When one was taken last';
comment on column webhooks.off_at is 'Since when nothing is sent; null: it is on';
comment on column webhooks.off_because is 'Why';
comment on table webhook_letters is 'Events beside the order: those that could not be delivered, and those that are to be sent again';
comment on column webhook_letters.webhook_id is 'To whom';
comment on column webhook_letters.event_id is 'Which event';
comment on column webhook_letters.event is 'As it stands in events, which may have been swept';
comment on column webhook_letters.dead_at is 'When it was given up; null: it is to be sent';
comment on column webhook_letters.failure is 'Why it was given up'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table webhook_letters; drop table webhooks; drop table events_swept; drop table events')
}
