import type { Knex } from 'knex'

/** Agents are spoken to in a language of their own. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table agents add column language text not null default 'zh' check (language in ('zh', 'en'));
comment on column agents.language is 'In which they are spoken to: zh or en'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table agents drop column language')
}
