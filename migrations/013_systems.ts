import type { Knex } from 'knex'

/** Customer systems that flows may ask. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table systems (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
  url text not null check (url ~ '^https\\?://'),
  headers jsonb not null default '{}',
  changed_at timestamptz not null default now()
);
comment on table systems is 'Customer systems that flows may ask, by the name that their nodes of type lookup give';
comment on column systems.id is 'As in those nodes';
comment on column systems.url is 'Paths of the nodes are below it';
comment on column systems.headers is 'What every request carries, such as a key: a secret';
comment on column systems.changed_at is 'When it was last set'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table systems')
}
