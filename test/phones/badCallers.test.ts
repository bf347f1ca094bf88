import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { Forger } from './forger.ts'
import { bothHear, NUMBER, VOICES, World } from './world.ts'

/** Callers who send whatever SIP can carry: each gets through or is refused clearly, and is filed as what they are. */

/** The trunk has an address of its own, as in earnest: whoever calls from there is a caller, whatever they say. */
const TRUNK = '127.0.0.2'
/** Whatever a caller's words execute, by whatever shell or dialplan, leaves this behind. */
const MARK = `/tmp/hotline-executed-${process.pid}`

let world: World
let forger: Forger
let fang: Softphone
/** Every number that was shown or dialled, as it is filed. */
const shown = new Set<string>()

beforeAll(async () => {
  const environment = { HOTLINE_TRUNK: TRUNK, HOTLINE_LOG: 'trace' }
  world = await World.open({ environment })
  await world.killService()
  await world.knex('queues').update({ wrap_up_ms: 300 })
  await world.startService()
  forger = await Forger.open(TRUNK, { host: '127.0.0.1', port: world.config.ports.sip })
  fang = await world.signedIn('8001')
})
afterAll(async () => {
  forger?.close()
  await rm(MARK, { force: true })
  await world?.close()
})
afterEach(async () => {
  await world.hangUpAll()
  await world.quiet()
})

