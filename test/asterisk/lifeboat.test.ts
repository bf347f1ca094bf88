import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Agent, AgentState } from '../../src/agent/agent.ts'
import { type Ami, AmiFailed, type Fields } from '../../src/asterisk/ami.ts'
import { createLifeboat, type Lifeboat } from '../../src/asterisk/lifeboat.ts'
import type { Log } from '../../src/log.ts'
import type { Queue } from '../../src/queue/queue.ts'

/** Asterisk's queues, and the actions that it was asked for. */
class Queues implements Ami {
  isUp = true
  readonly members = new Map<string, Fields>()
  readonly asked: string[] = []
  refusing = false
  readonly #names: string[]

  constructor(...names: string[]) {
    this.#names = names
  }

  async action({ action, queue, interface: phone, membername, paused }: Fields): Promise<Fields> {
    await pause(1)
    if (!this.isUp) throw new AmiFailed('away', 'gone')
    const words = [action, queue, phone?.slice('PJSIP/'.length), paused === 'true' ? 'paused' : '']
    this.asked.push(words.join(' ').trim())
    const key = `${queue} ${phone}`
    if (this.refusing || (action === 'QueueAdd') === this.members.has(key)) throw new AmiFailed('refused', 'no')
    if (action === 'QueueRemove') this.members.delete(key)
    else this.enter(queue!, phone!, paused === 'true', 'dynamic', membername)
    return { response: 'Success' }
  }

