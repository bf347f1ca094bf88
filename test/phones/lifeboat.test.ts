import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Agent, AgentState } from '../../src/agent/agent.ts'
import { pushAccounts } from '../../src/asterisk/accounts.ts'
import { type Ami, openAmi } from '../../src/asterisk/ami.ts'
import { Ari } from '../../src/asterisk/ari.ts'
import type { AriEvent } from '../../src/asterisk/events.ts'
import { createLifeboat, type Lifeboat } from '../../src/asterisk/lifeboat.ts'
import { readQueueLog } from '../../src/asterisk/queueLog.ts'
import type { Call } from '../../src/call/call.ts'
import { type AsteriskOptions, type RunningAsterisk, startAsterisk } from '../../src/embedded/asterisk.ts'
import { openLog } from '../../src/log.ts'
import type { Queue } from '../../src/queue/queue.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { Softphone, type SoftphoneOptions } from '../../src/softphone/softphone.ts'
import { LifeboatStory } from '../../src/switchboard/lifeboatStory.ts'
import { asteriskOptions, cacheFolder } from '../embedded/ground.ts'
import { BASE } from '../ports.ts'
import { PaperBoard } from '../switchboard/paperBoard.ts'
import { keptOnDisk } from './astdb.ts'

/** The lifeboat by itself: an Asterisk whose service has been there, mirrored its agents, and is gone. */

const log = openLog('silent')
const HOST = '127.0.0.1'
const QUEUES = [
  { id: 'sales', skills: { sales: 1 } },
  { id: 'support', skills: { support: 1 } },
  { id: 'operator', skills: { operator: 9 } },
] as unknown as Queue[]

let options: AsteriskOptions
let asterisk: RunningAsterisk
let ami: Ami
let lifeboat: Lifeboat
let rings: string[] = []
const agents = new Map<string, Agent>()
const phones: Softphone[] = []
let talks: Dialog[] = []

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotline-lifeboat-'))
  const ports = { sip: BASE + 60, tls: BASE + 61, http: BASE + 88, ami: BASE + 38 }
  const sound = { rtpStart: BASE + 100, rtpEnd: BASE + 199 }
  options = await asteriskOptions({ folder: join(folder, 'asterisk'), bind: HOST, ports: { ...ports, ...sound } })
  asterisk = await startAsterisk(options)
  await giveAccounts('8001', '8002', '8003')
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map(phone => phone.close()))
  rings = []
  talks = []
})

afterAll(async () => {
  await asterisk?.stop()
  await rm(join(options.folder, '..'), { recursive: true, force: true })
})

const PASSWORD = 'a password'

/** The service mirrors its agents into the lifeboat. */
async function serviceIsHere(states: Record<string, [AgentState, ...string[]]>) {
  agents.clear()
  for (const [id, [state, ...skills]] of Object.entries(states)) {
    agents.set(id, { id, state, skills: Object.fromEntries(skills.map(skill => [skill, 5])) } as unknown as Agent)
  }
  let ups = 0
  const onUp = (): void => {
    ups += 1
    lifeboat.compare()
  }
  ami = connect(onUp)
  lifeboat = createLifeboat({ ami, agents: () => agents.values(), queues: () => QUEUES, log })
  await vi.waitFor(() => expect(ups).toBe(1), 3_000)
  await lifeboat.settled()
  return { up: () => ups }
}

/** … and then it is gone. */
async function serviceWasHere(states: Record<string, [AgentState, ...string[]]>): Promise<void> {
  await serviceIsHere(states)
  lifeboat.close()
  await ami.close()
}

const connect = (onUp: () => void): Ami =>
  openAmi({ host: HOST, port: options.ports.ami, user: 'hotline', secret: options.secrets.ami, log, onUp })

/** Who is aboard, with a star where paused, as somebody else sees it. */
async function members(): Promise<string[]> {
  let onUp = (): void => {}
  const up = new Promise<void>(done => {
    onUp = done
  })
  const other = connect(onUp)
  await up
  const seen = await other.list({ action: 'QueueStatus' }, 'QueueMember')
  await other.close()
  return seen.map(({ queue, name, paused }) => `${queue} ${name}${paused === '1' ? '*' : ''}`).sort()
}