const host = '127.0.0.1'
/** `"name" <sip:user@host>` on the wire; the user's odd characters escaped, as SIP wants it. */
const wire = (name: string, user: string): Buffer => {
  const quoted = name.replace(/(["\\])/g, '\\$1')
  return Buffer.from(`${name && `"${quoted}" `}<sip:${escaped(user)}@${host}>`)
}
const escaped = (user: string): string =>
  [...Buffer.from(user)]
    .map(byte => (/[\w.!~*'+-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte)))
    .join('')
const hex = (byte: number): string => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`

const LONG = '1234567890'.repeat(12)
const COMMANDS = [`$(touch ${MARK})`, `;touch ${MARK}`, `|touch ${MARK}`, `\`touch ${MARK}\``, `&touch ${MARK}&`]
const DIALPLAN = [`\${SHELL(touch ${MARK})}`, `$[1+1]`, `\${UNIQUEID}`, 'a,b,c', '"x" <8001>']

type Case = { what: string; from: Buffer; number: string; name: string }

const CASES: Case[] = [
  { what: 'no number, but a host', from: Buffer.from(`<sip:${host}>`), number: '', name: '' },
  {
    what: 'anonymous',
    from: Buffer.from('"Anonymous" <sip:anonymous@anonymous.invalid>'),
    number: 'anonymous',
    name: 'Anonymous',
  },
  { what: 'a number of 120 digits', from: wire('', LONG), number: LONG.slice(0, 79), name: '' },
  {
    what: 'a name of 120 letters',
    from: wire('名'.repeat(120), '13900000001'),
    number: '13900000001',
    name: '名'.repeat(26),
  },
  {
    what: 'quotes',
    from: wire(`O'Neil "the \\ voice"`, `139'00"00002`),
    number: `139'00"00002`,
    name: `O'Neil "the \\ voice"`,
  },
  { what: 'line breaks in the number', from: wire('', '139\r\n00000003\n\t\0'), number: '13900000003', name: '' },
  {
    what: 'control characters in the name',
    from: Buffer.from(`"Li\t\x07\x1b[31m\x7f Qiang" <sip:13900000004@${host}>`),
    number: '13900000004',
    name: 'Li[31m Qiang',
  },
  { what: 'a Chinese name', from: wire('王小明', '13900000005'), number: '13900000005', name: '王小明' },
  {
    what: 'a name that is no UTF-8',
    from: Buffer.concat([Buffer.from('"ab\xff\xfe\xc3(', 'latin1'), Buffer.from(`cd" <sip:13900000006@${host}>`)]),
    number: '13900000006',
    name: 'ab\ufffd\ufffd\ufffd(cd',
  },
  {
    what: 'a GBK name',
    from: Buffer.concat([
      Buffer.from('"'),
      Buffer.from('cdf5d0a1c3f7', 'hex'),
      Buffer.from(`" <sip:13900000007@${host}>`),
    ]),
    number: '13900000007',
    // The two bytes in the middle happen to be a letter in UTF-8 as well.
    name: '\ufffd\ufffd\u0421\ufffd\ufffd',
  },
  // A semicolon ends a number: Asterisk takes what follows for a parameter.
  ...[...COMMANDS, ...DIALPLAN].map(words => ({
    what: words.replace(MARK, '…'),
    from: wire(words, `1${words}`),
    number: `1${words}`.replace(/;.*/, ''),
    name: words,
  })),
]

describe('a caller who shows', () => {
  test.each(CASES)('$what', async ({ from, number, name }) => {
    if (number) shown.add(number)
    const ring = fang.nextInvite({ withinMs: 60_000 })
    const since = world.facts.length
    const caller = await callAs(from)
    await caller.press('1')
    const incoming = await ring
    expect(incoming.request.headers.filter(([, value]) => /\p{Cc}/u.test(value))).toEqual([])
    incoming.ring()
    await world.fact('AgentRang', { since, withinMs: 60_000 })
    await caller.hangUp()
    await world.quiet(60_000)
    await world.agentIs('8001', 'ready', 60_000)

    const { id } = await lastCall()
    await expectFiled(id, { number, name, called: NUMBER })
    expect(await world.knex('calls').where({ id }).first()).toMatchObject({ outcome: 'abandoned-ringing' })
  })
})

test('a caller who shows a command talks, and is recorded, like any other', async () => {
  const words = `$(touch ${MARK})`
  const ring = fang.nextInvite({ withinMs: 60_000 })
  const caller = await callAs(wire(words, words))
  await caller.press('1')
  const agent = await (await ring).answer()
  await bothHear(caller, agent)
  await caller.hangUp()
  await agent.ended
  await world.quiet(60_000)
  await world.agentIs('8001', 'ready', 60_000)
  const call = await lastCall()
  expect(call).toMatchObject({ caller: words, caller_name: words, outcome: 'answered', recording_faults: [] })
  shown.add(words)
})

describe('a caller who dials', () => {
  const odd = ['999999999', '+864008001000', 'hotline', 'HotLine', '*1', '-1', '4008001000\nx', `1$(touch ${MARK})`]
  test.each(odd)('%j is a caller of the hotline', async dialled => {
    const number = dialled.replace(/\p{Cc}/gu, '')
    const from = '13900000008'
    shown.add(from).add(number)
    const caller = await callAs(wire('', from), dialled)
    await caller.heard.speech({ withinMs: 30_000 })
    await caller.hangUp()
    await world.quiet(60_000)
    const call = await lastCall()
    expect(call).toMatchObject({ flow: 'hotline', outcome: 'abandoned-in-flow' })
    await expectFiled(call.id, { number: from, name: '', called: number })
  })

  test.each(['$(id)', '王', ';', '\n', ' '])(
    '%j is told that there is no such number, and is no call',
    async dialled => {
      const before = await calls()
      await expect(callAs(wire('', '13900000009'), dialled)).rejects.toThrow('404')
      expect(await calls()).toBe(before)
    },
  )
})

test('a name with a line break of its own is no SIP to Asterisk, and no call; who comes next is served', async () => {
  const before = await calls()
  const folding = await Forger.open(TRUNK, { host: '127.0.0.1', port: world.config.ports.sip })
  folding.from = Buffer.from(`"Li\r\n Qiang" <sip:13900000010@${host}>`)
  const phone = await world.phone({ user: 'forged', host: TRUNK, server: folding.address })
  const dropped = phone.invite(NUMBER)
  await folding.passed
  const caller = await callAs(wire('', '13900000011'))
  await caller.heard.speech({ withinMs: 30_000 })
  await caller.hangUp()
  await world.quiet(60_000)
  expect(await lastCall()).toMatchObject({ caller: '13900000011' })
  expect(await calls()).toBe(before + 1)
  folding.close()
  await phone.close()
  await expect(dropped.answered).rejects.toThrow()
})

describe('who is not an agent', () => {
  test('cannot register: an id that nobody has, and a wrong password', async () => {
    const { sip_password: password } = await world.knex('agents').where({ id: '8002' }).first()
    for (const [user, secret] of [
      ['8999', password],
      ['8002', 'wrong'],
      ['8002', ''],
      ['$(id)', password],
    ]) {
      const phone = await world.phone({ user, password: secret })
      await expect(phone.register(), user).rejects.toThrow(/: (401|403|404) /)
    }
    const endpoints = await world.ari<{ resource: string; state: string }[]>('endpoints')
    expect(endpoints.find(({ resource }) => resource === '8002')?.state).toBe('offline')
  })

  test('is only a caller, even with an agent’s id as number, asserted by the trunk, and with an agent’s code', async () => {
    const before = structuredClone(world.agents.get('8001'))
    for (const from of [wire('8001', '8001'), wire('', '8002')]) {
      const headers: [string, string][] = [['P-Asserted-Identity', '"8001" <sip:8001@127.0.0.1>']]
      const caller = await callAs(from, '*2', headers)
      await caller.heard.speech({ withinMs: 30_000 })
      await caller.hangUp()
      await world.quiet(60_000)
      const call = await lastCall()
      expect(call).toMatchObject({ caller: '8001', called: '*2', outcome: 'abandoned-in-flow', agent_id: null })
    }
    expect(world.agents.get('8001')).toEqual(before)
    expect(world.agents.get('8002')?.state ?? 'signed-out').toBe('signed-out')
  })
})

// These look back upon all that was sent above.

test('nothing that a caller sent was executed', () => {
  expect(shown.size).toBeGreaterThan(15)
  expect(existsSync(MARK)).toBe(false)
})

test('the log holds no number whole', () => {
  const lines = world.logged.map(line => JSON.stringify(line))
  expect(lines.length).toBeGreaterThan(0)
  // A word of a few letters, such as 8001 or *2, is no caller's number, and may well stand in an agent's line.
  const words = ['hotline', 'HotLine', 'anonymous']
  for (const number of [...shown].filter(number => number.length > 4 && !words.includes(number)))
    expect(lines.filter(line => line.includes(JSON.stringify(number).slice(1, -1)))).toEqual([])
})

test('all of them together can be read: the views, the lists and the reports', async () => {
  const total = await calls()
  expect(await world.knex('cdr').select('*')).toHaveLength(total)
  const enqueued = await world.knex('queue_log').where({ event: 'ENTERQUEUE' })
  expect(enqueued.length).toBeGreaterThanOrEqual(CASES.length)
  const { calls: listed } = await api<{ calls: object[] }>('calls?limit=500')
  expect(listed).toHaveLength(total)
  expect(await api('ledger')).toMatchObject({ balances: true })
  expect(await world.leftInAsterisk()).toEqual([])
})

// ── Helpers ──

async function callAs(from: Buffer, dialled = NUMBER, headers: [string, string][] = []): Promise<Dialog> {
  forger.from = from
  const tone = { hz: VOICES.caller }
  const phone = await world.phone({ user: 'forged', host: TRUNK, server: forger.address, tone })
  return phone.invite(dialled, { headers }).answered
}

const lastCall = () => world.knex('calls').orderBy('arrived_at', 'desc').first()
const calls = async (): Promise<number> => Number((await world.knex('calls').count('* as n').first())!.n)

/** The record, both views and the API say the same, and nothing of it is a control character. */
async function expectFiled(id: string, sent: { number: string; name: string; called: string }): Promise<void> {
  const { number, name, called } = sent
  expect(await world.knex('calls').where({ id }).first()).toMatchObject({ caller: number, caller_name: name, called })
  const cdr = await world.knex('cdr').where({ uniqueid: id })
  expect(cdr).toMatchObject([{ src: number, dst: called, clid: `"${name.replaceAll('"', '')}" <${number}>` }])
  const joined = await world.knex('queue_log').where({ callid: id, event: 'ENTERQUEUE' })
  for (const line of joined) expect(line.data2).toBe(number)
  const { call } = await api<{ call: { caller: string; callerName: string; called: string } }>(`calls/${id}`)
  expect(call).toMatchObject({ caller: number, callerName: name, called })
  if (number) {
    const { calls } = await api<{ calls: { id: string }[] }>(`calls?caller=${encodeURIComponent(number)}`)
    expect(calls.map(call => call.id)).toContain(id)
  }
}

/** Rejects where the answer is no valid JSON in valid UTF-8. */
async function api<T>(path: string): Promise<T> {
  const { ports } = world.config
  const headers = { 'x-api-key': world.surroundings.apiKey }
  const answer = await fetch(`http://127.0.0.1:${ports.http}/api/${path}`, { headers })
  const text = new TextDecoder('utf8', { fatal: true }).decode(await answer.arrayBuffer())
  expect(answer.status, text).toBe(200)
  return JSON.parse(text) as T
}
