import { describe, expect, test } from 'vitest'
import { type Agent, signIn, wish } from '../../src/agent/agent.ts'
import { connectDatabase } from '../../src/database/connect.ts'
import { remember } from '../../src/database/remember.ts'
import type { Flow } from '../../src/ivr/flow.ts'
import type { AgentChange, Change } from '../../src/switchboard/ports.ts'
import { identified, message, thePinIs } from '../call/dutyGiven.ts'
import {
  aCallArrives,
  anAgentIsChosen,
  given,
  itIsUp,
  later,
  type Step,
  NOON as TALE_BEGINS,
  type Tale,
  theAgentAnswers,
  theCallerHangsUp,
  theCallerPresses,
  thePhoneRings,
  thePromptEnds,
} from '../call/given.ts'
import { testDatabase } from './testDatabase.ts'

/** What a database that died in the middle of writing has kept, and what it is told again when it is back. */

const database = testDatabase()
const NOON = Date.UTC(2026, 10, 23, 4)
const fang: Agent = {
  id: '8001',
  language: 'zh',
  team: '',
  by: null,
  phone: null,
  skills: {},
  version: 0,
  state: 'signed-out',
  reason: null,
  since: NOON - 60_000,
  call: null,
  idleSince: NOON - 60_000,
  signedInAt: NOON,
  talks: 0,
  offeredAt: NOON,
  next: null,
  wakeAt: null,
}

/** An agent's morning: signs in, rests, comes back. */
function morning(): AgentChange[] {
  const ready = signIn(fang, NOON)
  const resting = wish(ready, { kind: 'pause', reason: 'rest' }, NOON + 1_000)
  const back = wish(resting, { kind: 'ready' }, NOON + 2_000)
  return [
    { before: fang, after: ready },
    { before: ready, after: resting },
    { before: resting, after: back },
  ]
}

/** The database with this agent in it: tells it changes in one go, and reads the periods that it then has. */
async function aDatabase() {
  const knex = await database.fresh()
  await knex('agents').insert({ id: fang.id, name: 'Fang', sip_password: 'secret' })
  return {
    tell: (changes: AgentChange[]) =>
      remember(
        knex,
        changes.map(change => ({ agents: [change] })),
      ),
    periods: async () => {
      const rows: { state: string; started_at: Date; ended_at: Date | null }[] =
        await knex('agent_states').orderBy('id')
      return rows.map(row => [
        row.state,
        row.started_at.getTime() - NOON,
        row.ended_at && row.ended_at.getTime() - NOON,
      ])
    },
  }
}

test.for([1, 2, 3])(
  '%i changes whose answer was lost are told again with all that came after: each period is there once',
  async kept => {
    const { tell, periods } = await aDatabase()
    await tell(morning().slice(0, kept))
    await tell(morning())
    expect(await periods()).toEqual([
      ['ready', 0, 1_000],
      ['paused', 1_000, 2_000],
      ['ready', 2_000, null],
    ])
  },
)

test('what an older version has left in its spool is taken in', async () => {
  const { tell, periods } = await aDatabase()
  const older = morning().map(({ before, after }) => {
    const { talks: _, offeredAt: __, signedInAt: ___, phone: ____, ...then } = after
    return { before, after: then as Agent }
  })
  await tell(older)
  expect(await periods()).toHaveLength(3)
})

test('what a slow line delivers late takes nothing back', async () => {
  const knex = await database.fresh()
  await knex('agents').insert({ id: fang.id, name: 'Fang', sip_password: 'secret' })
  const until = (...steps: Step[]): Change => {
    const { call, story } = given(aCallArrives('direct-sales'), itIsUp, anAgentIsChosen(), ...steps)
    return { call: { after: call!, facts: story, legs: [call!.leg!] }, agents: [] }
  }
  await remember(knex, [until(thePhoneRings, later(2_000), theAgentAnswers)])
  await remember(knex, [until(thePhoneRings)])
  expect(await knex('legs').first('answered_at')).toEqual({ answered_at: new Date(TALE_BEGINS + 2_000) })
})

