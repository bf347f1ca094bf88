import type { Knex } from 'knex'

/** Who has supervised whose talk, and how. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table supervisions (
  call_id text not null references calls (id),
  seq integer not null,
  supervisor text not null,
  by text not null,
  agent_id text not null,
  mode text not null check (mode in ('listen', 'coach', 'barge', 'take-over', 'force-clear')),
  started_at timestamptz not null,
  ended_at timestamptz check (ended_at >= started_at),
  primary key (call_id, seq, supervisor)
);
create index on supervisions (agent_id, started_at);
comment on table supervisions is 'Each use of supervision: a row for each mode, and for each agent who had the talk meanwhile';
comment on column supervisions.seq is 'Of the fact that it began with';
comment on column supervisions.supervisor is 'The agent id of the phone that was used; empty: the call was cleared by force';
comment on column supervisions.by is 'Who asked for it: phone:8009 by keys on that phone, person:li, key:crm';
comment on column supervisions.agent_id is 'Whose talk it was';
comment on column supervisions.mode is 'listen: heard by nobody; coach: by the agent alone; barge: by all; take-over: the supervisor replaced the agent; force-clear: the call was ended';
comment on column supervisions.started_at is 'From then on they were with that agent, in that mode';
comment on column supervisions.ended_at is 'Null: they still are; as started_at: it was done at that moment';
comment on column supervisions.call_id is 'In which call';
comment on column calls.ended_by is 'Who hung up first: caller, agent, outside (whom they were put through to), hotline, asterisk, supervisor (by force)'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table supervisions')
}
