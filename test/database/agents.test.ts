import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { agentAdd, agentList, agentPassword, agentRemove, agentSet } from '../../src/cli/agents.ts'
import { banLift, banList } from '../../src/cli/bans.ts'
import { lookAtBans } from '../../src/cli/doctor/door.ts'
import { personAdd, personSet } from '../../src/cli/people.ts'
import { readConfig } from '../../src/config.ts'
import { liftBan, loadAddresses, loadLifted, noteAddress } from '../../src/database/addresses.ts'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import { loadAccounts, loadAgents } from '../../src/database/load.ts'
import { loadPerson } from '../../src/database/people.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { readNames } from '../../src/report/names.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const NOON = Date.UTC(2026, 10, 26, 12)

let knex: Knex
let config: ReturnType<typeof readConfig>

beforeEach(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
  config = readConfig({ DATABASE_URL: knex.client.config.connection.connectionString }, '/nowhere')
})

const refusal = (message: string | RegExp) => ({ id: 'bad-input', message: expect.stringMatching(message) })
const accountOf = async (id: string) => (await loadAccounts(knex)).find(({ user }) => user === id)
const shown = (text: string): string =>
  /with the password (\S+) from now on\. It is shown this once\.$/m.exec(text)![1]!

test('a new agent has a strong password, which is shown once, and never again', async () => {
  const password = shown(await agentAdd(config, '8005', ['name=陈静', 'skills=sales:3,english:1', 'remote=yes']))
  expect(password).toMatch(/^[\w-]{24}$/)
  expect(await accountOf('8005')).toEqual({ user: '8005', password, remote: true })
  expect((await loadAgents(knex)).find(({ id }) => id === '8005')).toMatchObject({ skills: { sales: 3, english: 1 } })
  const list = await agentList(config)
  expect(list).toContain('8005:\n  name=陈静\n  team=\n  language=zh\n  skills=sales:3,english:1\n  remote=yes')
  for (const { password } of await loadAccounts(knex)) expect(list).not.toContain(password)
})

test('a new password takes the place of the old one, and no other’s', async () => {
  const before = await loadAccounts(knex)
  const password = shown(await agentPassword(config, '8001'))
  const others = before.filter(({ user }) => user !== '8001')
  expect(await loadAccounts(knex)).toEqual([{ user: '8001', password, remote: false }, ...others])
  expect(before.map(account => account.password)).not.toContain(password)
  expect(new Set(before.map(account => account.password)).size).toBe(before.length)
})

test('what is shown of an agent can be typed again, and the rest stays', async () => {
  await agentSet(config, '8002', ['remote=yes'])
  const before = await agentList(config)
  const [, words] = /^8002:\n((?: {2}.*\n)+)/m.exec(before)!
  await agentSet(config, '8002', words!.trim().split(/\n */))
  expect(await agentList(config)).toBe(before)
  await agentSet(config, '8002', ['skills=none', 'team=North'])
  expect(await agentList(config)).toContain(
    '8002:\n  name=李强\n  team=North\n  language=zh\n  skills=none\n  remote=yes',
  )
})

test('what cannot be is refused in a sentence', async () => {
  await expect(agentAdd(config, '8001', ['name=A'])).rejects.toMatchObject(refusal('There is an agent 8001 already'))
  await expect(agentAdd(config, '8005', ['remote=yes'])).rejects.toMatchObject(refusal('a new agent needs name='))
  for (const id of ['8', '123456789', 'trunk', '8001@clear', ''])
    await expect(agentAdd(config, id, ['name=A'])).rejects.toMatchObject(refusal('^the id must be 2 to 8 digits'))
  await expect(agentSet(config, '8001', ['remote=maybe'])).rejects.toMatchObject(refusal('^remote must be yes or no'))
  await expect(agentSet(config, '8001', ['language=fr'])).rejects.toMatchObject(refusal('^language must be one of'))
  await expect(agentSet(config, '8001', ['skills=sales'])).rejects.toMatchObject(refusal('^skills must be skills with'))
  await expect(agentSet(config, '8001', ['sip_password=x'])).rejects.toMatchObject(refusal('^a setting must be one of'))
  const nobody = { id: 'not-found', message: 'There is no agent 8009.' }
  await expect(agentSet(config, '8009', ['team=A'])).rejects.toMatchObject(nobody)
  await expect(agentPassword(config, '8009')).rejects.toMatchObject(nobody)
})

test('a service hears of who is set otherwise, by a command or by hand, and not of what agents do', async () => {
  const rings = vi.fn()
  const bell = listenFor(CHANGED, config.databaseUrl!, async () => rings(), pino({ level: 'silent' }))
  onTestFinished(() => bell.close())
  await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(1))
  await knex('agents').where({ id: '8001' }).update({ state: 'ready', version: 7 })
  await agentPassword(config, '8001')
  await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(2))
  await agentSet(config, '8001', ['skills=sales:3'])
  await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(3))
  await knex('agents').where({ id: '8002' }).update({ language: 'en' })
  await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(4))
})

const banned = (endsAt: number) => ({ beganAt: endsAt - 900_000, endsAt, tries: 20 })

test('who is refused is remembered until it is over, where phones work until it is long ago', async () => {
  const known = { address: '203.0.113.9', workedAt: null, ban: banned(NOON + 1_000) }
  await noteAddress(knex, known)
  await noteAddress(knex, { address: '203.0.113.10', workedAt: NOON - 5_000, ban: null })
  await noteAddress(knex, { address: '203.0.113.10', workedAt: null, ban: banned(NOON) })
  await noteAddress(knex, { address: '2001:db8::9', workedAt: NOON - 9_000, ban: null })
  const office = { address: '203.0.113.10', workedAt: NOON - 5_000, ban: banned(NOON) }
  expect((await loadAddresses(knex, NOON, NOON - 6_000)).sort((a, b) => (a.address < b.address ? -1 : 1))).toEqual([
    office,
    known,
  ])
  expect(await knex('sip_addresses').pluck('address')).not.toContain('2001:db8::9')
  expect(await loadAddresses(knex, NOON + 1_000, NOON - 5_000)).toEqual([])
})

