import type { Knex } from 'knex'
import type { AgentChange } from '../switchboard/ports.ts'
import { EVENT_COLUMNS, eventRows, type Told } from './events.ts'
import {
  agentRow,
  callRow,
  commentRows,
  factRows,
  legRecordingRows,
  legRow,
  lowScoreRows,
  messageRows,
  outsideRow,
  type Seen,
  seenRows,
  time,
} from './rows.ts'
import { supervisionRows } from './supervisionRows.ts'

/**
 * Writes changes, in order, in one statement and so in one transaction: facts, the calls as they now are, their legs, the
 * numbers outside that they reached, the recordings of these, messages and comments left in them and what was done about messages, the low scores, the
 * agents and the periods of their states; and what is told of it outside. Written twice it changes nothing: a fact has its place, a row its version.
 *
 * The claims (one open leg an agent, one answered leg a call, one state an agent) are deferred constraints: they hold at the end of
 * the statement, whatever the order of its parts. A breach rejects with Postgres' 23P01.
 */
export async function remember(knex: Knex, changes: readonly Told[]): Promise<void> {
  const connection = await knex.client.acquireConnection()
  try {
    // By name: Postgres parses and plans it once a connection, which costs more than to run it.
    await connection.query({ name: 'remember', text: STATEMENT, values: rowsOf(changes) })
  } finally {
    knex.client.releaseConnection(connection)
  }
}

function rowsOf(changes: readonly Told[]): string[] {
  const facts: object[] = []
  const calls = new Map<string, object>()
  const legs = new Map<string, object>()
  const outside = new Map<string, object>()
  const messages: ReturnType<typeof messageRows> = []
  const seen = new Map<string, Seen & { told_in: string[] }>()
  const comments: object[] = []
  const lowScores: object[] = []
  const recordings = new Map<string, object>()
  const supervisions = new Map<string, object>()
  const agents = new Map<string, object>()
  const periods: Period[] = []
  for (const change of changes) {
    if (change.call) {
      const { after, facts: told } = change.call
      facts.push(...factRows(after, told))
      calls.set(after.id, callRow(after))
      for (const leg of change.call.legs) legs.set(leg.id, legRow(after.id, leg))
      for (const way of change.call.outside ?? []) outside.set(way.id, outsideRow(after.id, way))
      messages.push(...messageRows(after, told))
      for (const row of seenRows(after, told)) {
        const before = seen.get(row.id)
        seen.set(row.id, { ...before, ...row, told_in: [...(before?.told_in ?? []), after.id] })
      }
      comments.push(...commentRows(after, told))
      lowScores.push(...lowScoreRows(after.id, told))
      for (const row of legRecordingRows(after.id, told)) recordings.set(row.leg_id, row)
      for (const use of supervisionRows(after, told)) supervisions.set(`${after.id} ${use.seq} ${use.supervisor}`, use)
    }
    for (const agent of change.agents) {
      agents.set(agent.after.id, agentRow(agent.after))
      addPeriod(periods, agent)
    }
  }
  const [called, reached, moved, away] = [calls, legs, agents, outside].map(rows => [...rows.values()])
  // What is inserted no other part of the statement can see.
  const left = messages.map(message => ({ ...message, done_at: seen.get(message.id)?.done_at ?? null }))
  const events = changes.flatMap(change => eventRows(change.events ?? []))
  const uses = [[...recordings.values()], [...supervisions.values()]]
  const more = [periods, left, away, [...seen.values()], comments, lowScores, events, ...uses]
  return [facts, called, reached, moved, ...more].map(rows => JSON.stringify(rows))
}

type Period = {
  /** The agent's version that it begins with. */
  version: number
  agent_id: string
  state: string
  reason: string | null
  by: string | null
  call_id: string | null
  started_at: string
  ended_at: string | null
}

/** A state's period opens where the one before it closes. Signed out is no period: the last one just closes. */
function addPeriod(periods: Period[], { before, after }: AgentChange): void {
  const same = before.state === after.state && before.reason === after.reason && before.call === after.call
  if (same) return
  const at = time(after.since)!
  const last = periods.findLast(period => period.agent_id === after.id)
  if (last && last.ended_at === null) last.ended_at = at
  const { id: agent_id, version, state, reason, by = null, call: call_id } = after
  const ended_at = state === 'signed-out' ? at : null
  periods.push({ version, agent_id, state, reason, by, call_id, started_at: at, ended_at })
}

