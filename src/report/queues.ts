import type { Knex } from 'knex'
import { OUTCOMES, type Outcome } from '../call/facts.ts'
import {
  abandonment,
  averageHandlingTime,
  averageSpeedOfAnswer,
  firstContactResolution,
  netPromoterScore,
  promiseError,
  promisesKept,
  responseRate,
  satisfaction,
  serviceLevel,
} from './figures.ts'
import { type Interval, quarterOf } from './interval.ts'
import { ms, rows, snapshot } from './snapshot.ts'

export type Grain = 'whole' | 'quarter-hour'

/** Of the calls that arrived in one interval. ms and whole numbers: rows can be added up. */
type Counted = {
  /** offered = the sum of outcomes + open. */
  offered: number
  outcomes: Record<Outcome, number>
  open: number
  /** Joined the line. Who was told that it is closed was not offered to it. */
  offeredToQueue: number
  answered: number
  /** In the line or while an agent's phone rang; `short` of them sooner than the short-abandon threshold. */
  abandoned: number
  short: number
  /** Within the line's own service-level time, counted from joining the line to being connected (or leaving). */
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
}

export type QueueFigures = {
  /** null: calls that never reached a waiting line. */
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
  }

export type QueuesReport = { queues: QueueFigures[]; total: QueueFigures }

/** What became of the calls that arrived in the interval, by waiting line and, if asked, by quarter of an hour. */
export async function queuesReport(knex: Knex, interval: Interval, grain: Grain, now: number): Promise<QueuesReport> {
  const given = { from: new Date(interval.from), to: new Date(interval.to), now: new Date(now) }
  const found = await snapshot(knex, moment => rows<Found>(moment, question(grain), given))
  const queues = found.map(row => ({ ...row, startAt: row.startAt.getTime() }))
  const total = { ...TOTAL, startAt: startOf(interval, grain), ...addUp(queues) }
  return { queues: queues.map(withFigures), total: withFigures(total) }
}

const TOTAL = { queue: 'total', nameZh: null, nameEn: null, serviceLevelMs: null }

type Found = Pick<QueueFigures, keyof typeof TOTAL> & { startAt: Date } & Counted

const startOf = ({ from }: Interval, grain: Grain): number => (grain === 'whole' ? from : quarterOf(from))

const withFigures = <Row extends Counted>(row: Row) => ({
  ...row,
  serviceLevel: serviceLevel(row),
  abandonment: abandonment(row),
  asaMs: averageSpeedOfAnswer(row),
  keptShare: promisesKept(row),
  meanPromiseErrorMs: promiseError(row),
  ahtMs: averageHandlingTime(row),
  csat: satisfaction(row),
  nps: netPromoterScore(row),
  responseRate: responseRate(row),
  fcr: firstContactResolution(row),
})

function addUp(queues: Counted[]): Counted {
  const sum = (of: (row: Counted) => number) => queues.reduce((total, row) => total + of(row), 0)
  return {
    offered: sum(row => row.offered),
    outcomes: Object.fromEntries(OUTCOMES.map(o => [o, sum(row => row.outcomes[o])])) as Record<Outcome, number>,
    open: sum(row => row.open),
    offeredToQueue: sum(row => row.offeredToQueue),
    answered: sum(row => row.answered),
    abandoned: sum(row => row.abandoned),
    short: sum(row => row.short),
    answeredWithin: sum(row => row.answeredWithin),
    abandonedWithin: sum(row => row.abandonedWithin),
    waitOfAnsweredMs: sum(row => row.waitOfAnsweredMs),
    longestWaitMs: queues.reduce((longest, row) => Math.max(longest, row.longestWaitMs), 0),
    promised: sum(row => row.promised),
    promisesKept: sum(row => row.promisesKept),
    promisesBroken: sum(row => row.promisesBroken),
    promisedServed: sum(row => row.promisedServed),
    promiseErrorMs: sum(row => row.promiseErrorMs),
    handled: sum(row => row.handled),
    talkMs: sum(row => row.talkMs),
    holdMs: sum(row => row.holdMs),
    wrapUpMs: sum(row => row.wrapUpMs),
    surveysOffered: sum(row => row.surveysOffered),
    surveysAnswered: sum(row => row.surveysAnswered),
    answers: sum(row => row.answers),
    goodAnswers: sum(row => row.goodAnswers),
    npsAnswers: sum(row => row.npsAnswers),
    promoters: sum(row => row.promoters),
    detractors: sum(row => row.detractors),
    contacts: sum(row => row.contacts),
    resolved: sum(row => row.resolved),
  }
}

