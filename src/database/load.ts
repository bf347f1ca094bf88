import type { Knex } from 'knex'
import type { Agent, AgentState, PauseReason, Wish } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import { sentenceOf } from '../errors.ts'
import type { Language } from '../ivr/flow.ts'
import { Library } from '../ivr/library.ts'
import type { Log } from '../log.ts'
import { LATEST_OF_HALF_HOUR, NO_PAST, type Past } from '../queue/pace.ts'
import { Callers } from '../switchboard/callers.ts'
import { Centre } from '../switchboard/centre.ts'
import { Dialling } from '../switchboard/dialling.ts'
import { Hours } from '../switchboard/hours.ts'
import { loadCallers } from './callers.ts'
import { loadDialling } from './dialling.ts'
import { loadReleases } from './flows.ts'
import { loadHours } from './hours.ts'
import { loadNumbers, loadQueues } from './lines.ts'
import { learnPauseReasons } from './pauseReasons.ts'
import { learnPhones } from './phones.ts'

/** What a service must know to begin: how the centre is set up, the agents as they are, the calls that are not closed. */

/** `zone`: whose clocks the centre goes by. */
export async function loadCentre(knex: Knex, zone: string): Promise<Centre> {
  const library = new Library(await loadReleases(knex))
  const hours = new Hours(zone, await loadHours(knex))
  const callers = new Callers(await loadCallers(knex))
  const dialling = new Dialling(zone, await loadDialling(knex))
  const centre = new Centre(await loadQueues(knex), await loadNumbers(knex), library, hours, callers, dialling)
  await learnPauseReasons(knex, centre)
  await learnPhones(knex, centre)
  return centre
}

type AgentRow = {
  id: string
  team: string
  language: Language
  version: number
  state: AgentState
  phone: string | null
  reason: PauseReason | null
  by: string | null
  since: Date
  call_id: string | null
  idle_since: Date
  signed_in_at: Date
  talks: number
  offered_at: Date
  next_wish: Wish | null
  wake_at: Date | null
  skills: Record<string, number>
}

/** Also who is no agent any more, and has a call yet. */
export async function loadAgents(knex: Knex): Promise<Agent[]> {
  const skills = knex('agent_skills')
    .select(knex.raw(`coalesce(jsonb_object_agg(skill, level), '{}')`))
    .whereRaw('agent_id = agents.id')
  const rows: AgentRow[] = await knex('agents')
    .whereRaw("removed_at is null or state <> 'signed-out'")
    .select('agents.*', skills.as('skills'))
    .orderBy('id')
  return rows.map(row => ({
    id: row.id,
    team: row.team,
    language: row.language,
    skills: row.skills,
    version: row.version,
    state: row.state,
    phone: row.phone,
    reason: row.reason,
    by: row.by,
    since: row.since.getTime(),
    call: row.call_id,
    idleSince: row.idle_since.getTime(),
    signedInAt: row.signed_in_at.getTime(),
    talks: row.talks,
    offeredAt: row.offered_at.getTime(),
    next: row.next_wish,
    wakeAt: row.wake_at?.getTime() ?? null,
  }))
}

export type Account = { user: string; password: string; remote: boolean }

export async function loadAccounts(knex: Knex): Promise<Account[]> {
  const accounts = (table: 'agents' | 'phones') =>
    knex(table).select('id as user', 'sip_password as password', 'remote')
  return accounts('agents').where({ removed_at: null }).union(accounts('phones')).orderBy('user')
}

export async function loadOpenCalls(knex: Knex): Promise<Call[]> {
  const rows: { state: Call }[] = await knex('calls')
    .select('state')
    .where('is_open', true)
    .whereNotNull('state')
    .orderBy('arrived_at')
  return rows.map(row => row.state)
}

/** What the last four weeks tell, oldest first: from it callers are promised how long they will have to wait. Callers are served without it. */
export async function loadPast(knex: Knex, log: Log): Promise<Past> {
  try {
    const { rows } = await knex.raw<{ rows: [Past] }>(PAST)
    return rows[0]
  } catch (thrown) {
    log.warn(
      { error: sentenceOf(thrown) },
      'what earlier calls tell could not be read: no wait is told before new talks',
    )
    return NO_PAST
  }
}

/** So far back it is looked how long talks take, callers wait, and promises were kept; in a large centre, at the latest of these calls. */
const RECENT = `
  select id, queue, queued_at, line_at, line_left, connected_at, ended_at, ended_by, promised_queue, promised_at, promised_ms
  from calls
  where arrived_at > now() - interval '28 days' and not via_lifeboat and direction = 'inbound'
  order by arrived_at desc limit 20000`

// By the half hour of Greenwich, which begins when that of the centre does, nearly everywhere.
const TALKS = `
  select c.queue, (extract(epoch from l.offered_at) * 1000)::float8 as at,
    (extract(epoch from l.connected_at - l.offered_at) * 1000)::float8 as "ringMs",
    (extract(epoch from l.ended_at - l.offered_at) * 1000)::float8 as ms,
    row_number() over (
      partition by c.queue, date_bin('30 minutes', l.offered_at, '2000-01-01Z')::timetz order by l.offered_at desc
    ) as place
  from recent c join legs l on l.call_id = c.id and l.connected_at is not null and l.ended_at is not null and l.role = 'serves'`

const WAITS = `
  select queue, sum(extract(epoch from coalesce(connected_at, ended_at) - coalesce(line_at, queued_at)) * 1000)::float8 as "waitedMs",
    count(*) filter (where connected_at is null)::int as left
  from recent
  where queued_at is not null and not line_left
    and coalesce(connected_at >= coalesce(line_at, queued_at), ended_by = 'caller')
  group by queue`

const PROMISES_A_QUEUE = 200
const IN_TIME = "coalesce(c.connected_at, c.ended_at) - c.promised_at <= c.promised_ms * interval '1 ms'"
const PROMISES = `
  select c.promised_queue as queue, c.promised_at as at, c.connected_at is not null and ${IN_TIME} as kept,
    row_number() over (partition by c.promised_queue order by c.promised_at desc) as place
  from recent c
  where c.promised_at is not null and (c.connected_at is not null or (c.ended_at is not null and not ${IN_TIME}))`

// One question, so that the calls are read once.
const PAST = `
with recent as (${RECENT}), talks as (${TALKS}), waits as (${WAITS}), promises as (${PROMISES})
select
  (select coalesce(json_agg(json_build_object('queue', queue, 'at', at, 'ringMs', "ringMs", 'ms', ms) order by at), '[]')
   from talks where place <= ${LATEST_OF_HALF_HOUR}) as talks,
  (select coalesce(json_agg(waits), '[]') from waits) as waits,
  (select coalesce(json_agg(json_build_object('queue', queue, 'isKept', kept) order by at), '[]')
   from promises where place <= ${PROMISES_A_QUEUE}) as promises`

/** Which of these calls have a record. */
export async function areOnRecord(knex: Knex, calls: readonly string[]): Promise<Set<string>> {
  const rows: { id: string }[] = await knex('calls').whereIn('id', calls).select('id')
  return new Set(rows.map(row => row.id))
}
