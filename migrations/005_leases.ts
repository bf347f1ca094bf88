import type { Knex } from 'knex'

/** Who drove an Asterisk last. The lock tells only who drives it now, not whether somebody did in between. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table leases (
  asterisk text primary key,
  holder text not null,
  session text not null,
  claimed_at timestamptz not null default now()
);
comment on table leases is 'Who drives an Asterisk, or drove it last; who does so now also holds its advisory lock';
comment on column leases.asterisk is 'Its address, as the service knows it';
comment on column leases.holder is 'The service, by the name that it keeps in its folder';
comment on column leases.session is 'Its run, by the name of its sessions (pg_stat_activity.application_name)'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table leases')
}
