import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sweepEvents } from '../../src/database/events.ts'
import { EVENT } from '../../src/http/eventAnswers.ts'
import { NOON } from '../call/given.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { random } from '../random.ts'
import { arrival, Eventful, rest } from './eventful.ts'
import { Listener } from './listener.ts'
import { KEY } from './testApi.ts'

const database = testDatabase()
let knex: Knex
let service: Eventful
/** Hears nothing. */
let quiet: Listener
beforeAll(async () => {
  knex = await database.fresh()
  await knex('agents').insert({ id: '8001', name: 'Fang', team: 'a', sip_password: 'secret' })
  service = await Eventful.over(knex)
  quiet = await listen('?agent=nobody')
})
afterAll(() => service.stop())

const listen = (query = '', lastId?: string) => Listener.open(service.port, { key: KEY, query, lastId })
const ids = (events: readonly { id: number }[]): number[] => events.map(({ id }) => id)
const allIds = (): Promise<number[]> => knex('events').orderBy('id').pluck('id')
let calls = 0
const arrives = (queue?: string) => service.memory.remember(arrival(`c-${++calls}`, queue))

describe('the stream of events', () => {
  it('tells what happens, as openapi.json says, to whoever listens', async () => {
    const listener = await listen()
    expect(listener.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' })
    await arrives('sales')
    await listener.hears(service.live.last)
    expect(listener.heard.map(({ type }) => type)).toEqual(['call.arrived', 'call.in-flow'])
    for (const event of listener.heard) expect(EVENT.safeParse(event)).toMatchObject({ success: true })
    listener.close()
  })

  it.each([
    ['?types=call.in-flow', ['call.in-flow']],
    ['?types=agent.*', ['agent.state']],
    ['?queue=sales', ['call.arrived', 'call.in-flow']],
    ['?queue=support', []],
    ['?agent=8001', ['agent.state']],
  ])('tells of what is asked for alone: %s', async (query, types) => {
    const listener = await listen(query)
    const all = await listen()
    await arrives('sales')
    await service.memory.remember(rest(calls))
    await all.hears(service.live.last)
    await vi.waitFor(() => expect(listener.heard.map(({ type }) => type)).toEqual(types))
    for (const one of [listener, all]) one.close()
  })

  it('hides numbers where asked to', async () => {
    const masked = await listen('?numbers=masked')
    await arrives()
    await masked.hears(service.live.last)
    expect(masked.heard[0]).toMatchObject({ call: { caller: '138****8000' } })
    masked.close()
  })

  it.each([
    ['?types=call.quued', 'types.0'],
    ['?after=x', 'after'],
    ['?tpyes=call.queued', 'tpyes'],
  ])('refuses %s', async (query, field) => {
    const answer = await fetch(`http://127.0.0.1:${service.port}/api/events${query}`, { headers: { 'x-api-key': KEY } })
    expect(await answer.json()).toMatchObject({ status: 400, field })
  })

  it('begins after what is asked for, and tells where that is there no more', async () => {
    const all = await allIds()
    const after = await listen(`?after=${all[2]}`)
    await after.hears(all.at(-1)!)
    expect(ids(after.heard)).toEqual(all.slice(3))
    await knex('events')
      .update({ at: new Date(0) })
      .where('id', '<=', all[1]!)
    await sweepEvents(knex, NOON)
    const late = await listen(`?after=${all[0]}`)
    await late.hears(all.at(-1)!)
    expect(late.heard[0]).toEqual({ id: all[1], version: 1, type: 'events.missed' })
    expect(ids(late.heard.slice(1))).toEqual(all.slice(2))
    for (const one of [after, late]) one.close()
  })

  it('says so to who has heard what we do not know, as after a backup was restored, and goes on from now', async () => {
    const odd = await listen('', '9007199254740000')
    await arrives()
    await vi.waitFor(() =>
      expect(odd.heard.map(({ type }) => type)).toEqual(['events.missed', 'call.arrived', 'call.in-flow']),
    )
    odd.close()
  })

  it('tells now and then that it is there, and how far it is, so that who hears little comes back to where they were', async () => {
    const last = (await allIds()).at(-1)!
    await quiet.hears(last)
    expect(quiet.heard).toEqual([])
    quiet.close()
    const headers = { 'x-api-key': KEY }
    const head = await fetch(`http://127.0.0.1:${service.port}/api/events`, { method: 'HEAD', headers })
    expect(head.status).toBe(200)
  }, 30_000)

  it('ends where who listens may do so no more', async () => {
    const listener = await listen()
    service.mayStill = false
    await vi.waitFor(() => expect(listener.isOver).toBe(true), 15_000)
    service.mayStill = true
  })

  it('cuts who is too slow, and has what they missed when they are back', async () => {
    const slow = await listen('?types=call.arrived')
    slow.fallAsleep()
    const name = 'x'.repeat(200_000)
    for (let i = 0; i < 60; i++) {
      const change = arrival(`slow-${i}`)
      await service.memory.remember({ ...change, call: { ...change.call!, after: { ...change.call!.after, name } } })
    }
    slow.wakeUp()
    await vi.waitFor(() => expect(slow.isOver).toBe(true), 10_000)
    const back = await listen('?types=call.arrived', slow.lastId)
    await vi.waitFor(() => expect(slow.heard.length + back.heard.length).toBe(60), 20_000)
    expect(new Set(ids([...slow.heard, ...back.heard])).size).toBe(60)
    back.close()
  }, 60_000)
})

it('misses and doubles nothing, in order, however often listeners and the service come and go', async () => {
  const seed = Number(process.env.SEED ?? 20_261_126)
  const { upTo, chance } = random(seed)
  const from = String((await allIds()).at(-1))
  const people = Array.from({ length: 6 }, () => ({
    heard: [] as number[],
    lastId: from,
    now: undefined as Listener | undefined,
  }))
  const leave = (one: (typeof people)[number]): void => {
    if (!one.now) return
    one.heard.push(...ids(one.now.heard))
    one.lastId = one.now.lastId!
    one.now.close()
    one.now = undefined
  }
  const come = async (one: (typeof people)[number]): Promise<void> => {
    one.now ??= await listen('', one.lastId)
  }
  const writes: Promise<void>[] = []
  for (let i = 0; i < 400; i++) {
    writes.push(arrives())
    if (chance(0.3)) await new Promise(setImmediate)
    const one = people[upTo(people.length)]!
    if (chance(0.15)) leave(one)
    else if (chance(0.3)) await come(one)
    if (chance(0.02)) {
      // Dies after the commit, and before anybody is told: what kill -9 does at worst.
      const { told } = service.live
      service.live.told = () => {}
      await Promise.all(writes)
      service.live.told = told
      const dead = service
      service = await Eventful.over(knex, { atHand: 1 + upTo(30) })
      people.forEach(leave)
      await dead.stop()
    }
  }
  await Promise.all(writes)
  const expected = (await allIds()).filter(id => id > Number(from))
  for (const one of people) {
    await come(one)
    await one.now!.hears(expected.at(-1)!)
    leave(one)
    expect(one.heard, `seed ${seed}`).toEqual(expected)
  }
  expect(expected).toHaveLength(800)
}, 60_000)
