import type { Knex } from 'knex'
import { OUTCOMES, type Outcome } from '../call/facts.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import {
  abandonment,
  averageHandlingTime,
  averageSpeedOfAnswer,
  callbacksKept,
  firstContactResolution,
  netPromoterScore,
  promiseError,
  promisesKept,
  responseRate,
  satisfaction,
  serviceLevel,
} from './figures.ts'
import { type Interval, quarterOf } from './interval.ts'
import { reachGiven, withinReach } from './reach.ts'
import { ms, rows, snapshot } from './snapshot.ts'

export type Grain = 'whole' | 'quarter-hour'

/** Of the calls that arrived in one interval. ms and whole numbers: rows can be added up. */
type Counted = {
  /** offered = the sum of outcomes + sentOn + open. In the total each call counts once: there sentOn is no part of it. */
  offered: number
  outcomes: Record<Outcome, number>
  /** Whom the line has sent on, to another or elsewhere, also those whom it turned away at the door. Whom an agent sent on was answered in it. */
  sentOn: number
  open: number
  /** Joined the line. Who was told that it is closed was not offered to it. */
  offeredToQueue: number
  answered: number
  /** In the line or while an agent's phone rang; `short` of them sooner than the short-abandon threshold. */
  abandoned: number
  short: number
  /**
   * Within the line's own service-level time, counted from joining the line to being connected (or leaving). In the total,
   * where a caller's way through several lines is one wait, from joining the first.
   */
  answeredWithin: number
  abandonedWithin: number
  waitOfAnsweredMs: number
  longestWaitMs: number
  /** Callers who were told how long they would have to wait. The first time counts, from then until they talked. */
  promised: number
  /** Talked in time; talked later, or left (or wait still) when it was over. Who left sooner leaves it unknown. */
  promisesKept: number
  promisesBroken: number
  /** Of the promised, those who talked, and how far their waits were from the median forecast. */
  promisedServed: number
  promiseErrorMs: number
  handled: number
  talkMs: number
  holdMs: number
  wrapUpMs: number
  surveysOffered: number
  /** With an answer at least to one question. */
  surveysAnswered: number
  /** On 1 to 5; `goodAnswers` of them 4 or 5. */
  answers: number
  goodAnswers: number
  /** On 0 to 10; `promoters` of them 9 or 10, `detractors` 0 to 6. */
  npsAnswers: number
  promoters: number
  detractors: number
  /** Answered calls from a known number; `resolved` of them without a second call to the line within 7 days, as yet. */
  contacts: number
  resolved: number
  /**
   * Callbacks that were promised in the interval, which are no part of anything above: promised = reached + given up +
   * withdrawn + open.
   */
  callbacksPromised: number
  callbacksReached: number
  callbacksGivenUp: number
  callbacksWithdrawn: number
  callbacksOpen: number
  /** How often customers were dialled; the try under way is not counted yet. */
  callbackTries: number
  /** Dialled first within the time that was promised first; later, or not at all when it was over. Withdrawn before leaves it unknown. */
  callbacksKept: number
  callbacksBroken: number
}

export type QueueFigures = {
  /** null: calls that never reached a waiting line, or that ended elsewhere after one had sent them on. */
  queue: string | null
  /** For people. null: no line, or one that is no longer set up. */
  nameZh: string | null
  nameEn: string | null
  /** The beginning of the quarter of an hour, or of all that was asked for. ms since 1970. */
  startAt: number
  /** T of the service level; null where lines with different ones are added up. */
  serviceLevelMs: number | null
} & Counted & {
    /** Shares from 0 to 1; ASA and AHT in ms. null: nothing to divide by. */
    serviceLevel: number | null
    abandonment: number | null
    asaMs: number | null
    keptShare: number | null
    meanPromiseErrorMs: number | null
    ahtMs: number | null
    csat: number | null
    /** From −1 to 1. */
    nps: number | null
    responseRate: number | null
    fcr: number | null
    callbacksKeptShare: number | null
  }

export type QueuesReport = { queues: QueueFigures[]; total: QueueFigures }

