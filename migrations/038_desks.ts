import type { Knex } from 'knex'

/** What came of a talk is said by a key of a telephone, too; and of a callback that need not be made who says so, and why. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table dispositions add column key smallint check (key between 1 and 9);
create unique index dispositions_key on dispositions (queue, key);
alter table callback_cancellations add column by text, add column reason text;
comment on column dispositions.key is 'By which a phone says so, after *0; one of the queue counts before one of any; null: only a desk program does';
comment on column callback_cancellations.by is 'Who has said so, as the audit log names people; null: by a command';
comment on column callback_cancellations.reason is 'Why, in their own words'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table callback_cancellations drop column by, drop column reason;
alter table dispositions drop column key`)
}