  async list(): Promise<Fields[]> {
    await pause(1)
    return [...this.#names.map(queue => ({ event: 'QueueParams', queue })), ...this.members.values()]
  }

  enter(queue: string, location: string, isPaused = false, membership = 'dynamic', named?: string): void {
    const name = named ?? this.members.get(`${queue} ${location}`)?.name ?? location.replace('PJSIP/', '')
    const paused = isPaused ? '1' : '0'
    this.members.set(`${queue} ${location}`, { event: 'QueueMember', queue, name, location, paused, membership })
  }

  /** As whom each phone is in the queue for all. */
  names(): string[] {
    const all = [...this.members.values()].filter(({ queue }) => queue === 'lifeboat')
    return all.map(({ name, location }) => `${name} at ${location}`).sort()
  }

  /** `queue agent`, with a star where paused. */
  seen(): string[] {
    const words = ({ queue, location, paused }: Fields) => `${queue} ${location}${paused === '1' ? '*' : ''}`
    return [...this.members.values()].map(words).sort()
  }

  async close(): Promise<void> {}
}

const QUEUES = [
  { id: 'sales', skills: { sales: 3 } },
  { id: 'support', skills: { support: 1 } },
] as unknown as Queue[]
const BOATS = ['lifeboat', 'lifeboat-sales', 'lifeboat-support']

const agent = (id: string, state: AgentState, skills: Record<string, number> = {}): Agent =>
  ({ id, state, skills }) as Agent

let asterisk: Queues
let agents: Map<string, Agent>
let lifeboat: Lifeboat
const warn = vi.fn()

beforeEach(() => {
  asterisk = new Queues(...BOATS)
  agents = new Map()
  warn.mockClear()
})

afterEach(() => lifeboat.close())

async function compared(): Promise<void> {
  lifeboat = createLifeboat({
    ami: asterisk,
    agents: () => agents.values(),
    queues: () => QUEUES,
    log: { warn } as unknown as Log,
  })
  lifeboat.compare()
  await lifeboat.settled()
  asterisk.asked.length = 0
}

const has = (...all: Agent[]): void => {
  for (const one of all) agents.set(one.id, one)
}

async function becomes(id: string, ...states: AgentState[]): Promise<void> {
  for (const state of states) {
    const before = agents.get(id)!
    const after = { ...before, state }
    agents.set(id, after)
    lifeboat.watch(before, after)
  }
  await lifeboat.settled()
}

/** All at once, in this order. */
async function changes(...all: [string, Partial<Agent>][]): Promise<void> {
  const turned = all.map(([id, set]) => ({ before: agents.get(id)!, after: { ...agents.get(id)!, ...set } }))
  for (const { after } of turned) agents.set(after.id, after)
  for (const { before, after } of turned) lifeboat.watch(before, after)
  await lifeboat.settled()
}

test('whoever is signed in is aboard, in the queues that their skills are good enough for', async () => {
  has(
    agent('8001', 'ready', { sales: 3, support: 1 }),
    agent('8002', 'ready', { sales: 2 }),
    agent('8003', 'signed-out'),
  )
  await compared()
  expect(asterisk.seen()).toEqual([
    'lifeboat PJSIP/8001',
    'lifeboat PJSIP/8002',
    'lifeboat-sales PJSIP/8001',
    'lifeboat-support PJSIP/8001',
  ])
})

test('what was left behind is mended: gone, paused, unpaused, added; and what is right is left alone', async () => {
  for (const boat of BOATS) asterisk.enter(boat, 'PJSIP/8001')
  asterisk.enter('lifeboat', 'PJSIP/8002')
  asterisk.enter('lifeboat', 'PJSIP/8003', true)
  asterisk.enter('lifeboat', 'PJSIP/8004')
  asterisk.enter('lifeboat-sales', 'PJSIP/8005')
  asterisk.enter('lifeboat', 'Local/1@night', false, 'static')
  asterisk.enter('night', 'PJSIP/8002')
  has(agent('8001', 'talking', { sales: 5, support: 5 }), agent('8002', 'paused'), agent('8003', 'ready'))
  has(agent('8004', 'signed-out'), agent('8005', 'wrapping-up'))
  await compared()
  expect(asterisk.seen()).toEqual([
    'lifeboat Local/1@night',
    'lifeboat PJSIP/8001',
    'lifeboat PJSIP/8002*',
    'lifeboat PJSIP/8003',
    'lifeboat PJSIP/8005',
    'lifeboat-sales PJSIP/8001',
    'lifeboat-support PJSIP/8001',
    'night PJSIP/8002',
  ])
})

test('a call costs nothing here', async () => {
  has(agent('8001', 'ready', { sales: 5 }))
  await compared()
  await becomes('8001', 'ringing', 'talking', 'wrapping-up', 'ready')
  expect(asterisk.asked).toEqual([])
})

test('sign in, pause, come back, sign out', async () => {
  has(agent('8001', 'signed-out', { sales: 5 }))
  await compared()
  await becomes('8001', 'ready')
  await becomes('8001', 'paused')
  await becomes('8001', 'ready')
  await becomes('8001', 'signed-out')
  const both = (action: string, word = '') => ['lifeboat', 'lifeboat-sales'].map(q => `${action} ${q} 8001${word}`)
  expect(asterisk.asked).toEqual([
    ...both('QueueAdd'),
    ...both('QueuePause', ' paused'),
    ...both('QueuePause'),
    ...both('QueueRemove'),
  ])
  expect(asterisk.seen()).toEqual([])
})

test('of changes in quick succession the last is what counts', async () => {
  has(agent('8001', 'ready'))
  await compared()
  await becomes('8001', 'paused', 'ready', 'paused', 'signed-out', 'ready', 'paused')
  expect(asterisk.asked.length).toBeLessThan(4)
  expect(asterisk.seen()).toEqual(['lifeboat PJSIP/8001*'])
})

test('who sits at a phone is rung there under their own name, moves and leaves with it, and gives way to who takes the seat', async () => {
  has(agent('8001', 'signed-out', { sales: 5 }), agent('8002', 'signed-out'))
  await compared()
  await changes(['8001', { state: 'ready', phone: '2001' }])
  expect(asterisk.names()).toEqual(['8001 at PJSIP/2001'])
  await changes(['8001', { phone: '2002' }])
  expect(asterisk.names()).toEqual(['8001 at PJSIP/2002'])
  await changes(['8001', { state: 'signed-out', phone: null }], ['8002', { state: 'ready', phone: '2002' }])
  expect(asterisk.names()).toEqual(['8002 at PJSIP/2002'])
  expect(asterisk.seen()).toEqual(['lifeboat PJSIP/2002'])
  await changes(['8002', { phone: null }])
  expect(asterisk.names()).toEqual(['8002 at PJSIP/8002'])
  await changes(['8002', { state: 'signed-out' }])
  expect(asterisk.seen()).toEqual([])
})

test('a phone that is still aboard as somebody else is so no more, and one of before is known by its agent', async () => {
  asterisk.enter('lifeboat', 'PJSIP/2001', false, 'dynamic', '8002')
  asterisk.enter('lifeboat', 'PJSIP/8001', true, 'dynamic', '8001')
  has({ ...agent('8001', 'ready'), phone: '2001' }, agent('8002', 'paused'))
  await compared()
  expect(asterisk.names()).toEqual(['8001 at PJSIP/2001', '8002 at PJSIP/8002'])
  expect(asterisk.seen()).toEqual(['lifeboat PJSIP/2001', 'lifeboat PJSIP/8002*'])
})

test('what Asterisk refuses is told in the log, and mended by comparing anew', async () => {
  has(agent('8001', 'signed-out'))
  await compared()
  asterisk.refusing = true
  await becomes('8001', 'ready')
  expect(warn).toHaveBeenCalledWith(expect.objectContaining({ error: 'no' }), 'the lifeboat is not like our agents')
  asterisk.refusing = false
  await vi.waitFor(() => expect(asterisk.seen()).toEqual(['lifeboat PJSIP/8001']), 3_000)
})

test('changes while there is no connection wait for the comparison that comes with the next', async () => {
  has(agent('8001', 'ready'), agent('8002', 'ready'))
  await compared()
  asterisk.isUp = false
  await becomes('8001', 'paused')
  await becomes('8002', 'signed-out')
  expect(warn).not.toHaveBeenCalled()
  asterisk.isUp = true
  lifeboat.compare()
  await lifeboat.settled()
  expect(asterisk.seen()).toEqual(['lifeboat PJSIP/8001*'])
})

test('a queue of ours that Asterisk has no lifeboat for is told of once, and hinders nobody', async () => {
  asterisk = new Queues('lifeboat', 'lifeboat-support')
  has(agent('8001', 'ready', { sales: 5, support: 5 }))
  await compared()
  lifeboat.compare()
  await lifeboat.settled()
  expect(asterisk.seen()).toEqual(['lifeboat PJSIP/8001', 'lifeboat-support PJSIP/8001'])
  expect(warn.mock.calls).toEqual([
    [{ missing: ['lifeboat-sales'], mend: expect.stringContaining('queue reload all') }, expect.any(String)],
  ])
})

test('a service that knows no agents yet throws nobody overboard', async () => {
  asterisk.enter('lifeboat', 'PJSIP/8001')
  await compared()
  expect(asterisk.seen()).toEqual(['lifeboat PJSIP/8001'])
})
