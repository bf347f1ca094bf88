import type { Knex } from 'knex'

/** Agents who are agents no more, and whose calls stay theirs. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table agents add column removed_at timestamptz;
comment on column agents.removed_at is 'Since when they are no agent any more: nothing is offered to them, and their phone is refused. Their calls and times stay theirs'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table agents drop column removed_at')
}