/** A service that can do no more than to hand every caller over. */
async function handingOverTo(extension: string): Promise<() => void> {
  const { ari, stop } = await withAri(event => {
    if (event.type !== 'StasisStart') return
    const channelId = event.channel.id
    void ari.operations.channels.continueInDialplan!({ channelId, context: 'lifeboat', extension, priority: 1 })
  })
  await ari.vouch()
  return stop
}

async function withAri(onEvent: (event: AriEvent) => void) {
  let onUp = (): void => {}
  const up = new Promise<void>(done => {
    onUp = done
  })
  const { http: port } = options.ports
  const password = options.secrets.ari
  const nothing = () => {}
  const address = { host: HOST, port, user: 'hotline', password, log }
  const ari = new Ari({ ...address, onUp, onAlive: nothing, onDown: nothing, onEvent })
  ari.start()
  await up
  return { ari, stop: () => ari.stop() }
}

async function giveAccounts(...ids: string[]): Promise<void> {
  const { ari, stop } = await withAri(() => {})
  await pushAccounts(
    ari,
    ids.map(user => ({ user, password: PASSWORD, remote: false })),
    log,
  )
  stop()
}

async function open(settings: Omit<SoftphoneOptions, 'server'>): Promise<Softphone> {
  const phone = await Softphone.open({ server: { host: HOST, port: options.ports.sip }, ...settings })
  phones.push(phone)
  return phone
}

/** An agent's phone; `answers`: it rings, and answers after that many ms. */
async function agent(user: string, answers?: number): Promise<Softphone> {
  const phone = await open({ user, password: PASSWORD, tone: { hz: 880 } })
  await phone.register()
  phone.on('invite', async incoming => {
    rings.push(user)
    incoming.ring()
    if (answers === undefined) return
    await pause(answers)
    if (incoming.open) talks.push(await incoming.answer())
  })
  return phone
}

/** What queue_log tells from this moment on, as the calls that it becomes. */
async function listening(): Promise<() => Promise<Call[]>> {
  const before = (await queueLog()).length
  return async () => {
    const board = new PaperBoard()
    const told = readQueueLog((await queueLog()).slice(before))
    const story = new LifeboatStory({
      board,
      read: take => take(told),
      onRecord: async () => new Set(),
      remembered: async () => {},
      dialled: () => ({ flow: 'hotline', language: 'zh', release: 0 }),
      endOf: async () => undefined,
      log,
    })
    await story.catchUp()
    return board.calls
  }
}

const queueLog = async (): Promise<string[]> =>
  (await readFile(join(options.folder, 'log', 'queue_log'), 'utf8')).trimEnd().split('\n')

/** Resolves when the hang-up of so many calls is told; the last line may come a moment after the phone knows. */
async function ended(calls: () => Promise<Call[]>, count = 1): Promise<Call[]> {
  await vi.waitFor(
    async () => expect((await calls()).filter(call => call.phase === 'ended')).toHaveLength(count),
    5_000,
  )
  return calls()
}

test('who dials while the service is away hears so, is put through to a ready agent, is recorded, and is told of', async () => {
  await serviceWasHere({ '8001': ['ready', 'sales'], '8002': ['paused', 'sales'], '8003': ['signed-out', 'sales'] })
  for (const id of ['8001', '8002', '8003']) await agent(id, 300)
  const calls = await listening()
  const caller = await open({ user: '13800138000', displayName: '王|芳, "$(id)"', tone: { hz: 440 } })
  const dialog = await caller.invite('4008001000').answered
  await dialog.heard.speech({ withinMs: 3_000 })
  await dialog.heard.tone(880, { withinMs: 20_000 })
  await talks[0]!.heard.tone(440, { withinMs: 3_000 })
  expect(rings).toEqual(['8001'])
  await pause(1_000)
  await talks[0]!.hangUp()
  await dialog.ended

  const [call] = await ended(calls)
  expect(call).toMatchObject({ from: '13800138000', to: '4008001000', name: '', queue: 'lifeboat' })
  expect(call).toMatchObject({ outcome: 'answered', endedBy: 'agent', cause: 16, leg: { agent: '8001' } })
  const tape = await stat(join(options.recordingsFolder, 'live', `${call!.id}.raw`))
  const seconds = (call!.endedAt! - call!.answeredAt!) / 1_000
  expect(Math.abs(tape.size / 32_000 - seconds)).toBeLessThan(0.5)
})

