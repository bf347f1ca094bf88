import type { Knex } from 'knex'

/** What came of a talk is said by a key of a telephone, too. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table dispositions add column key smallint check (key between 1 and 9);
create unique index dispositions_key on dispositions (queue, key);
comment on column dispositions.key is 'By which a phone says so, after *0; one of the queue counts before one of any; null: only a desk program does'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table dispositions drop column key')
}
