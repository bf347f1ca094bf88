import { expect, test } from 'vitest'
import { World } from './world.ts'

/**
 * Worlds without end: each has its own callers, agents and faults, all from one seed. HOTLINE_SEED=n tells one world's
 * story again; HOTLINE_STORIES=n sets how many calls are made in all.
 */
const CALLS = Number(process.env.HOTLINE_STORIES ?? 20_000)
const CALLS_A_WORLD = 200
const ONE = process.env.HOTLINE_SEED
const seeds = ONE ? [Number(ONE)] : Array.from({ length: CALLS / CALLS_A_WORLD }, (_, i) => i + 1)

test(`${CALLS} calls keep every promise, whatever goes wrong`, async () => {
  const outcomes = new Map<string, number>()
  let kills = 0
  for (const seed of seeds) {
    try {
      const told = await new World(seed, CALLS_A_WORLD, ONE !== undefined).run()
      for (const [outcome, count] of told.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count)
      kills += told.kills
    } catch (thrown) {
      throw new Error(`HOTLINE_SEED=${seed}: ${(thrown as Error).message}`, { cause: thrown })
    }
  }
  console.log(Object.fromEntries(outcomes), { kills })
  expect(outcomes.size).toBeGreaterThan(3)
})
