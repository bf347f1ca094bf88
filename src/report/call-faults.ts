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
const OFFERS = `'AgentOffered', 'LifeboatConnected', 'AgentDialled', 'TalkTakenOver'`
const CONNECTIONS = `'Connected', 'LifeboatConnected', 'TalkTakenOver'`

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
  select asked.id, f.*, coalesce(first_at, place.queued_at) as queued_at,
    left_seq > coalesce(joined_seq, 0) and first_at is not null and coalesce(boat_seq, 0) < left_seq as line_left,
    case
      when boat_seq > coalesce(left_seq, 0) and coalesce(joined_seq, 0) <= coalesce(left_seq, 0) then boat_at
      when joined_seq > coalesce(left_seq, 0) then joined_at
      else coalesce(place.due_at, place.queued_at)
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
      max(seq) filter (where kind = 'Overflowed') as left_seq,
      min(at) filter (where kind = 'HandedToLifeboat') as boat_at,
      min(seq) filter (where kind = 'HandedToLifeboat') as boat_seq,
      (array_agg(body->>'queue' order by seq desc)
        filter (where kind in ('Queued', 'HandedToLifeboat', 'CallbackOpened', 'AgentDialled')))[1] as queue,
      (array_agg(body->>'agent' order by seq desc)
        filter (where kind in (${OFFERS}, 'AgentAnswered')))[1] as agent_id,
      max(at) filter (where kind in (${CONNECTIONS})) as connected_at,
      min(at) filter (where kind = 'CallEnded') as ended_at,
      min(body->>'outcome') filter (where kind = 'CallEnded') as outcome,
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

// What the facts tell of each leg. One that nothing else ended, ended with its call; and so did a hold.
const LEGS_TOLD = `
leg_facts as (
  select f.*, f.body->>'leg' as id, told.ended_at as call_ended_at,
    lead(f.at) over (partition by f.call_id, f.body->>'leg' order by f.seq) as next_at
  from told cross join lateral (
    select * from facts where call_id = told.id and body->>'leg' is not null offset 0
  ) f
), legs_told as (
  select id, call_id,
    min(body->>'agent') as agent_id,
    count(*) filter (where kind in (${OFFERS})) as offers,
    min(at) filter (where kind in (${OFFERS})) as offered_at,
    min(at) filter (where kind in ('AgentAnswered', 'LifeboatConnected', 'AgentDialled', 'TalkTakenOver')) as answered_at,
    min(at) filter (where kind in (${CONNECTIONS})) as connected_at,
    coalesce(min(at) filter (where kind in ('OfferEnded', 'AgentLeft', 'AgentRelieved', 'TryEnded')), min(call_ended_at)) as ended_at,
    coalesce(
      min(body->>'result') filter (where kind = 'OfferEnded'),
      min('answered') filter (where kind in (${CONNECTIONS}, 'TryEnded', 'AgentDialled'))
    ) as result,
    coalesce(sum(${ms('coalesce(next_at, call_ended_at) - at')}) filter (where kind = 'Held'), 0)::int as held_ms
  from leg_facts
  group by id, call_id
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
  ...told('c', 't', ['ended_at', 'outcome', 'ended_by', 'short', 'survey_offered', 'rating', 'nps']),
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
