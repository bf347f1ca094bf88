import type { Knex } from 'knex'

/** Prompts that were uploaded, beside those that come with Hotline. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table prompts (
  name text not null check (name ~ '^[a-z][a-z0-9-]{0,39}$'),
  language text not null check (language in ('zh', 'en')),
  text text not null,
  audio bytea not null,
  length_ms integer not null check (length_ms > 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  added_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (name, language)
);
alter table prompts alter column audio set storage external;
comment on table prompts is 'Prompts that were uploaded; those that come with Hotline are in sounds/catalogue.json';
comment on column prompts.name is 'As flows name it';
comment on column prompts.language is 'In which it is spoken';
comment on column prompts.text is 'What is said in it, for people';
comment on column prompts.audio is 'A WAV as it is played: 8 kHz, one channel, 16 bits, as loud as the others; every service writes it into a folder of its own';
comment on column prompts.length_ms is 'How long it lasts';
comment on column prompts.sha256 is 'Of audio';
comment on column prompts.added_at is 'When it was uploaded last';
comment on column prompts.removed_at is 'When it was removed: no flow may name it any more; calls that began before may hear it for a day, then it goes'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table prompts')
}
