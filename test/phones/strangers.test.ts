import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { FAILURES_AT_MOST } from '../../src/asterisk/bans.ts'
import { lookAtBans } from '../../src/cli/doctor/door.ts'
import { SipFailure } from '../../src/softphone/failure.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { BASE, TRUNK_PORT } from '../ports.ts'
import { BARESIP_HZ, Baresip } from './baresip.ts'
import { answerTo } from './plainSip.ts'
import { settled } from './settled.ts'
import { startedOverTls } from './tlsFront.ts'
import { hotline as typed } from './typed.ts'
import { ERROR, NUMBER, VOICES, WARN, World } from './world.ts'

/** Who gets in, and how: phones over TLS, strangers, who guesses passwords, and whom anybody can make us dial. */

/** Callers come from here, and what we dial goes here. */
const TRUNK = '127.0.0.2'
const STRANGER = '127.0.0.9'
const OFFICE = '127.0.0.10'

const folder = mkdtempSync(join(tmpdir(), 'hotline-strangers-'))
let world: World
/** The other end of the trunk: all customers' phones. */
let outside: Softphone
/** What has been dialled there. */
const dialled: string[] = []

const hotline = (words: string): Promise<string> => typed(world, folder, words)

beforeAll(async () => {
  const environment = { HOTLINE_TRUNK: TRUNK, HOTLINE_TRUNK_ADDRESS: `${TRUNK}:${TRUNK_PORT}` }
  world = await World.open({ environment })
  outside = await world.phone({ user: 'outside', host: TRUNK, port: TRUNK_PORT })
  outside.on('invite', incoming => {
    dialled.push(incoming.request.uri)
    incoming.reject(486)
  })
})
afterEach(() => settled(world))
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

/** The status of the refusal; undefined: let in. */
async function refusalOf(act: Promise<unknown>): Promise<number | undefined> {
  try {
    await act
    return undefined
  } catch (thrown) {
    if (thrown instanceof SipFailure) return thrown.status
    throw thrown
  }
}

async function registers(user: string, password: string, host: string): Promise<number | undefined> {
  const phone = await world.phone({ user, password, host })
  return refusalOf(phone.register()).finally(() => phone.close())
}

const passwordOf = async (id: string): Promise<string> =>
  (await world.knex('agents').where({ id }).first('sip_password')).sip_password

test('the phone of a remote agent is let in over TLS alone, and talks in SRTP alone', async () => {
  const password = /password (\S+) from now on/.exec(await hotline('agent password 8001'))![1]!
  await hotline('agent set 8001 remote=yes')
  await expect.poll(() => registers('8001', password, '127.0.0.1'), { timeout: 10_000 }).toBe(401)
  const said = await world.phone({ user: '8001', password })
  expect(await refusalOf(said.invite('*1').answered)).toBe(401)
  await world.until('somebody is told', () => warned(/must come over TLS/).length === 1)

  const { ports, cacheFolder } = world.config
  const account = {
    server: `127.0.0.1:${ports.tls}`,
    user: '8001',
    password,
    certificate: join(world.config.folder, 'certificate.pem'),
  }
  const inClear = await Baresip.open({
    cacheFolder,
    folder: join(folder, 'clear'),
    account,
    ports: { control: BASE + 100, sip: BASE + 102 },
    say: () => {},
  })
  try {
    await inClear.register()
    inClear.command('dial', `sip:*1@${account.server};transport=tls`)
    expect((await inClear.until('CALL_CLOSED')).param).toMatch(/^488/)
  } finally {
    await inClear.close()
  }

  const phone = await Baresip.open({
    cacheFolder,
    folder: join(folder, 'srtp'),
    account: { ...account, srtp: true },
    ports: { control: BASE + 110, sip: BASE + 112 },
    say: () => {},
  })
  try {
    await phone.register()
    await phone.dial('*1')
    await phone.dial('*3')
    await world.agentIs('8001', 'ready')
    const caller = await world.phone({ user: '13800138000', host: TRUNK, tone: { hz: VOICES.caller } })
    const since = phone.told.length
    const dialog = await caller.invite(NUMBER).answered
    await dialog.heard.speech({ withinMs: 30_000 })
    await dialog.press('1')
    await phone.until('CALL_INCOMING', { since })
    phone.command('accept')
    await phone.until('CALL_ESTABLISHED', { since })
    await dialog.heard.tone(BARESIP_HZ, { forMs: 1_000, withinMs: 30_000 })
    await dialog.hangUp()
    await phone.until('CALL_CLOSED', { since })
    await phone.dial('*2')
  } finally {
    await phone.close()
  }
})

