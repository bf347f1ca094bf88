import type { Knex } from 'knex'
import type { Rated } from '../call/call.ts'
import { OF_PROMISES, placeTold } from './callback-faults.ts'
import type { Interval } from './interval.ts'
import type { Culprit } from './ledger.ts'
import { ms, rows, whichHold } from './snapshot.ts'

/** Where the calls that arrived in the interval, or their legs, are not what their facts tell. */
export function callFaults(knex: Knex, { from, to }: Interval): Promise<Culprit[]> {
  return rows<Culprit>(knex, QUESTION, { from: new Date(from), to: new Date(to) })
}

// Each call is looked up by itself (`lateral … limit`, `offset 0`), so that the work grows with the calls asked for and
// not with all that were ever made.

/** What a call begins with. */
const BEGINNINGS = `'CallArrived', 'CallbackOpened', 'AgentDialled', 'DutyBegan'`
/** With what a leg begins. */
const OFFERS = `'AgentOffered', 'LifeboatConnected', 'AgentDialled', 'PartyAsked', 'TalkTakenOver'`
const CONNECTIONS = `'Connected', 'LifeboatConnected', 'TalkTakenOver'`
/** With what a line lets go of a caller. */
const LEAVES = `'Overflowed', 'TransferredOn'`

/** Of a talk that was passed on: whose party it is now; null where that is nobody of ours. */
const HEIR = `(select asked.body->>'agent' from facts asked
  where asked.call_id = facts.call_id and asked.kind = 'PartyAsked' and asked.body->>'party' = facts.body->>'to' limit 1)`

/** An agent has dialled on their phone; where they have clicked on a number, it was rung first. */
const ON_THEIR_PHONE = `(kind = 'AgentDialled' and body->'clicked' is null)`

// The calls of the interval, and those that have facts but no record.
const ASKED = `
asked as (
  select id from calls where arrived_at >= :from and arrived_at < :to
  union
  select call_id from facts where at >= :from and at < :to and kind in (${BEGINNINGS})
  union
  select call_id
  from (select distinct call_id from facts where at >= :from and at < :to) heard
  left join lateral (select id from calls where id = call_id limit 1) c on true
  where c.id is null
)`

/** Older versions wrote no scale. */
const firstAnswer = (scale: Rated['scale']): string =>
  `(array_agg((body->>'rating')::smallint order by seq)
        filter (where kind = 'SurveyAnswered' and coalesce(body->>'scale', '1-5') = '${scale}'))[1]`

// What its facts tell of each call, in the words of its record.
const TOLD = `
told as (
  select asked.id, f.*, coalesce(place.queued_at, first_at) as queued_at,
    left_seq > coalesce(joined_seq, 0) and coalesce(place.queued_at, first_at) is not null and coalesce(boat_seq, 0) < left_seq as line_left,
    case
      when boat_seq > coalesce(left_seq, 0) and coalesce(joined_seq, 0) <= coalesce(left_seq, 0) then boat_at
      when joined_seq > coalesce(left_seq, 0) then joined_at
      when left_seq is null then coalesce(place.due_at, place.queued_at)
    end as line_at
  from asked cross join lateral (
    select count(*) as facts, max(seq) as last_seq,
      count(*) filter (where kind in (${BEGINNINGS})) as beginnings,
      count(*) filter (where kind = 'CallEnded') as ends,
      min(at) filter (where kind in (${BEGINNINGS})) as arrived_at,
      min(at) filter (where kind = 'CallAnswered') as answered_at,
      coalesce(min(at) filter (where kind = 'Queued'), min(at) filter (where kind = 'HandedToLifeboat')) as first_at,
      max(at) filter (where kind = 'Queued') as joined_at,
      max(seq) filter (where kind = 'Queued') as joined_seq,
      max(seq) filter (where kind in (${LEAVES})) as left_seq,
      min(at) filter (where kind = 'HandedToLifeboat') as boat_at,
      min(seq) filter (where kind = 'HandedToLifeboat') as boat_seq,
      (array_agg(body->>'queue' order by seq desc)
        filter (where kind in ('Queued', 'HandedToLifeboat', 'CallbackOpened', 'AgentDialled')))[1] as queue,
      coalesce(
        (array_remove(array_agg(case kind when 'Transferred' then ${HEIR} else body->>'agent' end order by seq desc)
          filter (where kind in (${CONNECTIONS}, 'Transferred')), null))[1],
        (array_agg(body->>'agent' order by seq desc)
          filter (where kind in ('AgentOffered', 'LifeboatConnected', 'AgentDialled', 'AgentAnswered')))[1]
      ) as agent_id,
      min(at) filter (where kind in (${CONNECTIONS})) as connected_at,
      min(at) filter (where kind = 'CallEnded') as ended_at,
      min(body->>'outcome') filter (where kind = 'CallEnded') as outcome,
      min(body->>'lineOutcome') filter (where kind = 'CallEnded') as line_outcome,
      min(body->>'by') filter (where kind = 'CallEnded') as ended_by,
      coalesce(bool_or((body->>'short')::boolean) filter (where kind = 'CallEnded'), false) as short,
      ${firstAnswer('1-5')} as rating,
      ${firstAnswer('nps')} as nps,
      bool_or(kind = 'SurveyOffered') as survey_offered,
      count(*) filter (where kind = 'MessageKept') as messages,
      count(*) filter (where kind = 'CommentKept') as comments,
      count(*) filter (where kind = 'LowScore') as low_scores,
      bool_or(kind = 'CallbackOpened') as is_callback,
      min(body->>'of') filter (where kind = 'CallbackOpened') as promised_in,
      array_agg(distinct body->>'callback') filter (where kind = 'CallbackBooked') as promises
    from facts where call_id = asked.id
  ) f
  left join lateral ${placeTold('asked.id', 'f.is_callback')} place on true
)`

