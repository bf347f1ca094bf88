import type { Knex } from 'knex'
import type { Interval } from './interval.ts'
import type { Culprit } from './ledger.ts'
import { rows, whichHold } from './snapshot.ts'

/** Where the ways to numbers outside, of the calls that arrived in the interval, are not what their facts tell. */
export function outsideFaults(knex: Knex, { from, to }: Interval): Promise<Culprit[]> {
  return rows<Culprit>(knex, QUESTION, { from: new Date(from), to: new Date(to) })
}

const COLUMNS = ['call_id', 'dialled_at', 'rang_at', 'answered_at', 'ended_at', 'result', 'role']

/** The talk was passed on to them. */
const isHeir = (party: string): string => `exists (
  select from facts f where f.call_id = ${party}.call_id and f.kind = 'Transferred' and f.body->>'to' = ${party}.id)`

/** All talked together while they were in the talk. */
const isConferee = (party: string): string => `${party}.kind = 'PartyAsked' and exists (
  select from facts f where f.call_id = ${party}.call_id and f.kind in ('Conferenced', 'Transferred', 'TalkTakenOver') and f.seq > ${party}.seq
    and f.seq < coalesce((
      select min(e.seq) from facts e where e.call_id = ${party}.call_id and e.kind = 'PartyEnded' and e.body->>'party' = ${party}.id
    ), f.seq + 1))`

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
), heard as (
  select f.*, asked.ended_at as call_ended_at from asked cross join lateral (
    select call_id, seq, at, kind, body, coalesce(body->>'outside', body->>'party') as id from facts
    where call_id = asked.id and (body->>'outside' is not null or body->>'party' is not null) offset 0
  ) f
), told as (
  select id, call_id,
    min(body->>'number') as number,
    min(at) filter (where kind in ('OutsideDialled', 'PartyAsked')) as dialled_at,
    min(at) filter (where kind in ('OutsideRang', 'PartyRang')) as rang_at,
    min(at) filter (where kind in ('OutsideAnswered', 'PartyAnswered')) as answered_at,
    coalesce(min(at) filter (where kind in ('OutsideEnded', 'PartyEnded')), min(call_ended_at)) as ended_at,
    coalesce(
      min('answered') filter (where kind in ('OutsideAnswered', 'PartyAnswered')),
      min(body->>'result') filter (where kind in ('OutsideEnded', 'PartyEnded')),
      case when min(call_ended_at) is not null then 'withdrawn' end
    ) as result,
    case
      when min(body->>'role') is null or bool_or(${isHeir('heard')}) then 'transferred'
      when bool_or(${isConferee('heard')}) then 'conferee'
      else min(body->>'role')
    end as role
  from heard
  group by id, call_id
  having min(body->>'agent') is null
), filed as (
  select o.* from asked cross join lateral (select * from outside_legs where call_id = asked.id offset 0) o
)
select 'leg' as what, coalesce(o.id, t.id) as id, fault
from filed o full join told t using (id)
cross join lateral unnest(${whichHold(CHECKS)}) as fault
order by id, fault`
