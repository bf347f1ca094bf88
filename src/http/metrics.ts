import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Call, isRefused } from '../call/call.ts'
import { OUTCOMES, type Outcome, type Recording, recordingsOf } from '../call/facts.ts'
import { isAwaited, isPromise } from '../call/made.ts'
import { isOverdue } from '../report/callbacks.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'

const AGENT_STATES = ['ready', 'ringing', 'dialling', 'talking', 'wrapping-up', 'paused']

/** Those that a call of each kind may have: each is counted from the beginning. */
const CALLED_BACK: Outcome[] = ['answered', 'not-reached', 'withdrawn']
const DIALLED: Outcome[] = ['answered', 'not-reached']
const ON_DUTY: Outcome[] = ['self-served', 'abandoned-in-flow', 'not-reached', 'blocked', 'failed']

/** What a monitoring system wants to see of a centre: counted as it is decided, asked for when it is read. */
export function openMetrics(board: Switchboard, now: () => number): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const endedBy = (name: string, help: string, outcomes: readonly Outcome[]) => {
    const counter = new Counter({ name, help, labelNames: ['outcome'] as const, registers })
    for (const outcome of outcomes) counter.inc({ outcome }, 0)
    return counter
  }
  const ended = endedBy('hotline_calls_ended_total', 'Calls of callers, by outcome', OUTCOMES)
  const others = {
    callback: endedBy('hotline_callbacks_ended_total', 'Callbacks by outcome', CALLED_BACK),
    outbound: endedBy('hotline_outbound_ended_total', "Agents' own calls, by outcome", DIALLED),
    internal: endedBy('hotline_duty_ended_total', 'Calls to and of whoever is on duty, by outcome', ON_DUTY),
  }
  const faults = new Counter({
    name: 'hotline_recordings_faulty_total',
    help: 'Recordings that were filed and are not whole: a person should look',
    registers,
  })
  const wait = new Histogram({
    name: 'hotline_wait_seconds',
    help: 'From joining the line to talking to an agent',
    buckets: [1, 5, 10, 20, 30, 60, 120, 300, 600],
    registers,
  })
  const lowScores = new Counter({
    name: 'hotline_low_scores_total',
    help: 'Answers about a talk that were so low that a person should look (hotline survey low), by line',
    labelNames: ['queue'] as const,
    registers,
  })
  const endedOf = ({ direction }: Call) => (direction ? others[direction] : ended)
  board.watch((call, facts) => {
    for (const fact of facts) {
      if (fact.kind === 'CallEnded') endedOf(call!).inc({ outcome: fact.outcome satisfies Outcome })
      if (fact.kind === 'RecordingFiled') faults.inc(recordingsOf(fact).filter(isFaulty).length)
      if (fact.kind === 'Connected' && call?.queuedAt != null && !call.direction && call.servedAt === fact.at)
        wait.observe((fact.at - call.queuedAt) / 1_000)
      if (fact.kind === 'LowScore') lowScores.inc({ queue: call?.queue ?? '' })
    }
  })
  gauges(board, now, registers)
  return registry
}

/** What the disk refused is judged when it is filed, so that no call counts twice. */
const isFaulty = ({ faults, refused }: Recording): boolean => faults.length > 0 && !refused

function gauges(board: Switchboard, now: () => number, registers: Registry[]): void {
  new Gauge({
    name: 'hotline_calls',
    help: "Calls that are not over, by phase, also agents' own and those of whoever is on duty; callbacks from the talk on",
    labelNames: ['phase'] as const,
    registers,
    collect() {
      this.reset()
      // What is over stays on the board until its recording is filed.
      for (const call of board.calls) if (call.phase !== 'ended' && !isPromise(call)) this.inc({ phase: call.phase })
    },
  })
  new Gauge({
    name: 'hotline_callbacks_waiting',
    help: 'Callbacks whose customers are not reached yet',
    registers,
    collect() {
      this.set(board.calls.filter(isAwaited).length)
    },
  })
  new Gauge({
    name: 'hotline_callbacks_overdue',
    help: 'Of the waiting, those whose promised time is over, and nobody has dialled',
    registers,
    collect() {
      this.set(board.calls.filter(call => isAwaited(call) && isOverdue(call.callback!, now())).length)
    },
  })
  new Gauge({
    name: 'hotline_recordings_refused',
    help: 'Recordings that the disk does not take: their tapes wait in live/',
    registers,
    collect() {
      this.set(board.calls.filter(isRefused).length)
    },
  })
  new Gauge({
    name: 'hotline_agents',
    help: 'Agents signed in, by state',
    labelNames: ['state'] as const,
    registers,
    collect() {
      for (const state of AGENT_STATES) this.set({ state }, 0)
      for (const { state } of board.agents.values()) if (state !== 'signed-out') this.inc({ state })
    },
  })
}
