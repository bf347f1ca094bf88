import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Ami, type AmiOptions, type Fields, openAmi, PATIENCE } from '../../src/asterisk/ami.ts'
import type { Log } from '../../src/log.ts'
import { FakeManager } from './fakeManager.ts'

let asterisk: FakeManager
let ami: Ami | undefined
let told: { level: string; text: string }[]
let events: Fields[]
let ups: number
const console_ = vi.spyOn(console, 'log')

beforeEach(async () => {
  asterisk = await FakeManager.open()
  told = []
  events = []
  ups = 0
})

afterEach(async () => {
  await ami?.close()
  ami = undefined
  await asterisk.close()
  expect(console_).not.toHaveBeenCalled()
})

const log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map(level => [level, (_: object, text: string) => told.push({ level, text })]),
) as unknown as Log

const HASTE = { loginMs: 100, answerMs: 100, pingEveryMs: 100 }

function connect(options: Partial<AmiOptions> = {}): Promise<Ami> {
  const port = options.port ?? asterisk.port
  return new Promise(up => {
    const onUp = () => {
      ups += 1
      up(opened)
    }
    const onEvent = (event: Fields) => events.push(event)
    const opened = openAmi({
      host: '127.0.0.1',
      port,
      user: 'hotline',
      secret: 'secret',
      log,
      onUp,
      onEvent,
      ...options,
    })
    ami = opened
  })
}

const levels = (level: string): string[] => told.filter(one => one.level === level).map(one => one.text)

test('an action is answered by its own answer, whatever the order', async () => {
  const ami = await connect()
  const [pong, queues] = await Promise.all([ami.action({ action: 'Ping' }), ami.action({ action: 'Other' })])
  expect(pong.response).toBe('Success')
  expect(pong.actionid).not.toBe(queues.actionid)
})

test('a list is gathered to its end, and only the entries asked for', async () => {
  const ami = await connect()
  expect((await ami.list({ action: 'List' }, 'Entry')).map(entry => entry.name)).toEqual(['8001', '8002'])
})

test('a refusal says why, in the words of Asterisk', async () => {
  const ami = await connect()
  await expect(ami.action({ action: 'Refuse' })).rejects.toMatchObject({ id: 'refused', message: 'No such queue' })
})

test('an answer that does not come is not waited for, and its coming later disturbs nobody', async () => {
  const ami = await connect()
  await expect(ami.action({ action: 'Forget' }, { withinMs: 30 })).rejects.toMatchObject({ id: 'late' })
  asterisk.say({ Response: 'Success', ActionID: asterisk.actions.at(-1)!.actionid! })
  await expect(ami.action({ action: 'Ping' })).resolves.toMatchObject({ response: 'Success' })
})

test.each([
  ['a value with a line break', { action: 'Ping', queue: 'x\r\n\r\nAction: Originate' }],
  ['a value with a lone line feed', { action: 'Ping', queue: 'x\nAction: Originate' }],
  ['a value with NUL', { action: 'Ping', queue: 'x\0' }],
  ['a name with a line break', { action: 'Ping', 'x: y\r\nqueue': '1' }],
  ['a name with a colon', { action: 'Ping', 'x: y': '1' }],
  ['an action id', { action: 'Ping', ActionID: '1' }],
])('%s never reaches Asterisk', async (_, fields) => {
  const ami = await connect()
  const before = asterisk.actions.length
  await expect(ami.action(fields)).rejects.toMatchObject({ id: 'bad-input' })
  await ami.action({ action: 'Ping' })
  expect(asterisk.names().slice(before)).toEqual(['Ping'])
})

test('a secret with a line break is refused before anything is sent', () => {
  const options = { host: '127.0.0.1', port: asterisk.port, user: 'hotline', secret: 'a\r\nAction: x', log }
  expect(() => openAmi(options)).toThrow('line breaks')
})

test('a refused login is told once as an error, and tried again until it is taken', async () => {
  asterisk.secret = 'another'
  const up = connect()
  await vi.waitFor(() => expect(asterisk.names().length).toBeGreaterThan(1), 3_000)
  expect(levels('error')).toEqual(["Asterisk's manager refuses our login: see manager.conf"])
  asterisk.secret = 'secret'
  await expect((await up).action({ action: 'Ping' })).resolves.toBeDefined()
}, 10_000)

test('a cut connection fails what is under way, and half a message does not spoil the next connection', async () => {
  const ami = await connect()
  const underWay = ami.action({ action: 'Forget' })
  asterisk.mumble('Event: Half\r\nName: of the old')
  await pause(20)
  asterisk.cut()
  await expect(underWay).rejects.toMatchObject({ id: 'away' })
  expect(ami.isUp).toBe(false)
  await expect(ami.action({ action: 'Ping' })).rejects.toMatchObject({ id: 'away' })
  await vi.waitFor(() => expect(ami.isUp).toBe(true), 3_000)
  asterisk.say({ Event: 'Whole', Name: 'of the new' })
  await vi.waitFor(() => expect(events).toEqual([{ event: 'Whole', name: 'of the new' }]))
  expect(ups).toBe(2)
})

test('nobody there: told once, and tried until somebody is', async () => {
  const { port } = asterisk
  await asterisk.close()
  const up = connect({ port })
  await pause(600)
  expect(levels('warn')).toEqual(["no connection to Asterisk's manager; trying again"])
  asterisk = await FakeManager.open(port)
  await expect((await up).action({ action: 'Ping' })).resolves.toBeDefined()
}, 10_000)

test('a link that fell silent is noticed, within 15 s where nothing else is said, and left for another', async () => {
  expect(PATIENCE.pingEveryMs + PATIENCE.answerMs).toBeLessThan(15_000)
  const ami = await connect({ patience: HASTE })
  asterisk.silent = true
  await vi.waitFor(() => expect(ami.isUp).toBe(false), 1_000)
  asterisk.silent = false
  await vi.waitFor(() => expect(ami.isUp).toBe(true), 2_000)
  // The silent connection is really gone, although the other end never agreed to it.
  expect(asterisk.connections).toBe(1)
})

test('who takes the connection and then says nothing is not waited for', async () => {
  asterisk.silent = true
  const up = connect({ patience: HASTE })
  await vi.waitFor(() => expect(levels('warn')).toHaveLength(1), 1_000)
  asterisk.silent = false
  await up
})

test('a listener that throws is told of in the log, and hinders nothing', async () => {
  const ami = await connect({
    onEvent: () => {
      throw new Error('no idea')
    },
  })
  asterisk.say({ Event: 'Unknown' })
  await vi.waitFor(() => expect(levels('error')).toEqual(['an event could not be handled']))
  await expect(ami.action({ action: 'Ping' })).resolves.toBeDefined()
})

test('closing ends it at once, also while there is nobody to talk to', async () => {
  const { port } = asterisk
  await asterisk.close()
  const lonely = openAmi({ host: '127.0.0.1', port, user: 'hotline', secret: 'secret', log })
  await pause(50)
  const began = performance.now()
  await lonely.close()
  expect(performance.now() - began).toBeLessThan(200)
  asterisk = await FakeManager.open(port)
  await pause(700)
  expect(asterisk.connections).toBe(0)
})
