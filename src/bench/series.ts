import { setTimeout as pause } from 'node:timers/promises'
import { ANNOUNCED_EVERY_MS } from './centre.ts'
import { type Cpu, minus, plus, times, total } from './cpu.ts'
import { median, quantile } from './figures.ts'
import { type Ground, RECORDINGS_FILED_MS, type Way } from './ground.ts'
import { type Plan, type Rush, rush, together } from './rush.ts'

/** How much of each is made. */
export type Extent = { rounds: number; seconds: number; talkSeconds: number; memoryMinutes: number; quick: boolean }

/** One line of the table. CPU is in ms a call, of all rounds together. */
export type Line = {
  series: string
  way: Way
  agents: number
  perSecond: number
  waiting: number
  /** What those who wait take while nobody calls, in hundredths of one core, by round. */
  standingPercent: number[]
  calls: number
  failed: number
  ringP50: number
  ringP95: number
  cpu: Cpu
  cpuTotal: number
  /** The same in each round, so that one sees what the machine's other work does to it. */
  cpuByRound: number[]
  doubts: string[]
}

export type Tell = (line: Line) => void

/** Calls of a second, long enough that those of one second overlap with those of the next. */
const CALL_MS = 1_000
/** Short enough for ten agents to take twenty a second. */
const SHORT_CALL_MS = 350
const SHORT_CALLS_A_SECOND = 20
const WAITING = 300
/** Fewer: music and tapes of 300 may take more than one of two cores, and where none is left, nothing can be told. */
const CALLS_BESIDE_WAITING = 10
/** Slowly enough that all of them have been greeted when the last one comes. */
const WAITERS_A_SECOND = 25

type Wanted = Omit<Plan, 'calls'> & { series: string }

/** One line: so many rounds of the same. */
async function measure(ground: Ground, { rounds, seconds }: Extent, wanted: Wanted[], tell: Tell): Promise<Line[]> {
  const made = wanted.map(() => [] as Rush[])
  for (let round = 0; round < rounds; round++) {
    for (const [i, plan] of wanted.entries()) {
      await ground.prepare(plan.way, plan.agents)
      made[i]!.push(await rush(ground, { ...plan, calls: plan.perSecond * seconds }))
    }
  }
  const lines = wanted.map((plan, i) => lineOf(plan, made[i]!))
  for (const line of lines) tell(line)
  return lines
}

const perCall = ({ cpu, calls }: Rush): Cpu => times(cpu, 1 / calls)

function lineOf(plan: Wanted, rounds: readonly Rush[], standing: readonly Cpu[] = []): Line {
  const all = together(rounds)
  return {
    series: plan.series,
    way: plan.way,
    agents: plan.agents,
    perSecond: plan.perSecond,
    waiting: standing.length > 0 ? WAITING : 0,
    standingPercent: standing.map(cpu => total(cpu) / 10),
    calls: all.calls,
    failed: all.failed,
    ringP50: median(all.ringMs),
    ringP95: quantile(all.ringMs, 0.95),
    cpu: perCall(all),
    cpuTotal: total(perCall(all)),
    cpuByRound: rounds.map(round => total(perCall(round))),
    doubts: all.doubts,
  }
}

/** At 20, 50 and 80 calls a second: the three ways side by side. */
export async function rates(ground: Ground, extent: Extent, tell: Tell): Promise<Line[]> {
  const lines: Line[] = []
  for (const perSecond of [20, 50, 80]) {
    const ways: Way[] = ['dial', 'record', 'queue', 'hotline']
    const wanted = ways.map(way => ({ series: 'rates', way, agents: 200, perSecond, callMs: CALL_MS }))
    lines.push(...(await measure(ground, extent, wanted, tell)))
  }
  return lines
}

/** With 10, 200 and 1,000 agents, at the same rate: does a call cost more where there are more of them? */
export async function sizes(ground: Ground, extent: Extent, tell: Tell): Promise<Line[]> {
  const wanted = (['queue', 'hotline'] as const).flatMap(way =>
    [10, 200, 1_000].map(agents => ({
      series: 'sizes',
      way,
      agents,
      perSecond: SHORT_CALLS_A_SECOND,
      callMs: SHORT_CALL_MS,
    })),
  )
  return measure(ground, extent, wanted, tell)
}

/**
 * With 300 callers waiting for somebody else: does a call cost more? Those who wait hear music and are recorded, which costs
 * by the second and whoever does it; it is measured for a while without a call, and taken off.
 */
export async function waiting(ground: Ground, extent: Extent, tell: Tell): Promise<Line[]> {
  const lines: Line[] = []
  for (const way of ['recordqueue', 'hotline'] as const) {
    const plan = { series: 'waiting', way, agents: 200, perSecond: CALLS_BESIDE_WAITING, callMs: CALL_MS }
    const none: Rush[] = []
    const some: (Rush & { standing: Cpu })[] = []
    for (let round = 0; round < extent.rounds; round++) {
      const calls = (plan.perSecond * (ANNOUNCED_EVERY_MS - RECORDINGS_FILED_MS)) / 1_000
      await ground.prepare(way, plan.agents)
      none.push(await rush(ground, { ...plan, calls }))
      some.push(await withWaiting(ground, { ...plan, calls }))
    }
    const standing = some.map(made => made.standing)
    lines.push(lineOf(plan, none), lineOf(plan, some, standing))
  }
  for (const line of lines) tell(line)
  return lines
}

/** Also, what those who only wait take in a second. */
async function withWaiting(
  ground: Ground,
  plan: Plan & { way: 'recordqueue' | 'hotline' },
): Promise<Rush & { standing: Cpu }> {
  const { sipp, ports } = ground
  const settleMs = 5_000
  const arriveMs = (WAITING / WAITERS_A_SECOND) * 1_000
  // Before, with, and after the calls, each as long as it takes until everybody has been told their place once.
  const stayMs = arriveMs + settleMs + 3 * ANNOUNCED_EVERY_MS + 10_000
  const load = { port: ports.waiting, dialled: [ground.waitingNumber(plan.way)], perSecond: WAITERS_A_SECOND }
  const waiters = sipp.call({ ...load, scenario: 'caller', calls: WAITING, callMs: stayMs })
  await pause(arriveMs + settleMs)
  const before = await standingStill(ground)
  const made = await rush(ground, plan)
  const standing = times(plus(before, await standingStill(ground)), 1 / 2)
  await waiters
  await pause(3_000)
  return { ...made, cpu: minus(made.cpu, times(standing, made.tookMs / 1_000)), standing, doubts: [] }
}

/** What is used in a second while nobody calls. */
async function standingStill(ground: Ground): Promise<Cpu> {
  const before = ground.cpu()
  await pause(ANNOUNCED_EVERY_MS)
  return times(minus(ground.cpu(), before), 1_000 / ANNOUNCED_EVERY_MS)
}
