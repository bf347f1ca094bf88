import type { Knex } from 'knex'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { EVENT } from '../../src/http/eventAnswers.ts'
import type { Problem } from '../../src/http/failures.ts'
import { DEAD_ANSWER, NEW_WEBHOOK_ANSWER, WEBHOOK_ANSWER, WEBHOOKS_ANSWER } from '../../src/http/webhookAnswers.ts'
import { PAUSES_MS } from '../../src/webhooks/webhook.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { random } from '../random.ts'
import { arrival, Eventful, rest } from './eventful.ts'
import { isSignedBy, PassingClock, receiver, type Taken } from './receiver.ts'
import { KEY } from './testApi.ts'

const database = testDatabase()
const clock = new PassingClock()
let knex: Knex
let service: Eventful
beforeAll(async () => {
  knex = await database.fresh()
  service = await Eventful.over(knex, { clock })
})
afterAll(() => service.stop())
beforeEach(async () => {
  for (const id of await knex('webhooks').pluck('id')) await ask('DELETE', `/${id}`)
})

async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const headers = { 'x-api-key': KEY, 'content-type': 'application/json' }
  const url = `http://127.0.0.1:${service.port}/api/webhooks${path}`
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

const create = async (set: object) => NEW_WEBHOOK_ANSWER.parse((await ask('POST', '', set)).body)
const listed = async (id: string) =>
  WEBHOOKS_ANSWER.parse((await ask('GET', '')).body).webhooks.find(one => one.id === id)!
const nameOf = ({ events }: Taken): string => [...new Set([events[0]!.id, events.at(-1)!.id])].join('-')
let calls = 0
const arrives = async (): Promise<number> => {
  await service.memory.remember(arrival(`w-${++calls}`))
  return service.live.last
}
const since = (id: number): Promise<number[]> => knex('events').where('id', '>', id).orderBy('id').pluck('id')

