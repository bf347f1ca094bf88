import { total } from './cpu.ts'
import { median, quantile } from './figures.ts'
import type { Ground, Way } from './ground.ts'
import { type Rush, rush, together } from './rush.ts'
import type { Extent } from './series.ts'

export type Turns = {
  way: Way
  turns: number
  failed: number
  /** From an agent's hang-up until the same agent's phone rings, ms. */
  p50: number
  p95: number
  cpuTotal: number
}

const AGENTS = 10
const CALLERS = 150
const TALK_MS = 2_370

/** 150 callers come at once and wait for ten agents, who hang up after 2.37 s: how soon does the next phone ring? */
export async function turns(ground: Ground, { quick, rounds }: Extent): Promise<Turns[]> {
  const ways = ['queue', 'hotline'] as const
  const made = new Map<Way, Rush[]>(ways.map(way => [way, []]))
  for (let round = 0; round < Math.min(2, rounds); round++) {
    for (const way of ways) {
      await ground.prepare(way, AGENTS)
      const calls = quick ? CALLERS / 3 : CALLERS
      const plan = { way, agents: AGENTS, perSecond: 100, calls, callMs: 0, talkMs: TALK_MS }
      made.get(way)!.push(await rush(ground, { ...plan, caller: 'patient-caller', agent: 'leaving-agent' }))
    }
  }
  return ways.map(way => lineOf(way, together(made.get(way)!)))
}

const lineOf = (way: Way, { turnMs, failed, cpu, calls }: Rush): Turns => ({
  way,
  turns: turnMs.length,
  failed,
  p50: median(turnMs),
  p95: quantile(turnMs, 0.95),
  cpuTotal: total(cpu) / calls,
})
