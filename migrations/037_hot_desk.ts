import type { Knex } from 'knex'

/** Phones that are nobody's own, at which any agent signs in; and the PIN by which they do so on the phone itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table phones (
  id text primary key check (id ~ '^[0-9]{2,8}$'),
  sip_password text not null,
  remote boolean not null default false
);
comment on table phones is 'Phones that are nobody''s own: an agent sits there from signing in to signing out';
comment on column phones.id is 'Of its SIP account; no agent has it';
comment on column phones.sip_password is 'Of its SIP account, which is pushed to Asterisk and so must be readable';
comment on column phones.remote is 'It is somewhere outside: it must speak SIP over TLS, and its sound must be encrypted (SRTP)';
alter table agents
  add column phone text references phones (id),
  add column pin text,
  add column wrong_pins integer not null default 0,
  add column locked_until timestamptz,
  add constraint one_agent_a_phone unique (phone) deferrable initially deferred;
comment on column agents.phone is 'At which of the centre''s phones they sit; null: at their own, whose account bears their id, or at none';
comment on column agents.pin is 'By which they sign in at a phone that is nobody''s own: its salt and scrypt hash; null: none yet, so that they cannot there';
comment on column agents.wrong_pins is 'How many were wrong since the last that was right';
comment on column agents.locked_until is 'No PIN of theirs is right until then; null: it is not locked';
create trigger changed after insert or update or delete on phones
  for each statement execute function tell_centre_changed()`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table agents drop column phone, drop column pin, drop column wrong_pins, drop column locked_until;
drop table phones`)
}
