import type { Knex } from 'knex'

/**
 * A call's row is written anew at each step of the call. While no column of an index (or of an index's condition) changes,
 * and there is room beside the old row, Postgres leaves the indexes alone ("heap-only tuples"): so what finds open calls
 * hangs on a column that changes once. No table is rewritten by this.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table calls add column is_open boolean not null default false;
update calls set is_open = true where state is not null;
alter table calls alter column is_open set default true;
drop index calls_open;
create index calls_open on calls (id) where is_open;
alter table calls set (fillfactor = 50);
alter table legs set (fillfactor = 50);
alter table agents set (fillfactor = 50);
-- Nobody asks by these: to sort and count them is most of what an ANALYZE costs.
alter table calls alter column state set statistics 0;
alter table facts alter column body set statistics 0;
comment on column calls.is_open is 'Not over yet, or its recording is not filed'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop index calls_open;
alter table calls drop column is_open;
create index calls_open on calls (id) where state is not null;
alter table calls reset (fillfactor);
alter table legs reset (fillfactor);
alter table agents reset (fillfactor);
alter table calls alter column state set statistics -1;
alter table facts alter column body set statistics -1`)
}
