import { setTimeout as pause } from 'node:timers/promises'
import { type Filed, filed } from './centre.ts'
import { type Cpu, minus, NO_CPU, plus } from './cpu.ts'
import { type Ground, RECORDINGS_FILED_MS, type Way } from './ground.ts'
import type { Moment, Scenario } from './sipp.ts'

export type Plan = {
  way: Way
  agents: number
  perSecond: number
  calls: number
  /** From the answer to the caller's hang-up. */
  callMs: number
  caller?: Scenario
  agent?: Scenario
  /** From an agent's answer to the agent's hang-up, for agents who leave. */
  talkMs?: number
  echo?: boolean
}

export type Rush = {
  calls: number
  /** Callers who rang at no agent's, or whose call did not end as meant, such as without having talked to anybody. */
  failed: number
  /** From the caller's INVITE until the agent's phone rings, ms, one for each call that got there. */
  ringMs: number[]
  /** From an agent's hang-up until the same agent's phone rings again, ms. */
  turnMs: number[]
  /** Of all calls together, from the first INVITE until the last recording is filed. */
  cpu: Cpu
  /** How long that was. */
  tookMs: number
  /** What is not as it should be in what Hotline has written. */
  doubts: string[]
}

/** So many calls in a row, one way, on ground that is ready for it. */
export async function rush(ground: Ground, plan: Plan): Promise<Rush> {
  const { sipp, ports } = ground
  const { way, perSecond, calls, callMs, talkMs = 0, echo = false } = plan
  const agents = await sipp.phones(plan.agent ?? 'agent', ports.agents, { callMs: talkMs, echo })
  const since = new Date()
  const before = ground.cpu()
  const startedAt = performance.now()
  const load = { port: ports.callers, dialled: ground.dialled(way, plan.agents), perSecond, calls, callMs }
  const callers = await sipp.call({ ...load, scenario: plan.caller ?? 'caller' })
  await pause(RECORDINGS_FILED_MS) // To file them is part of what a call costs.
  const cpu = minus(ground.cpu(), before)
  const tookMs = performance.now() - startedAt
  const phones = await agents.stop()
  const times = timesOf(callers, phones, calls)
  if (way !== 'hotline') return { ...times, cpu, tookMs, doubts: [] }
  const written = await filed(ground.knex, since)
  // It answers at once, so that to a caller a call without an agent ends like any other.
  const failed = Math.max(times.failed, calls - written.answered)
  return { ...times, failed, cpu, tookMs, doubts: doubtsOf(written, calls, echo) }
}

function timesOf(callers: Moment[], phones: Moment[], calls: number) {
  const rang = new Map(phones.filter(({ what }) => what === 'ring').map(({ caller, at }) => [caller, at]))
  const done = new Set(callers.filter(({ what }) => what === 'done').map(({ caller }) => caller))
  const invited = callers.filter(({ what, caller }) => what === 'invite' && rang.has(caller))
  return {
    calls,
    failed: calls - invited.filter(({ caller }) => done.has(caller)).length,
    ringMs: invited.map(({ caller, at }) => rang.get(caller)! - at),
    turnMs: turns(phones),
  }
}

function turns(phones: Moment[]): number[] {
  const left = new Map<string, number>()
  const times: number[] = []
  for (const { what, agent, at } of phones.toSorted((a, b) => a.at - b.at)) {
    const since = left.get(agent)
    if (what === 'bye') left.set(agent, at)
    if (what !== 'ring' || since === undefined) continue
    times.push(at - since)
    left.delete(agent)
  }
  return times
}

function doubtsOf(written: Filed, calls: number, hasSound: boolean): string[] {
  return [
    written.calls !== calls && `${written.calls} calls are written of ${calls} made`,
    // Where nobody sends any sound, none is on the tape.
    hasSound && written.faulty > 0 && `${written.faulty} recordings of ${calls} are not whole`,
    written.open > 0 && `${written.open} calls of ${calls} are not closed yet`,
  ].filter(doubt => doubt !== false)
}

/** The same again and again, as one. */
export const together = (rushes: readonly Rush[]): Rush => ({
  calls: rushes.reduce((all, { calls }) => all + calls, 0),
  failed: rushes.reduce((all, { failed }) => all + failed, 0),
  ringMs: rushes.flatMap(({ ringMs }) => ringMs),
  turnMs: rushes.flatMap(({ turnMs }) => turnMs),
  cpu: rushes.reduce((all, { cpu }) => plus(all, cpu), NO_CPU),
  tookMs: rushes.reduce((all, { tookMs }) => all + tookMs, 0),
  doubts: rushes.flatMap(({ doubts }) => doubts),
})
