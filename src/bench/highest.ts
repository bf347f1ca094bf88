import type { Ground, Way } from './ground.ts'
import { rush } from './rush.ts'
import type { Extent } from './series.ts'

export type Highest = { way: Way; perSecond: number; failedAt: number | null }

const RATES = [40, 50, 60, 70, 80, 100, 120, 140, 160, 180, 200, 240, 280, 320]

/** Faster and faster, until a call fails: the last rate without one. */
export async function highest(ground: Ground, { quick, seconds }: Extent): Promise<Highest[]> {
  const found: Highest[] = []
  for (const way of ['dial', 'queue', 'hotline'] as const) {
    let clean = 0
    let failedAt: number | null = null
    for (const perSecond of quick ? RATES.slice(0, 2) : RATES) {
      await ground.prepare(way, 400)
      const { failed } = await rush(ground, {
        way,
        agents: 400,
        perSecond,
        calls: perSecond * Math.min(10, seconds),
        callMs: 1_000,
      })
      if (failed > 0) {
        failedAt = perSecond
        break
      }
      clean = perSecond
    }
    found.push({ way, perSecond: clean, failedAt })
  }
  return found
}
