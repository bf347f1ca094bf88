import type { Knex } from 'knex'

/** A talk may have more than one agent, and numbers outside beside them: one serves the caller, the others are asked. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table legs add column role text not null default 'serves' check (role in ('serves', 'consulted', 'conferee')),
  drop constraint one_answered_leg_a_call,
  add constraint one_answered_leg_a_call
    exclude (call_id with =) where (ended_at is null and answered_at is not null and role = 'serves')
    deferrable initially deferred;
alter table outside_legs add column role text not null default 'transferred'
  check (role in ('transferred', 'consulted', 'conferee'));
comment on column legs.role is 'serves: the caller is this agent''s; consulted: asked by that agent while the caller waited; conferee: with both';
comment on column outside_legs.role is 'transferred: the caller was put through to it; consulted, conferee: asked by the agent'`)
}

/** Refuses while a talk has several agents. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table legs drop constraint one_answered_leg_a_call,
  add constraint one_answered_leg_a_call exclude (call_id with =) where (ended_at is null and answered_at is not null)
    deferrable initially deferred;
alter table legs drop column role;
alter table outside_legs drop column role`)
}
