import type { Reach } from '../rights/reach.ts'
import { withinReach } from './reach.ts'
import { ms } from './snapshot.ts'

// A state is clipped to the interval; one that goes on is counted up to now. A wrap-up begins when its leg ends. Holds are
// looked up talk by talk (`offset 0`): there are few, among very many facts.
const OFFERED = 'asked_as is null and not is_own'
/** What agents did in a period (`:from`, `:to`), as of `:now`; `:until`: the sooner of its end and now. */
export const agentsQuestion = (reach: Reach): string => `
with clipped as (
  select agent_id, state, reason, by, call_id, ${ms('least(ended_at, :until) - greatest(started_at, :from)')} as ms
  from agent_states
  where started_at < :until and (ended_at is null or ended_at > :from)
), spent as (
  select agent_id, sum(ms) as signed_in,
    sum(ms) filter (where state = 'ready') as ready,
    sum(ms) filter (where state = 'ringing') as ringing,
    sum(ms) filter (where state = 'dialling') as dialling,
    sum(ms) filter (where state = 'talking') as talking,
    sum(ms) filter (where state = 'wrapping-up') as wrapping_up,
    sum(ms) filter (where state = 'paused') as paused,
    sum(ms) filter (where state = 'paused' and by is not null) as paused_by_others
  from clipped group by agent_id
), paused as (
  select agent_id, jsonb_object_agg(reason, ms) as by_reason
  from (
    select agent_id, coalesce(reason, '') as reason, sum(ms) as ms from clipped where state = 'paused' group by 1, 2
  ) reasons
  group by agent_id
), held as (
  select talks.agent_id, sum(${ms('least(back.at, :until) - greatest(f.at, :from)')}) as ms
  from (select distinct agent_id, call_id from clipped where state = 'talking') talks
  cross join lateral (
    select id from legs
    where call_id = talks.call_id and agent_id = talks.agent_id and (held_ms > 0 or ended_at is null) offset 0
  ) l
  cross join lateral (
    select call_id, seq, at from facts
    where call_id = talks.call_id and kind = 'Held' and body->>'leg' = l.id offset 0
  ) f
  cross join lateral (
    select min(at) as at from facts
    where call_id = f.call_id and seq > f.seq and kind in ('Held', 'Retrieved', 'AgentLeft', 'AgentRelieved', 'Transferred', 'TransferredOn', 'CallEnded')
  ) back
  where f.at < :until and (back.at is null or back.at > :from)
  group by talks.agent_id
), ways as (
  select l.*, c.direction = 'outbound' and l.offered_at = c.arrived_at as is_own, asked.role as asked_as, passed.at as passed_at,
    l.role = 'serves' and l.connected_at is not null and l.ended_at is not null as over
  from calls c
  join legs l on l.call_id = c.id
  left join lateral (
    select at from facts where call_id = l.call_id and kind = 'Transferred' and body->>'to' = l.id limit 1
  ) passed on l.role = 'serves'
  left join lateral (
    select body->>'role' as role from facts where call_id = l.call_id and kind = 'PartyAsked' and body->>'party' = l.id limit 1
  ) asked on l.role <> 'serves' or passed.at is not null
  where c.arrived_at >= :from and c.arrived_at < :to
), offers as (
  select l.agent_id, count(*) filter (where ${OFFERED}) as offered,
    count(*) filter (where ${OFFERED} and l.result = 'answered') as answered,
    count(*) filter (where ${OFFERED} and l.result = 'no-answer') as no_answer,
    count(*) filter (where ${OFFERED} and l.result = 'rejected') as rejected,
    count(*) filter (where ${OFFERED} and l.result = 'unreachable') as unreachable,
    count(*) filter (where ${OFFERED} and l.result = 'withdrawn') as withdrawn,
    count(*) filter (where ${OFFERED} and l.result is null) as still_ringing,
    count(*) filter (where is_own) as dialled,
    count(connected_at) filter (where is_own) as reached,
    count(*) filter (where asked_as = 'consulted' and answered_at is not null) as consulted,
    sum(${ms('coalesce(l.connected_at, l.ended_at, :now) - l.answered_at')}) filter (where asked_as = 'consulted') as consult,
    count(*) filter (where asked_as is not null and connected_at < coalesce(passed_at, 'infinity')) as conferences,
    count(passed_at) as attended_received,
    count(*) filter (where over and not is_own) as handled,
    sum(${ms('l.ended_at - l.connected_at')} - l.held_ms) filter (where over and not is_own) as talk,
    sum(l.held_ms) filter (where over and not is_own) as hold,
    sum(${ms('coalesce(w.ended_at, :now) - w.started_at')}) filter (where over and not is_own) as wrap_up
  from ways l
  left join agent_states w
    on w.agent_id = l.agent_id and w.started_at = l.ended_at and w.state = 'wrapping-up' and w.call_id = l.call_id
  group by l.agent_id
), disposed as (
  select agent_id, jsonb_object_agg(code, talks) as by_code
  from (
    select g.agent_id, g.code, count(*) as talks
    from calls c join dispositions_given g on g.call_id = c.id
    where c.arrived_at >= :from and c.arrived_at < :to
    group by 1, 2
  ) codes
  group by agent_id
), passed as (
  select f.body->>'agent' as agent_id, count(*) filter (where f.kind = 'TransferredOn') as blind,
    count(*) filter (where f.kind = 'Transferred') as attended
  from calls c join facts f on f.call_id = c.id and f.kind in ('Transferred', 'TransferredOn')
  where c.arrived_at >= :from and c.arrived_at < :to
  group by 1
), taken_over as (
  -- Whom the caller was sent to without a word is offered them in that moment.
  select l.agent_id, count(*) as blind
  from calls c join facts f on f.call_id = c.id and f.kind = 'TransferredOn' and f.body->'to'->>'agent' is not null
  join legs l on l.call_id = c.id and l.agent_id = f.body->'to'->>'agent' and l.offered_at = f.at and l.connected_at is not null
  where c.arrived_at >= :from and c.arrived_at < :to
  group by 1
), surveys as (
  select agent_id, count(*) filter (where survey_offered) as offered, count(rating) as answers,
    count(*) filter (where survey_offered and (rating is not null or answers <> '[]')) as answered,
    count(*) filter (where rating >= 4) as good, count(nps) as nps_answers,
    count(*) filter (where nps >= 9) as promoters, count(*) filter (where nps <= 6) as detractors
  from calls
  where arrived_at >= :from and arrived_at < :to and agent_id is not null
  group by agent_id
)
select agent_id as agent, coalesce(agents.name, '') as name, coalesce(agents.team, '') as team,
  coalesce(s.signed_in, 0)::float8 as "signedInMs",
  coalesce(s.ready, 0)::float8 as "readyMs",
  coalesce(s.ringing, 0)::float8 as "ringingMs",
  coalesce(s.dialling, 0)::float8 as "diallingMs",
  (coalesce(s.talking, 0) - coalesce(h.ms, 0))::float8 as "talkMs",
  coalesce(h.ms, 0)::float8 as "holdMs",
  coalesce(s.wrapping_up, 0)::float8 as "wrapUpMs",
  coalesce(s.paused, 0)::float8 as "pausedMs",
  coalesce(p.by_reason, '{}') as "pausedMsByReason",
  coalesce(s.paused_by_others, 0)::float8 as "pausedByOthersMs",
  coalesce(o.offered, 0)::int as offered,
  coalesce(o.answered, 0)::int as answered,
  coalesce(o.no_answer + o.rejected + o.unreachable, 0)::int as missed,
  coalesce(o.no_answer, 0)::int as "noAnswer",
  coalesce(o.rejected, 0)::int as rejected,
  coalesce(o.unreachable, 0)::int as unreachable,
  coalesce(o.withdrawn, 0)::int as withdrawn,
  coalesce(o.still_ringing, 0)::int as "stillRinging",
  coalesce(o.dialled, 0)::int as dialled,
  coalesce(o.reached, 0)::int as reached,
  coalesce(o.consulted, 0)::int as consulted,
  coalesce(o.consult, 0)::float8 as "consultMs",
  coalesce(o.conferences, 0)::int as conferences,
  coalesce(t.blind, 0)::int as "blindTransfers",
  coalesce(t.attended, 0)::int as "attendedTransfers",
  (coalesce(o.attended_received, 0) + coalesce(b.blind, 0))::int as "transfersReceived",
  coalesce(o.handled, 0)::int as handled,
  coalesce(o.talk, 0)::float8 as "handledTalkMs",
  coalesce(o.hold, 0)::float8 as "handledHoldMs",
  coalesce(o.wrap_up, 0)::float8 as "handledWrapUpMs",
  coalesce(g.by_code, '{}') as dispositions,
  coalesce(v.offered, 0)::int as "surveysOffered",
  coalesce(v.answered, 0)::int as "surveysAnswered",
  coalesce(v.answers, 0)::int as answers,
  coalesce(v.good, 0)::int as "goodAnswers",
  coalesce(v.nps_answers, 0)::int as "npsAnswers",
  coalesce(v.promoters, 0)::int as promoters,
  coalesce(v.detractors, 0)::int as detractors
from spent s
full join offers o using (agent_id)
full join surveys v using (agent_id)
left join paused p using (agent_id)
left join held h using (agent_id)
left join disposed g using (agent_id)
left join passed t using (agent_id)
left join taken_over b using (agent_id)
left join agents on agents.id = agent_id
where ${withinReach(reach, { agent: 'agent_id' })}
order by agent_id`