describe('a webhook', () => {
  it('is sent what happens from now on, in order and signed; its secret is told once', async () => {
    const crm = await receiver()
    await arrives()
    const before = service.live.last
    const { webhook, secret } = await create({ url: crm.url })
    await arrives()
    await crm.took(await arrives())
    expect(crm.ids()).toEqual(await since(before))
    for (const one of crm.taken) {
      for (const event of one.events) expect(EVENT.safeParse(event)).toMatchObject({ success: true })
      expect(isSignedBy(secret, one)).toBe(true)
      expect(isSignedBy(secret, { ...one, body: `${one.body} ` })).toBe(false)
      expect(one.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': nameOf(one) })
      expect(Math.abs(Number(one.headers['webhook-timestamp']) * 1_000 - clock.now())).toBeLessThan(20_000)
      for (const event of one.events) expect(event).toMatchObject({ call: { caller: '138****8000' } })
    }
    await vi.waitFor(async () =>
      expect(await listed(webhook.id)).toMatchObject({ on: true, failure: null, deliveredAt: expect.any(String) }),
    )
    expect(JSON.stringify(await ask('GET', ''))).not.toContain(secret.slice(6))
  })

  it('is sent only what it wants, with whole numbers where whoever sets it may see them', async () => {
    const crm = await receiver()
    await create({ url: crm.url, types: ['agent.*', 'call.arrived'], numbers: 'whole' })
    await service.memory.remember(rest(1))
    await crm.took((await arrives()) - 1)
    expect(crm.taken.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(['agent.state', 'call.arrived'])
    expect(crm.taken.at(-1)!.events.at(-1)).toMatchObject({ call: { caller: '13800138000' } })
  })

  it('is sent again what it did not take, after ever longer pauses, and nothing before that', async () => {
    const crm = await receiver()
    const { webhook } = await create({ url: crm.url })
    let refusals = 2
    crm.answers.with = () => (refusals-- > 0 ? 302 : 200)
    const before = service.live.last
    const last = await arrives()
    await vi.waitFor(async () =>
      expect(await listed(webhook.id)).toMatchObject({ failure: 'it answered 302', nextTryAt: expect.any(String) }),
    )
    await clock.pass()
    await clock.pass()
    await crm.took(last)
    expect(crm.asked.map(({ events }) => events.map(({ id }) => id - before))).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ])
    await vi.waitFor(async () =>
      expect(await listed(webhook.id)).toMatchObject({ failure: null, failingSinceAt: null }),
    )
  })

  it('is sent at once what has gathered while it took its time, and each by itself once it takes nothing', async () => {
    const crm = await receiver()
    let isSlow: (() => void) | undefined
    crm.answers.with = () => new Promise(done => (isSlow = () => done(200)))
    const before = service.live.last
    await create({ url: crm.url })
    await arrives()
    await vi.waitUntil(() => isSlow)
    for (let i = 0; i < 70; i++) await arrives()
    crm.answers.with = () => 500
    isSlow!()
    for (const _ of PAUSES_MS) await clock.pass()
    const sizes = () => crm.asked.map(({ events }) => events.length)
    await vi.waitFor(() => expect(sizes()).toEqual([2, 50, 12, 3, 1, 1, 1, 50]), 20_000)
    crm.answers.with = () => 200
    await clock.pass()
    await crm.took(service.live.last)
    // The third was given up.
    expect(crm.ids()).toEqual((await since(before)).filter((_, i) => i !== 2))
  })

  it('does without what it never takes, which is kept, and sent once more when somebody says so', async () => {
    const crm = await receiver()
    const { webhook } = await create({ url: crm.url })
    const first = (await arrives()) - 1
    // Else these would be sent along with the one that is not taken.
    await crm.took(first + 1)
    crm.answers.with = events => (events.some(({ id }) => id === first + 2) ? 500 : 200)
    const last = await arrives()
    for (const _ of PAUSES_MS) await clock.pass()
    await crm.took(last)
    const { dead, next } = DEAD_ANSWER.parse((await ask('GET', `/${webhook.id}/dead`)).body)
    expect(dead).toMatchObject([{ event: { id: first + 2 }, failure: 'it answered 500' }])
    expect(next).toBeNull()
    expect(await listed(webhook.id)).toMatchObject({ dead: 1, on: true })
    crm.answers.with = () => 200
    expect((await ask('POST', `/${webhook.id}/replay`)).body).toEqual({ events: 1 })
    await crm.took(first + 2)
    expect(crm.ids()).toEqual([first, first + 1, first + 3, first + 2])
    await vi.waitFor(async () => expect(await listed(webhook.id)).toMatchObject({ dead: 0 }))
    expect((await ask('GET', `/${webhook.id}/dead`)).body).toEqual({ dead: [], next: null })
  })

  it('is sent all of a time once more', async () => {
    const crm = await receiver()
    const { webhook } = await create({ url: crm.url, types: ['call.arrived'] })
    await arrives()
    await crm.took((await arrives()) - 1)
    const span = { from: '2026-01-05T19:00+08:00', to: '2026-01-05T21:00+08:00' }
    await vi.waitFor(async () => expect((await knex('webhooks').first('position')).position).toBe(service.live.last))
    const { body } = await ask('POST', `/${webhook.id}/replay`, span)
    const all = await knex('events').where({ type: 'call.arrived' }).orderBy('id').pluck('id')
    expect(body).toEqual({ events: all.length })
    await vi.waitFor(() => expect(crm.ids().slice(2)).toEqual(all))
    expect((await ask('POST', `/${webhook.id}/replay`, { from: '2026-01-06' })).body).toEqual({ events: 0 })
  })

  it('is switched off where it has taken nothing for a day, which is said; switched on, it misses nothing', async () => {
    const crm = await receiver()
    const { webhook } = await create({ url: crm.url })
    crm.answers.with = () => 503
    const before = service.live.last
    await arrives()
    await vi.waitFor(async () => expect((await listed(webhook.id)).failure).not.toBeNull())
    clock.skip(90_000_000)
    for (const _ of PAUSES_MS) await clock.pass()
    await vi.waitFor(async () =>
      expect(await listed(webhook.id)).toMatchObject({
        ...{ on: false, dead: 1, offBecause: 'It has taken nothing for a day; the last time: it answered 503' },
      }),
    )
    const asked = crm.asked.length
    const last = await arrives()
    crm.answers.with = () => 200
    const { body } = await ask('PATCH', `/${webhook.id}`, { on: true })
    expect(WEBHOOK_ANSWER.parse(body).webhook).toMatchObject({ on: true, offBecause: null, offAt: null })
    await crm.took(last)
    expect(crm.asked[asked]!.events[0]!.id).toBe(before + 2)
    expect(crm.ids()).toEqual((await since(before)).slice(1))
  })

  it('goes to another address from the next event on, and nowhere once it is deleted', async () => {
    const [old, crm] = [await receiver(), await receiver()]
    const { webhook } = await create({ url: old.url })
    await old.took(await arrives())
    expect(await ask('PATCH', `/${webhook.id}`, { url: crm.url })).toMatchObject({ status: 200 })
    await crm.took(await arrives())
    expect(await ask('DELETE', `/${webhook.id}`)).toEqual({ status: 204, body: null })
    expect(await ask('DELETE', `/${webhook.id}`)).toMatchObject({ status: 204 })
    const witness = await receiver()
    await create({ url: witness.url })
    await witness.took(await arrives())
    expect([old.ids().length, crm.ids().length]).toEqual([2, 2])
  })

  it.each<[string, string, object, number, string | undefined]>([
    ['POST', '', {}, 400, 'url'],
    ['POST', '', { url: 'ftp://crm.example.com' }, 400, 'url'],
    ['POST', '', { url: 'https://a:b@crm.example.com' }, 400, 'url'],
    ['POST', '', { url: 'https://crm.example.com', types: ['call.quued'] }, 400, 'types.0'],
    ['POST', '', { url: 'https://crm.example.com', types: [] }, 400, 'types'],
    ['PATCH', '/8e8f2f66-6b3b-4a0e-9d5b-0f4c3a2b1c0d', { on: true }, 404, undefined],
    ['GET', '/8e8f2f66-6b3b-4a0e-9d5b-0f4c3a2b1c0d/dead', {}, 404, undefined],
    ['PATCH', '/x', { on: true }, 400, 'id'],
  ])('%s %s with %j is refused: %i, %s', async (method, path, body, status, field) => {
    const answer = await ask(method, path, method === 'GET' ? undefined : body)
    expect(answer.status).toBe(status)
    expect((answer.body as Problem).field).toBe(field)
  })
})