const CALL_COLUMNS = `id text, seq int, phase text, direction text, callback jsonb, state jsonb, is_open boolean, caller text, caller_name text, called text,
  flow text, language text, arrived_at timestamptz, answered_at timestamptz, queue text, queued_at timestamptz,
  line_at timestamptz, line_left boolean, ahead_at_first int, promised_queue text, promised_at timestamptz, promised_ms int,
  promised_median_ms int, agent_id text, connected_at timestamptz, talk_ended_at timestamptz, held_ms int,
  ended_at timestamptz, ended_by text, cause int, outcome text, line_outcome text, short boolean, survey_offered boolean, rating smallint,
  nps smallint, survey text, survey_release int, answers jsonb, via_lifeboat boolean,
  recording_file text, recording_ms int, recording_sha256 text, recording_faults text[]`
const LEG_COLUMNS = `id text, call_id text, agent_id text, offered_at timestamptz, rang_at timestamptz, answered_at timestamptz,
  connected_at timestamptz, ended_at timestamptz, result text, cause int, held_ms int, role text`
const AGENT_COLUMNS = `id text, version bigint, state text, phone text, reason text, by text, since timestamptz, call_id text,
  idle_since timestamptz, talks int, offered_at timestamptz, signed_in_at timestamptz, next_wish jsonb, wake_at timestamptz`
const PERIOD_COLUMNS = `agent_id text, state text, reason text, by text, call_id text, started_at timestamptz, ended_at timestamptz`

const OUTSIDE_COLUMNS = `id text, call_id text, number text, dialled_at timestamptz, rang_at timestamptz,
  answered_at timestamptz, ended_at timestamptz, result text, cause int, role text`
const MESSAGE_COLUMNS =
  'id text, call_id text, queue text, began_at timestamptz, ended_at timestamptz, done_at timestamptz'
const SEEN_COLUMNS =
  'id text, told_in text[], done_at timestamptz, kept_until timestamptz, kept_by text, duty_asked text[], duty_asked_at timestamptz, duty_passed boolean'
const COMMENT_COLUMNS = 'id text, call_id text, name text, began_at timestamptz, ended_at timestamptz'
const SUPERVISION_COLUMNS = `call_id text, seq int, supervisor text, by text, agent_id text, mode text,
  started_at timestamptz, ended_at timestamptz`
const LOW_SCORE_COLUMNS = 'call_id text, name text, score smallint, at_or_under smallint, at timestamptz'

const RECORDING_COLUMNS = 'leg_id text, call_id text, file text, ms int, sha256 text, faults text[]'

const namesIn = (columns: string): string[] => columns.split(',').map(column => column.trim().split(' ')[0]!)
const listed = (columns: string): string => namesIn(columns).join(', ')
const taken = (columns: string): string =>
  namesIn(columns)
    .filter(name => name !== 'id')
    .map(name => `${name} = excluded.${name}`)
    .join(', ')

