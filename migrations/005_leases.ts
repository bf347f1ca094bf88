import type { Knex } from 'knex'

/** Who drove an Asterisk last. The lock tells only who drives it now, not whether somebody did in between. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table leases (
  asterisk text primary key,
  term integer not null,
  session text not null,
  claimed_at timestamptz not null default now()
);
comment on table leases is 'Who drives an Asterisk, or drove it last; who does so now also holds its advisory lock';
comment on column leases.asterisk is 'Its address, as the service knows it';
comment on column leases.term is 'Counts the claims: a higher one was made later';
comment on column leases.session is 'Whose claim: the name of one run''s sessions (pg_stat_activity.application_name)'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table leases')
}
