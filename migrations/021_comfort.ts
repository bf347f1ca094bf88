import type { Knex } from 'knex'

/** What who waits in a line hears: its own music, and messages on a schedule. And which release a roll back has brought back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table queues
  add column music text check (music ~ '^[a-z0-9][a-z0-9/-]{0,79}$'),
  add column comfort jsonb not null default '[]' check (
    jsonb_typeof(comfort) = 'array' and not jsonb_path_exists(comfort, '$[*] \\? (@.type() != "string")')
  ),
  add column comfort_first_ms integer not null default 30000 check (comfort_first_ms > 0),
  add column comfort_every_ms integer not null default 60000 check (comfort_every_ms > 0);
alter table flow_releases add column restores integer references flow_releases;
comment on column queues.music is 'The prompt that is played over and over to who waits; null: the music of the house';
comment on column queues.comfort is 'Prompts that who waits is told, one after another and then from the beginning again: ["app-tip", …]';
comment on column queues.comfort_first_ms is 'After how long the first of them is told, ms';
comment on column queues.comfort_every_ms is 'How long after each the next is told, from beginning to beginning, ms';
comment on column flow_releases.restores is 'The release that a roll back has brought back by this one; null: it was published as it is'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table flow_releases drop column restores;
alter table queues drop column music, drop column comfort, drop column comfort_first_ms, drop column comfort_every_ms`)
}
