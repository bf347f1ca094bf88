import type { AgentState } from '../agent/agent.ts'
import { type Call, lineSince } from '../call/call.ts'
import { isPromise } from '../call/made.ts'
import { staffOf } from '../queue/choose.ts'
import { type Queue, relaxedBy } from '../queue/queue.ts'
import type { Scene } from './board.ts'
import type { QueueToday } from './today.ts'

export type QueueRow = {
  queue: string
  /** For people; null: not yet read. */
  nameZh: string | null
  nameEn: string | null
  /** On the line, and not with anybody yet: in line, or while phones ring for them. */
  waiting: number
  ringing: number
  longestWaitMs: number
  /** To be called back, in line. */
  callbacks: number
  /** Agents who are signed in and have what is enough in the end, by state. */
  staff: Record<Exclude<AgentState, 'signed-out'>, number>
  serviceLevelMs: number
  today: QueueToday
}

const NOBODY: QueueRow['staff'] = {
  ...{ ready: 0, ringing: 0, dialling: 0, talking: 0 },
  ...{ 'wrapping-up': 0, paused: 0 },
}

type Figures = (queue: string, serviceLevelMs: number) => QueueToday

export function queueRows(queues: readonly Queue[], scene: Scene, figures: Figures): QueueRow[] {
  const waiting = new Map<string | null, Call[]>(queues.map(({ id }) => [id, []]))
  for (const call of scene.calls) if (waits(call)) waiting.get(call.queue)?.push(call)
  return queues.map(queue => queueRow(queue, waiting.get(queue.id)!, scene, figures))
}

const waits = ({ phase, dismissed }: Call): boolean => !dismissed && (phase === 'queued' || phase === 'ringing')

function queueRow(queue: Queue, waiting: readonly Call[], { now, agents, names }: Scene, figures: Figures): QueueRow {
  const { id, relaxing, serviceLevelMs } = queue
  const callers = waiting.filter(call => !isPromise(call))
  const name = names.queues.get(id)
  return {
    ...{ queue: id, nameZh: name?.zh ?? null, nameEn: name?.en ?? null },
    ...{ waiting: callers.length, ringing: callers.filter(({ phase }) => phase === 'ringing').length },
    longestWaitMs: callers.reduce((longest, call) => Math.max(longest, now - (lineSince(call) ?? now)), 0),
    callbacks: waiting.length - callers.length,
    staff: { ...NOBODY, ...staffOf(relaxedBy(queue, relaxing.length), agents.values()) },
    ...{ serviceLevelMs, today: figures(id, serviceLevelMs) },
  }
}
