import type { Knex } from 'knex'

/** Who is added, or is set otherwise, is learnt at once: the tables ring the bell. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
drop trigger changed on agents;
create trigger changed after insert or delete or update of sip_password, remote, name, team, language, removed_at on agents
  for each statement execute function tell_centre_changed();
create trigger changed after insert or delete or update on agent_skills
  for each statement execute function tell_centre_changed()`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop trigger changed on agent_skills;
drop trigger changed on agents;
create trigger changed after insert or delete or update of sip_password, remote on agents
  for each statement execute function tell_centre_changed()`)
}
