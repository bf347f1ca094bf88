import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { rows, snapshot } from '../../src/report/snapshot.ts'
import { testDatabase } from '../database/testDatabase.ts'

const database = testDatabase()
let knex: Knex
beforeAll(async () => {
  knex = await database.fresh()
})

describe('a report', () => {
  it('sees one moment, whatever is written meanwhile', async () => {
    const count = (on: Knex) => rows<{ count: number }>(on, 'select count(*)::int as count from numbers', {})
    const [before, after] = await snapshot(knex, async moment => {
      const before = await count(moment)
      await knex('numbers').insert({ number: '1', flow: 'hotline' })
      return [before, await count(moment)]
    })
    expect(after).toEqual(before)
    expect(await count(knex)).not.toEqual(before)
  })
  it('changes nothing', async () => {
    await expect(snapshot(knex, moment => moment('numbers').delete())).rejects.toThrow('read-only')
  })
  it('is given up by Postgres itself where it takes too long, and leaves its connection usable', async () => {
    const slow = snapshot(knex, moment => rows(moment, 'select pg_sleep(5)', {}), 100)
    await expect(slow).rejects.toMatchObject({
      id: 'too-much',
      message: expect.stringContaining('ask for a shorter time'),
    })
    expect(await rows(knex, 'select 1 as one', {})).toEqual([{ one: 1 }])
  })
})
