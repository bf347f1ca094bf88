import { EventEmitter } from 'node:events'
import type { Response } from 'express'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addKey } from '../../src/database/sessions.ts'
import type { Audience } from '../../src/events/audience.ts'
import type { Event } from '../../src/events/event.ts'
import type { Hearer } from '../../src/events/live.ts'
import { KEY_STREAMS_AT_MOST, MOST, STREAMS_AT_MOST, Streams } from '../../src/http/streams.ts'
import { KEY_HOLDER, type Who } from '../../src/rights/rights.ts'
import { NOON } from '../call/given.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { Eventful } from './eventful.ts'
import { Listener } from './listener.ts'
import { KEY } from './testApi.ts'

/** So many may listen, and be so far behind, that memory has an end. */

const EVERYTHING: Audience = {
  ...{ types: null, queue: null, agent: null },
  ...{ own: null, self: null, team: null, queues: null },
}

const CHUNK = 600 * 1_024

/** As far as a stream needs one; what is written to it nobody takes. */
class Unread extends EventEmitter {
  readonly req = { method: 'GET' }
  destroyed = false
  writableLength = 0
  removeHeader(): void {}
  writeHead(): void {}
  write(chunk: Buffer): boolean {
    this.writableLength += chunk.length
    return true
  }
  end(): void {
    this.destroy()
  }
  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('close')
  }
}

let streams: Streams
let tell: Hearer
const opened: Unread[] = []

beforeEach(() => {
  opened.length = 0
  streams = new Streams({
    live: {
      last: 0,
      hear(hearer) {
        tell = hearer
        return () => {}
      },
    },
    read: async () => [],
    swept: async () => 0,
    recent: [],
    document: event => JSON.stringify(event),
    stillMay: async () => true,
    log: pino({ level: 'silent' }),
  })
})
afterEach(() => streams.stop())

async function opens(name: string, response = new Unread()): Promise<Unread> {
  const who: Who = { ...KEY_HOLDER, name }
  await streams.open(response as unknown as Response, who, EVERYTHING, true)
  opened.push(response)
  return response
}

test('one person listens to so many streams at once, also while the first are still told what they have missed; one that ends leaves room', async () => {
  const catchingUp = new Unread()
  const who = { ...KEY_HOLDER, name: 'person:li' }
  const first = streams.open(catchingUp as unknown as Response, who, EVERYTHING, true, 1)
  for (let i = 1; i < STREAMS_AT_MOST; i++) await opens('person:li')
  await expect(opens('person:li')).rejects.toMatchObject({ id: 'too-many-streams' })
  await opens('person:wang')
  await first
  await expect(opens('person:li')).rejects.toMatchObject({ id: 'too-many-streams' })
  opened[0]!.destroy()
  await opens('person:li')
})

test('who hangs up before it is known who they are is not counted', async () => {
  for (let i = 0; i < STREAMS_AT_MOST; i++) {
    const gone = new Unread()
    gone.destroy()
    await opens('person:li', gone)
  }
  await opens('person:li')
})

test('one key listens to more, as a program does that listens for each of a team', async () => {
  for (let i = 0; i < KEY_STREAMS_AT_MOST; i++) await opens('key:crm')
  await expect(opens('key:crm')).rejects.toMatchObject({ id: 'too-many-streams' })
  await opens('key:desk')
})

test('all together listen to so many, the centre’s own key as well, which is not counted by itself', async () => {
  for (let i = 0; i < MOST; i++) await opens(KEY_HOLDER.name)
  await expect(opens('person:li')).rejects.toMatchObject({ id: 'no-room-for-streams' })
  await expect(opens(KEY_HOLDER.name)).rejects.toMatchObject({ id: 'no-room-for-streams' })
  opened[7]!.destroy()
  await opens('person:li')
})

test('who is behind is cut, the sooner the more listen', async () => {
  const event = { id: 1, version: 1, type: 'call.arrived', at: NOON, call: null, queue: null, agents: [], details: {} }
  const big = { ...event, details: { words: 'x'.repeat(CHUNK) } } as unknown as Event
  const isCut = async (listening: number): Promise<boolean> => {
    for (let i = opened.length; i < listening; i++) await opens(KEY_HOLDER.name)
    const one = opened[0]!
    one.writableLength = 0
    for (let id = 1; id <= 2; id++) {
      tell([{ ...big, id }])
      await expect.poll(() => one.destroyed || one.writableLength > id * CHUNK).toBe(true)
    }
    return one.destroyed
  }
  expect(await isCut(2)).toBe(false)
  expect(await isCut(1_500)).toBe(true)
})

test('over HTTP the next one is told why, and the others hear on', async () => {
  const knex = await database.fresh()
  const service = await Eventful.over(knex)
  const bounds = { teams: null, queues: null, madeBy: 'key:centre', madeAt: Date.now(), endsAt: null }
  const key = await addKey(knex, { id: 'crm', rights: ['events:read'], ...bounds })
  const listeners = await Promise.all(
    Array.from({ length: KEY_STREAMS_AT_MOST }, () => Listener.open(service.port, { key })),
  )
  const asks = () => fetch(`http://127.0.0.1:${service.port}/api/events`, { headers: { 'x-api-key': key } })
  const refused = await asks()
  expect([refused.status, refused.headers.get('content-type')]).toEqual([
    429,
    'application/problem+json; charset=utf-8',
  ])
  expect(await refused.json()).toMatchObject({ id: 'too-many-streams', detail: expect.stringContaining('200 streams') })
  expect(listeners.some(({ isOver }) => isOver)).toBe(false)
  const other = await Listener.open(service.port, { key: KEY })
  for (const one of [...listeners, other]) one.close()
  await expect
    .poll(async () =>
      Listener.open(service.port, { key }).then(
        one => one.close(),
        () => 'refused',
      ),
    )
    .toBe(undefined)
  await service.stop()
})

const database = testDatabase()