test('a stranger is told the same whatever they say to be: nobody, an agent, one of the house, or somebody unknown', async () => {
  const users = ['anonymous', '', '13800138000', '8999', '8002', '8001', '8001@clear', 'trunk']
  const froms = [
    '"Anonymous" <sip:anonymous@anonymous.invalid>',
    '<sip:8001@clear>',
    ...users.map(user => `<sip:${user && `${encodeURIComponent(user)}@`}127.0.0.1>`),
  ]
  for (const method of ['INVITE', 'REGISTER', 'OPTIONS', 'SUBSCRIBE', 'MESSAGE', 'REFER', 'BYE']) {
    const answers = new Set<string>()
    // Each from an address of its own, so that none is refused for the others.
    for (const [i, from] of froms.entries()) {
      const [asked, nonce] = await answerTo(world.config.ports.sip, method, from, `127.0.0.${20 + i}`)
      const [wrong] = await answerTo(world.config.ports.sip, method, from, `127.0.0.${20 + i}`, nonce)
      answers.add(asked).add(wrong)
    }
    // An end of what never began is refused before anybody asks whose it is.
    const refusal = method === 'BYE' ? '481 Call/Transaction Does Not Exist' : '401 Unauthorized'
    expect([...answers], method).toEqual([expect.stringContaining(`SIP/2.0 ${refusal}\r\n`)])
  }
})

const warned = (about: RegExp) => world.logged.filter(({ level, msg }) => level >= WARN && about.test(msg))

async function tries(user: string, host: string, times = FAILURES_AT_MOST): Promise<void> {
  for (let i = 0; i < times; i++) await registers(user, 'wrong', host)
}

async function metric(name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${world.config.ports.http}/metrics`, {
    headers: { 'x-api-key': world.surroundings.apiKey },
  })
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await answer.text())![1])
}

test('who tries passwords is refused, with the right one too, and who shares an address with a phone that works is not', async () => {
  const password = await passwordOf('8002')
  expect(await registers('8002', password, OFFICE)).toBeUndefined()
  await tries('8003', OFFICE)
  expect(await registers('8002', password, OFFICE)).toBeUndefined()
  await world.until('somebody is told', () => warned(/phones of ours work/).length === 1)

  await tries('8002', STRANGER)
  await world.until('they are refused', () => warned(/all from this address is refused/).length === 1)
  // ARI is told a moment later.
  await expect.poll(() => registers('8002', 'wrong', STRANGER), { timeout: 10_000 }).toBe(403)
  expect(await registers('8002', password, STRANGER)).toBe(403)
  const caller = await world.phone({ user: 'anonymous', host: STRANGER })
  expect(await refusalOf(caller.invite(NUMBER).answered)).toBe(403)
  expect(await registers('8002', password, '127.0.0.1')).toBeUndefined()

  expect(world.logged.filter(({ level }) => level >= ERROR)).toEqual([])
  expect(await metric('hotline_sip_bans_total')).toBe(1)
  expect(await metric('hotline_sip_banned')).toBe(1)
  expect(await metric('hotline_sip_failures_total')).toBeGreaterThanOrEqual(2 * FAILURES_AT_MOST)
  const banned = async () => (await lookAtBans(world.knex, Date.now())).text
  await expect.poll(banned, { timeout: 10_000 }).toMatch(/: 127\.0\.0\.9 until \d\d:\d\d UTC$/)
})

test('who is refused is let in at once when a person says so, by a command or over HTTP, and refused again for new tries', async () => {
  const password = await passwordOf('8002')
  expect(await registers('8002', password, STRANGER)).toBe(403)
  expect(await hotline('ban list')).toMatch(/^127\.0\.0\.9 .* \d+$/m)
  expect(await hotline(`ban lift ${STRANGER}`)).toBe('127.0.0.9 is let in.\n')
  await expect.poll(() => registers('8002', 'wrong', STRANGER), { timeout: 10_000 }).toBe(401)
  await tries('8002', STRANGER)
  await expect.poll(() => registers('8002', 'wrong', STRANGER), { timeout: 10_000 }).toBe(403)
  const asks = (method: string, path: string) =>
    fetch(`http://127.0.0.1:${world.config.ports.http}${path}`, {
      method,
      headers: { 'x-api-key': world.surroundings.apiKey },
    })
  expect(await (await asks('GET', '/api/bans')).json()).toMatchObject({ bans: [{ address: STRANGER }] })
  expect((await asks('DELETE', `/api/bans/${STRANGER}`)).status).toBe(204)
  expect((await asks('DELETE', `/api/bans/${STRANGER}`)).status).toBe(404)
  await expect.poll(() => registers('8002', 'wrong', STRANGER), { timeout: 10_000 }).toBe(401)
  await tries('8002', STRANGER)
  await expect.poll(() => registers('8002', password, STRANGER), { timeout: 10_000 }).toBe(403)
})

