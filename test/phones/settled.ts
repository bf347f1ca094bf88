import { expect, vi } from 'vitest'
import { ledger } from '../../src/report/commands.ts'
import type { World } from './world.ts'

/** All that every test must leave behind, whatever died in it: no open call, a ledger that balances, nothing in Asterisk. */
export async function settled(world: World): Promise<void> {
  await world.hangUpAll()
  await world.quiet(60_000)
  const { text, balances } = await ledger(world.knex, { zone: 'UTC', now: Date.now() })
  expect(balances, text).toBe(true)
  await vi.waitFor(async () => expect(await world.leftInAsterisk()).toEqual([]), 5_000)
}
