import type { Knex } from 'knex'

/** When the centre is open, and who is to be there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table calendars (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
  document jsonb not null,
  changed_at timestamptz not null default now()
);
create table shifts (
  agent_id text not null references agents on delete cascade,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  primary key (agent_id, starts_at)
);
create index shifts_ends_at on shifts (ends_at);
comment on table calendars is 'Opening hours and holidays, which flows ask for by name';
comment on column calendars.id is 'As in the nodes of type schedule';
comment on column calendars.document is 'Hours by weekday, and days that are like no other, by the schema that hotline calendar schema prints';
comment on column calendars.changed_at is 'When it was last set';
comment on table shifts is 'The roster: when each agent is to be there. Where it is empty, everybody always is';
comment on column shifts.agent_id is 'Whose shift it is';
comment on column shifts.starts_at is 'From then on';
comment on column shifts.ends_at is 'Until then, not included'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table shifts, calendars')
}