test('where nobody is ready, the caller is told so at once, and the call was closed', async () => {
  await serviceWasHere({ '8001': ['signed-out', 'sales'], '8002': ['paused', 'sales'] })
  await agent('8002', 300)
  const calls = await listening()
  const caller = await open({ user: '13800138000' })
  const began = performance.now()
  await (await caller.invite('4008001000').answered).ended
  expect(performance.now() - began).toBeLessThan(25_000)
  expect(rings).toEqual([])
  expect(await ended(calls)).toMatchObject([{ outcome: 'closed', endedBy: 'hotline' }])
})

test('whoever the service hands over is served by those with the skill, and by anybody where there are none', async () => {
  await serviceWasHere({ '8001': ['ready', 'support'], '8003': ['ready', 'sales'] })
  for (const id of ['8001', '8003']) await agent(id, 100)
  const calls = await listening()
  for (const [queue, skilled] of [
    ['support', ['8001']],
    ['operator', ['8001', '8003']],
    ['unheard-of', ['8001', '8003']],
  ] as const) {
    rings = []
    const stop = await handingOverTo(queue)
    const dialog = await (await open({ user: '13800138000' })).invite('4008001000').answered
    await dialog.heard.tone(880, { withinMs: 20_000 })
    expect(skilled).toContain(rings[0])
    await dialog.hangUp()
    stop()
  }
  const queues = (await ended(calls, 3)).map(call => call.queue)
  expect(queues).toEqual(['support', 'operator', 'lifeboat'])
})

test('a queue may have a name of one letter, also that of Asterisk’s own word for a hang-up', async () => {
  await serviceWasHere({ '8001': ['signed-out'] })
  const calls = await listening()
  for (const queue of ['1', 'h']) {
    const stop = await handingOverTo(queue)
    const dialog = await (await open({ user: '13800138000' })).invite('4008001000').answered
    await dialog.heard.speech({ withinMs: 3_000 })
    await dialog.hangUp()
    stop()
  }
  expect(await ended(calls, 2)).toMatchObject([{ outcome: 'abandoned-in-queue' }, { outcome: 'abandoned-in-queue' }])
})

test('nothing that a caller is called can tell stories in queue_log', async () => {
  await serviceWasHere({ '8001': ['signed-out'] })
  const calls = await listening()
  const forged = '1795411764|hotline-1.1|hotline|NONE|HANGUP|1795411764448|16|'
  for (const user of [`1\n${forged}`, `1\r\n${forged}`, '1|2|3', '$(id)`id`', '"1,2";3', '张三', '9'.repeat(80)]) {
    const dialog = await (await open({ user })).invite('4008001000').answered
    await dialog.hangUp()
  }
  const all = await ended(calls, 7)
  expect((await queueLog()).filter(line => line.startsWith(forged.slice(0, 22)))).toEqual([])
  for (const { from } of all) expect(from).toMatch(/^[0-9A-Za-z+*#]*$/)
})

test('an Asterisk that starts anew still has its agents aboard, and the service comes back to it', async () => {
  const { up } = await serviceIsHere({ '8001': ['ready', 'sales'], '8002': ['paused'] })
  await keptOnDisk({ cacheFolder, folder: options.folder })
  asterisk.kill()
  await vi.waitFor(() => expect(ami.isUp).toBe(false), 3_000)
  asterisk = await startAsterisk(options)
  const aboard = await members()
  expect(aboard).toEqual(['lifeboat 8001', 'lifeboat 8002*', 'lifeboat-sales 8001'])
  await vi.waitFor(() => expect(up()).toBe(2), 8_000)
  await lifeboat.settled()
  expect(await members()).toEqual(aboard)
  await ami.close()
})