test('a service that comes back, and speaks to Asterisk over TLS, refuses whose time is not over, and nobody else', async () => {
  const password = await passwordOf('8002')
  await world.killService()
  expect(await registers('8002', password, STRANGER)).toBe(403)
  await world.knex('sip_addresses').where({ address: STRANGER }).update({ banned_until: new Date() })
  const banned_until = new Date(Date.now() + 3_600_000)
  await world.knex('sip_addresses').insert({ address: '127.0.0.11', banned_until })
  const secured = await startedOverTls(world)
  expect(await registers('8002', password, STRANGER)).toBeUndefined()
  expect(await registers('8002', password, '127.0.0.11')).toBe(403)
  const phone = await world.agent('8002')
  await world.dial(phone, '*1')
  await world.agentIs('8002', 'ready')
  await world.dial(phone, '*2')
  await world.agentIs('8002', 'signed-out')
  expect(secured.connections).toBeGreaterThan(2)
})

test('nobody makes us dial but by our rules: not a caller, not an agent’s phone, whether the service is there or not', async () => {
  const agent = await world.agent('8002')
  // Nobody is signed in here.
  for (const number of ['13900000001', '13900000001@trunk', 'emergency']) await tells(agent, number)
  await world.dial(agent, '*1')
  await world.agentIs('8002', 'ready')

  // Forwarded by the phone that rings.
  const forwarded = agent.nextInvite({ withinMs: 30_000 })
  const caller = await world.phone({ user: '13800138001', host: TRUNK, tone: { hz: VOICES.caller } })
  const call = await caller.invite(NUMBER).answered
  await call.heard.speech({ withinMs: 30_000 })
  await call.press('1')
  const since = world.facts.length
  ;(await forwarded).redirect(`sip:13900000002@${TRUNK}`)
  await world.fact('OfferEnded', { since })

  // Sent on by the caller, and then by the agent, in the midst of a talk.
  await expect(call.transfer('13900000003')).rejects.toThrow(/603|403|405/)
  const ring = agent.nextInvite({ withinMs: 60_000 })
  await world.dial(agent, '*3')
  const talk = await (await ring).answer()
  await call.heard.tone(VOICES.agent, { withinMs: 30_000 })
  await expect(call.transfer('13900000004')).rejects.toThrow(/603|403|405/)
  await expect(talk.transfer('13900000005')).rejects.toThrow(/603|403|405/)
  await call.hangUp()
  await world.quiet()
  expect(dialled).toEqual([])

  await world.killService()
  for (const number of ['13900000006', '1100']) await tells(agent, number)
  for (const number of ['13900000007', '110']) {
    const aboard = await caller.invite(number).answered
    await aboard.heard.speech({ withinMs: 30_000 })
    await expect(aboard.transfer('13900000008')).rejects.toThrow(/603|403|405/)
    await aboard.hangUp()
  }
  expect(dialled).toEqual([])
  await expect(agent.invite('110').answered).rejects.toThrow()
  expect(dialled).toEqual([expect.stringMatching(/^sip:110@/)])
  await world.startService()
})

test('who is no agent any more is signed out and refused at once, and nothing is offered to them', async () => {
  const password = await passwordOf('8004')
  const phone = await world.agent('8004')
  await world.dial(phone, '*1')
  await world.agentIs('8004', 'ready')
  await hotline('agent remove 8004')
  await world.agentIs('8004', 'signed-out')
  await expect.poll(() => registers('8004', password, '127.0.0.1'), { timeout: 10_000 }).toBe(401)
  expect(await refusalOf(phone.invite('*1').answered)).toBe(401)
  await expect(hotline('agent remove 8004')).rejects.toThrow('There is no agent 8004')
})

/** The phone dials, and is told something, or nothing: it is over. */
async function tells(phone: Softphone, number: string): Promise<void> {
  const dialog = await phone.invite(number).answered.catch(thrown => {
    expect(thrown).toBeInstanceOf(SipFailure)
  })
  await dialog?.ended
}
