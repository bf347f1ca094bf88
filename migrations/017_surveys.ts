import type { Knex } from 'knex'

/** What callers are asked about a talk, queue by queue, and what they answer. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table queues
  add column survey text default 'survey',
  add column survey_share smallint not null default 100 check (survey_share between 0 and 100),
  add column survey_every_days smallint not null default 0 check (survey_every_days between 0 and 90);
alter table calls
  add column survey text,
  add column survey_release integer,
  add column nps smallint,
  add column answers jsonb not null default '[]';
create index calls_surveyed on calls (caller, arrived_at) where survey_offered;
comment on column queues.survey is 'The flow that callers meet when the agent has left first or sends them to it; null: none';
comment on column queues.survey_share is 'How many calls of 100 are asked when the agent leaves first; drawn for each';
comment on column queues.survey_every_days is 'No number is asked again sooner than so many days after; 0: every time';
comment on column calls.survey is 'The flow by which the caller was asked about the talk';
comment on column calls.survey_release is 'Which version of it: flow_releases.number; 0: the one that is built in';
comment on column calls.rating is 'The first answer on 1 to 5; null where none was given';
comment on column calls.nps is 'The first answer on 0 to 10; null where none was given';
comment on column calls.answers is 'All answers, in order: [{"name": "recommend", "scale": "nps", "score": 9, "low": false}, …]; low: a person was told';
create view survey_answers as
select c.id as call_id, c.arrived_at, c.queue, c.agent_id, c.language, c.survey, c.survey_release,
  a.name, a.scale, a.score, coalesce(a.low, false) as low
from calls c
cross join lateral jsonb_to_recordset(
  case
    when c.answers = '[]' and c.rating is not null
      then jsonb_build_array(jsonb_build_object('name', 'rating', 'scale', '1-5', 'score', c.rating))
    else c.answers
  end
) as a(name text, scale text, score smallint, low boolean)
where c.survey_offered;
comment on view survey_answers is 'Every answer of a caller about a talk';
comment on column survey_answers.call_id is 'The call';
comment on column survey_answers.arrived_at is 'When it came';
comment on column survey_answers.queue is 'The line in which they waited';
comment on column survey_answers.agent_id is 'With whom they talked';
comment on column survey_answers.language is 'In which they were asked';
comment on column survey_answers.survey is 'The flow that asked; null: before surveys were flows';
comment on column survey_answers.survey_release is 'Which version of it';
comment on column survey_answers.name is 'The question, by the name that its node gives';
comment on column survey_answers.scale is '1-5, nps (0 to 10) or yes-no (1 is yes, 0 no)';
comment on column survey_answers.score is 'The answer';
comment on column survey_answers.low is 'So low that a person was told'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop view survey_answers;
drop index calls_surveyed;
alter table calls drop column survey, drop column survey_release, drop column nps, drop column answers;
alter table queues drop column survey, drop column survey_share, drop column survey_every_days;
comment on column calls.rating is 'The answer, 1 to 5; null where none was given'`)
}
