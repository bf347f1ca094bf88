import type { Knex } from 'knex'
import { type Call, lineSince } from '../call/call.ts'
import type { Outcome } from '../call/facts.ts'
import type { Interval } from './interval.ts'
import { SERVED_THERE } from './queues.ts'
import { ms, rows, snapshot } from './snapshot.ts'

/** A caller's way through one line, as queues.ts counts it: once in each line that they were led to. */
export type Pass = {
  readonly queue: string
  /** `turned-away`: sent on at its door. */
  readonly end: 'answered' | 'abandoned' | 'short' | 'sent-on' | 'turned-away' | 'closed' | 'other' | 'open'
  /** From joining the line until they talked, or left; ms. */
  readonly waitedMs: number
}

/** Of an ended call all that will ever be. `now`: until when who waits has waited. */
export function passesOf(call: Call, now: number): Pass[] {
  if (call.direction) return []
  const sentOn = (call.sentOn ?? []).map(({ queue, because, joinedAt, servedAt }) =>
    before(queue, joinedAt !== undefined || because === 'wait', servedAt === undefined ? null : servedAt - joinedAt!),
  )
  const since = lineSince(call)
  if (call.queue === null || (call.queuedAt !== null && since === null)) return sentOn
  const connectedAt = call.servedHereAt === undefined ? (call.leg?.connectedAt ?? null) : call.servedHereAt
  // Who talks is answered, as their call will be once it is over.
  const outcome = call.lineOutcome ?? call.outcome ?? (connectedAt === null ? null : 'answered')
  const left = connectedAt ?? call.endedAt ?? now
  const waitedMs = since === null ? 0 : left - since
  return [...sentOn, { queue: call.queue, end: endOf(outcome, call.short), waitedMs }]
}

/** `servedMs`: so long they had waited there when an agent talked with them, who has sent them on; null: no agent has. */
const before = (queue: string, joined: boolean, servedMs: number | null): Pass => ({
  queue,
  end: servedMs !== null ? 'answered' : joined ? 'sent-on' : 'turned-away',
  waitedMs: servedMs ?? 0,
})

function endOf(outcome: Outcome | null, short: boolean): Pass['end'] {
  if (outcome === null) return 'open'
  if (outcome === 'answered' || outcome === 'closed') return outcome
  const isAbandoned = outcome === 'abandoned-in-queue' || outcome === 'abandoned-ringing'
  return isAbandoned ? (short ? 'short' : 'abandoned') : 'other'
}

export type Passed = { readonly id: string; readonly arrivedAt: number; readonly passes: readonly Pass[] }

/** Those calls that arrived in the interval and are over. */
export async function passesIn(knex: Knex, { from, to }: Interval): Promise<Passed[]> {
  const given = { from: new Date(from), to: new Date(to) }
  const found = await snapshot(knex, moment => rows<Found>(moment, QUESTION, given))
  return found.map(({ id, arrivedAt, queue, outcome, short, waitedMs, sentOn }) => ({
    ...{ id, arrivedAt },
    passes: [
      ...sentOn.map(line => before(line.queue, line.joined, line.servedMs)),
      ...(queue === null ? [] : [{ queue, end: endOf(outcome, short), waitedMs }]),
    ],
  }))
}

type Found = {
  id: string
  arrivedAt: number
  queue: string | null
  outcome: Outcome
  short: boolean
  waitedMs: number
  sentOn: { queue: string; joined: boolean; servedMs: number | null }[]
}

const QUESTION = `
select c.id, (extract(epoch from c.arrived_at) * 1000)::float8 as "arrivedAt",
  case when not c.line_left then c.queue end as queue, coalesce(c.line_outcome, c.outcome) as outcome, c.short,
  ${ms(`coalesce(${SERVED_THERE}, c.ended_at) - coalesce(c.line_at, c.queued_at)`)} as "waitedMs",
  array(
    select jsonb_build_object('queue', s.queue, 'joined', s.joined_at is not null, 'servedMs', case when s.served_at is not null then ${ms('s.served_at - s.joined_at')} end) from sent_on s where s.call_id = c.id
  ) as "sentOn"
from calls c
where c.arrived_at >= :from and c.arrived_at < :to and c.direction = 'inbound' and c.ended_at is not null`
