import type { Knex } from 'knex'

/** What a caller was first told of their wait, so that it can be held against what came of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table calls
  add column promised_queue text,
  add column promised_at timestamptz,
  add column promised_ms integer,
  add column promised_median_ms integer;
comment on column calls.promised_queue is 'The line of which a wait was first told';
comment on column calls.promised_at is 'When the caller was first told how long they would have to wait';
comment on column calls.promised_ms is 'Within what time from then on they would be talking, nine times of ten; what was said is rounded up to the minute';
comment on column calls.promised_median_ms is 'Within what time half of such callers would be'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'alter table calls drop column promised_queue, drop column promised_at, drop column promised_ms, drop column promised_median_ms',
  )
}
