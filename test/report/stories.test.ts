import type { Knex } from 'knex'
import { expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { remember } from '../../src/database/remember.ts'
import { Today } from '../../src/live/today.ts'
import { agentsReport } from '../../src/report/agents.ts'
import type { Interval } from '../../src/report/interval.ts'
import { ledgerReport } from '../../src/report/ledger.ts'
import { passesIn } from '../../src/report/passes.ts'
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
  return { knex, changes, interval: { from, to: world.clock.now() + 1 } }
}

async function write(knex: Knex, changes: readonly Change[]): Promise<void> {
  for (let at = 0; at < changes.length; at += AT_ONCE) await remember(knex, changes.slice(at, at + AT_ONCE))
}

/** The calls as they then were, those that were not over. */
function openAfter(changes: readonly Change[]): Call[] {
  const calls = new Map(changes.flatMap(({ call }) => (call ? [[call.after.id, call.after] as const] : [])))
  return [...calls.values()].filter(({ phase }) => phase !== 'ended')
}

/** Who still talks is answered on the board, and open in the report. */
async function sameAsReported(knex: Knex, interval: Interval, today: Today, open: readonly Call[]): Promise<void> {
  const { queues } = await queuesReport(knex, interval, 'whole', interval.to)
  const figures = today.at(interval.to, open)
  expect(queues.length).toBeGreaterThan(1)
  for (const { queue, serviceLevelMs, offered, answered, abandoned, short, sentOn, ...row } of queues) {
    if (queue === null) continue
    const talking = open.filter(call => !call.direction && call.queue === queue && call.leg?.connectedAt != null)
    const now = figures(queue, serviceLevelMs!)
    expect(now).toMatchObject({ offered, answered: answered + talking.length, abandoned, short, sentOn })
    const { answeredWithin, serviceLevel, abandonment } = row
    expect(abandonment).toBe(now.abandonment)
    if (talking.length === 0) expect(now).toMatchObject({ answeredWithin, serviceLevel })
  }
}

test.each([1, 16, 31])(
  'what a switchboard tells balances, callbacks and all, whatever goes wrong (seed %i)',
  async seed => {
    const { knex, changes, interval } = await told(seed)
    // Half of it before a service looks, and half after.
    const half = Math.floor(changes.length / 2)
    await write(knex, changes.slice(0, half))
    const today = new Today(interval.from, () => ({ ...interval, to: interval.to + 1 }))
    for (const { call } of changes.slice(half - AT_ONCE, half)) if (call) today.watch(call.after, call.facts)
    today.learn(interval, await passesIn(knex, interval))
    await sameAsReported(knex, interval, today, openAfter(changes.slice(0, half)))
    for (const { call } of changes.slice(half)) if (call) today.watch(call.after, call.facts)
    await write(knex, changes.slice(half))
    await sameAsReported(knex, interval, today, [])

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
