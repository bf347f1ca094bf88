import type { Knex } from 'knex'

/** Who may ask what: people, their sessions, keys of programs; what they did; and what was answered to them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES)
  await knex.raw(APPEND_ONLY)
  await knex.raw(COMMENTS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table sessions, people, api_keys, idempotency_keys, audit_log; drop function refuse_change()')
}

const TABLES = `
create table people (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
  name text not null,
  roles text[] not null check (roles <@ array['agent','supervisor','manager','administrator']),
  teams text[],
  queues text[],
  agent_id text unique references agents(id) on delete set null,
  sso text unique,
  password text,
  wrong_passwords integer not null default 0,
  locked_until timestamptz,
  disabled boolean not null default false,
  made_at timestamptz not null
);
create table sessions (
  id text primary key,
  hash text not null unique,
  person_id text not null references people(id) on delete cascade,
  began_at timestamptz not null,
  ends_at timestamptz not null,
  address text not null,
  program text not null
);
create index sessions_by_person on sessions (person_id, began_at);
create table api_keys (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
  hash text not null unique,
  rights text[] not null,
  teams text[],
  queues text[],
  made_at timestamptz not null,
  made_by text not null,
  ends_at timestamptz
);
create table idempotency_keys (
  who text not null,
  key text not null,
  request text not null,
  at timestamptz not null,
  status integer,
  answer text,
  primary key (who, key)
);
create index idempotency_keys_by_time on idempotency_keys (at);
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  who text not null,
  what text not null,
  whom text,
  details jsonb not null,
  outcome text not null,
  address text not null
);
create index audit_log_by_time on audit_log (at);
create index audit_log_by_who on audit_log (who, id);
create index audit_log_by_whom on audit_log (whom, id) where whom is not null`

const APPEND_ONLY = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only added to';
end $$;
create trigger audit_log_stays before update or delete or truncate on audit_log
  for each statement execute function refuse_change()`

const COMMENTS = `
comment on table people is 'Who may sign in, as what, and how far that reaches';
comment on column people.id is 'By which they sign in; in the audit log as person:…';
comment on column people.name is 'For people';
comment on column people.roles is 'agent, supervisor, manager, administrator: they may what any of these may';
comment on column people.teams is 'To whose agents it reaches; null: to all';
comment on column people.queues is 'To whose calls it reaches; null: to all';
comment on column people.agent_id is 'The agent who they are; null: none';
comment on column people.sso is 'By which the company''s sign-in knows them: its sub, or an e-mail that it has verified';
comment on column people.password is 'Its salt and scrypt hash; null: none, so that they are not let in by one';
comment on column people.wrong_passwords is 'How many were wrong since the last that was right';
comment on column people.locked_until is 'No password of theirs is right until then; null: it is not locked';
comment on column people.disabled is 'They are not let in, and their sessions are worth nothing';
comment on column people.made_at is 'When they were added';
comment on table sessions is 'Who has signed in, until when; a row less is a session that is revoked';
comment on column sessions.id is 'By which it is revoked: it opens nothing';
comment on column sessions.hash is 'SHA-256 of what opens';
comment on column sessions.person_id is 'Whose it is';
comment on column sessions.began_at is 'When they signed in';
comment on column sessions.ends_at is 'It opens nothing from then on';
comment on column sessions.address is 'From where they signed in';
comment on column sessions.program is 'With what: the user agent, as it calls itself';
comment on table api_keys is 'Keys of programs; a row less is a key that is revoked';
comment on column api_keys.id is 'Its name; in the audit log as key:…';
comment on column api_keys.hash is 'SHA-256 of what opens';
comment on column api_keys.rights is 'What it may: see GET /api/session';
comment on column api_keys.teams is 'To whose agents it reaches; null: to all';
comment on column api_keys.queues is 'To whose calls it reaches; null: to all';
comment on column api_keys.made_at is 'When it was made';
comment on column api_keys.made_by is 'By whom';
comment on column api_keys.ends_at is 'It opens nothing from then on; null: it has no end';
comment on table idempotency_keys is 'Acts that were asked for with a header Idempotency-Key, for a day: who asks again is answered the same, and nothing is done twice';
comment on column idempotency_keys.who is 'Who asked';
comment on column idempotency_keys.key is 'What they wrote into the header';
comment on column idempotency_keys.request is 'SHA-256 of what they asked for';
comment on column idempotency_keys.at is 'When';
comment on column idempotency_keys.status is 'What was answered, as HTTP has it; null: it is still under way';
comment on column idempotency_keys.answer is 'The body of that; null where it held a secret';
comment on table audit_log is 'Who did what, when, and from where. It is only added to: a trigger refuses to change it';
comment on column audit_log.id is 'In the order in which they were written';
comment on column audit_log.at is 'When';
comment on column audit_log.who is 'person:…, key:…, cli:… (who was at the console), or nobody';
comment on column audit_log.what is 'The route, or the command';
comment on column audit_log.whom is 'The id of what it was done to';
comment on column audit_log.details is 'How, without secrets and without the numbers of callers';
comment on column audit_log.outcome is 'done, or the id of the failure';
comment on column audit_log.address is 'From where'`
