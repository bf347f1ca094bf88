import { setTimeout as pause } from 'node:timers/promises'
import { slope } from './figures.ts'
import type { Ground } from './ground.ts'
import { rush } from './rush.ts'

export type MemoryOverTime = {
  minutes: number
  calls: number
  failed: number
  samples: { second: number; rssMb: number; heapMb: number }[]
  heapMbAnHour: number
  rssMbAnHour: number
}

const PER_SECOND = 10
const SAMPLE_EVERY_S = 10
/** Compiled code and buffers have found their size by then. */
const WARM_AFTER_S = 60

/** What the service holds, after a collection, while calls come and go: does it grow? */
export async function memory(ground: Ground, minutes: number): Promise<MemoryOverTime> {
  await ground.prepare('hotline', 200)
  const seconds = minutes * 60
  const calls = seconds * PER_SECOND
  const all = rush(ground, { way: 'hotline', agents: 200, perSecond: PER_SECOND, calls, callMs: 2_000 })
  const samples: MemoryOverTime['samples'] = []
  for (let second = SAMPLE_EVERY_S; second <= seconds; second += SAMPLE_EVERY_S) {
    await pause(SAMPLE_EVERY_S * 1_000)
    samples.push({ second, ...(await ground.service.memory()) })
  }
  const { failed } = await all
  const warm = samples.filter(({ second }) => second >= Math.min(WARM_AFTER_S, seconds / 2))
  const anHour = (of: 'heapMb' | 'rssMb') => slope(warm.map(sample => ({ x: sample.second / 3_600, y: sample[of] })))
  return { minutes, calls, failed, samples, heapMbAnHour: anHour('heapMb'), rssMbAnHour: anHour('rssMb') }
}
