import { setTimeout as pause } from 'node:timers/promises'
import { minus } from './cpu.ts'
import { median, quantile } from './figures.ts'
import type { Ground, Way } from './ground.ts'
import type { Extent } from './series.ts'

/** How long who asks waits for all that is known of everybody: `GET /api/board`, or AMI's QueueStatus of app_queue. */
export type Boards = {
  way: Way
  /** As it was told: so many agents, and so many who wait. */
  agents: number
  waiting: number
  asked: number
  p50: number
  p95: number
  /** Of whoever answers: Asterisk, or Node. */
  cpuMs: number
}

const AGENTS = 1_000
const WAITING = { quick: 100, whole: 500 }
const ASKED = 100
const PAUSE_MS = 50
const WAITERS_A_SECOND = 25
const SETTLE_MS = 5_000
/** Longer than it takes to ask so often. */
const STAY_MS = 60_000

/** With 1,000 agents signed in, and so many who wait for somebody else. */
export async function boards(ground: Ground, { quick }: Extent): Promise<Boards[]> {
  const waiting = quick ? WAITING.quick : WAITING.whole
  const found: Boards[] = []
  for (const way of ['recordqueue', 'hotline'] as const) {
    await ground.prepare(way, AGENTS)
    const arriveMs = (waiting / WAITERS_A_SECOND) * 1_000 + SETTLE_MS
    const waiters = ground.sipp.call({
      ...{ scenario: 'caller', port: ground.ports.waiting, dialled: [ground.waitingNumber(way)] },
      ...{ perSecond: WAITERS_A_SECOND, calls: waiting, callMs: arriveMs + STAY_MS },
    })
    await pause(arriveMs)
    found.push(await ask(ground, way))
    await waiters
  }
  return found
}

async function ask(ground: Ground, way: Way): Promise<Boards> {
  const ask = way === 'hotline' ? () => ground.board() : () => ground.queueStatus()
  const seen = await ask()
  const took: number[] = []
  const before = ground.cpu()
  for (let i = 0; i < ASKED; i += 1) {
    const at = performance.now()
    await ask()
    took.push(performance.now() - at)
    await pause(PAUSE_MS)
  }
  const { asterisk, node } = minus(ground.cpu(), before)
  const cpuMs = (way === 'hotline' ? node : asterisk) / ASKED
  return { way, ...seen, asked: ASKED, p50: median(took), p95: quantile(took, 0.95), cpuMs }
}