const SLOT: Record<Grain, string> = {
  whole: 'cast(:from as timestamptz)',
  'quarter-hour': `date_bin('15 minutes', c.arrived_at, timestamptz '2000-01-01 00:00Z')`,
}
const EACH_OUTCOME = OUTCOMES.map(outcome => `'${outcome}', count(*) filter (where outcome = '${outcome}')`).join(', ')

/** domain.md: N days, 7 unless set. */
const SECOND_CALL_WITHIN = "interval '7 days'"

// A line that is no longer set up is judged by the service level that new lines start with.
const question = (grain: Grain): string => `
with arrived as (
  select c.id, c.queue, q.name_zh, q.name_en, c.outcome, c.short, c.queued_at, c.survey_offered, c.rating, c.nps, c.answers,
    ${SLOT[grain]} as slot,
    case when c.queue is not null then coalesce(q.service_level_ms, 30000) end as within,
    c.outcome = 'answered' as answered,
    c.outcome in ('abandoned-in-queue', 'abandoned-ringing') as abandoned,
    case when c.queued_at is not null
      then ${ms('coalesce(c.connected_at, c.ended_at, :now) - c.queued_at')}
    end as waited,
    c.promised_ms, c.promised_median_ms, c.connected_at is not null as served,
    ${ms('coalesce(c.connected_at, c.ended_at, :now) - c.promised_at')} as since_promise
  from calls c left join queues q on q.id = c.queue
  where c.arrived_at >= :from and c.arrived_at < :to
), next_call as (
  select id, lead(arrived_at) over (partition by caller, queue order by arrived_at, id) - arrived_at as after
  from calls
  where arrived_at >= :from and arrived_at < cast(:to as timestamptz) + ${SECOND_CALL_WITHIN}
    and queue is not null and caller ~ '[0-9]'
), handled as (
  select a.id, count(*) as legs,
    sum(${ms('l.ended_at - l.connected_at')} - l.held_ms) as talk,
    sum(l.held_ms) as hold,
    sum(${ms('coalesce(w.ended_at, :now) - w.started_at')}) as wrap_up
  from arrived a
  join legs l on l.call_id = a.id and l.result = 'answered' and l.ended_at is not null
  left join agent_states w
    on w.agent_id = l.agent_id and w.started_at = l.ended_at and w.state = 'wrapping-up' and w.call_id = a.id
  group by a.id
)
select queue, name_zh as "nameZh", name_en as "nameEn", slot as "startAt", within as "serviceLevelMs",
  count(*)::int as offered,
  jsonb_build_object(${EACH_OUTCOME}) as outcomes,
  count(*) filter (where outcome is null)::int as open,
  count(queued_at) filter (where outcome is distinct from 'closed')::int as "offeredToQueue",
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
  count(*) filter (where rating is not null or answers <> '[]')::int as "surveysAnswered",
  count(rating)::int as answers,
  count(*) filter (where rating >= 4)::int as "goodAnswers",
  count(nps)::int as "npsAnswers",
  count(*) filter (where nps >= 9)::int as promoters,
  count(*) filter (where nps <= 6)::int as detractors,
  count(*) filter (where answered and n.id is not null)::int as contacts,
  count(*) filter (where answered and n.id is not null and (after is null or after > ${SECOND_CALL_WITHIN}))::int as resolved
from arrived left join handled h using (id) left join next_call n using (id)
group by queue, name_zh, name_en, slot, within
order by slot, queue nulls last`