it('leads to this machine, or a network behind it, only where the settings say so', async () => {
  const strict = await Eventful.over(knex, { anywhere: false })
  const there = service
  service = strict
  for (const url of ['http://127.0.0.1/', 'http://169.254.169.254/latest', 'http://localhost:5080/', 'http://[::1]/']) {
    const { status, body } = await ask('POST', '', { url })
    expect([status, (body as Problem).detail]).toEqual([400, expect.stringContaining('HOTLINE_WEBHOOKS')])
  }
  service = there
  await strict.stop()
})

it('gets each event at least once and in order, however often it fails and the service dies', async () => {
  const seed = Number(process.env.SEED ?? 20_261_126)
  const { chance, upTo } = random(seed)
  const crm = await receiver()
  const before = service.live.last
  await create({ url: crm.url, types: ['call.arrived'] })
  crm.answers.with = () => (chance(0.1) ? 500 : 200)
  const writes: Promise<unknown>[] = []
  const time = setInterval(() => void clock.pass().catch(() => {}), 10)
  for (let i = 0; i < 120; i++) {
    writes.push(arrives())
    if (chance(0.4)) await new Promise(done => setTimeout(done, upTo(12)))
    if (chance(0.05)) {
      await Promise.all(writes)
      const dead = service
      service = await Eventful.over(knex, { clock })
      await dead.stop()
    }
  }
  await Promise.all(writes)
  const expected = await knex('events')
    .where('id', '>', before)
    .where({ type: 'call.arrived' })
    .orderBy('id')
    .pluck('id')
  await crm.took(expected.at(-1))
  clearInterval(time)
  const firsts = [...new Set(crm.ids())]
  expect(firsts, `seed ${seed}`).toEqual(expected)
  expect(expected).toHaveLength(120)
}, 60_000)

it('gets all of a storm, in order and once, from who takes 50 ms for each time', async () => {
  const crm = await receiver()
  crm.answers.with = () => new Promise(done => setTimeout(done, 50, 200))
  const before = service.live.last
  const began = performance.now()
  await create({ url: crm.url })
  for (let i = 0; i < 1_000; i++) await arrives()
  await crm.took(service.live.last)
  const perSecond = 2_000 / ((performance.now() - began) / 1_000)
  console.log(`WEBHOOK ${Math.round(perSecond)} events/s in ${crm.taken.length} posts, at a receiver of 50 ms`)
  expect(crm.ids()).toEqual(await since(before))
  expect(crm.ids()).toHaveLength(2_000)
}, 60_000)
