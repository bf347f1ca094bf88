import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { settled } from './settled.ts'
import { bothHear, WARN, World } from './world.ts'

/** The lifeboat rings an agent, and a caller of ours would like to have them: the phone has no call waiting. */

let world: World
let phone: Softphone
let ring: IncomingCall | undefined
let refused = 0

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
  phone = await world.signedIn('8001')
  phone.on('invite', incoming => {
    if (ring?.open) {
      refused += 1
      return incoming.reject(486)
    }
    ring = incoming
    incoming.ring()
  })
})
afterAll(() => world?.close())
beforeEach(async () => {
  refused = 0
  await world.dial(phone, '*3')
  await world.agentIs('8001', 'ready', 30_000)
})
afterEach(() => settled(world))

const phoneRings = (): Promise<void> => vi.waitFor(() => expect(ring?.open).toBe(true), { timeout: 40_000 })

async function inLine(from: string): Promise<Dialog> {
  const caller = await world.callIn(from)
  await caller.press('1')
  await world.until(`${from} is in line`, () => world.callOf(from)?.phase === 'queued')
  expect(world.callOf(from)!.inLifeboat).toBe(false)
  return caller
}

/** The agent answers whatever rings, until each of these callers has been talked to. */
async function talksToAll(callers: readonly Dialog[]): Promise<void> {
  for (const _ of callers) {
    await phoneRings()
    const agent = await ring!.answer()
    await Promise.any(callers.map(caller => bothHear(caller, agent)))
    await agent.hangUp()
  }
  await world.hangUpAll() // who has talked to us is being asked how it was
}

const pausesOf8001 = () => world.knex('agent_states').where({ agent_id: '8001', state: 'paused' })

async function expectNobodyIsToBlame(...callers: string[]): Promise<void> {
  await world.quiet()
  for (const from of callers)
    expect(await world.recordOf(from)).toMatchObject({ outcome: 'answered', agent_id: '8001' })
  expect(refused).toBe(0)
}

test('the database returns meanwhile: the lifeboat’s caller is talked to, and then ours', async () => {
  const pauses = await pausesOf8001()
  world.killPostgres()
  const first = await world.callIn('13900000001')
  await phoneRings()
  const back = world.countLogged({ level: WARN - 10, msg: 'the database is back' })
  await world.startPostgres()
  await world.until('the database is back', () => back() > 0)
  const second = await inLine('13900000002')
  await talksToAll([first, second])
  await expectNobodyIsToBlame('13900000001', '13900000002')
  expect(await pausesOf8001()).toEqual(pauses)
})

test('the service returns meanwhile: the lifeboat’s caller is talked to, and then ours', async () => {
  const pauses = await pausesOf8001()
  await world.killService()
  const first = await world.callIn('13900000003')
  await phoneRings()
  await world.startService()
  const second = await inLine('13900000004')
  await talksToAll([first, second])
  await expectNobodyIsToBlame('13900000003', '13900000004')
  expect(await pausesOf8001()).toEqual(pauses)
})
