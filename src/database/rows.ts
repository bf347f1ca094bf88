import type { Agent } from '../agent/agent.ts'
import {
  type Call,
  type Callback,
  isClosed,
  isRated,
  type Leg,
  lineSince,
  type Message,
  type Outside,
} from '../call/call.ts'
import type { Fact } from '../call/facts.ts'

/** What stands in the database of facts, calls, agents and what callers have left, as rows. Times as Postgres reads them. */

export const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

export function factRows(after: Call, facts: readonly Fact[]): object[] {
  const first = after.seq - facts.length + 1
  return facts.map(({ at, kind, ...body }, i) => ({ call_id: after.id, seq: first + i, at: time(at), kind, body }))
}

export function callRow(call: Call): object {
  const { leg, recording } = call
  // A call from before it was kept who served had one agent, whose leg tells.
  const served = leg?.connectedAt != null ? leg : null
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
    agent_id: call.servedBy ?? leg?.agent ?? null,
    connected_at: time(call.servedAt ?? served?.connectedAt ?? null),
    talk_ended_at: time(call.servedUntil ?? served?.endedAt ?? null),
    held_ms: leg?.heldMs ?? 0,
    ended_at: time(call.endedAt),
    ended_by: call.endedBy,
    cause: call.cause,
    outcome: call.outcome,
    line_outcome: call.lineOutcome ?? null,
    short: call.short,
    survey_offered: call.surveyOffered,
    rating: call.rating,
    nps: call.answers?.filter(isRated).find(({ scale }) => scale === 'nps')?.score ?? null,
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

export const legRow = (call: string, leg: Leg): object => ({
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
  role: leg.role ?? 'serves',
})

export const outsideRow = (call: string, { id, number, result, cause, role, ...at }: Outside): object => ({
  ...{ id, call_id: call, number, result, cause, role: role ?? 'transferred' },
  ...{ dialled_at: time(at.dialledAt), rang_at: time(at.rangAt) },
  ...{ answered_at: time(at.answeredAt), ended_at: time(at.endedAt) },
})

export const legRecordingRows = (call: string, facts: readonly Fact[]): ({ leg_id: string } & object)[] =>
  facts.flatMap(fact =>
    fact.kind === 'RecordingFiled'
      ? Object.entries(fact.parties ?? {}).map(([leg_id, { file, ms, sha256, faults }]) => ({
          ...{ leg_id, call_id: call, file, ms: Math.round(ms), sha256, faults },
        }))
      : [],
  )

export type Seen = { id: string } & Partial<Record<'done_at' | 'kept_until' | 'duty_asked_at', string | null>> & {
    duty_asked?: readonly string[] | undefined
    duty_passed?: boolean
    kept_by?: string
  }

/** Once their caller is reached, messages need nobody's hand any more; and what those on duty do about them. */
export const seenRows = (call: Call, facts: readonly Fact[]): Seen[] => facts.flatMap(fact => seenBy(call, fact))

function seenBy({ callback }: Call, fact: Fact): Seen[] {
  const at = time(fact.at)
  switch (fact.kind) {
    case 'CallbackWithdrawn':
      return fact.because === 'served' ? allOf(callback, at) : []
    case 'Connected':
    case 'CallbackTakenOver':
      return allOf(callback, at)
    case 'DutyBegan':
      return (fact.messages ?? []).map(({ id, asked }) => ({
        id,
        duty_asked: asked,
        duty_asked_at: at,
        duty_passed: false,
      }))
    case 'MessageSettled': {
      const { message: id, person, as, until, asked } = fact
      if (as === 'kept') return [{ id, kept_until: time(until!), kept_by: person }]
      return as === 'passed' ? [{ id, duty_asked: asked, duty_asked_at: at, duty_passed: true }] : [{ id, done_at: at }]
    }
    default:
      return []
  }
}

const allOf = (callback: Callback | undefined, done_at: string | null): Seen[] =>
  callback ? callback.messages.map(({ id }) => ({ id, done_at })) : []

export const messageRows = ({ id, messages }: Call, facts: readonly Fact[]): ({ id: string } & object)[] =>
  keptOf(messages, 'MessageKept', facts).map(message => ({ ...spokenRow(id, message), queue: message.queue }))

export const commentRows = ({ id, comments }: Call, facts: readonly Fact[]): object[] =>
  keptOf(comments, 'CommentKept', facts).map(comment => ({ ...spokenRow(id, comment), name: comment.name }))

/** Those that these facts tell of. */
function keptOf(
  spoken: readonly Message[] = [],
  kind: 'MessageKept' | 'CommentKept',
  facts: readonly Fact[],
): Message[] {
  const kept = new Set(facts.flatMap(fact => (fact.kind === kind ? [fact.message] : [])))
  return spoken.filter(({ id }) => kept.has(id))
}

const spokenRow = (call: string, { id, from, to }: Message) => ({
  ...{ id, call_id: call },
  ...{ began_at: time(from), ended_at: time(to) },
})

export const lowScoreRows = (call: string, facts: readonly Fact[]): object[] =>
  facts.flatMap(fact =>
    fact.kind === 'LowScore'
      ? { call_id: call, name: fact.name, score: fact.score, at_or_under: fact.atOrUnder, at: time(fact.at) }
      : [],
  )

export const agentRow = (agent: Agent): object => ({
  id: agent.id,
  version: agent.version,
  state: agent.state,
  phone: agent.phone ?? null,
  reason: agent.reason,
  by: agent.by ?? null,
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
