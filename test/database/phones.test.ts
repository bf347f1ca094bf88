import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Agent, signIn } from '../../src/agent/agent.ts'
import { agentAdd, agentList, agentPassword, agentPin, agentRemove, agentSet } from '../../src/cli/agents.ts'
import { phoneAdd, phoneList, phoneRemove } from '../../src/cli/phones.ts'
import { readConfig } from '../../src/config.ts'
import { CHANGED, listenFor } from '../../src/database/bell.ts'
import { loadAccounts, loadAgents, loadCentre } from '../../src/database/load.ts'
import { LOCKED_MINUTES } from '../../src/database/lock.ts'
import { isPinOf, tryPin } from '../../src/database/pins.ts'
import { remember } from '../../src/database/remember.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { testDatabase } from './testDatabase.ts'

/** Phones that are nobody's own, who sits there, and the PINs by which they do. */

const database = testDatabase()
const NOON = Date.UTC(2026, 10, 27, 12)
const log = pino({ level: 'silent' })

let knex: Knex
let config: ReturnType<typeof readConfig>

beforeEach(async () => {
  knex = await database.fresh()
  await createSampleCentre(knex)
  config = readConfig({ DATABASE_URL: knex.client.config.connection.connectionString }, '/nowhere')
})

const refusal = (message: string) => ({ id: 'bad-input', message: expect.stringContaining(message) })

/** As the service tells it. */
async function sits(id: string, phone: string | null): Promise<void> {
  const before = (await loadAgents(knex)).find(agent => agent.id === id)!
  await remember(knex, [{ agents: [{ before, after: signIn(before, NOON, { phone }) }] }])
}

describe('a phone of the centre’s', () => {
  test('has a strong password, which is shown once, and an account beside the agents’', async () => {
    const shown = await phoneAdd(config, '2001', ['remote=yes'])
    const [, password] = /^Phone 2001 registers as user 2001 with the password ([\w-]{24}) from now on/.exec(shown)!
    expect(await loadAccounts(knex)).toContainEqual({ user: '2001', password, remote: true })
    expect((await loadAccounts(knex)).map(({ user }) => user)).toEqual(['2001', '8001', '8002', '8003', '8004'])
    await phoneAdd(config, '2002')
    expect(await phoneList(config)).toBe('2001: nobody, remote\n2002: nobody')
    expect((await loadCentre(knex, 'UTC')).phones).toEqual(new Set(['2001', '2002']))
  })

  test('is no agent’s and no emergency’s, and no agent is a phone', async () => {
    await phoneAdd(config, '2001')
    await expect(phoneAdd(config, '8001')).rejects.toMatchObject(refusal("the id must be no agent's"))
    await expect(phoneAdd(config, '2001')).rejects.toMatchObject(refusal('There is a phone 2001 already'))
    await expect(phoneAdd(config, '110')).rejects.toMatchObject(refusal("no emergency's number"))
    for (const id of ['2', '123456789', '*1', 'desk', ''])
      await expect(phoneAdd(config, id)).rejects.toMatchObject(refusal('the id must be 2 to 8 digits'))
    await expect(phoneAdd(config, '2002', ['team=A'])).rejects.toMatchObject(refusal('a setting must be one of remote'))
    await expect(agentAdd(config, '2001', ['name=A'])).rejects.toMatchObject(refusal("the id must be no phone's"))
  })

  test('is shown with who sits there, and is removed only where nobody does', async () => {
    await phoneAdd(config, '2001')
    await sits('8001', '2001')
    expect(await phoneList(config)).toBe('2001: agent 8001')
    expect(await agentList(config)).toContain('8001: at phone 2001\n')
    expect((await loadAgents(knex))[0]).toMatchObject({ id: '8001', phone: '2001' })
    await expect(phoneRemove(config, '2001')).rejects.toMatchObject(refusal('An agent sits at phone 2001'))
    await sits('8001', null)
    await phoneRemove(config, '2001')
    expect(await phoneList(config)).toBe('There are no phones but the agents’ own.')
    await expect(phoneRemove(config, '2001')).rejects.toMatchObject({ id: 'not-found' })
  })

  test('and what is done about it is in the audit log, as what is done about agents', async () => {
    const shown = [
      await phoneAdd(config, '2001', ['remote=yes']),
      await agentAdd(config, '8005', ['name=陈静', 'team=North']),
      await agentPassword(config, '8005'),
      await agentPin(config, '8005'),
    ]
    await phoneRemove(config, '2001')
    await agentSet(config, '8005', ['team=South'])
    await expect(phoneRemove(config, '2001')).rejects.toThrow()
    const deeds = await knex('audit_log').orderBy('id').select('what', 'whom', 'details', 'outcome')
    expect(deeds.map(({ what, whom, details }) => [what, whom, details])).toEqual([
      ['phone add', '2001', { remote: true }],
      ['agent add', '8005', { name: '陈静', team: 'North' }],
      ['agent password', '8005', {}],
      ['agent pin', '8005', {}],
      ['phone remove', '2001', {}],
      ['agent set', '8005', { team: 'South' }],
    ])
    const secrets = shown.flatMap(text => /(?:password|is) ([\w-]{6,24}) from now on/.exec(text)?.slice(1) ?? [])
    expect(secrets).toHaveLength(4)
    for (const secret of secrets) expect(JSON.stringify(deeds)).not.toContain(secret)
  })

  test('is heard of by a service at once', async () => {
    const rings = vi.fn()
    const bell = listenFor(CHANGED, config.databaseUrl!, async () => rings(), log)
    onTestFinished(() => bell.close())
    await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(1))
    await phoneAdd(config, '2001')
    await vi.waitFor(() => expect(rings).toHaveBeenCalledTimes(2))
  })
})

