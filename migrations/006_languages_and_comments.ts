import type { Knex } from 'knex'

/** A number has a language of its own. And every column says what it holds. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table numbers add column language text not null default 'zh' check (language in ('zh', 'en'))`)
  await knex.raw(TABLES)
  await knex.raw(VIEWS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table numbers drop column language')
  // The comments may stay: they are true of the older tables, too.
}

const TABLES = `
comment on column queues.id is 'Its name in the flows, in the facts and in Asterisk''s queue_log';
comment on column queues.name_zh is 'Its name for people, in Chinese';
comment on column queues.name_en is 'Its name for people, in English';
comment on column queues.ring_ms is 'How long an agent''s phone rings before the caller is offered on; ms';
comment on column queues.wrap_up_ms is 'How long an agent has after a talk before the next call; ms, 0 for none';
comment on column queues.announce_every_ms is 'How often a waiting caller is told their place; ms';
comment on column queues.longest_wait_ms is 'A caller who has waited this long is told so, and let go; ms';
comment on column queues.service_level_ms is 'Answered within this time counts towards the service level; ms';

comment on column agents.name is 'For people; callers hear the id';
comment on column agents.team is 'For people; empty where there are no teams';
comment on column agents.state is 'signed-out, ready, ringing, talking, wrapping-up or paused';
comment on column agents.reason is 'Why paused: rest, meal, training, meeting, or a call missed: no-answer, rejected, unreachable';
comment on column agents.since is 'When this state began';
comment on column agents.call_id is 'The call that the agent rings for, talks in or wraps up';

comment on column agent_skills.agent_id is 'Whose skill';
comment on column agent_skills.skill is 'A word that queues.skills asks for';
comment on column agent_skills.level is '1 (learning) to 10 (master); the most skilled is asked first';

comment on column numbers.number is 'As the trunk sends it';
comment on column numbers.flow is 'hotline, or direct- and the id of a queue';
comment on column numbers.language is 'In which a caller is greeted: zh or en';

comment on column calls.phase is 'arriving, in-flow, queued, ringing, talking, surveying or ended';
comment on column calls.direction is 'inbound';
comment on column calls.caller_name is 'As the caller''s phone sent it; empty where it sent none';
comment on column calls.called is 'The number dialled';
comment on column calls.flow is 'What the caller met first';
comment on column calls.language is 'In which the caller was spoken to last: zh or en';
comment on column calls.arrived_at is 'When it came in; the interval in which it counts';
comment on column calls.answered_at is 'When the hotline answered, and the recording began; not an agent''s answer';
comment on column calls.queue is 'The line that the caller joined last; null where none';
comment on column calls.queued_at is 'When they joined it; kept through a ring in vain';
comment on column calls.connected_at is 'When caller and agent could hear each other';
comment on column calls.talk_ended_at is 'When their talk was over';
comment on column calls.held_ms is 'How long the caller was on hold in it; ms';
comment on column calls.ended_at is 'When the caller''s channel was gone';
comment on column calls.ended_by is 'caller, agent, hotline or asterisk';
comment on column calls.cause is 'Of the end, by Q.850; 0 where nobody knows';
comment on column calls.outcome is 'What became of it: exactly one, set at its end';
comment on column calls.survey_offered is 'The caller was asked to rate the talk';
comment on column calls.rating is 'The answer, 1 to 5; null where none was given';
comment on column calls.via_lifeboat is 'The dialplan''s own queue took the caller, at least for a part of the call';
comment on column calls.recording_file is 'Below the recordings'' folder; null where nothing could be kept';
comment on column calls.recording_ms is 'Its length; ms';
comment on column calls.recording_sha256 is 'Of the file, in hex';

comment on column facts.call_id is 'Whose story';
comment on column facts.seq is 'Its place in the story, from 1';
comment on column facts.at is 'When it happened, by Asterisk''s clock where it tells';
comment on column facts.kind is 'What happened: CallArrived, Queued, AgentOffered, …';
comment on column facts.body is 'What belongs to it, such as why an agent was chosen';

comment on column legs.id is 'The id of the agent''s channel in Asterisk';
comment on column legs.call_id is 'Whose call';
comment on column legs.agent_id is 'Who was asked';
comment on column legs.offered_at is 'When the agent was chosen';
comment on column legs.rang_at is 'When their phone said that it rings; null where it never did';
comment on column legs.answered_at is 'When they answered';
comment on column legs.connected_at is 'When caller and agent could hear each other';
comment on column legs.ended_at is 'When the offer or the talk was over';
comment on column legs.cause is 'Of the end, by Q.850; 0 where nobody knows';
comment on column legs.held_ms is 'How long the caller was on hold; ms';

comment on column agent_states.id is 'Counts the rows';
comment on column agent_states.agent_id is 'Whose time';
comment on column agent_states.state is 'ready, ringing, talking, wrapping-up or paused; signed out is no row';
comment on column agent_states.reason is 'Why paused';
comment on column agent_states.call_id is 'The call that it belongs to';
comment on column agent_states.started_at is 'When it began';
comment on column agent_states.ended_at is 'When it was over; null for the one of now';

comment on column leases.claimed_at is 'When, by the clock of the database';`

const VIEWS = `
comment on column cdr.start is 'When the call arrived';
comment on column cdr.answer is 'When the hotline answered';
comment on column cdr."end" is 'When the caller''s channel was gone';
comment on column cdr.src is 'The caller''s number';
comment on column cdr.dst is 'The number dialled';
comment on column cdr.lastapp is 'Stasis, or Queue for a call that the lifeboat took';
comment on column cdr.lastdata is 'hotline, or the line of the lifeboat';
comment on column cdr.amaflags is '3: documentation, as Asterisk numbers them';
comment on column cdr.accountcode is 'The agent id; empty where no agent was reached';
comment on column cdr.uniqueid is 'The call''s id';
comment on column cdr.linkedid is 'The call''s id';
comment on column queue_log.agent is 'PJSIP/ and the agent id; NONE where there is no agent to it';
comment on column queue_log.event is 'ENTERQUEUE, CONNECT, COMPLETEAGENT, …, in Asterisk''s words';
comment on column queue_log.data4 is 'Empty';
comment on column queue_log.data5 is 'Empty';`