// What the facts tell of each leg, of a talk's parties too. One that nothing else ended, ended with its call; and so did a hold. A party
// is connected with the caller as a conferee, or when the talk is theirs.
const LEGS_TOLD = `
leg_facts as (
  select f.*, told.ended_at as call_ended_at, lead(f.at) over (partition by f.call_id, f.id order by f.seq) as next_at
  from told cross join lateral (
    select call_id, seq, at, kind, body, coalesce(body->>'leg', body->>'party') as id from facts
    where call_id = told.id and (body->>'leg' is not null or body->>'party' is not null) offset 0
  ) f
), legs_heard as (
  select id, call_id,
    min(body->>'agent') as agent_id,
    count(*) filter (where kind in (${OFFERS})) as offers,
    min(at) filter (where kind in (${OFFERS})) as offered_at,
    min(at) filter (where kind in ('AgentAnswered', 'LifeboatConnected', 'PartyAnswered', 'TalkTakenOver') or ${ON_THEIR_PHONE}) as answered_at,
    min(at) filter (where kind in (${CONNECTIONS})) as connected_at,
    min(at) filter (where kind = 'PartyJoined') as joined_at,
    min(body->>'role') filter (where kind = 'PartyAsked') as role,
    min(seq) filter (where kind = 'PartyAsked') as asked_seq,
    min(seq) filter (where kind = 'PartyEnded') as let_go_seq,
    coalesce(
      min(at) filter (where kind in ('OfferEnded', 'AgentLeft', 'AgentRelieved', 'TryEnded', 'PartyEnded', 'Transferred', 'TransferredOn')),
      min(call_ended_at)) as ended_at,
    coalesce(
      min(body->>'result') filter (where kind = 'OfferEnded'),
      min('answered') filter (where kind in (${CONNECTIONS}, 'TryEnded', 'PartyAnswered') or ${ON_THEIR_PHONE}),
      min(body->>'result') filter (where kind = 'PartyEnded'),
      case when bool_or(kind = 'AgentDialled') then min('answered') filter (where kind = 'AgentAnswered') end
    ) as result,
    coalesce(sum(${ms('coalesce(next_at, call_ended_at) - at')}) filter (where kind = 'Held'), 0)::int as held_ms
  from leg_facts
  group by id, call_id
  having min(body->>'agent') is not null
), legs_told as (
  select id, call_id, agent_id, offers, offered_at, answered_at, ended_at, result, held_ms,
    coalesce(connected_at, case when joined_at is not null and (role = 'conferee' or coalesce(to_conferee.at, to_serve.at) is not null)
      then greatest(joined_at, case when role = 'consulted' then least(to_conferee.at, to_serve.at) end) end) as connected_at,
    case when to_serve.at is not null or role is null then 'serves' when to_conferee.at is not null then 'conferee' else role end as role
  from legs_heard h
  left join lateral (
    select min(at) as at from facts
    where h.asked_seq is not null and call_id = h.call_id and seq > h.asked_seq and seq < coalesce(h.let_go_seq, seq + 1)
      and kind in ('Conferenced', 'Transferred', 'TalkTakenOver') and body->>'to' is distinct from h.id
  ) to_conferee on true
  left join lateral (
    select min(at) as at from facts
    where h.asked_seq is not null and call_id = h.call_id and kind = 'Transferred' and body->>'to' = h.id
  ) to_serve on true
), legs_asked as (
  select l.* from asked cross join lateral (select * from legs where call_id = asked.id offset 0) l
)`