describe('at most one agent sits at a phone', () => {
  beforeEach(() => phoneAdd(config, '2001'))

  test('whoever of many was first in the database has it, and the others are refused', async () => {
    const ids = ['8001', '8002', '8003', '8004']
    const told = await Promise.allSettled(ids.map(id => sits(id, '2001')))
    const refused = told.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toHaveLength(3)
    for (const why of refused) expect(why).toMatchObject({ code: '23505', constraint: 'one_agent_a_phone' })
    expect((await loadAgents(knex)).filter(({ phone }) => phone === '2001')).toHaveLength(1)
  })

  test('and it passes from one to the next within one change, in any order', async () => {
    await sits('8002', '2001')
    const agents = new Map((await loadAgents(knex)).map(agent => [agent.id, agent]))
    const [first, second] = [agents.get('8001')!, agents.get('8002')!]
    const gone: Agent = { ...second, state: 'signed-out', phone: null, version: second.version + 1 }
    const change = (before: Agent, after: Agent) => ({ before, after })
    await remember(knex, [{ agents: [change(first, signIn(first, NOON, { phone: '2001' })), change(second, gone)] }])
    expect(await phoneList(config)).toBe('2001: agent 8001')
  })

  test('also where it is removed just as they sign in: what has happened is remembered', async () => {
    await phoneRemove(config, '2001')
    await sits('8001', '2001')
    expect(await agentList(config)).toContain('8001: at phone 2001\n')
    await sits('8001', null)
    expect(await agentList(config)).not.toContain('at phone')
  })
})

describe('an agent’s PIN', () => {
  const tried = (pin: string, at = NOON, id = '8001') => isPinOf(knex, { table: 'agents', id }, pin, at, log)
  const newPin = async (): Promise<string> =>
    /is (\d{6}) from now on\. It is shown this once/.exec(await agentPin(config, '8001'))![1]!

  test('is shown once, and kept as a hash', async () => {
    const pin = await newPin()
    expect([await tried(pin), await tried(pin, NOON, '8002'), await tried(pin, NOON, '9999')]).toEqual([
      true,
      false,
      false,
    ])
    expect(JSON.stringify(await knex('agents'))).not.toContain(pin)
    await expect(agentPin(config, '9999')).rejects.toMatchObject({ id: 'not-found' })
  })

  test('is none until one is given', async () => {
    expect(await tried('')).toBe(false)
  })

  test('locks after three wrong ones for a quarter of an hour, however many try at once; a new one is right at once', async () => {
    const pin = await newPin()
    const wrong = pin === '000000' ? '111111' : '000000'
    await Promise.all([wrong, wrong, wrong].map(one => tried(one)))
    expect(await tried(pin)).toBe(false)
    expect(await tried(pin, NOON + LOCKED_MINUTES * 60_000)).toBe(true)
    await Promise.all([wrong, wrong, wrong].map(one => tried(one)))
    expect(await tried(await newPin())).toBe(true)
  })

  test('is told apart from one too many, which locks it, for the audit log', async () => {
    await newPin()
    const outcomes: string[] = []
    for (let i = 0; i < 4; i++) outcomes.push(await tryPin(knex, { table: 'agents', id: '8001' }, 'x', NOON, log))
    expect(outcomes).toEqual(['wrong', 'wrong', 'locked', 'locked'])
  })

  test('goes with the agent, and does not come back with them', async () => {
    const pin = await newPin()
    await agentRemove(config, '8001')
    expect(await tried(pin)).toBe(false)
    await expect(agentPin(config, '8001')).rejects.toMatchObject({ id: 'not-found' })
    const [{ name }] = await knex('agents').where({ id: '8001' })
    await agentAdd(config, '8001', [`name=${name}`])
    expect(await tried(pin)).toBe(false)
    expect(await tried(await newPin())).toBe(true)
  })
})
