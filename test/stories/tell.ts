import { expect, test } from 'vitest'
import { World } from './world.ts'

/**
 * Worlds without end: each has its own callers, agents and faults, all from one seed. HOTLINE_SEED=n tells one world's
 * story again, aloud; HOTLINE_STORIES=n sets how many calls are made in all (100000 take a minute on two quiet cores).
 */
const CALLS = Number(process.env.HOTLINE_STORIES ?? 20_000)
const CALLS_A_WORLD = 200
const ONE = process.env.HOTLINE_SEED
const ALL = Array.from({ length: Math.ceil(CALLS / CALLS_A_WORLD) }, (_, i) => i + 1)
const WITHIN_MS = 600_000

/** Two files share the seeds, so that two cores share the work. */
export function tellStories(half: 'odd' | 'even'): void {
  const isMine = (seed: number): boolean => (seed % 2 === 1) === (half === 'odd')
  const seeds = (ONE ? [Number(ONE)] : ALL).filter(isMine)
  test.skipIf(seeds.length === 0)(
    `${seeds.length * CALLS_A_WORLD} calls keep every promise, whatever goes wrong (${half} seeds)`,
    async () => {
      const outcomes = new Set<string>()
      for (const seed of seeds) for (const outcome of await outcomesOf(seed)) outcomes.add(outcome)
      if (!ONE)
        expect([...outcomes]).toEqual(
          expect.arrayContaining(['answered', 'transferred-out', 'abandoned-ringing', 'failed']),
        )
    },
    WITHIN_MS,
  )
}

async function outcomesOf(seed: number): Promise<Iterable<string>> {
  try {
    return (await new World(seed, CALLS_A_WORLD, ONE !== undefined).run()).outcomes.keys()
  } catch (thrown) {
    throw new Error(`HOTLINE_SEED=${seed}: ${(thrown as Error).message}`, { cause: thrown })
  }
}
