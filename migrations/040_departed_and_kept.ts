import type { Knex } from 'knex'

/** Agents who are agents no more, and whose calls stay theirs; who is refused, since when and for how many tries, and who was let in early. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table agents add column removed_at timestamptz;
comment on column agents.removed_at is 'Since when they are no agent any more: nothing is offered to them, and their phone is refused. Their calls and times stay theirs';
alter table sip_addresses add column banned_at timestamptz, add column tries integer, add column lifted_at timestamptz;
update sip_addresses set banned_at = banned_until - interval '15 minutes', tries = 20 where banned_until is not null;
comment on column sip_addresses.banned_at is 'Since when all from there is refused';
comment on column sip_addresses.tries is 'For how many wrong passwords, and questions without an answer';
comment on column sip_addresses.lifted_at is 'When somebody has let them in before that time was over';
create trigger lifted after update of lifted_at on sip_addresses for each statement execute function tell_centre_changed()`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop trigger lifted on sip_addresses;
alter table sip_addresses drop column banned_at, drop column tries, drop column lifted_at;
alter table agents drop column removed_at`)
}
