import type { Knex } from 'knex'

/** How far we have read in what others write, such as Asterisk's queue_log. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table bookmarks (
  name text primary key,
  position jsonb not null
);
comment on table bookmarks is 'How far we have read in what others write';
comment on column bookmarks.name is 'Whose writing it is: queue_log';
comment on column bookmarks.position is 'The place, as its reader understands it'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table bookmarks')
}
