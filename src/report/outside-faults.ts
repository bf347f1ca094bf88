import type { Knex } from 'knex'
import type { Interval } from './interval.ts'
import type { Culprit } from './ledger.ts'
import { rows, whichHold } from './snapshot.ts'

/** Where the ways to numbers outside, of the calls that arrived in the interval, are not what their facts tell. */
export function outsideFaults(knex: Knex, { from, to }: Interval): Promise<Culprit[]> {
  return rows<Culprit>(knex, QUESTION, { from: new Date(from), to: new Date(to) })
}

const COLUMNS = ['call_id', 'dialled_at', 'rang_at', 'answered_at', 'ended_at', 'result']

const CHECKS: [string, string][] = [
  ['o.id is null', `'has facts but no record'`],
  ['t.id is null', `'has a record but no facts'`],
  ['o.number <> t.number', `'its number is not that of the facts'`],
  ...COLUMNS.map((column): [string, string] => [
    `o.id is not null and t.id is not null and o.${column} is distinct from t.${column}`,
    `format('${column} is %s, the facts say %s', coalesce(o.${column}::text, 'empty'), coalesce(t.${column}::text, 'empty'))`,
  ]),
]

// What nothing else ended, ended with its call.
const QUESTION = `
with asked as (
  select id, ended_at from calls where arrived_at >= :from and arrived_at < :to
), told as (
  select f.body->>'outside' as id, f.call_id,
    min(f.body->>'number') as number,
    min(f.at) filter (where f.kind = 'OutsideDialled') as dialled_at,
    min(f.at) filter (where f.kind = 'OutsideRang') as rang_at,
    min(f.at) filter (where f.kind = 'OutsideAnswered') as answered_at,
    coalesce(min(f.at) filter (where f.kind = 'OutsideEnded'), min(asked.ended_at)) as ended_at,
    coalesce(
      min(f.body->>'result') filter (where f.kind = 'OutsideEnded'),
      min('answered') filter (where f.kind = 'OutsideAnswered'),
      case when min(asked.ended_at) is not null then 'withdrawn' end
    ) as result
  from asked cross join lateral (
    select * from facts where call_id = asked.id and body->>'outside' is not null offset 0
  ) f
  group by f.body->>'outside', f.call_id
), filed as (
  select o.* from asked cross join lateral (select * from outside_legs where call_id = asked.id offset 0) o
)
select 'leg' as what, coalesce(o.id, t.id) as id, fault
from filed o full join told t using (id)
cross join lateral unnest(${whichHold(CHECKS)}) as fault
order by id, fault`