/** What became of the calls that arrived in the interval, by waiting line and, if asked, by quarter of an hour. */
export async function queuesReport(
  knex: Knex,
  interval: Interval,
  grain: Grain,
  now: number,
  reach: Reach = EVERYWHERE,
): Promise<QueuesReport> {
  const given = { from: new Date(interval.from), to: new Date(interval.to), now: new Date(now), ...reachGiven(reach) }
  const found = await snapshot(knex, moment => rows<Found>(moment, question(grain, reach), given))
  const lines = found.filter(({ isTotal }) => !isTotal).map(({ isTotal: _, ...row }) => row)
  const { isTotal: _, ...all } = found.find(({ isTotal }) => isTotal)!
  const sentOn = lines.reduce((sum, row) => sum + row.sentOn, 0)
  return {
    queues: lines.map(row => withFigures({ ...row, startAt: row.startAt!.getTime() })),
    total: withFigures({ ...all, queue: 'total', startAt: startOf(interval, grain), sentOn }),
  }
}

type Found = Pick<QueueFigures, 'queue' | 'nameZh' | 'nameEn' | 'serviceLevelMs'> & {
  isTotal: boolean
  startAt: Date | null
} & Counted

const startOf = ({ from }: Interval, grain: Grain): number => (grain === 'whole' ? from : quarterOf(from))

const withFigures = <Row extends Counted & Pick<QueueFigures, 'queue'>>(row: Row) => ({
  ...row,
  // Who never reached a line had no wait that it could be held against.
  serviceLevel: row.queue === null ? null : serviceLevel(row),
  abandonment: abandonment(row),
  asaMs: averageSpeedOfAnswer(row),
  keptShare: promisesKept(row),
  meanPromiseErrorMs: promiseError(row),
  ahtMs: averageHandlingTime(row),
  csat: satisfaction(row),
  nps: netPromoterScore(row),
  responseRate: responseRate(row),
  fcr: firstContactResolution(row),
  callbacksKeptShare: callbacksKept(row),
})

const SLOT: Record<Grain, string> = {
  whole: 'cast(:from as timestamptz)',
  'quarter-hour': `date_bin('15 minutes', c.arrived_at, timestamptz '2000-01-01 00:00Z')`,
}

const SINCE_1970 = (moment: string): string => `extract(epoch from ${moment}) * 1000`
const EACH_OUTCOME = OUTCOMES.map(outcome => `'${outcome}', count(*) filter (where outcome = '${outcome}')`).join(', ')

const OF_CALL = { queue: 'c.queue', agent: 'c.agent_id' }

/** domain.md: N days, 7 unless set. */
const SECOND_CALL_WITHIN = "interval '7 days'"

const CALLBACKS = `count(b.id)::int as "callbacksPromised",
  count(*) filter (where reached)::int as "callbacksReached",
  count(*) filter (where came_to = 'not-reached')::int as "callbacksGivenUp",
  count(*) filter (where came_to = 'withdrawn')::int as "callbacksWithdrawn",
  count(*) filter (where came_to is null and not reached)::int as "callbacksOpen",
  coalesce(sum(tries), 0)::int as "callbackTries",
  count(*) filter (where dialled_at <= until)::int as "callbacksKept",
  count(*) filter (where coalesce(dialled_at, over_at) > until)::int as "callbacksBroken"`

/** The first answer since they joined their last line: an agent may have served them before, and sent them on. */
export const SERVED_THERE = `case
      when c.connected_at < c.line_at then (
        select min(connected_at) from legs where call_id = c.id and role = 'serves' and connected_at >= c.line_at
      )
      else c.connected_at
    end`

