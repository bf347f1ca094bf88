import type { Knex } from 'knex'

/** How a line chooses its agents, whom it takes first, when it is content with less, and where its callers go on to. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table queues
  add column strategy text not null default 'most-skilled'
    check (strategy in ('most-skilled', 'longest-idle', 'fewest-calls', 'round-robin', 'random', 'in-order')),
  add column relaxing jsonb not null default '[]' check (
    jsonb_typeof(relaxing) = 'array' and not jsonb_path_exists(
      relaxing, '$[*] \\? (!(exists(@.afterMs \\? (@ > 0)) && @.skills.type() == "object"))'
    )
  ),
  add column head_start_ms integer not null default 0 check (head_start_ms >= 0),
  add column most_waiting integer check (most_waiting > 0),
  add column overflow_wait text,
  add column overflow_length text,
  add column overflow_nobody text,
  add constraint full_lines_lead_on check (most_waiting is null or overflow_length is not null);
alter table agents
  add column signed_in_at timestamptz not null default now(),
  add column talks integer not null default 0,
  add column offered_at timestamptz not null default now();
comment on column queues.strategy is 'Which of the agents who are ready and able is rung';
comment on column queues.relaxing is 'What is enough after a while: [{"afterMs": 60000, "skills": {"sales": 1}}, …], in order of time';
comment on column queues.head_start_ms is 'Its callers come before those of other lines who have waited up to so much longer, ms';
comment on column queues.most_waiting is 'How many may wait; null: any number';
comment on column queues.overflow_wait is 'The flow for who waited longest_wait_ms; null: they are told that it was too long';
comment on column queues.overflow_length is 'The flow for who finds most_waiting before them';
comment on column queues.overflow_nobody is 'The flow for who finds nobody able signed in; null: they are told so';
comment on column agents.signed_in_at is 'When they last signed in';
comment on column agents.talks is 'How many since then';
comment on column agents.offered_at is 'When a caller was last offered to them'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table agents drop column signed_in_at, drop column talks, drop column offered_at;
alter table queues drop constraint full_lines_lead_on, drop column strategy, drop column relaxing, drop column head_start_ms,
  drop column most_waiting, drop column overflow_wait, drop column overflow_length, drop column overflow_nobody`)
}