const STATEMENT = `
with told as (
  insert into facts (call_id, seq, at, kind, body)
  select call_id, seq, at, kind, body
  from jsonb_to_recordset($1::jsonb) as f(call_id text, seq int, at timestamptz, kind text, body jsonb)
  on conflict do nothing
), called as (
  insert into calls (${listed(CALL_COLUMNS)})
  select ${listed(CALL_COLUMNS)} from jsonb_to_recordset($2::jsonb) as c(${CALL_COLUMNS})
  on conflict (id) do update set ${taken(CALL_COLUMNS)} where calls.seq < excluded.seq
  returning id
), reached as (
  -- Only of calls that are news: what a slow line delivers late would open a leg again, or forget its answer.
  insert into legs (${listed(LEG_COLUMNS)})
  select ${listed(LEG_COLUMNS)} from jsonb_to_recordset($3::jsonb) as l(${LEG_COLUMNS})
  where call_id in (select id from called)
  on conflict (id) do update set ${taken(LEG_COLUMNS)} where legs.ended_at is null
), outside as (
  insert into outside_legs (${listed(OUTSIDE_COLUMNS)})
  select ${listed(OUTSIDE_COLUMNS)} from jsonb_to_recordset($7::jsonb) as o(${OUTSIDE_COLUMNS})
  where call_id in (select id from called)
  on conflict (id) do update set ${taken(OUTSIDE_COLUMNS)} where outside_legs.ended_at is null
), left_word as (
  insert into messages (${listed(MESSAGE_COLUMNS)})
  select ${listed(MESSAGE_COLUMNS)} from jsonb_to_recordset($6::jsonb) as m(${MESSAGE_COLUMNS})
  where call_id in (select id from called)
  on conflict do nothing
), seen_to as (
  update messages set done_at = coalesce(messages.done_at, s.done_at), kept_until = coalesce(s.kept_until, messages.kept_until),
    kept_by = coalesce(s.kept_by, messages.kept_by), duty_asked = coalesce(s.duty_asked, messages.duty_asked),
    duty_asked_at = coalesce(s.duty_asked_at, messages.duty_asked_at), duty_passed = coalesce(s.duty_passed, messages.duty_passed)
  from jsonb_to_recordset($8::jsonb) as s(${SEEN_COLUMNS})
  -- The message is of one call, and what was done about it is told in another: that must be news.
  where messages.id = s.id and s.told_in && array(select id from called)
), said_more as (
  insert into comments (${listed(COMMENT_COLUMNS)})
  select ${listed(COMMENT_COLUMNS)} from jsonb_to_recordset($9::jsonb) as m(${COMMENT_COLUMNS})
  where call_id in (select id from called)
  on conflict do nothing
), scored_low as (
  insert into low_scores (${listed(LOW_SCORE_COLUMNS)})
  select ${listed(LOW_SCORE_COLUMNS)} from jsonb_to_recordset($10::jsonb) as s(${LOW_SCORE_COLUMNS})
  where call_id in (select id from called)
  on conflict do nothing
), happened as (
  insert into events (${listed(EVENT_COLUMNS)})
  select ${listed(EVENT_COLUMNS)} from jsonb_to_recordset($11::jsonb) as e(${EVENT_COLUMNS})
  on conflict do nothing
), recorded as (
  insert into leg_recordings (${listed(RECORDING_COLUMNS)})
  select ${listed(RECORDING_COLUMNS)} from jsonb_to_recordset($12::jsonb) as r(${RECORDING_COLUMNS})
  where call_id in (select id from called)
  on conflict (leg_id) do update set ${taken(RECORDING_COLUMNS)}
), supervised as (
  insert into supervisions (${listed(SUPERVISION_COLUMNS)})
  select ${listed(SUPERVISION_COLUMNS)} from jsonb_to_recordset($13::jsonb) as s(${SUPERVISION_COLUMNS})
  where call_id in (select id from called)
  on conflict (call_id, seq, supervisor) do update set ended_at = excluded.ended_at where supervisions.ended_at is null
), moved as (
  update agents set ${namesIn(AGENT_COLUMNS)
    .filter(name => name !== 'id')
    .map(name => `${name} = a.${name}`)
    .join(', ')}
  from jsonb_to_recordset($4::jsonb) as a(${AGENT_COLUMNS})
  where agents.id = a.id and agents.version < a.version
  returning agents.id
), periods as (
  -- Only those that are new: of a batch told again, the first may be there already (agents: as it was before this statement).
  select p.* from jsonb_to_recordset($5::jsonb) as p(version bigint, ${PERIOD_COLUMNS})
  join moved on moved.id = p.agent_id
  join agents on agents.id = p.agent_id and agents.version < p.version
), closed as (
  update agent_states set ended_at = first.started_at
  from (select agent_id, min(started_at) as started_at from periods group by agent_id) as first
  where agent_states.agent_id = first.agent_id and agent_states.ended_at is null
)
insert into agent_states (${listed(PERIOD_COLUMNS)})
select ${listed(PERIOD_COLUMNS)} from periods where state <> 'signed-out' order by agent_id, version`