// A call counts once in each line that it was led to, with what came of it there, and once in the total, with its first wait;
// the row of nulls makes a total of nothing. Where an agent sends them on, and to no other line, that was their last. A line that is
// no longer set up is judged by the service level that new lines start with.
const question = (grain: Grain, reach: Reach): string => `
with arrived as (
  select c.id, c.queue, c.line_left, c.queued_at, ${SLOT[grain]} as slot, ${withinReach(reach, OF_CALL)} as is_reached,
    case when not c.line_left then coalesce(c.line_at, c.queued_at) end as line_at,
    coalesce(c.connected_at, c.ended_at, :now) as left_at, coalesce(there.served_at, c.ended_at, :now) as line_left_at,
    c.outcome, coalesce(c.line_outcome, c.outcome) as line_outcome, c.short, c.survey_offered, c.rating, c.nps, c.answers,
    c.promised_at, c.promised_ms, c.promised_median_ms, told.served_at is not null as served,
    ${ms('coalesce(told.served_at, c.ended_at, :now) - c.promised_at')} as since_promise,
    c.line_left and (select because = 'agent' from sent_on s where s.call_id = c.id order by seq desc limit 1) as is_passed_on
  from calls c
  cross join lateral (select ${SERVED_THERE} as served_at) there
  cross join lateral (select case when c.connected_at < c.promised_at then there.served_at else c.connected_at end as served_at) told
  where c.arrived_at >= :from and c.arrived_at < :to and c.direction = 'inbound'
), called_back as (
  -- The first promise is what they were promised, whatever was promised since, and by its line, wherever they were sent on to.
  -- Who was taken over by somebody on duty was reached by no try of ours, but reached.
  select c.id, f.body->>'queue' as of_line, ${SLOT[grain]} as of_slot, c.outcome as came_to,
    c.connected_at is not null or coalesce(c.outcome = 'answered', false) as reached, jsonb_array_length(c.callback->'tries') as tries,
    coalesce((c.callback->'tries'->0->>'at')::float8, (c.callback->>'dialledAt')::float8, ${SINCE_1970('own.dialled_at')},
      case when c.outcome = 'answered' then ${SINCE_1970('c.ended_at')} end) as dialled_at,
    (f.body->>'promisedUntil')::float8 as until, ${SINCE_1970('coalesce(c.ended_at, :now)')} as over_at
  from calls c join facts f on f.call_id = c.id and f.seq = 1
  left join lateral (
    select o.arrived_at as dialled_at from facts w join calls o on o.id = w.body->>'call' and o.direction = 'outbound'
    where w.call_id = c.id and w.kind = 'CallbackWithdrawn' limit 1
  ) own on true
  where c.arrived_at >= :from and c.arrived_at < :to and c.direction = 'callback'
    and ${withinReach(reach, { ...OF_CALL, queue: "f.body->>'queue'" })}
), passed as (
  select id, false as is_total, false as sent_on, true as is_last, 0 as stay, case when not line_left then queue end as line, slot,
    line_at as joined_at, line_left_at as left_at, 'infinity'::timestamptz as stays_until, line_outcome as outcome, null as callback
  from arrived where is_reached and is_passed_on is not true
  union all
  select a.id, false, s.because <> 'agent', a.is_passed_on is true and lead(s.seq) over (partition by s.call_id order by s.seq) is null,
    s.seq, s.queue, a.slot, s.joined_at, coalesce(s.served_at, s.left_at), s.left_at, case s.because when 'agent' then 'answered' end, null
  from arrived a join sent_on s on s.call_id = a.id and ${withinReach(reach, { queue: 's.queue' })}
  union all
  select id, true, false, true, 0, queue, null, queued_at, left_at, 'infinity', outcome, null from arrived where is_reached
  union all
  select null, false, false, false, 0, of_line, of_slot, null, null, null, null, id from called_back
  union all
  select null, true, false, false, 0, null, null, null, null, null, null, id from called_back
  union all
  values (null, true, false, false, 0, null, null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz, null, null)
), counted as (
  select p.*, q.name_zh, q.name_en,
    case when p.line is not null then coalesce(q.service_level_ms, 30000) end as within,
    a.short, a.survey_offered, a.rating, a.nps, a.answers,
    w.promised_ms, w.promised_median_ms, w.served, w.since_promise,
    p.outcome = 'answered' as answered,
    p.outcome in ('abandoned-in-queue', 'abandoned-ringing') as abandoned,
    case when p.joined_at is not null then ${ms('p.left_at - p.joined_at')} end as waited
  from passed p left join arrived a on a.id = p.id and p.is_last left join queues q on q.id = p.line
    -- A promise is that of the line in which it was told.
    left join arrived w on w.id = p.id and (p.is_total or (w.promised_at >= p.joined_at and w.promised_at < p.left_at))
), next_call as (
  select id, lead(arrived_at) over (partition by caller, queue order by arrived_at, id) - arrived_at as after
  from calls
  where arrived_at >= :from and arrived_at < cast(:to as timestamptz) + ${SECOND_CALL_WITHIN}
    and direction = 'inbound' and queue is not null and caller ~ '[0-9]'
), handled as (
  select p.id, p.is_total as of_total, p.stay, count(*) as legs,
    sum(${ms('l.ended_at - l.connected_at')} - l.held_ms) as talk,
    sum(l.held_ms) as hold,
    sum(${ms('coalesce(w.ended_at, :now) - w.started_at')}) as wrap_up
  from passed p
  join legs l on l.call_id = p.id and l.role = 'serves' and l.result = 'answered' and l.connected_at is not null and l.ended_at is not null
    and (p.is_total or (l.connected_at >= p.joined_at and l.connected_at < p.stays_until))
  left join agent_states w
    on w.agent_id = l.agent_id and w.started_at = l.ended_at and w.state = 'wrapping-up' and w.call_id = p.id
  group by p.id, p.is_total, p.stay
)
select is_total as "isTotal", queue,
  case when not is_total then min(name_zh) end as "nameZh", case when not is_total then min(name_en) end as "nameEn", slot as "startAt",
  case when not is_total then min(within) end as "serviceLevelMs",
  count(c.id)::int as offered,
  jsonb_build_object(${EACH_OUTCOME}) as outcomes,
  count(*) filter (where sent_on)::int as "sentOn",
  count(c.id) filter (where outcome is null and not sent_on)::int as open,
  count(joined_at) filter (where outcome is distinct from 'closed')::int as "offeredToQueue",
  count(*) filter (where answered)::int as answered,
  count(*) filter (where abandoned)::int as abandoned,
  count(*) filter (where abandoned and short)::int as short,
  count(*) filter (where answered and waited <= within)::int as "answeredWithin",
  count(*) filter (where abandoned and waited <= within)::int as "abandonedWithin",
  coalesce(sum(waited) filter (where answered), 0)::float8 as "waitOfAnsweredMs",
  coalesce(max(waited), 0)::float8 as "longestWaitMs",
  count(promised_ms)::int as promised,
  count(*) filter (where served and since_promise <= promised_ms)::int as "promisesKept",
  count(*) filter (where since_promise > promised_ms)::int as "promisesBroken",
  count(*) filter (where served and promised_ms is not null)::int as "promisedServed",
  coalesce(sum(abs(since_promise - promised_median_ms)) filter (where served), 0)::float8 as "promiseErrorMs",
  coalesce(sum(h.legs), 0)::int as handled,
  coalesce(sum(h.talk), 0)::float8 as "talkMs",
  coalesce(sum(h.hold), 0)::float8 as "holdMs",
  coalesce(sum(h.wrap_up), 0)::float8 as "wrapUpMs",
  count(*) filter (where survey_offered)::int as "surveysOffered",
  count(*) filter (where survey_offered and (rating is not null or answers <> '[]'))::int as "surveysAnswered",
  count(rating)::int as answers,
  count(*) filter (where rating >= 4)::int as "goodAnswers",
  count(nps)::int as "npsAnswers",
  count(*) filter (where nps >= 9)::int as promoters,
  count(*) filter (where nps <= 6)::int as detractors,
  count(*) filter (where answered and n.id is not null)::int as contacts,
  count(*) filter (where answered and n.id is not null and (after is null or after > ${SECOND_CALL_WITHIN}))::int as resolved,
  ${CALLBACKS}
from (select *, case when not is_total then line end as queue from counted) c
left join handled h on h.id = c.id and h.of_total = c.is_total and h.stay = c.stay
left join called_back b on b.id = c.callback
left join next_call n on n.id = c.id and c.is_last
group by is_total, queue, slot
order by slot, queue nulls last`
