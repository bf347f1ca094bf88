import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { flowReleases } from '../../src/cli/flow.ts'
import { readConfig } from '../../src/config.ts'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import {
  formerRelease,
  learnFlows,
  loadDraft,
  loadReleases,
  publish,
  publishFirst,
  releasesOf,
  saveDraft,
} from '../../src/database/flows.ts'
import { loadCentre } from '../../src/database/load.ts'
import { direct, HOTLINE, SURVEY } from '../../src/ivr/flow.ts'
import { home } from '../embedded/ground.ts'
import { Wire } from '../phones/wire.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'silent' })
const WIRE = 28_700

let knex: Knex
let url: string

beforeEach(async () => {
  knex = await database.fresh()
  url = knex.client.config.connection.connectionString
})

const hotline = (queue: string) => ({ ...direct(queue), id: 'hotline' })

describe('a flow', () => {
  test('is published with a number of its own, counted through all flows', async () => {
    expect([await publish(knex, HOTLINE), await publish(knex, SURVEY), await publish(knex, hotline('sales'))]).toEqual([
      1, 2, 3,
    ])
    expect(await loadReleases(knex, 1)).toEqual([
      { number: 2, flow: SURVEY },
      { number: 3, flow: hotline('sales') },
    ])
  })

  test('is published first where there is none of that name, by whoever comes first', async () => {
    await publish(knex, hotline('sales'))
    await Promise.all([publishFirst(knex, [HOTLINE, SURVEY]), publishFirst(knex, [HOTLINE, SURVEY])])
    expect((await loadReleases(knex)).map(({ flow }) => flow)).toEqual([hotline('sales'), SURVEY])
  })

  test('can be what it was before, or at any number', async () => {
    for (const queue of ['sales', 'support', 'operator']) await publish(knex, hotline(queue))
    expect(await formerRelease(knex, 'hotline')).toEqual({ number: 2, flow: hotline('support') })
    expect(await formerRelease(knex, 'hotline', 1)).toEqual({ number: 1, flow: hotline('sales') })
    expect(await formerRelease(knex, 'hotline', 9)).toBeUndefined()
    expect(await formerRelease(knex, 'survey')).toBeUndefined()
  })

  test('that is rolled back goes backwards, however often, and never to what it came from', async () => {
    for (const queue of ['sales', 'support', 'operator']) await publish(knex, hotline(queue))
    const rollBack = async () => {
      const former = await formerRelease(knex, 'hotline')
      if (former) await publish(knex, former.flow, former.number)
      return former
    }
    expect(await rollBack()).toEqual({ number: 2, flow: hotline('support') })
    expect(await rollBack()).toEqual({ number: 1, flow: hotline('sales') })
    expect(await rollBack()).toBeUndefined()
    await publish(knex, hotline('bills'))
    expect(await rollBack()).toEqual({ number: 1, flow: hotline('sales') })
    const releases = await releasesOf(knex, 'hotline')
    expect(releases.map(({ number, restores }) => [number, restores])).toEqual([
      ...[
        [7, 1],
        [6, null],
        [5, 1],
        [4, 2],
      ],
      ...[
        [3, null],
        [2, null],
        [1, null],
      ],
    ])
  })

  test('lists its releases, with when, what was brought back, and which is in force', async () => {
    await publish(knex, hotline('sales'))
    await publish(knex, hotline('support'))
    const config = readConfig({ DATABASE_URL: url, HOTLINE_ZONE: 'Asia/Shanghai' }, home)
    await publish(knex, hotline('sales'), 1)
    await knex('flow_releases').update({ published_at: new Date('2026-11-26T16:30:00Z') })
    expect(await flowReleases(config, 'hotline')).toBe(
      [
        'release 3, 2026-11-27 00:30:00, again as in release 1: in force',
        'release 2, 2026-11-27 00:30:00',
        'release 1, 2026-11-27 00:30:00',
      ].join('\n'),
    )
    await expect(flowReleases(config, 'bills')).rejects.toMatchObject({ id: 'not-found' })
  })

  test('has a draft, the newest wins, until it is published', async () => {
    await saveDraft(knex, hotline('sales'))
    await saveDraft(knex, hotline('support'))
    expect(await loadDraft(knex, 'hotline')).toEqual(hotline('support'))
    await publish(knex, hotline('support'))
    expect(await loadDraft(knex, 'hotline')).toBeUndefined()
  })
})

describe('a service', () => {
  /** A centre that learns what is published, as the service's does. */
  async function learning(address = url) {
    const centre = await loadCentre(knex, 'Asia/Shanghai')
    const bell = listenFor(CHANGED, address, () => learnFlows(knex, centre, log), log)
    onTestFinished(() => bell.close())
    return centre
  }

  test('sends the next caller through what was published, and who is there already through what they began with', async () => {
    await publish(knex, hotline('sales'))
    const centre = await learning()
    const before = centre.dialled('4008001000')
    await publish(knex, hotline('support'))
    await vi.waitFor(() => expect(centre.dialled('4008001000').release).toBe(before.release + 1))
    expect(centre.flow('hotline', before.release)).toEqual(hotline('sales'))
    expect(centre.flow('hotline', before.release + 1)).toEqual(hotline('support'))
  })

  test('whose session was broken learns afterwards what was published meanwhile', async () => {
    const { wire, url: address } = await Wire.before(url, WIRE)
    onTestFinished(() => wire.close())
    const centre = await learning(address.href)
    await publish(knex, hotline('sales'))
    await vi.waitFor(() => expect(centre.library.latest).toBe(1))
    await wire.cut('loudly')
    await publish(knex, hotline('support'))
    await wire.mend()
    await vi.waitFor(() => expect(centre.library.latest).toBe(2), { timeout: 10_000 })
  })

  test('lets go of its session when it ends', async () => {
    const bell = listenFor(CHANGED, url, async () => {}, log)
    const sessions = () => knex('pg_stat_activity').where('query', 'like', `listen "${CHANGED}"`).select('pid')
    await vi.waitFor(async () => expect(await sessions()).toHaveLength(1))
    await bell.close()
    await vi.waitFor(async () => expect(await sessions()).toHaveLength(0))
  })
})
