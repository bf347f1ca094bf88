import type { Knex } from 'knex'

/** Agents' own calls, and the number that they show. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table dialling add column shows text check (shows ~ '^[+]{0,1}[0-9]{3,20}$');
comment on column dialling.shows is 'The centre''s main number, which they see whom agents call whose line shows none of its own; null: none';
comment on column calls.direction is 'inbound; callback: promised in another call, and made by us; outbound: dialled by an agent';
comment on column calls.caller is 'The customer''s number: who called, or is called';
comment on column calls.called is 'The number of ours: that they called, or that they see; empty where an agent shows none'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table dialling drop column shows')
}
