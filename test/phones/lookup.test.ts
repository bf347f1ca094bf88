import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { publish } from '../../src/database/flows.ts'
import { setSystem } from '../../src/database/systems.ts'
import { type Flow, HOTLINE, type MenuNode } from '../../src/ivr/flow.ts'
import { WARN, World } from './world.ts'

/** A flow asks a customer system what a caller owes, and reads it to them. */

const menu = HOTLINE.nodes.menu as MenuNode
const flow: Flow = {
  ...HOTLINE,
  nodes: {
    ...HOTLINE.nodes,
    menu: { ...menu, keys: { ...menu.keys, 3: 'ask' } },
    ask: {
      ...{ type: 'lookup', system: 'billing', method: 'GET', path: '/balance', send: { number: 'caller' } },
      ...{
        take: { balance: 'answer.balance' },
        prompts: [],
        timeoutMs: 10_000,
        next: 'tell',
        otherwise: 'to-operator',
      },
    },
    tell: { type: 'say', as: 'money', value: 'balance', before: [], after: [], next: 'end', otherwise: 'to-operator' },
    end: { type: 'hangup' },
  },
}

let world: World
/** What was asked, and is to be answered. */
const asked: { url: string; answer: ServerResponse }[] = []
const billing = createServer(({ url = '' }, answer) => void asked.push({ url, answer }))

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  await new Promise<void>(listening => billing.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(billing.address() as AddressInfo).port}`
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await setSystem(world.knex, { id: 'billing', url, headers: {} })
  await publish(world.knex, flow)
  await world.until('the service has learned it', () => published() === 1)
})
afterEach(() => asked.splice(0))
afterAll(async () => {
  billing.closeAllConnections()
  billing.close()
  await world?.close()
})

async function asks(from: string, times = 1) {
  const caller = await world.callIn(from)
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.press('3')
  await vi.waitFor(() => expect(asked).toHaveLength(times), 10_000)
  return caller
}
const says = (balance: number): void => void asked.at(-1)!.answer.end(JSON.stringify({ balance, owner: 'Wang' }))
const toldOf = async (from: string): Promise<{ prompts: string[] }[]> => {
  const { id } = await world.recordOf(from)
  return world.knex('facts').where({ call_id: id, kind: 'Prompted' }).orderBy('seq').pluck('body')
}

test('it is asked with the caller’s number, and its answer is read to them; the rest of it is kept nowhere', async () => {
  const caller = await asks('13800008001')
  expect(asked[0]!.url).toBe('/balance?number=13800008001')
  says(12.5)
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  expect((await toldOf('13800008001')).at(-1)).toMatchObject({
    prompts: ['number/12', 'money/yuan', 'number/5', 'money/jiao'],
  })
  expect(await world.recordOf('13800008001')).toMatchObject({ outcome: 'self-served', recording_faults: [] })
  const { count } = (await world.knex('facts').whereRaw("body::text like '%Wang%'").count().first())!
  expect(count).toBe(0)
})

test('who waits longer for it hears music, also across a death of the service, and then the answer at once', async () => {
  const caller = await asks('13800008004')
  await caller.heard.speech({ forMs: 3_000, withinMs: 10_000 })
  await world.killService()
  await world.startService()
  await vi.waitFor(() => expect(asked).toHaveLength(2), 10_000)
  await caller.heard.speech({ forMs: 2_000, withinMs: 10_000 })
  const answeredAt = Date.now()
  says(12.5)
  await caller.ended
  expect(Date.now() - answeredAt).toBeLessThan(10_000)
  await world.quiet()
  expect(await world.recordOf('13800008004')).toMatchObject({ outcome: 'self-served', recording_faults: [] })
  const { id } = await world.recordOf('13800008004')
  expect(await world.knex('facts').where({ call_id: id, kind: 'MusicBegun' })).toHaveLength(1)
})

test('where the service dies while it is being asked, it is asked again, and the caller hears the answer', async () => {
  const caller = await asks('13800008002')
  await vi.waitFor(async () => {
    const { id, seq } = world.callOf('13800008002')!
    expect(await world.knex('calls').where({ id }).first('seq')).toEqual({ seq })
  })
  await world.killService()
  await world.startService()
  await vi.waitFor(() => expect(asked).toHaveLength(2), 10_000)
  says(2_050.25)
  await caller.heard.speech({ withinMs: 5_000 })
  await caller.ended
  await world.quiet()
  expect(await world.recordOf('13800008002')).toMatchObject({ outcome: 'self-served', recording_faults: [] })
})

test('where it fails, the caller goes on elsewhere', async () => {
  const caller = await asks('13800008003')
  asked.at(-1)!.answer.writeHead(503).end()
  await vi.waitFor(() => expect(asked).toHaveLength(2), 10_000)
  asked.at(-1)!.answer.writeHead(503).end()
  await world.until(
    'the caller is told where they go',
    () => world.callOf('13800008003')?.place?.node === 'to-operator',
  )
  await caller.hangUp()
  await world.quiet()
})
