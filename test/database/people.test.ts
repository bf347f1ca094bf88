import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeAll, expect, test } from 'vitest'
import {
  keyAdd,
  keyList,
  keyRevoke,
  personAdd,
  personList,
  personPassword,
  personSet,
  personSignOut,
} from '../../src/cli/people.ts'
import { readConfig } from '../../src/config.ts'
import { addFirst, FIRST, isThey, loadPerson } from '../../src/database/people.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { beginSession, whoShows } from '../../src/database/sessions.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const log = pino({ level: 'silent' })
let knex: Knex
let config: ReturnType<typeof readConfig>

beforeAll(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
  const settings = { DATABASE_URL: knex.client.config.connection.connectionString, HOTLINE_ZONE: 'Asia/Shanghai' }
  config = readConfig(settings, '/nowhere')
})

const isLetIn = (person: string, password: string): Promise<boolean> =>
  isThey(knex, { person, password }, Date.now(), log)
const passwordIn = (said: string): string => /password (?:of li is )?(\S{20})/.exec(said)![1]!

test('where nobody may sign in yet, one administrator may, also where two services start at once', async () => {
  expect(await personList(config)).toBe('Nobody may sign in yet.')
  expect((await Promise.all([addFirst(knex, Date.now()), addFirst(knex, Date.now())])).sort()).toEqual([false, true])
  expect(await loadPerson(knex, FIRST)).toMatchObject({ roles: ['administrator'], teams: null, queues: null })
  expect(await isLetIn(FIRST, '')).toBe(false)
  expect(await addFirst(knex, Date.now())).toBe(false)
})

test('somebody is added, set, given a new password and signed out by commands', async () => {
  const first = passwordIn(
    await personAdd(config, 'li', ['roles=supervisor,agent', 'name=李娜', 'queues=sales', 'agent=8001']),
  )
  expect(await isLetIn('li', first)).toBe(true)
  expect(await personList(config)).toContain('li 李娜: supervisor, agent; agent 8001; queues sales')
  await personSet(config, 'li', ['queues=all', 'roles=manager', 'agent=none'])
  expect(await loadPerson(knex, 'li')).toMatchObject({ name: '李娜', roles: ['manager'], queues: null, agent: null })

  const from = { address: '127.0.0.1', program: 'test' }
  const { opener } = await beginSession(knex, 'li', from, Date.now())
  expect((await whoShows(knex, opener, Date.now()))?.who.name).toBe('person:li')
  await personSignOut(config, 'li')
  expect(await whoShows(knex, opener, Date.now())).toBeUndefined()

  const second = passwordIn(await personPassword(config, 'li'))
  expect([await isLetIn('li', first), await isLetIn('li', second)]).toEqual([false, true])
  await personSet(config, 'li', ['disabled=yes'])
  expect(await isLetIn('li', second)).toBe(false)
})

test('a key is made, listed and revoked by commands', async () => {
  const said = await keyAdd(config, 'crm', ['rights=calls:read,recordings:play', 'queues=support', 'days=90'])
  const opener = /(hk_\S{43})\./.exec(said)![1]!
  const shown = await whoShows(knex, opener, Date.now())
  expect(shown).toMatchObject({ who: { name: 'key:crm', queues: ['support'], teams: null }, session: null })
  expect(shown!.who.rights).toEqual(new Set(['calls:read', 'recordings:play']))
  expect(await keyList(config)).toMatch(/^crm: calls:read, recordings:play; queues support; until 20\d\d-/)
  await keyRevoke(config, 'crm')
  expect(await whoShows(knex, opener, Date.now())).toBeUndefined()
  await expect(keyRevoke(config, 'crm')).rejects.toThrow('There is no key crm.')
})

test.each([
  [() => personAdd(config, 'Li', ['roles=agent']), 'the name must be 1 to 40 small letters'],
  [() => personAdd(config, 'wu', ['name=Wu']), 'roles must be given: some of agent, supervisor'],
  [() => personAdd(config, 'wu', ['roles=boss']), 'roles must be some of agent, supervisor'],
  [() => personSet(config, 'li', ['queues=nowhere']), 'there is no nowhere'],
  [() => personSet(config, 'no-one', ['roles=agent']), 'There is nobody no-one.'],
  [() => personSet(config, 'li', ['colour=red']), 'a setting must be one of roles, name'],
  [() => keyAdd(config, 'erp', ['days=9']), 'rights must be given'],
  [() => keyAdd(config, 'erp', ['rights=all']), 'rights must be some of own:desk'],
  [() => keyAdd(config, 'erp', ['rights=calls:read', 'days=0']), 'days must be a whole number'],
])('what is typed amiss is refused: %#', async (act, sentence) => {
  await expect(async () => await act()).rejects.toThrow(sentence)
})

test('what is done at the console is in the audit log, without what opens', async () => {
  const done: { who: string; what: string; whom: string; address: string }[] = await knex('audit_log').orderBy('id')
  expect(new Set(done.map(({ what }) => what))).toEqual(
    new Set(['person add', 'person set', 'person sign-out', 'person password', 'key add', 'key revoke']),
  )
  expect(done[0]).toMatchObject({ who: expect.stringMatching(/^cli:\S+$/), whom: 'li', address: 'console' })
  expect(JSON.stringify(done)).not.toMatch(/hk_|hs_/)
})