describe('a message', () => {
  const flow: Flow = {
    id: 'away',
    start: 'leave',
    nodes: {
      leave: {
        ...{ type: 'voicemail', queue: 'sales', prompts: [], again: [], review: [], tries: 3, patienceMs: 5_000 },
        ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000, next: 'end', otherwise: 'end' },
      },
      end: { type: 'hangup' },
    },
  }
  const spoken: Step = ({ call }) => ({ kind: 'MessageSpoken', message: call!.message!.id, spokenMs: 2_000 })
  const changeOf = ({ call, story }: Tale): Change => ({ call: { after: call!, facts: story, legs: [] }, agents: [] })
  const isLeft = () =>
    given()
      .with({ flow: () => flow })
      .when(aCallArrives('away'), itIsUp, later(1_000), thePromptEnds, later(3_000), spoken, theCallerHangsUp)

  /** The callback that was promised for it is taken back, as its caller was served. */
  const isServed = ({ call }: Tale): Tale => {
    const { callback: _, number: from, ...booking } = call!.booked![0]!
    const { id: of, name, to, flow, language } = call!
    const opening = { ...booking, of, from, name, to, flow, language, callingIn: ['another'] }
    return given(
      () => ({ kind: 'Booked', ...opening }),
      later(60_000),
      () => ({ kind: 'RangOff', call: 'another', isServed: true }),
    )
  }

  test('that is left and seen to in one writing is done', async () => {
    const knex = await database.fresh()
    const left = isLeft()
    await remember(knex, [changeOf(left), changeOf(isServed(left))])
    expect(await knex('messages').pluck('done_at')).toEqual([new Date(TALE_BEGINS + 60_000)])
  })

  test('is as it was told last, also where what was told before comes late', async () => {
    const knex = await database.fresh()
    const left = isLeft()
    await remember(knex, [changeOf(left)])
    const [waiting] = left.call!.messages!.map(({ id }) => message(id))
    const keeps = (id: string, person: string, until: number): Change => {
      const { call, story } = identified()
        .when(thePinIs({ person, until, waiting: [waiting!] }))
        .when(theCallerPresses('2'))
      return { call: { after: { ...call!, id }, facts: story, legs: [] }, agents: [] }
    }
    await remember(knex, [keeps('duty-1', '7', TALE_BEGINS + 60_000)])
    await remember(knex, [keeps('duty-2', '3', TALE_BEGINS + 30_000)])
    await remember(knex, [keeps('duty-1', '7', TALE_BEGINS + 60_000)])
    const told = { kept_by: '3', kept_until: new Date(TALE_BEGINS + 30_000) }
    expect(await knex('messages').first()).toMatchObject(told)
  })
})

test('what an agent does costs the same where there are a thousand others: their table is never read through', async () => {
  const fresh = await database.fresh()
  const others = Array.from({ length: 1_000 }, (_, i) => ({
    id: String(9_000 + i),
    name: 'Min',
    sip_password: 'secret',
  }))
  await fresh('agents').insert([{ id: fang.id, name: 'Fang', sip_password: 'secret' }, ...others])
  await fresh.raw('analyze agents')
  const knex = connectDatabase(fresh.client.config.connection.connectionString, { connections: 1, byKey: true })
  try {
    const readThrough = async (): Promise<number> => {
      await knex.raw('select pg_stat_force_next_flush()')
      const { rows } = await knex.raw("select seq_scan from pg_stat_user_tables where relname = 'agents'")
      return rows[0].seq_scan
    }
    const before = await readThrough()
    for (const change of morning()) await remember(knex, [{ agents: [change] }])
    expect(await readThrough()).toBe(before)
    expect(await knex('agents').where({ id: fang.id }).first('state')).toEqual({ state: 'ready' })
  } finally {
    await knex.destroy()
  }
})
