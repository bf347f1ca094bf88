import type { Knex } from 'knex'
import type { Agent } from '../agent/agent.ts'
import { type Call, isClosed, type Leg, lineSince, type Outside } from '../call/call.ts'
import type { Fact } from '../call/facts.ts'
import type { AgentChange, Change } from '../switchboard/ports.ts'

/**
 * Writes changes, in order, in one statement and so in one transaction: facts, the calls as they now are, their legs, the
 * numbers outside that they reached, messages left in them and those whose callers are called back, the agents and the periods of their states. Written twice it changes nothing: a fact has its place, a row its version.
 *
 * The claims (one open leg an agent, one an call, one state an agent) are deferred constraints: they hold at the end of
 * the statement, whatever the order of its parts. A breach rejects with Postgres' 23P01.
 */
export async function remember(knex: Knex, changes: readonly Change[]): Promise<void> {
  const connection = await knex.client.acquireConnection()
  try {
    // By name: Postgres parses and plans it once a connection, which costs more than to run it.
    await connection.query({ name: 'remember', text: STATEMENT, values: rowsOf(changes) })
  } finally {
    knex.client.releaseConnection(connection)
  }
}

function rowsOf(changes: readonly Change[]): string[] {
  const facts: object[] = []
  const calls = new Map<string, object>()
  const legs = new Map<string, object>()
  const outside = new Map<string, object>()
  const messages: object[] = []
  const done = new Map<string, object>()
  const agents = new Map<string, object>()
  const periods: Period[] = []
  for (const change of changes) {
    if (change.call) {
      const { after } = change.call
      facts.push(...factRows(after, change.call.facts))
      calls.set(after.id, callRow(after))
      for (const leg of change.call.legs) legs.set(leg.id, legRow(after.id, leg))
      for (const way of change.call.outside ?? []) outside.set(way.id, outsideRow(after.id, way))
      messages.push(...messageRows(after, change.call.facts))
      for (const row of doneRows(after, change.call.facts)) done.set(row.id, { ...done.get(row.id), ...row })
    }
    for (const agent of change.agents) {
      agents.set(agent.after.id, agentRow(agent.after))
      addPeriod(periods, agent)
    }
  }
  const [called, reached, moved, away, seenTo] = [calls, legs, agents, outside, done].map(rows => [...rows.values()])
  return [facts, called, reached, moved, periods, messages, away, seenTo].map(rows => JSON.stringify(rows))
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

function factRows(after: Call, facts: readonly Fact[]): object[] {
  const first = after.seq - facts.length + 1
  return facts.map(({ at, kind, ...body }, i) => ({ call_id: after.id, seq: first + i, at: time(at), kind, body }))
}

function callRow(call: Call): object {
  const { leg, recording } = call
  const talked = leg?.connectedAt != null
  return {
    id: call.id,
    seq: call.seq,
    phase: call.phase,
    direction: call.direction ?? 'inbound',
    callback: call.callback ?? null,
    state: isClosed(call) ? null : call,
    is_open: !isClosed(call),
    caller: call.from,
    caller_name: call.name,
    called: call.to,
    flow: call.flow,
    language: call.language,
    arrived_at: time(call.arrivedAt),
    answered_at: time(call.answeredAt),
    queue: call.queue,
    queued_at: time(call.queuedAt),
    line_at: time(lineSince(call)),
    line_left: call.queuedAt !== null && lineSince(call) === null,
    ahead_at_first: call.aheadAtFirst,
    promised_queue: call.promise?.queue ?? null,
    promised_at: time(call.promise?.at ?? null),
    promised_ms: call.promise?.ms ?? null,
    promised_median_ms: call.promise?.medianMs ?? null,
    agent_id: leg?.agent ?? null,
    connected_at: talked ? time(leg.connectedAt) : null,
    talk_ended_at: talked ? time(leg.endedAt) : null,
    held_ms: leg?.heldMs ?? 0,
    ended_at: time(call.endedAt),
    ended_by: call.endedBy,
    cause: call.cause,
    outcome: call.outcome,
    short: call.short,
    survey_offered: call.surveyOffered,
    rating: call.rating,
    nps: call.answers?.find(({ scale }) => scale === 'nps')?.score ?? null,
    survey: call.survey?.flow ?? null,
    survey_release: call.survey?.release ?? null,
    answers: call.answers ?? [],
    via_lifeboat: call.inLifeboat,
    recording_file: recording?.file ?? null,
    recording_ms: recording ? Math.round(recording.ms) : null,
    recording_sha256: recording?.sha256 ?? null,
    recording_faults: recording?.faults ?? null,
  }
}

const legRow = (call: string, leg: Leg): object => ({
  id: leg.id,
  call_id: call,
  agent_id: leg.agent,
  offered_at: time(leg.offeredAt),
  rang_at: time(leg.rangAt),
  answered_at: time(leg.answeredAt),
  connected_at: time(leg.connectedAt),
  ended_at: time(leg.endedAt),
  result: leg.result,
  cause: leg.cause,
  held_ms: leg.heldMs,
})

const outsideRow = (call: string, { id, number, result, cause, ...at }: Outside): object => ({
  ...{ id, call_id: call, number, result, cause },
  ...{ dialled_at: time(at.dialledAt), rang_at: time(at.rangAt) },
  ...{ answered_at: time(at.answeredAt), ended_at: time(at.endedAt) },
})

function messageRows({ id, messages = [] }: Call, facts: readonly Fact[]): object[] {
  const kept = new Set(facts.flatMap(fact => (fact.kind === 'MessageKept' ? [fact.message] : [])))
  return messages
    .filter(message => kept.has(message.id))
    .map(({ id: message, queue, from, to }) => ({
      ...{ id: message, call_id: id, queue },
      ...{ began_at: time(from), ended_at: time(to) },
    }))
}

/** Once their caller is reached, messages need nobody's hand any more; and what those on duty do about them. */
function doneRows({ callback }: Call, facts: readonly Fact[]): { id: string }[] {
  return facts.flatMap((fact): { id: string }[] => {
    const done = { done_at: time(fact.at) }
    switch (fact.kind) {
      case 'Connected':
      case 'CallbackTakenOver':
        return callback ? callback.messages.map(({ id }) => ({ id, ...done })) : []
      case 'DutyBegan':
        return (fact.messages ?? []).map(({ id, asked }) => ({ id, duty_asked: asked, duty_asked_at: time(fact.at) }))
      case 'MessageSettled': {
        const { message: id, as, until, asked } = fact
        if (as === 'kept') return [{ id, kept_until: time(until!) } as { id: string }]
        return as === 'passed' ? [{ id, duty_asked: asked, duty_asked_at: null } as { id: string }] : [{ id, ...done }]
      }
      default:
        return []
    }
  })
}

const agentRow = (agent: Agent): object => ({
  id: agent.id,
  version: agent.version,
  state: agent.state,
  reason: agent.reason,
  since: time(agent.since),
  call_id: agent.call,
  idle_since: time(agent.idleSince),
  // A spool of an older version has neither.
  talks: agent.talks ?? 0,
  offered_at: time(agent.offeredAt ?? agent.since),
  signed_in_at: time(agent.signedInAt ?? agent.since),
  next_wish: agent.next,
  wake_at: time(agent.wakeAt),
})

type Period = {
  /** The agent's version that it begins with. */
  version: number
  agent_id: string
  state: string
  reason: string | null
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
  const { id: agent_id, version, state, reason, call: call_id } = after
  periods.push({
    version,
    agent_id,
    state,
    reason,
    call_id,
    started_at: at,
    ended_at: state === 'signed-out' ? at : null,
  })
}

const CALL_COLUMNS = `id text, seq int, phase text, direction text, callback jsonb, state jsonb, is_open boolean, caller text, caller_name text, called text,
  flow text, language text, arrived_at timestamptz, answered_at timestamptz, queue text, queued_at timestamptz,
  line_at timestamptz, line_left boolean, ahead_at_first int, promised_queue text, promised_at timestamptz, promised_ms int,
  promised_median_ms int, agent_id text, connected_at timestamptz, talk_ended_at timestamptz, held_ms int,
  ended_at timestamptz, ended_by text, cause int, outcome text, short boolean, survey_offered boolean, rating smallint,
  nps smallint, survey text, survey_release int, answers jsonb, via_lifeboat boolean,
  recording_file text, recording_ms int, recording_sha256 text, recording_faults text[]`
const LEG_COLUMNS = `id text, call_id text, agent_id text, offered_at timestamptz, rang_at timestamptz, answered_at timestamptz,
  connected_at timestamptz, ended_at timestamptz, result text, cause int, held_ms int`
const AGENT_COLUMNS = `id text, version bigint, state text, reason text, since timestamptz, call_id text,
  idle_since timestamptz, talks int, offered_at timestamptz, signed_in_at timestamptz, next_wish jsonb, wake_at timestamptz`
const PERIOD_COLUMNS = `agent_id text, state text, reason text, call_id text, started_at timestamptz, ended_at timestamptz`

const OUTSIDE_COLUMNS = `id text, call_id text, number text, dialled_at timestamptz, rang_at timestamptz,
  answered_at timestamptz, ended_at timestamptz, result text, cause int`
const MESSAGE_COLUMNS = 'id text, call_id text, queue text, began_at timestamptz, ended_at timestamptz'

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
), called_back as (
  update messages set done_at = coalesce(messages.done_at, d.done_at), kept_until = coalesce(d.kept_until, messages.kept_until),
    duty_asked = coalesce(d.duty_asked, messages.duty_asked),
    duty_asked_at = case when d.duty_asked is null then messages.duty_asked_at else d.duty_asked_at end
  from jsonb_to_recordset($8::jsonb) as d(id text, done_at timestamptz, kept_until timestamptz, duty_asked text[],
    duty_asked_at timestamptz)
  where messages.id = d.id
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
