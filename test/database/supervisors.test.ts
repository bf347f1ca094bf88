import type { Knex } from 'knex'
import { beforeAll, expect, test } from 'vitest'
import { addAgent } from '../../src/database/agents.ts'
import { loadDeeds } from '../../src/database/auditLog.ts'
import { addPerson, type Person } from '../../src/database/people.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { addKey } from '../../src/database/sessions.ts'
import { supervisorsIn } from '../../src/database/supervisors.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const NOON = Date.parse('2026-11-27T12:00:00+08:00')
let knex: Knex

beforeAll(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
})

const somebody = (id: string, set: Partial<Person>): Promise<string> =>
  addPerson(
    knex,
    { id, name: id, roles: ['supervisor'], teams: null, queues: null, agent: null, sso: null, disabled: false, ...set },
    NOON,
  )

test('from a phone supervises whose it is, where a supervisor, as far as their rights reach', async () => {
  await addAgent(knex, '8005', { name: '陈静', team: 'night' })
  await somebody('li', { agent: '8001' })
  await somebody('wang', { agent: '8002', queues: ['sales'] })
  await somebody('zhou', { agent: '8003', teams: ['night'] })
  await somebody('chen', { agent: '8004', roles: ['agent'] })
  await somebody('gone', { agent: '8005', disabled: true })
  const { whoMay } = supervisorsIn(knex)
  const who = async (queue: string | null | undefined, team: string) => {
    const there = { team, ...(queue !== undefined && { queue }) }
    const may = await Promise.all(
      ['8001', '8002', '8003', '8004', '8005', '8006'].map(phone => whoMay(`phone:${phone}`, there)),
    )
    return may.filter(name => name !== undefined).join(' ')
  }
  expect(await who('sales', 'day')).toBe('person:li person:wang')
  expect(await who('sales', 'night')).toBe('person:li person:wang person:zhou')
  expect(await who('support', 'night')).toBe('person:li person:zhou')
  // A talk in no line, and no talk at all.
  expect(await who(null, 'night')).toBe('person:li person:zhou')
  expect(await who(undefined, 'day')).toBe('person:li person:wang')
})

test('so does whom a person or a program has let in, for as long as these may', async () => {
  const { whoMay } = supervisorsIn(knex)
  const sales = { queue: 'sales', team: 'day' }
  await somebody('ma', { queues: ['sales'] })
  expect(await whoMay('person:ma', sales)).toBe('person:ma')
  // The caller was passed on to another line, and its next agent has not answered.
  expect(await whoMay('person:ma', { queue: 'support' })).toBeUndefined()
  await knex('people').where({ id: 'ma' }).update({ disabled: true })
  expect(await whoMay('person:ma', sales)).toBeUndefined()
  const key = { id: 'crm', teams: null, queues: ['sales'], madeAt: NOON, madeBy: 'test', endsAt: null }
  await addKey(knex, { ...key, rights: ['calls:supervise'] })
  await addKey(knex, { ...key, id: 'bare', rights: ['calls:read'] })
  await addKey(knex, { ...key, id: 'over', rights: ['calls:supervise'], endsAt: Date.parse('2026-01-01') })
  const names = ['key:crm', 'key:bare', 'key:over', 'key:none', 'key:centre', 'nobody']
  expect(await Promise.all(names.map(name => whoMay(name, sales)))).toEqual([
    ...['key:crm', undefined, undefined, undefined, 'key:centre', undefined],
  ])
  expect(await whoMay('key:crm', { ...sales, queue: 'support' })).toBeUndefined()
})

test('what is done from a phone is in the audit log as done by whose it is, and else by the phone', async () => {
  const { note } = supervisorsIn(knex)
  const deed = { what: 'dial *9', whom: 'hotline-1.1', details: { agent: '8002' }, outcome: 'done', at: NOON }
  await note({ ...deed, phone: '8001' })
  await note({ ...deed, phone: '8006', whom: null, outcome: 'forbidden' })
  const { deeds } = await loadDeeds(knex, { from: NOON, to: NOON + 1 }, {}, { limit: 10 })
  expect(deeds).toMatchObject([
    { who: 'phone:8006', address: 'phone:8006', whom: null, outcome: 'forbidden' },
    { ...deed, who: 'person:li', address: 'phone:8001' },
  ])
})

test('where the database is away, who they are cannot be told', async () => {
  const { whoMay } = supervisorsIn(database.unreachable())
  await expect(whoMay('phone:8001', { team: '' })).rejects.toThrow()
})
