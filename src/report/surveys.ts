import type { Knex } from 'knex'
import type { Answer } from '../call/call.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { netPromoterScore, responseRate, satisfaction, yesShare } from './figures.ts'
import type { Interval } from './interval.ts'
import { CALL, reachGiven, withinReach } from './reach.ts'
import { rows, snapshot } from './snapshot.ts'

/** One question of one version of a survey. Whole numbers can be added up. */
type Counted = {
  /** null: before surveys were flows. */
  survey: string | null
  release: number | null
  /** Of this version, whatever the question: how often it was offered, and how often any question of it was answered. */
  surveysOffered: number
  surveysAnswered: number
  /** null: nobody has answered any. */
  question: string | null
  scale: Answer['scale'] | null
  /** Calls in which it was answered. */
  answers: number
  /** On 1 to 5: 4 or 5. On 0 to 10: 9 or 10, and 0 to 6. On yes-no: yes. */
  goodAnswers: number
  promoters: number
  detractors: number
  yes: number
  /** So low that a person was told. */
  low: number
}

export type SurveyFigures = Counted & {
  responseRate: number | null
  /** Each null where the question is on another scale. */
  csat: number | null
  nps: number | null
  yesShare: number | null
}

export type SurveysReport = { surveys: SurveyFigures[] }

/** What was asked about the talks of calls that arrived in the interval, version by version and question by question, the latest version first. */
export async function surveysReport(knex: Knex, interval: Interval, reach: Reach = EVERYWHERE): Promise<SurveysReport> {
  const given = { from: new Date(interval.from), to: new Date(interval.to), ...reachGiven(reach) }
  const found = await snapshot(knex, moment => rows<Counted>(moment, question(reach), given))
  return { surveys: found.map(withFigures) }
}

function withFigures(row: Counted): SurveyFigures {
  const on = (scale: Answer['scale']): number => (row.scale === scale ? row.answers : 0)
  return {
    ...row,
    responseRate: responseRate(row),
    csat: satisfaction({ ...row, answers: on('1-5') }),
    nps: netPromoterScore({ ...row, npsAnswers: on('nps') }),
    yesShare: yesShare({ ...row, yesNoAnswers: on('yes-no') }),
  }
}

const question = (reach: Reach): string => `
with offered as (
  select survey, survey_release, count(*) as offered, count(*) filter (where rating is not null or answers <> '[]') as answered
  from calls
  where arrived_at >= :from and arrived_at < :to and survey_offered and ${withinReach(reach, CALL)}
  group by survey, survey_release
), asked as (
  select a.survey, a.survey_release, a.name, a.scale, max(a.place) as place, count(distinct a.call_id) as answers,
    count(*) filter (where a.scale = '1-5' and a.score >= 4) as good,
    count(*) filter (where a.scale = 'nps' and a.score >= 9) as promoters,
    count(*) filter (where a.scale = 'nps' and a.score <= 6) as detractors,
    count(*) filter (where a.scale = 'yes-no' and a.score = 1) as yes,
    count(*) filter (where a.low) as low
  from survey_answers a join calls on calls.id = a.call_id and calls.survey_offered
  where a.arrived_at >= :from and a.arrived_at < :to and ${withinReach(reach, CALL)}
  group by a.survey, a.survey_release, a.name, a.scale
)
select o.survey, o.survey_release as release, o.offered::int as "surveysOffered", o.answered::int as "surveysAnswered",
  a.name as question, a.scale, coalesce(a.answers, 0)::int as answers, coalesce(a.good, 0)::int as "goodAnswers",
  coalesce(a.promoters, 0)::int as promoters, coalesce(a.detractors, 0)::int as detractors, coalesce(a.yes, 0)::int as yes,
  coalesce(a.low, 0)::int as low
from offered o
left join asked a on a.survey is not distinct from o.survey and a.survey_release is not distinct from o.survey_release
order by o.survey nulls last, o.survey_release desc nulls last, a.place, a.name`
