import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { NotHeard, PhoneMisused, SipFailure } from '../../src/softphone/failure.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { random } from '../random.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { NUMBER, World } from './world.ts'

/** `kill -9` at any moment, whatever is on its way to the database or to Asterisk: nobody who was answered is lost. */

const KILLS = 8
const CALLERS_AT_ONCE = 5
const AGENTS = ['8001', '8002']

/**
 * What a kill itself does to a tape: a prompt that was remembered, and not yet asked for, is never said; and who hears nothing
 * while we are away, neither prompt nor music, is recorded some tenths of a second short each time.
 */
const OF_A_KILL = /^([01]\.\d s shorter than the call|nothing is heard of what the caller was told at .*)$/

const seed = Number(process.env.HOTLINE_SEED ?? Date.now() % 1e9)
const { between, chance, pick } = random(seed)

let world: World
let phones: Softphone[] = []

beforeAll(async () => {
  world = await World.open()
  await world.killService()
  const strategy = pick(['most-skilled', 'ring-all'])
  await world.knex('queues').update({ strategy, wrap_up_ms: 500, ring_ms: 4_000, announce_every_ms: 10_000 })
  await world.startService()
  phones = await Promise.all(AGENTS.map(id => world.signedIn(id)))
  for (const phone of phones) phone.on('invite', incoming => void rung(incoming).catch(unlessParting))
})
afterAll(() => world?.close())

test(`killed ${KILLS} times at any moment, with calls in every phase, it loses none of them (seed ${seed})`, async () => {
  const answered: string[] = []
  let isOver = false
  const lines = Array.from({ length: CALLERS_AT_ONCE }, async (_, line) => {
    for (let n = 0; !isOver; n += 1) {
      const from = `1390000${line}${String(n).padStart(3, '0')}`
      if (await phoneIn(from)) answered.push(from)
    }
  })
  for (let n = 0; n < KILLS; n += 1) {
    await pause(between(200, 8_000))
    console.log(`killed while ${[...world.calls.values()].map(call => call.phase).join(', ')}`)
    await world.killService()
    await pause(chance(0.5) ? 0 : between(0, 5_000))
    await world.startService()
    for (const phone of phones) await comeBack(phone)
  }
  isOver = true
  await Promise.all(lines)

  await settled(world)
  const calls: { caller: string; outcome: string }[] = await world.knex('calls').select('caller', 'outcome')
  expect(calls.map(({ caller }) => caller).sort()).toEqual(expect.arrayContaining(answered.sort()))
  expect(new Set(calls.map(({ caller }) => caller)).size).toBe(calls.length)
  expect(calls.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(await world.knex('legs').whereNull('ended_at')).toEqual([])
  for (const id of AGENTS) {
    await world.until(`no call holds ${id}`, () => ['ready', 'paused'].includes(world.agents.get(id)!.state))
  }
  await expectWholeTapes(world.knex, OF_A_KILL)
}, 400_000)

/** True: somebody, or the lifeboat, has answered. They press what comes to their mind, and hang up when they like. */
async function phoneIn(from: string): Promise<boolean> {
  const phone = await world.caller(from)
  try {
    const dialog = await phone.invite(NUMBER).answered
    await Promise.race([dialog.ended, pressesAndLeaves(dialog).catch(unlessParting)])
    return true
  } finally {
    await phone.close()
  }
}

async function pressesAndLeaves(dialog: Dialog): Promise<void> {
  const leavesAt = Date.now() + between(500, 30_000)
  while (Date.now() < leavesAt) {
    await pause(between(500, 5_000))
    if (dialog.over) return
    await dialog.press(pick(['1', '1', '2', '5']))
  }
  await dialog.hangUp()
}

async function rung(incoming: IncomingCall): Promise<void> {
  await pause(between(0, 300))
  incoming.ring()
  await pause(between(0, 1_500))
  if (chance(0.15)) return incoming.reject(486)
  const dialog = await incoming.answer()
  await pause(between(500, 8_000))
  if (!dialog.over && chance(0.7)) await dialog.hangUp()
}

/** Whoever missed a ring, because nobody was there to connect them perhaps, is there. */
async function comeBack(phone: Softphone): Promise<void> {
  if (world.agents.get(phone.user)!.state === 'paused') await world.dial(phone, '*3').catch(unlessParting)
}

/** Someone hung up, gave up or was rejected a moment before. */
function unlessParting(thrown: unknown): void {
  if (![SipFailure, NotHeard, PhoneMisused].some(kind => thrown instanceof kind)) throw thrown
}
