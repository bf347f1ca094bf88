import { setTimeout as pause } from 'node:timers/promises'
import { type Cpu, minus, times, total } from './cpu.ts'
import { median } from './figures.ts'
import type { Ground, Way } from './ground.ts'
import { rush } from './rush.ts'
import type { Extent } from './series.ts'

export type Talks = {
  way: Way
  /** All three together while 100 talk, in hundredths of one core. */
  percent: number
  percentByRound: number[]
  /** From the first call to the last filed recording, ms of CPU a call. */
  wholeMs: number
  failed: number
  doubts: string[]
}

const TALKS = 100
const PER_SECOND = 20
const ways = ['record', 'hotline'] as const

type Made = { cpu: Cpu; wholeMs: number; failed: number; doubts: string[] }

/** A hundred recorded talks at once, with sound both ways: what do they cost beside Dial() and MixMonitor? */
export async function talks(ground: Ground, extent: Extent): Promise<Talks[]> {
  const made = new Map<Way, Made[]>(ways.map(way => [way, []]))
  for (let round = 0; round < extent.rounds; round++) {
    for (const way of ways) made.get(way)!.push(await hundred(ground, way, extent.talkSeconds))
  }
  return ways.map(way => lineOf(way, made.get(way)!))
}

async function hundred(ground: Ground, way: Way, seconds: number): Promise<Made> {
  await ground.prepare(way, 200)
  const setUpMs = (TALKS / PER_SECOND) * 1_000 + 1_500
  const plan = { way, agents: 200, perSecond: PER_SECOND, calls: TALKS, callMs: setUpMs + seconds * 1_000, echo: true }
  const all = rush(ground, { ...plan, caller: 'talking-caller' })
  await pause(setUpMs)
  const before = ground.cpu()
  const startedAt = performance.now()
  await pause((seconds - 2) * 1_000)
  const spent = minus(ground.cpu(), before)
  const perSecond = times(spent, 1_000 / (performance.now() - startedAt))
  const { cpu, failed, doubts } = await all
  return { cpu: perSecond, wholeMs: total(cpu) / TALKS, failed, doubts }
}

function lineOf(way: Way, made: Made[]): Talks {
  const percentByRound = made.map(({ cpu }) => total(cpu) / 10)
  return {
    way,
    percent: median(percentByRound),
    percentByRound,
    wholeMs: median(made.map(({ wholeMs }) => wholeMs)),
    failed: made.reduce((all, { failed }) => all + failed, 0),
    doubts: made.flatMap(({ doubts }) => doubts),
  }
}
