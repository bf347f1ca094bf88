import type { Knex } from 'knex'

/** Flows that are published, drafted and rolled back while calls go on. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table flow_releases (
  number integer generated always as identity primary key,
  flow text not null check (flow ~ '^[a-z][a-z0-9-]{0,39}$'),
  document jsonb not null,
  published_at timestamptz not null default now()
);
create index flow_releases_flow on flow_releases (flow, number);
create table flow_drafts (
  flow text primary key check (flow ~ '^[a-z][a-z0-9-]{0,39}$'),
  document jsonb not null,
  changed_at timestamptz not null default now()
);
comment on table flow_releases is 'Every version of a flow that was published; the last of each is in force. Rows are only ever added';
comment on column flow_releases.number is 'Counted through all flows; a call keeps to those up to the number it began with';
comment on column flow_releases.flow is 'Its name, as in numbers.flow';
comment on column flow_releases.document is 'Its nodes, by the schema that hotline flow schema prints';
comment on column flow_releases.published_at is 'When callers began to meet it';
comment on table flow_drafts is 'What is being worked on, and no caller meets yet';
comment on column flow_drafts.flow is 'The flow that it is to become';
comment on column flow_drafts.document is 'As in flow_releases';
comment on column flow_drafts.changed_at is 'When it was last saved'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table flow_drafts, flow_releases')
}