test('the doctor tells who is refused, which is no fault of the hotline', async () => {
  expect(await lookAtBans(knex, NOON)).toEqual({ ok: true, text: 'No address is refused for wrong SIP passwords' })
  for (let i = 0; i < 12; i++)
    await noteAddress(knex, { address: `203.0.113.${i}`, workedAt: null, ban: banned(NOON + i * 60_000) })
  expect(await lookAtBans(knex, NOON)).toEqual({
    ok: true,
    text: expect.stringMatching(
      /came from there: 203\.0\.113\.1 until 12:01 UTC, .*203\.0\.113\.10 until 12:10 UTC and 1 more$/,
    ),
  })
})

test('who is removed has no account and no skills, is on no list, and is no person’s agent; their name and their row stay', async () => {
  await personAdd(config, 'li', ['roles=agent', 'name=李娜', 'agent=8001'])
  expect(await agentRemove(config, '8001')).toMatch(
    /8001 is no agent any more.*\nli may still sign in, and is no agent\.$/,
  )
  expect(await accountOf('8001')).toBeUndefined()
  expect((await loadAgents(knex)).map(({ id }) => id)).not.toContain('8001')
  expect(await agentList(config)).not.toContain('8001')
  expect(await loadPerson(knex, 'li')).toMatchObject({ agent: null, disabled: false })
  await expect(personSet(config, 'li', ['agent=8001'])).rejects.toMatchObject(refusal('there is no 8001'))
  for (const act of [agentRemove, agentPassword]) await expect(act(config, '8001')).rejects.toThrow('There is no agent')
  await expect(agentSet(config, '8001', ['team=North'])).rejects.toThrow('There is no agent 8001')
  expect((await readNames(knex)).agents.get('8001')).toMatchObject({ name: '王芳' })
})

test('nobody is removed in the middle of a call; who is signed in is loaded until they are signed out', async () => {
  for (const state of ['ringing', 'dialling', 'talking']) {
    await knex('agents').where({ id: '8001' }).update({ state, call_id: 'hotline-1.1' })
    await expect(agentRemove(config, '8001')).rejects.toMatchObject(refusal(`8001 has a call now (.${state}.)`))
  }
  await knex('agents').where({ id: '8001' }).update({ state: 'paused', call_id: null })
  await agentRemove(config, '8001')
  expect(await accountOf('8001')).toBeUndefined()
  expect((await loadAgents(knex)).map(({ id }) => id)).toContain('8001')
  await knex('agents').where({ id: '8001' }).update({ state: 'signed-out' })
  expect((await loadAgents(knex)).map(({ id }) => id)).not.toContain('8001')
})

test('who was removed comes back under their name, with a new password; nobody else has their id', async () => {
  const before = (await accountOf('8001'))!.password
  await agentRemove(config, '8001')
  await expect(agentAdd(config, '8001', ['name=李雷'])).rejects.toMatchObject(refusal('8001 was 王芳'))
  const password = shown(await agentAdd(config, '8001', ['name=王芳', 'skills=sales:2']))
  expect(password).not.toBe(before)
  expect(await accountOf('8001')).toEqual({ user: '8001', password, remote: false })
  expect((await loadAgents(knex)).find(({ id }) => id === '8001')).toMatchObject({ skills: { sales: 2 } })
  await expect(agentAdd(config, '8001', ['name=王芳'])).rejects.toMatchObject(refusal('There is an agent 8001'))
})

test('who is refused is listed, and let in early, of which the service hears; whom nobody refuses nobody lets in', async () => {
  const now = Date.now()
  expect(await banList(config)).toBe('No address is refused.')
  const ban = { beganAt: now - 60_000, endsAt: now + 60_000, tries: 23 }
  await noteAddress(knex, { address: '203.0.113.9', workedAt: null, ban })
  await noteAddress(knex, { address: '203.0.113.10', workedAt: null, ban: { ...ban, endsAt: now - 1 } })
  expect(await banList(config)).toMatch(/^address +since +until +tries\n.*\n203\.0\.113\.9 .* 23$/)

  const rings = vi.fn(async () => {})
  const bell = listenFor(CHANGED, config.databaseUrl!, rings, pino({ level: 'silent' }))
  onTestFinished(() => bell.close())
  await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(1))
  expect(await banLift(config, '203.0.113.9')).toBe('203.0.113.9 is let in.')
  await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(2))
  expect((await loadLifted(knex)).get('203.0.113.9')).toBeGreaterThan(ban.beganAt)
  expect((await loadAddresses(knex, now, now)).map(({ address }) => address)).toEqual([])
  for (const address of ['203.0.113.9', '203.0.113.10', 'nowhere'])
    await expect(banLift(config, address)).rejects.toThrow(`${address} is not refused.`)
  expect(await knex('audit_log').select('what', 'whom', 'outcome')).toEqual([
    { what: 'ban lift', whom: '203.0.113.9', outcome: 'done' },
  ])
})

test('a ban that began by a clock ahead of ours is lifted all the same', async () => {
  const beganAt = NOON + 30_000
  await noteAddress(knex, {
    address: '203.0.113.9',
    workedAt: null,
    ban: { beganAt, endsAt: NOON + 900_000, tries: 20 },
  })
  expect(await liftBan(knex, '203.0.113.9', NOON)).toBe(true)
  expect((await loadLifted(knex)).get('203.0.113.9')).toBeGreaterThan(beganAt)
})
