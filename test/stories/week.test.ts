import { expect, test } from 'vitest'
import { DAY, MINUTE } from './sampleWeek.ts'
import { type Told, Weeks } from './week.ts'

const MONDAY = Date.UTC(2026, 0, 5)
const share = (part: readonly unknown[], whole: readonly unknown[]): number => part.length / whole.length
const isServed = (one: Told): one is Told & { servedMs: number } => one.servedMs !== undefined
const meanMs = (of: readonly number[]): number => of.reduce((sum, ms) => sum + Math.abs(ms), 0) / of.length

/** From the first week the second is promised. Who hangs up before a promise is over leaves it unknown. */
test.each([1, 2, 3, 4])('in a week, nine of ten callers are served within what they were promised (seed %i)', seed => {
  const told = new Weeks(seed, 2).told.filter(({ at }) => at >= MONDAY + 7 * DAY)
  const served = told.filter(isServed)
  const known = told.filter(one => isServed(one) || one.leftMs! > one.mostMs)
  const kept = share(
    served.filter(one => one.servedMs <= one.mostMs),
    known,
  )
  const spoken = share(
    served.filter(one => one.servedMs <= Math.ceil(one.mostMs / MINUTE) * MINUTE),
    known,
  )
  const byAppQueue = share(
    served.filter(one => one.servedMs <= one.appQueueMs),
    served,
  )
  const error = meanMs(served.map(one => one.servedMs - one.medianMs))
  const errorOfMost = meanMs(served.map(one => one.servedMs - one.mostMs))
  const errorOfAppQueue = meanMs(served.map(one => one.servedMs - one.appQueueMs))
  const later = told.flatMap(one => one.later)
  const percent = (of: number) => `${(100 * of).toFixed(1)} %`
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
  console.info(
    `seed ${seed}: ${told.length} promises, ${served.length} served after ${seconds(meanMs(served.map(one => one.servedMs)))}; kept ${percent(kept)} ` +
      `(as spoken, rounded up to the minute, ${percent(spoken)}); mean error of the median ${seconds(error)}, of what was promised ` +
      `${seconds(errorOfMost)}. app_queue's hold time: within ${percent(byAppQueue)}, mean error ${seconds(errorOfAppQueue)}. ` +
      `Told again ${later.length} times, a later end ${later.filter(one => one.isLater).length} times`,
  )
  expect(served.length).toBeGreaterThan(800)
  expect(kept).toBeGreaterThan(0.87)
  expect(kept).toBeLessThan(0.93)
  expect(error).toBeLessThan(errorOfAppQueue)
})
