import type { Knex } from 'knex'

/**
 * Agents who are agents no more, and whose calls stay theirs; who is refused, since when and for how many tries, and who was let in early;
 * and an audit log that is kept for as long as the centre says, and not for ever.
 */
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
  await knex.raw(KEPT)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop trigger audit_log_stays on audit_log;
drop trigger audit_log_kept on audit_log;
drop function refuse_early_deletion();
create trigger audit_log_stays before update or delete or truncate on audit_log
  for each statement execute function refuse_change();
comment on table audit_log is 'Who did what, when, and from where. It is only added to: a trigger refuses to change it';
drop trigger lifted on sip_addresses;
alter table sip_addresses drop column banned_at, drop column tries, drop column lifted_at;
alter table agents drop column removed_at`)
}

// By who says how long it is kept, and says half a year at least: the time for which the law has such logs kept (网络安全法 §21).
const KEPT = `
create function refuse_early_deletion() returns trigger language plpgsql as $$
declare
  days integer := nullif(current_setting('hotline.audit_kept_days', true), '')::integer;
begin
  if days is null or old.at > now() - make_interval(days => greatest(days, 180)) then
    raise exception 'the audit log is only added to';
  end if;
  return old;
end $$;
drop trigger audit_log_stays on audit_log;
create trigger audit_log_stays before update or truncate on audit_log for each statement execute function refuse_change();
create trigger audit_log_kept before delete on audit_log for each row execute function refuse_early_deletion();
comment on table audit_log is 'Who did what, when, and from where. It is only added to: triggers refuse to change it, and to take away what is to be kept yet'`
