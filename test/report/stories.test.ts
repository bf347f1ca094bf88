import { expect, test } from 'vitest'
import { remember } from '../../src/database/remember.ts'
import { agentsReport } from '../../src/report/agents.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { queuesReport } from '../../src/report/queues.ts'
import type { Change } from '../../src/switchboard/ports.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { World } from '../stories/world.ts'

const database = testDatabase()
const AT_ONCE = 50

/** What a whole switchboard has told its database in an hour of callers, callbacks and faults, written to a real one. */
async function told(seed: number) {
  const knex = await database.fresh()
  const world = new World(seed, 200)
  const from = world.clock.now()
  await knex('agents').insert([...world.disk.agents.keys()].map(id => ({ id, name: id, sip_password: 'secret' })))
  const changes: Change[] = []
  const write = world.disk.write.bind(world.disk)
  world.disk.write = written => {
    changes.push(...written)
    write(written)
  }
  await world.run()
  while (changes.length > 0) await remember(knex, changes.splice(0, AT_ONCE))
  return { knex, interval: { from, to: world.clock.now() + 1 } }
}

test.each([1, 16, 31])(
  'what a switchboard tells balances, callbacks and all, whatever goes wrong (seed %i)',
  async seed => {
    const { knex, interval } = await told(seed)
    const ledger = await ledgerReport(knex, interval, interval.to)
    expect(ledger.culprits).toEqual([])
    expect(ledger.balances).toBe(true)
    expect(ledger.callbacks.offered).toBeGreaterThan(0)

    const { queues, total } = await queuesReport(knex, interval, 'whole', interval.to)
    expect(total).toMatchObject({ offered: ledger.calls.offered, callbacksPromised: ledger.callbacks.offered })
    for (const row of queues) {
      const { callbacksReached, callbacksGivenUp, callbacksWithdrawn, callbacksOpen } = row
      expect(row.callbacksPromised).toBe(callbacksReached + callbacksGivenUp + callbacksWithdrawn + callbacksOpen)
    }
    for (const row of (await agentsReport(knex, interval, interval.to)).agents) {
      const { readyMs, ringingMs, diallingMs, talkMs, holdMs, wrapUpMs, pausedMs } = row
      expect(readyMs + ringingMs + diallingMs + talkMs + holdMs + wrapUpMs + pausedMs).toBe(row.signedInMs)
    }
  },
)
