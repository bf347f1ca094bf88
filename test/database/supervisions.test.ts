import { expect, test } from 'vitest'
import { remember } from '../../src/database/remember.ts'
import { aTalk, CALL, given, later, type Step, theCallerHangsUp } from '../call/given.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()

const by = 'person:li'
const asks: Step = () => ({ kind: 'Supervise', phone: '8002', mode: 'listen', by })
const answers: Step = ({ call }) => ({ kind: 'LegAnswered', leg: call!.supervisors![0]!.id })
const coaches: Step = () => ({ kind: 'SetSupervision', phone: '8002', mode: 'coach', by: 'phone:8002' })
const clears: Step = () => ({ kind: 'ForceClear', by })

test('each use of supervision is a row: who, whom, how, from when to when, also where it is told twice', async () => {
  const knex = await database.fresh()
  for (const id of ['8001', '8002']) await knex('agents').insert({ id, name: id, sip_password: 's' })
  const tale = given(aTalk)
  const tell = async (facts = tale.facts) => {
    const change = { call: { after: tale.call!, facts, legs: [] }, agents: [] }
    await remember(knex, [change])
    await remember(knex, [change])
  }
  await tell(tale.story)
  for (const steps of [[asks], [answers], [later(1_000), coaches], [later(1_000), clears], [theCallerHangsUp]]) {
    tale.when(...steps)
    await tell()
  }
  const rows = await knex('supervisions').where({ call_id: CALL }).orderBy('seq')
  const lengths = rows.map(row => row.ended_at - row.started_at)
  expect(rows.map(({ supervisor, agent_id, mode, by }) => [supervisor, agent_id, mode, by])).toEqual([
    ['8002', '8001', 'listen', 'person:li'],
    ['8002', '8001', 'coach', 'phone:8002'],
    ['', '8001', 'force-clear', 'person:li'],
  ])
  expect(lengths).toEqual([1_000, 1_000, 0])
  expect(await knex('calls').first()).toMatchObject({ outcome: 'answered', ended_by: 'supervisor' })
})