const told = (record: string, facts: string, columns: string[]): [string, string][] =>
  columns.map(column => [
    `${record}.${column} is distinct from ${facts}.${column}`,
    `format('${column} is %s, the facts say %s', coalesce(${record}.${column}::text, 'empty'),
      coalesce(${facts}.${column}::text, 'empty'))`,
  ])

const OF_A_CALL: [string, string][] = [
  ['t.beginnings <> 1', `format('begins %s times', t.beginnings)`],
  ['t.ends > 1', `format('has %s facts CallEnded', t.ends)`],
  ['t.facts <> t.last_seq', `format('has %s facts, but the last is number %s', t.facts, t.last_seq)`],
  ['c.seq <> t.last_seq', `format('its record holds %s facts, there are %s', c.seq, t.last_seq)`],
  ['c.ended_at is null and c.state is null', `'is open but has lost its state'`],
  [
    't.messages <> (select count(*) from messages where call_id = t.id)',
    `format('has left %s messages, of which some are not listed', t.messages)`,
  ],
  ...OF_PROMISES,
  [
    't.comments <> (select count(*) from comments where call_id = t.id)',
    `format('has left %s comments, of which some are not listed', t.comments)`,
  ],
  [
    't.low_scores <> (select count(*) from low_scores where call_id = t.id)',
    `format('has %s low scores, of which some are not listed', t.low_scores)`,
  ],
  ...told('c', 't', ['arrived_at', 'answered_at', 'queued_at', 'queue', 'agent_id', 'connected_at']),
  [
    `coalesce(c.line_at, case when not c.line_left then c.queued_at end) is distinct from t.line_at`,
    `format('line_at is %s, the facts say %s', coalesce(c.line_at::text, 'empty'), coalesce(t.line_at::text, 'empty'))`,
  ],
  ['c.line_left <> coalesce(t.line_left, false)', `format('line_left is %s, the facts say otherwise', c.line_left)`],
  ...told('c', 't', ['ended_at', 'outcome', 'line_outcome', 'ended_by', 'short', 'survey_offered', 'rating', 'nps']),
]

const OF_A_LEG: [string, string][] = [
  ['t.offers <> 1', `format('was offered %s times', t.offers)`],
  ['l.ended_at is null and c.ended_at is not null', `'is open, but its call has ended'`],
  ...told('l', 't', [
    'call_id',
    'agent_id',
    'offered_at',
    'answered_at',
    'connected_at',
    'ended_at',
    'result',
    'held_ms',
    'role',
  ]),
]

const faults = (record: string, isUntold: string, checks: [string, string][]): string => `
cross join lateral unnest(
  case
    when ${record}.id is null then array['has facts but no record']
    when ${isUntold} then array['has a record but no facts']
    else ${whichHold(checks)}
  end
) as fault`

const QUESTION = `
with ${ASKED}, ${TOLD}, ${LEGS_TOLD}
select 'call' as what, t.id, fault
from told t left join lateral (select * from calls where id = t.id limit 1) c on true
${faults('c', 't.facts = 0', OF_A_CALL)}
union all
select 'leg', coalesce(l.id, t.id), fault
from legs_asked l full join legs_told t using (id)
left join lateral (select * from calls where id = l.call_id limit 1) c on true
${faults('l', 't.id is null', OF_A_LEG)}
order by what, id, fault`
