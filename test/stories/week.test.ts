import { expect, test } from 'vitest'
import { DAY, MINUTE } from './sampleWeek.ts'
import { type Told, Weeks } from './week.ts'

const MONDAY = Date.UTC(2026, 0, 5)
const share = (part: readonly unknown[], whole: readonly unknown[]): number => part.length / whole.length
const isServed = (one: Told): one is Told & { servedMs: number } => one.servedMs !== undefined
const percent = (of: number): string => `${(100 * of).toFixed(1)} %`
const meanMs = (of: readonly number[]): number => of.reduce((sum, ms) => sum + Math.abs(ms), 0) / of.length

/** From the first week the second is promised. Who hangs up before a promise is over leaves it unknown. */
function secondWeek(...world: ConstructorParameters<typeof Weeks>) {
  const told = new Weeks(...world).told.filter(({ at }) => at >= MONDAY + 7 * DAY)
  const served = told.filter(isServed)
  const known = told.filter(one => isServed(one) || one.leftMs! > one.mostMs)
  return {
    told,
    served,
    known,
    kept: share(
      served.filter(one => one.servedMs <= one.mostMs),
      known,
    ),
  }
}

test('where nothing happens but what a forecast foresees, it is right nine times of ten', () => {
  const weeks = [1, 2, 3, 4].map(seed => secondWeek(seed, 2, true))
  const known = weeks.flatMap(week => week.known)
  const kept = share(
    known.filter(one => one.servedMs !== undefined && one.servedMs <= one.mostMs),
    known,
  )
  console.info(`nothing happens but what is foreseen: ${known.length} promises, kept ${percent(kept)}`)
  expect(known.length).toBeGreaterThan(1_000)
  expect(kept).toBeGreaterThan(0.87)
  expect(kept).toBeLessThan(0.93)
})

test.each([1, 2, 3, 4])('in a week, nine of ten callers are served within what they were promised (seed %i)', seed => {
  const { told, served, known, kept } = secondWeek(seed, 2)
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
