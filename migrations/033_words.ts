import type { Knex } from 'knex'

/** What supervisors tell agents; and the bell for what agents are called, which the board shows. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table words (
  id bigint generated always as identity primary key,
  agent_id text not null references agents(id) on delete cascade,
  text text not null check (char_length(text) between 1 and 300),
  sent_by text not null,
  sent_at timestamptz not null,
  seen_at timestamptz
);
create index words_unseen on words (agent_id, id) where seen_at is null;
comment on table words is 'What somebody has told agents in writing, a row for each of them';
comment on column words.id is 'Grows';
comment on column words.agent_id is 'Who is told';
comment on column words.text is 'What';
comment on column words.sent_by is 'By whom, as in person:li or key:crm';
comment on column words.sent_at is 'When';
comment on column words.seen_at is 'When the agent has said that they have seen it';
comment on column sent_on.because is 'wait, length or nobody: as in the columns queues.overflow_…; moved: somebody has moved them to another line';
create trigger named after insert or delete or update of name, team on agents
  for each statement execute function tell_centre_changed()`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop trigger named on agents; drop table words')
}
