import { OUTCOMES } from '../call/facts.ts'
import type { AgentFigures } from './agents.ts'
import type { CallRow } from './calls.ts'
import { clockTime } from './interval.ts'
import type { QueueFigures } from './queues.ts'

/** `duration`: ms. `share`: 0 to 1. null: nothing to show. */
export type Cell = { kind: Kind; value: string | number | null }
export type Kind = 'text' | 'count' | 'duration' | 'share'
export type Column<Row> = { head: string; kind: Kind; cell: (row: Row) => Cell }

/** A table's columns, the same for the terminal and for CSV. */
const column = <Row>(head: string, kind: Kind, value: (row: Row) => Cell['value']): Column<Row> => ({
  head,
  kind,
  cell: row => ({ kind, value: value(row) }),
})

export function agentColumns(agents: AgentFigures[]): Column<AgentFigures>[] {
  const reasons = [...new Set(agents.flatMap(row => Object.keys(row.pausedMsByReason)))].sort()
  const of = column<AgentFigures>
  return [
    of('agent', 'text', row => row.agent),
    of('name', 'text', row => row.name),
    of('signed in', 'duration', row => row.signedInMs),
    of('ready', 'duration', row => row.readyMs),
    of('ringing', 'duration', row => row.ringingMs),
    of('talk', 'duration', row => row.talkMs),
    of('hold', 'duration', row => row.holdMs),
    of('wrap-up', 'duration', row => row.wrapUpMs),
    of('paused', 'duration', row => row.pausedMs),
    ...reasons.map(reason => of(`paused: ${reason}`, 'duration', row => row.pausedMsByReason[reason] ?? 0)),
    of('offered', 'count', row => row.offered),
    of('answered', 'count', row => row.answered),
    of('missed', 'count', row => row.missed),
    of('withdrawn', 'count', row => row.withdrawn),
    of('handled', 'count', row => row.handled),
    of('AHT', 'duration', row => row.ahtMs),
    of('occupancy', 'share', row => row.occupancy),
    of('utilisation', 'share', row => row.utilisation),
    of('CSAT', 'share', row => row.csat),
    of('response', 'share', row => row.responseRate),
  ]
}

export function queueColumns(zone: string, queues: QueueFigures[]): Column<QueueFigures>[] {
  const seen = OUTCOMES.filter(outcome => queues.some(row => row.outcomes[outcome] > 0))
  const of = column<QueueFigures>
  return [
    of('from', 'text', row => clockTime(row.startAt, zone)),
    of('queue', 'text', row => row.queue ?? '(none)'),
    of('offered', 'count', row => row.offered),
    ...seen.map(outcome => of(outcome, 'count', row => row.outcomes[outcome])),
    of('open', 'count', row => row.open),
    of('short', 'count', row => row.short),
    of('T', 'duration', row => row.serviceLevelMs),
    of('within T', 'count', row => row.answeredWithin),
    of('service level', 'share', row => row.serviceLevel),
    of('abandonment', 'share', row => row.abandonment),
    of('ASA', 'duration', row => row.asaMs),
    of('longest wait', 'duration', row => row.longestWaitMs),
    of('AHT', 'duration', row => row.ahtMs),
  ]
}

export function callColumns(zone: string): Column<CallRow>[] {
  const of = column<CallRow>
  return [
    of('arrived', 'text', row => clockTime(row.arrivedAt, zone)),
    of('call', 'text', row => row.id),
    of('caller', 'text', row => row.caller),
    of('called', 'text', row => row.called),
    of('queue', 'text', row => row.queue),
    of('agent', 'text', row => row.agent),
    of('wait', 'duration', row => row.waitMs),
    of('talk', 'duration', row => row.talkMs),
    of('outcome', 'text', row => (row.short ? `${row.outcome} (short)` : (row.outcome ?? `open: ${row.phase}`))),
    of('ended by', 'text', row => row.endedBy),
    of('rating', 'count', row => row.rating),
    of('recording', 'text', row => recordingState(row.recording)),
  ]
}

function recordingState(recording: CallRow['recording']): string | null {
  if (!recording) return null
  return recording.faults.length === 0 ? 'whole' : recording.faults.join('; ')
}
