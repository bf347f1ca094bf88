import type { Knex } from 'knex'

/** Agents whose phones must come over TLS, and what is known of the addresses from which phones come. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table agents add column remote boolean not null default false;
comment on column agents.remote is 'Their phone is somewhere outside: it must speak SIP over TLS, and its sound must be encrypted (SRTP)';
comment on column agents.sip_password is 'Of the agent''s SIP account, which is pushed to Asterisk and so must be readable. Nobody needs to read it: npx hotline agent password makes a new one';
create table sip_addresses (
  address text primary key,
  worked_at timestamptz,
  banned_until timestamptz
);
comment on table sip_addresses is 'Addresses from which a phone has proved its password, or which are refused for a while because passwords were guessed there';
comment on column sip_addresses.address is 'Of IPv4 or IPv6; behind one there may be many phones';
comment on column sip_addresses.worked_at is 'When a phone last did, to the hour: where phones work, nobody is refused';
comment on column sip_addresses.banned_until is 'Up to when all from there is refused';`)
  await knex.raw(BELL)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop trigger changed on agents;
drop table sip_addresses;
alter table agents drop column remote`)
}

// Of these columns alone: an agent's state changes with each call, and the service itself writes it.
const BELL = `
create trigger changed after insert or delete or update of sip_password, remote on agents
  for each statement execute function tell_centre_changed()`
