import type { Knex } from 'knex'

/** What callers say of a talk in their own words, and which scores a person is to look at. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table comments (
  id text primary key,
  call_id text not null references calls (id),
  name text not null,
  began_at timestamptz not null,
  ended_at timestamptz not null
);
create index comments_call on comments (call_id);
comment on table comments is 'What callers have spoken in answer to a question: parts of the recordings of their calls, on the caller''s side';
comment on column comments.id is 'As in the call''s facts';
comment on column comments.call_id is 'The call in which it was spoken';
comment on column comments.name is 'The question, by the name that its node gives';
comment on column comments.began_at is 'When the caller could begin to speak';
comment on column comments.ended_at is 'When it was over';
create table low_scores (
  call_id text not null references calls (id),
  name text not null,
  score smallint not null,
  at_or_under smallint not null,
  at timestamptz not null,
  done_at timestamptz,
  note text not null default '',
  primary key (call_id, name)
);
create index low_scores_open on low_scores (at) where done_at is null;
comment on table low_scores is 'Answers about a talk that were so low that a person is to look at them';
comment on column low_scores.call_id is 'The call';
comment on column low_scores.name is 'The question, by the name that its node gives';
comment on column low_scores.score is 'The answer';
comment on column low_scores.at_or_under is 'From which score down a person was to be told, then';
comment on column low_scores.at is 'When it was given';
comment on column low_scores.done_at is 'When somebody has looked at it; null: nobody yet';
comment on column low_scores.note is 'What came of it, for people';
insert into low_scores (call_id, name, score, at_or_under, at)
select c.id, f.body->>'name', (f.body->>'score')::smallint, (f.body->>'atOrUnder')::smallint, f.at
from calls c join facts f on f.call_id = c.id and f.kind = 'LowScore'
where c.answers @> '[{"low": true}]'
on conflict do nothing;
comment on column calls.answers is 'All answers, in order: [{"name": "recommend", "scale": "nps", "score": 9, "low": false}, {"name": "why", "scale": "spoken", "message": "…", "ms": 8000}, …]; low: a person was told'`)
  await knex.raw(ANSWERS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop view survey_answers;
drop table comments;
drop table low_scores;
comment on column calls.answers is 'All answers, in order: [{"name": "recommend", "scale": "nps", "score": 9, "low": false}, …]; low: a person was told'`)
  await knex.raw(
    answersWith(
      '',
      'jsonb_to_recordset',
      ' as a(name text, scale text, score smallint, low boolean)\nwhere c.survey_offered',
    ),
  )
  await knex.raw(ANSWERS_TOLD)
}

/** The view of 017, and what is spoken. */
const answersWith = (columns: string, from: string, as: string): string => `
create or replace view survey_answers as
select c.id as call_id, c.arrived_at, c.queue, c.agent_id, c.language, c.survey, c.survey_release,
  a.name, a.scale, a.score, coalesce(a.low, false) as low${columns}
from calls c
cross join lateral ${from}(
  case
    when c.answers = '[]' and c.rating is not null
      then jsonb_build_array(jsonb_build_object('name', 'rating', 'scale', '1-5', 'score', c.rating))
    else c.answers
  end
)${as}`

const ANSWERS_TOLD = `
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
comment on column survey_answers.low is 'So low that a person was told'`

const SPOKEN = ' as (name text, scale text, score smallint, low boolean, message text, ms integer)'
const ANSWERS = `${answersWith(
  ', a.message, a.ms, a.place::int as place',
  'rows from (jsonb_to_recordset',
  `${SPOKEN}) with ordinality as a(name, scale, score, low, message, ms, place)`,
)};
comment on view survey_answers is 'Every answer of a caller about a talk, and every comment, also one that no survey asked for';
comment on column survey_answers.survey is 'The flow that asked; null: none, or before surveys were flows';
comment on column survey_answers.scale is '1-5, nps (0 to 10), yes-no (1 is yes, 0 no), or spoken';
comment on column survey_answers.score is 'The answer; null where it is spoken';
comment on column survey_answers.message is 'Of a spoken answer: comments.id, by which it can be heard';
comment on column survey_answers.ms is 'Of a spoken answer: its length, ms';
comment on column survey_answers.place is 'Which of the call''s answers it is, from 1 on'`
