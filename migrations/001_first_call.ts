import type { Knex } from 'knex'

/**
 * The centre (queues, agents, numbers), the story (calls, legs, facts) and the agents' time (agent_states).
 * Times are timestamptz; lengths are whole milliseconds and say so in their names.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CENTRE)
  await knex.raw(STORY)
  await knex.raw(COMMENTS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table agent_states, facts, legs, calls, numbers, agent_skills, agents, queues')
}

const CENTRE = `
create table queues (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  name_zh text not null,
  name_en text not null,
  skills jsonb not null default '{}',
  ring_ms integer not null default 15000 check (ring_ms > 0),
  wrap_up_ms integer not null default 10000 check (wrap_up_ms >= 0),
  announce_every_ms integer not null default 30000 check (announce_every_ms > 0),
  longest_wait_ms integer not null default 900000 check (longest_wait_ms > 0),
  service_level_ms integer not null default 30000 check (service_level_ms > 0)
);
create table agents (
  id text primary key check (id ~ '^[0-9]{2,8}$'),
  name text not null,
  team text not null default '',
  sip_password text not null,
  state text not null default 'signed-out'
    check (state in ('signed-out','ready','ringing','talking','wrapping-up','paused')),
  reason text,
  since timestamptz not null default now(),
  call_id text,
  idle_since timestamptz not null default now(),
  next_wish jsonb,
  wake_at timestamptz,
  version bigint not null default 0
);
create table agent_skills (
  agent_id text not null references agents(id) on delete cascade,
  skill text not null,
  level smallint not null check (level between 1 and 10),
  primary key (agent_id, skill)
);
create table numbers (
  number text primary key,
  flow text not null
);`

const STORY = `
create table calls (
  id text primary key,
  seq integer not null,
  phase text not null,
  state jsonb,
  wake_at timestamptz,
  direction text not null default 'inbound',
  caller text not null,
  caller_name text not null,
  called text not null,
  flow text not null,
  language text not null,
  arrived_at timestamptz not null,
  answered_at timestamptz,
  queue text,
  queued_at timestamptz,
  ahead_at_first integer,
  agent_id text,
  connected_at timestamptz,
  talk_ended_at timestamptz,
  held_ms integer not null default 0,
  ended_at timestamptz,
  ended_by text,
  cause integer,
  outcome text check (outcome in ('answered','abandoned-in-flow','abandoned-in-queue','abandoned-ringing','self-served',
    'voicemail','callback-booked','transferred-out','closed','blocked','failed')),
  short boolean not null default false,
  survey_offered boolean not null default false,
  rating smallint,
  via_lifeboat boolean not null default false,
  recording_file text,
  recording_ms integer,
  recording_sha256 text,
  recording_faults text[],
  check ((ended_at is null) = (outcome is null))
);
create index calls_by_arrival on calls (arrived_at);
create index calls_open on calls (id) where state is not null;
create table facts (
  call_id text not null,
  seq integer not null,
  at timestamptz not null,
  kind text not null,
  body jsonb not null,
  primary key (call_id, seq)
);
create index facts_by_time on facts (at);
create table legs (
  id text primary key,
  call_id text not null,
  agent_id text not null,
  offered_at timestamptz not null,
  rang_at timestamptz,
  answered_at timestamptz,
  connected_at timestamptz,
  ended_at timestamptz,
  result text check (result in ('answered','no-answer','rejected','unreachable','withdrawn')),
  cause integer,
  held_ms integer not null default 0,
  constraint one_open_leg_an_agent exclude (agent_id with =) where (ended_at is null) deferrable initially deferred,
  constraint one_open_leg_a_call exclude (call_id with =) where (ended_at is null) deferrable initially deferred
);
create index legs_of_call on legs (call_id);
create index legs_of_agent on legs (agent_id, offered_at);
create table agent_states (
  id bigint generated always as identity primary key,
  agent_id text not null,
  state text not null,
  reason text,
  call_id text,
  started_at timestamptz not null,
  ended_at timestamptz,
  check (ended_at >= started_at),
  constraint one_state_an_agent exclude (agent_id with =) where (ended_at is null) deferrable initially deferred
);
create index agent_states_by_agent on agent_states (agent_id, started_at);`

const COMMENTS = `
comment on table queues is 'Waiting lines: which skills a caller needs, and how patient the line is';
comment on column queues.skills is 'Skill -> least level an agent must have, all of them';
comment on column queues.service_level_ms is 'Answered within this time counts towards the service level';
comment on table agents is 'People who take calls, and the state each is in now';
comment on column agents.id is 'The agent id that callers hear (工号)';
comment on column agents.sip_password is 'Of the agent''s SIP account, which is pushed to Asterisk and so must be readable';
comment on column agents.idle_since is 'Since when without a call: the longest idle is asked first';
comment on column agents.next_wish is 'What the agent asked for during a call; takes place at its end';
comment on column agents.wake_at is 'When wrapping-up ends';
comment on column agents.version is 'Counts changes; a change made on an older version is refused';
comment on table agent_skills is 'What an agent is good at: level 1 (learning) to 10 (master)';
comment on table numbers is 'The number dialled decides the flow a caller meets';
comment on table calls is 'One row a call: its state while it lives, its record for ever; all folded from its facts';
comment on column calls.id is 'The unique id of the caller''s channel in Asterisk';
comment on column calls.seq is 'How many facts are folded in';
comment on column calls.state is 'The whole state, for going on after a restart; null once the recording is filed';
comment on column calls.wake_at is 'The earliest of the waits in state: someone must look at this call then';
comment on column calls.caller is 'The caller''s number as text; empty where it was withheld';
comment on column calls.ahead_at_first is 'How many were ahead on joining the line';
comment on column calls.agent_id is 'The agent of the last leg';
comment on column calls.short is 'Abandoned sooner than the short-abandon threshold';
comment on column calls.recording_faults is 'What is wrong with the recording, a sentence each; empty when it is whole';
comment on table facts is 'What happened, in order; never changed. Everything else about a call can be folded from these';
comment on table legs is 'A call''s way to one agent, from the offer to its end';
comment on column legs.result is 'answered, or why the ring led to nothing';
comment on table agent_states is 'Every second between sign-in and sign-out in exactly one state; rows of an agent touch, never overlap';`
